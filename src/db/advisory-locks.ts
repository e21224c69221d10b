import type { ClientBase } from 'pg';

/**
 * The advisory locks of commands, each of which ends with its connection. Any login can take one: so nobody waits for them without
 * an end or in silence, and who is refused is told who has it. Everything else has `locks`. The numbers mean nothing, but must not
 * change: processes of two versions meet during an upgrade.
 */
export const advisoryLocks = {
  migrate: 1_688_000,
  demo: 1_688_003,
  reprocess: 1_688_005,
  /** One erasing command at a time. */
  eraseSeller: 1_688_020,
} as const;

type LockKey = (typeof advisoryLocks)[keyof typeof advisoryLocks];

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
