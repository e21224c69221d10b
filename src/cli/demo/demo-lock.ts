import pg from 'pg';
import { sleep } from '../../core/clock.ts';
import { advisoryLocks, tryLockUntilClosed } from '../../db/advisory-locks.ts';
import { describeHolder, findAdvisoryHolder } from '../../db/lock-holder.ts';

export interface DemoLock {
  release(): Promise<void>;
}

/** At double, the user notices the wait; at half, the server gets queries without need. */
const pollMs = 250;

/**
 * Waits until no other demo works on this database. The lock is a session's: it ends when its process dies.
 *
 * @param onWait called once, before waiting, with the session that has the lock, in words
 * @returns null when `signal` aborted first
 */
export async function holdDemoLock(
  databaseUrl: string,
  onWait: (holder: string) => void,
  signal: AbortSignal,
): Promise<DemoLock | null> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let tries = 1; !(await tryLockUntilClosed(client, advisoryLocks.demo)); tries += 1) {
      if (tries === 1) {
        const holder = await findAdvisoryHolder(client, advisoryLocks.demo);
        onWait(holder === null ? 'another session' : describeHolder(holder));
      }
      await sleep(pollMs, signal);
      if (signal.aborted) break;
    }
  } catch (error) {
    await client.end();
    throw error;
  }
  if (!signal.aborted) return { release: () => client.end() };
  await client.end();
  return null;
}
