import type { Pool } from 'pg';
import type { Config } from '../../core/config.ts';
import { classifyDatabaseErrors } from '../../load/database-error.ts';
import { requireMigrated } from '../../load/require-migrated.ts';
import { createQuotaStore } from '../../load/stores/quota-store.ts';
import { createStatusStore } from '../../load/stores/status-store.ts';
import { failed, ok, warn, type Check } from './check.ts';
import { checkSource } from './check-source.ts';

const name = 'database';

async function lookAt(pool: Pool, config: Config, place: string): Promise<Check[]> {
  await requireMigrated(pool);
  const status = createStatusStore({ pool });
  const { source } = await status.countCatalog();
  const found = [ok(name, `${place} answers and is migrated`), checkSource(config, source)];
  const gaps = await status.listPartitionGaps(await createQuotaStore({ pool }).ledgerNow());
  if (gaps.length === 0) return found;
  const advice = 'Run `catalog-sync migrate`; a worker makes them by itself as well.';
  return [...found, warn('partitions', `missing for this month: ${gaps.join(', ')}`, advice)];
}

/** Whether the database answers and is ready for what is written now, and whose data it holds. */
export async function checkDatabase(pool: Pool, config: Config, place: string): Promise<Check[]> {
  try {
    return await classifyDatabaseErrors(() => lookAt(pool, config, place));
  } catch (error) {
    return [failed(name, error)];
  }
}
