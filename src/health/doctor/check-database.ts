import type { Pool } from 'pg';
import type { Config } from '../../config/environment.ts';
import { dayMs } from '../../core/duration.ts';
import { requireMigrated } from '../../db/require-migrated.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import { createRetentionStore } from '../../maintenance/retention-store.ts';
import { createStatusStore } from '../status-store.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { retentionAges } from '../../maintenance/retention-ages.ts';
import { failed, ok, warn, type Check } from './check.ts';
import { checkCompilation } from './check-compilation.ts';
import { checkConnections } from './check-connections.ts';
import type { FindRemedy } from '../issues/issue.ts';
import { checkHealth } from './check-health.ts';
import { checkDefinitions } from './check-definitions.ts';
import { checkDelivery } from './check-notifications.ts';
import { checkPrices } from './check-prices.ts';
import { checkSchedules } from './check-schedules.ts';
import { checkSearches } from './check-searches.ts';
import { checkSource } from './check-source.ts';
import { checkUpkeep } from './check-upkeep.ts';
import { checkWorkers } from './check-workers.ts';

const name = 'database';

export interface DatabaseParts {
  readonly config: Config;
  /** Null: there is none that can be read. */
  readonly sync: SyncConfig | null;
  /** Its name for users. */
  readonly place: string;
  readonly findRemedy: FindRemedy;
}

/** Workers drop old months once a day; what is still there a day later blocks them, or no process was running. */
const overdueMs = 2 * dayMs;

const shownMonths = 4;

/** The first names, and how many more there are. */
function formatMonths(names: readonly string[]): string {
  const rest = names.length - shownMonths;
  return names.slice(0, shownMonths).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

async function checkOldMonths(pool: Pool, sync: SyncConfig | null, now: Date): Promise<Check[]> {
  if (sync === null) return [];
  const store = createRetentionStore({ pool });
  const expired = await store.listExpired(new Date(now.getTime() - overdueMs), retentionAges(sync));
  const list = (isNeeded: boolean) =>
    formatMonths(
      expired.filter((month) => month.isNeeded === isNeeded).map(({ partitionName }) => partitionName),
    );
  const [needed, free] = [list(true), list(false)];
  const found: Check[] = [];
  if (free !== '') {
    const advice =
      'The next sync or worker drops them. If they stay, its log says what blocks it: a long query, a view.';
    found.push(warn('old months', `older than \`retention\` says: ${free}`, advice));
  }
  if (needed !== '') {
    const advice =
      'The next sync or worker loads these answers, ends these calls and adds them up, then drops the months.';
    found.push(
      warn(
        'old months',
        `not dropped, because answers or calls in them are not in the catalog or totals: ${needed}`,
        advice,
      ),
    );
  }
  return found;
}

async function inspectDatabase(
  pool: Pool,
  { config, place, sync, findRemedy }: DatabaseParts,
): Promise<Check[]> {
  await requireMigrated(pool);
  const { source } = await createStatusStore({ pool }).countCatalog();
  const now = await createQuotaStore({ pool }).ledgerNow();
  return [
    ok(name, `${place} answers and is migrated`),
    checkSource(config, source),
    ...(await checkDefinitions(pool)),
    ...(await checkHealth(pool, { config, sync, findRemedy })),
    ...(await checkOldMonths(pool, sync, now)),
    ...(await checkPrices(pool)),
    ...(await checkSchedules(pool, sync, now)),
    ...(await checkSearches(pool)),
    ...(await checkUpkeep(pool)),
    ...(await checkWorkers(pool)),
    ...(await checkConnections(pool, config.REDIS_URL === undefined ? 'postgres' : 'redis')),
    ...(await checkCompilation(pool)),
    ...(await checkDelivery(pool, config)),
  ];
}

/** Whether the database answers and is ready for what is written now, whose data it holds, and what is overdue in it. */
export async function checkDatabase(pool: Pool, parts: DatabaseParts): Promise<Check[]> {
  try {
    return await inspectDatabase(pool, parts);
  } catch (error) {
    return [failed(name, error)];
  }
}
