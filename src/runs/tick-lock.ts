import type { Pool } from 'pg';
import { advisoryLocks, lockUntilCommit, tryLockUntilCommit } from '../db/advisory-locks.ts';
import { inTransaction } from '../db/in-transaction.ts';

/**
 * Runs `work` unless another process runs it right now; then it does nothing. The lock is a transaction's, so
 * that it goes with the connection of a process that dies.
 */
export async function withTickLock(pool: Pool, work: () => Promise<void>): Promise<void> {
  await inTransaction(pool, async (client) => {
    if (await tryLockUntilCommit(client, advisoryLocks.tick)) await work();
  });
}

/** Runs `work` while no tick does, in any process: waits for one that is at work, and holds up the next. */
export async function betweenTicks(pool: Pool, work: () => Promise<void>): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockUntilCommit(client, advisoryLocks.tick);
    await work();
  });
}
