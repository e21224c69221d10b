import type { ClientBase, Pool } from 'pg';
import { inTransaction } from './in-transaction.ts';

/**
 * The advisory locks of the product, in one place so that no two uses share a key. The numbers mean nothing, but
 * must not change: processes of two versions meet during an upgrade.
 */
export const advisoryLocks = {
  migrate: 1_688_000,
  tick: 1_688_001,
  categoryTree: 1_688_002,
  demo: 1_688_003,
  retention: 1_688_004,
  reprocess: 1_688_005,
  /** One sender of notifications at a time. */
  notify: 1_688_006,
  /** One erasing command at a time. */
  eraseSeller: 1_688_020,
  /** Shared by loads that bring sellers; exclusive for the erasure of a seller. */
  erasure: 1_688_021,
} as const;

type LockKey = (typeof advisoryLocks)[keyof typeof advisoryLocks];

/** Waits for the lock, which ends with the transaction. */
export async function lockUntilCommit(client: ClientBase, key: LockKey): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [key]);
}

/** Like `lockUntilCommit`, but shared. */
export async function shareUntilCommit(client: ClientBase, key: LockKey): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock_shared($1)', [key]);
}

/** False: another session has the lock. Otherwise it ends with the transaction. */
export async function tryLockUntilCommit(client: ClientBase, key: LockKey): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
    key,
  ]);
  return rows[0]?.locked ?? false;
}

/** False: another session has the lock. Otherwise it ends with the connection. */
export async function tryLockUntilClosed(client: ClientBase, key: LockKey): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    key,
  ]);
  return rows[0]?.locked ?? false;
}

/** Ends a lock of `tryLockUntilClosed` before its connection. */
export async function unlock(client: ClientBase, key: LockKey): Promise<void> {
  await client.query('SELECT pg_advisory_unlock($1)', [key]);
}

/** Runs `work` unless another session has the lock: then false. The lock ends with the connection if the process dies. */
export function unlessLocked(pool: Pool, key: LockKey, work: () => Promise<void>): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await tryLockUntilCommit(client, key))) return false;
    await work();
    return true;
  });
}

/** Runs `work` with the lock: waits for its holder, and blocks the next session. */
export async function whileLocked(pool: Pool, key: LockKey, work: () => Promise<void>): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockUntilCommit(client, key);
    await work();
  });
}
