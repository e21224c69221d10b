import { readSql } from '../sql-file.ts';
import { insertObservations, lookId, toObservationRow, type Observation } from '../catalog/offer-looks.ts';
import type { CorrectionDeps } from './correction.ts';

/** What the catalog had of a look before. */
export interface BookedLook {
  readonly isFound: boolean;
  readonly isLate: boolean;
}

interface BookedRow {
  readonly offer_id: string;
  readonly call_id: string;
  readonly is_found: boolean;
  readonly is_late: boolean;
}

/**
 * Makes looks what today's reading says: books those that are new, corrects the numbers of others. The offers must be
 * locked.
 *
 * @returns by `lookId` what the catalog had of each before; of those that are new, nothing
 */
export async function correctLooks(
  { client, correction }: CorrectionDeps,
  observations: readonly Observation[],
): Promise<Map<string, BookedLook>> {
  const source = observations[0]?.source;
  if (source === undefined) return new Map();
  const { rows } = await client.query<BookedRow>(readSql('read-observations'), [
    observations.map(({ offerId }) => offerId),
    observations.map(({ provenance }) => provenance.observedAt),
    observations.map(({ provenance }) => provenance.callId),
    source,
  ]);
  const booked = new Map(
    rows.map((row) => [lookId(row.offer_id, row.call_id), { isFound: row.is_found, isLate: row.is_late }]),
  );
  const isBooked = ({ offerId, provenance }: Observation) => booked.has(lookId(offerId, provenance.callId));
  await insertObservations(
    client,
    observations.filter((one) => !isBooked(one)),
  );
  const corrected = await client.query(readSql('correct-observations'), [
    JSON.stringify(observations.filter(isBooked).map(toObservationRow)),
  ]);
  correction.observations += corrected.rowCount ?? 0;
  return booked;
}
