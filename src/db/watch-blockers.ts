import pg from 'pg';
import { readSql } from './read-sql.ts';
import { runSqlForOne } from './sql-file.ts';
import { findBlocker, type LockHolder } from './lock-holder.ts';

export interface BlockerWatch {
  /** Who last kept the session waiting; null: nobody was seen to. */
  last(): LockHolder | null;
  close(): Promise<void>;
}

/** So it asks three times while a lock is waited for, which is 0.9 s at least. It takes a millisecond of the server. */
const everyMs = 250;

/**
 * Finds out by a connection of its own for whom a session waits. Once a wait is over Postgres does not say, and its error names
 * nobody. Without that connection nobody is named: the session goes on.
 *
 * @param watched the session, which must be idle now
 */
export async function watchBlockers(watched: pg.Client, connectionString: string): Promise<BlockerWatch> {
  const { pid } = await runSqlForOne<{ pid: number }>(watched, readSql('read-session-pid'));
  const watcher = new pg.Client({
    connectionString,
    application_name: 'catalog-sync migrate',
    connectionTimeoutMillis: 10_000,
  });
  watcher.on('error', () => undefined);
  let found: LockHolder | null = null;
  const ask = async () => {
    found = (await findBlocker(watcher, pid)) ?? found;
  };
  let asking: Promise<unknown> = watcher.connect().catch(() => undefined);
  const timer = setInterval(() => {
    asking = asking.then(ask).catch(() => undefined);
  }, everyMs);
  return {
    last: () => found,
    close: async () => {
      clearInterval(timer);
      await watcher.end().catch(() => undefined);
    },
  };
}
