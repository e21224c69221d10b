import type { Pool } from 'pg';
import { overPool } from './over-pool.ts';
import type { Session } from './session.ts';
import { withExistingDatabase } from './with-database.ts';

/**
 * Runs `work` over connections to the project's database, which must be there and migrated. `signal` aborts when the
 * process is stopped.
 *
 * @throws AppError DATABASE_*, or INTERRUPTED at SIGTERM or SIGINT
 */
export async function withExistingPool<T>(
  session: Session,
  max: number,
  work: (pool: Pool, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withExistingDatabase(session, async ({ url }, signal) => {
    return overPool({ connectionString: url, max, log: session.log }, (pool) => work(pool, signal));
  });
}
