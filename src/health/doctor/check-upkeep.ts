import type { Pool } from 'pg';
import { createUpkeepStore, type BloatedTable, type IdleIndex } from './upkeep-store.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { warn, type Check } from './check.ts';

/**
 * Autovacuum is due at a fifth of a table at the latest. At half, one that is just about to start would be reported; at
 * double, a table has doubled before it is reported.
 */
const bloat = { deadRows: 50_000, deadPerLive: 0.5 };

/** Below this an index costs next to nothing, read or not. */
const idle = {
  bytes: 100_000_000,
  // A report may run once a month.
  days: 32,
};

const count = (value: number) => value.toLocaleString('en-US');

function describeBloat({ tableName, deadRows, liveRows, vacuumedAt }: BloatedTable): string {
  const when =
    vacuumedAt === null ? 'never vacuumed' : `vacuumed last at ${shanghaiTime(vacuumedAt)} (Shanghai)`;
  return `${tableName}: ${count(deadRows)} dead rows beside ${count(liveRows)} live ones, ${when}`;
}

function adviseOnBloat({ oldestTransactionAt }: BloatedTable): string {
  return oldestTransactionAt === null
    ? 'Check that autovacuum is on and often enough; `VACUUM (VERBOSE)` of the table shows what blocks it.'
    : `A transaction is open since ${shanghaiTime(oldestTransactionAt)} (Shanghai) and keeps dead rows: end it (see pg_stat_activity), then VACUUM.`;
}

function checkBloat(tables: readonly BloatedTable[]): Check[] {
  const [worst] = tables;
  return worst ? [warn('bloat', tables.map(describeBloat).join('; '), adviseOnBloat(worst))] : [];
}

function checkIndexes(indexes: readonly IdleIndex[]): Check[] {
  const broken = indexes.filter(({ isValid }) => !isValid).map(({ indexName }) => indexName);
  const unread = indexes
    .filter(({ isValid }) => isValid)
    .map(({ indexName, bytes }) => `${indexName} (${count(Math.round(bytes / 1e6))} MB)`);
  const checks: Check[] = [];
  if (broken.length > 0)
    checks.push(
      warn(
        'indexes',
        `not valid, so never used: ${broken.join(', ')}`,
        'Their build failed. Rebuild them with `REINDEX INDEX CONCURRENTLY`; drop those that you created.',
      ),
    );
  if (unread.length > 0)
    checks.push(
      warn(
        'indexes',
        `unused for 30+ days: ${unread.join(', ')}`,
        'They make each write slower. Drop those that you created; a replica that uses them has its own counts.',
      ),
    );
  return checks;
}

/** What the server's statistics say of dead rows and of indexes; empty when all is well. */
export async function checkUpkeep(pool: Pool): Promise<Check[]> {
  const store = createUpkeepStore({ pool });
  return [
    ...checkBloat(await store.listBloatedTables(bloat)),
    ...checkIndexes(await store.listIdleIndexes(idle)),
  ];
}
