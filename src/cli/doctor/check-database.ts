import type { Pool } from 'pg';
import { classifyDatabaseErrors } from '../../load/database-error.ts';
import { requireMigrated } from '../../load/require-migrated.ts';
import { createQuotaStore } from '../../load/stores/quota-store.ts';
import { createStatusStore } from '../../load/stores/status-store.ts';
import { failed, ok, warn, type Check } from './check.ts';

const name = 'database';

async function lookAt(pool: Pool, place: string): Promise<Check[]> {
  await requireMigrated(pool);
  const status = createStatusStore({ pool });
  const { source } = await status.countCatalog();
  const found = ok(name, `${place} answers, is migrated, holds ${source ?? 'no'} data`);
  const now = await createQuotaStore({ pool }).ledgerNow();
  const gaps = await status.listPartitionGaps(now);
  if (gaps.length === 0) return [found];
  const advice = 'Run `catalog-sync migrate`; a worker makes them by itself as well.';
  return [found, warn('partitions', `missing for this month: ${gaps.join(', ')}`, advice)];
}

/** Whether the database answers, is migrated, and has partitions for what is written now. */
export async function checkDatabase(pool: Pool, place: string): Promise<Check[]> {
  try {
    return await classifyDatabaseErrors(() => lookAt(pool, place));
  } catch (error) {
    return [failed(name, error)];
  }
}
