import pg from 'pg';
import { sleep } from '../../core/clock.ts';
import { advisoryLocks } from '../advisory-locks.ts';

export interface DemoLock {
  release(): Promise<void>;
}

/** At double, who waits notices; at half, the server is asked for nothing. */
const pollMs = 250;

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    advisoryLocks.demo,
  ]);
  return rows[0]?.locked ?? false;
}

/**
 * Waits until no other demo works on this database. The lock is a session's: it goes with a process that dies.
 *
 * @param onWait called once, before waiting
 * @returns null when `signal` aborted first
 */
export async function holdDemoLock(
  databaseUrl: string,
  onWait: () => void,
  signal: AbortSignal,
): Promise<DemoLock | null> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let tries = 1; !(await tryLock(client)); tries += 1) {
      if (tries === 1) onWait();
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
