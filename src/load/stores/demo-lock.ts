import { advisoryLocks } from '../advisory-locks.ts';
import pg from 'pg';

export interface DemoLock {
  release(): Promise<void>;
}

/**
 * Waits until no other demo works on this database. The lock is a session's: it goes with a process that dies.
 *
 * @param onWait called once, before waiting
 */
export async function holdDemoLock(databaseUrl: string, onWait: () => void): Promise<DemoLock> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    advisoryLocks.demo,
  ]);
  if (!rows[0]?.locked) {
    onWait();
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks.demo]);
  }
  return { release: () => client.end() };
}
