import { readSql } from './read-sql.ts';
import type { LoadContext, Replay } from './load-context.ts';
import { observationId, toObservationRow, type Observation } from './observation-rows.ts';
import { applySql, runSql } from '../db/sql-file.ts';

/** What the catalog had stored of an observation. */
export interface BookedObservation {
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
 * Corrects recorded observations to what today's code reads in their answers. The offers must be locked.
 *
 * @returns what the catalog had stored of each, by `observationId`
 */
export async function correctObservations(
  { client }: LoadContext,
  { correction }: Replay,
  observations: readonly Observation[],
): Promise<Map<string, BookedObservation>> {
  const source = observations[0]?.source;
  if (source === undefined) return new Map();
  const rows = await runSql<BookedRow>(client, readSql('read-observations'), [
    observations.map(({ offerId }) => offerId),
    observations.map(({ provenance }) => provenance.observedAt),
    observations.map(({ provenance }) => provenance.callId),
    source,
  ]);
  const corrected = await applySql(client, readSql('correct-observations'), [
    JSON.stringify(observations.map(toObservationRow)),
  ]);
  correction.observations += corrected;
  return new Map(
    rows.map((row) => [
      observationId(row.offer_id, row.call_id),
      { isFound: row.is_found, isLate: row.is_late },
    ]),
  );
}
