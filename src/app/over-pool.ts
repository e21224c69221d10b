import type { Pool } from 'pg';
import { classifyDatabaseErrors } from '../db/database-error.ts';
import { createPool, type PoolOptions } from '../db/pool.ts';
import { requireMigrated } from '../db/require-migrated.ts';

/**
 * Runs `work` over connections to a database that is migrated, and ends them.
 *
 * @throws AppError DATABASE_*
 */
export async function overPool<T>(options: PoolOptions, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool(options);
  try {
    return await classifyDatabaseErrors(async () => {
      await requireMigrated(pool);
      return work(pool);
    });
  } finally {
    await pool.end();
  }
}
