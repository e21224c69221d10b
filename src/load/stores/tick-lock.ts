import type { Pool } from 'pg';
import { advisoryLocks } from '../advisory-locks.ts';
import { inTransaction } from '../in-transaction.ts';

/**
 * Runs `work` unless another process runs it right now; then it does nothing. The lock is a transaction's, so
 * that it goes with the connection of a process that dies.
 */
export async function withTickLock(pool: Pool, work: () => Promise<void>): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS locked',
      [advisoryLocks.tick],
    );
    if (rows[0]?.locked) await work();
  });
}

/** Runs `work` while no tick does, in any process: waits for one that is at work, and holds up the next. */
export async function betweenTicks(pool: Pool, work: () => Promise<void>): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.tick]);
    await work();
  });
}
