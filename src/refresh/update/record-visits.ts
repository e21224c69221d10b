import type { PoolClient } from 'pg';
import type { LoadableCategory } from '../../model/catalog.ts';
import { applySql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { isNewer, observationKey, type ObservationKey } from './offer-freshness.ts';

/** Records when categories were fetched, and ends their leases. */
export async function recordVisits(client: PoolClient, answers: readonly LoadableCategory[]): Promise<void> {
  const visits = new Map<string, ObservationKey>();
  for (const { categoryId, provenance } of answers) {
    const key = observationKey(provenance);
    if (isNewer(key, visits.get(categoryId) ?? null)) visits.set(categoryId, key);
  }
  const keys = [...visits.values()];
  await applySql(client, readSql('upsert-category-visits'), [
    [...visits.keys()],
    keys.map(({ at }) => at),
    keys.map(({ callId }) => callId),
  ]);
}
