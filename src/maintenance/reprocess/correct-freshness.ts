import { readSql } from '../read-sql.ts';
import {
  insertObservations,
  observationId,
  toObservationRow,
  type Observation,
} from '../../load/freshness-rows.ts';
import type { CorrectionDeps } from './correction.ts';

/** What the catalog had of an observation before. */
export interface RecordedObservation {
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
 * @returns by `observationId` what the catalog had of each before; of those that are new, nothing
 */
export async function correctFreshness(
  { client, correction }: CorrectionDeps,
  observations: readonly Observation[],
): Promise<Map<string, RecordedObservation>> {
  const source = observations[0]?.source;
  if (source === undefined) return new Map();
  const { rows } = await client.query<BookedRow>(readSql('read-observations'), [
    observations.map(({ offerId }) => offerId),
    observations.map(({ provenance }) => provenance.observedAt),
    observations.map(({ provenance }) => provenance.callId),
    source,
  ]);
  const booked = new Map(
    rows.map((row) => [
      observationId(row.offer_id, row.call_id),
      { isFound: row.is_found, isLate: row.is_late },
    ]),
  );
  const isBooked = ({ offerId, provenance }: Observation) =>
    booked.has(observationId(offerId, provenance.callId));
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
