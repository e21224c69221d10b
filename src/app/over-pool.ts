import type { Pool } from 'pg';
import { classifyDatabaseErrors } from '../db/database-error.ts';
import type { PoolOptions } from '../db/pool.ts';
import { requireMigrated } from '../db/require-migrated.ts';
import { withPool } from './with-pool.ts';

/**
 * Runs `work` over connections to a database that is migrated, and ends them.
 *
 * @throws AppError DATABASE_*
 */
export function overPool<T>(options: PoolOptions, work: (pool: Pool) => Promise<T>): Promise<T> {
  return withPool(options, (pool) =>
    classifyDatabaseErrors(async () => {
      await requireMigrated(pool);
      return work(pool);
    }),
  );
}
