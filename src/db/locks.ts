import type { Pool } from 'pg';
import { inTransaction } from './in-transaction.ts';
import { readSql } from './read-sql.ts';
import { runSqlForOne, type SqlExecutor } from './sql-file.ts';

/**
 * The tables whose locks sessions wait for or go by, each until the end of a transaction. They are empty, and no login locks one
 * that may only read. They must not change: processes of two versions meet during an upgrade. `usage.lock_app` has one more.
 */
export const locks = {
  tick: 'sync.tick_lock',
  categoryTree: 'sync.category_lock',
  /** One sender of notifications at a time. */
  notify: 'sync.notification_lock',
} as const;

type Lock = (typeof locks)[keyof typeof locks];

/** Longer than a load takes. At half, a slow disk would end loads; at double, a forgotten transaction is named later. */
const waitMs = 5_000;

/** A tick of a large catalog takes some seconds, with its daily maintenance up to half a minute. */
const tickWaitMs = 30_000;

async function take(client: SqlExecutor, lock: Lock, forMs: number): Promise<boolean> {
  const row = await runSqlForOne<{ is_taken: boolean }>(client, readSql('take-lock'), [lock, forMs]);
  return row.is_taken;
}

/** Waits for the lock, which ends with the transaction. @throws as Postgres, 55P03, after 5 s: DATABASE_LOCKED */
export async function lockUntilCommit(client: SqlExecutor, lock: Lock): Promise<void> {
  await take(client, lock, waitMs);
}

/** Runs `work` unless another session has the lock: then false. The lock ends with the connection if the process dies. */
export function unlessLocked(pool: Pool, lock: Lock, work: () => Promise<void>): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await take(client, lock, 0))) return false;
    await work();
    return true;
  });
}

/** Runs `work` while no tick does: waits for one that does, and keeps the next from beginning. @throws as `lockUntilCommit`, after 30 s */
export async function betweenTicks(pool: Pool, work: () => Promise<void>): Promise<void> {
  await inTransaction(pool, async (client) => {
    await take(client, locks.tick, tickWaitMs);
    await work();
  });
}
