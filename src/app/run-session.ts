import { credentialsOf } from './credentials.ts';
import { openApp, type App, type AppOptions } from './open-app.ts';
import { listenForShutdown, type Shutdown } from '../core/lifecycle.ts';
import { Secret } from '../core/secret.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from './open-database.ts';
import type { Session } from './session.ts';

/**
 * Opens the whole product for a verb that calls 1688, runs `work`, and closes everything again. At
 * the second signal the process ends at once: calls in flight stay counted, and the next start continues.
 *
 * @throws AppError CREDENTIALS_MISSING, CONFIG_FILE_INVALID, DATABASE_*, REDIS_UNREACHABLE
 */
export async function withApp(
  session: Session,
  what: Pick<AppOptions, 'sync'>,
  work: (app: App, shutdown: Shutdown, databaseUrl: string) => Promise<void>,
): Promise<void> {
  const { config, log } = session;
  // Before anything is started: a missing key must not cost a minute of initdb.
  credentialsOf(config);
  const shutdown = listenForShutdown(session.context.signals);
  shutdown.drain.addEventListener('abort', () => {
    session.talk('stopping: calls in flight are finished first; a second signal stops at once');
  });
  shutdown.stopNow.addEventListener('abort', () => process.exit(1));
  const database = await openDatabase(config, log);
  try {
    // The embedded database belongs to this version; any other is migrated on purpose, by `migrate`.
    if (database.isEmbedded) await migrate({ connectionString: database.url, log });
    const app = await openApp({ ...what, config, databaseUrl: new Secret(database.url), log, shutdown });
    try {
      await work(app, shutdown, database.url);
    } finally {
      await app.close();
    }
  } finally {
    // Listening to the end: the second signal would kill the process in the middle of stopping Postgres.
    await database.release();
    shutdown.dispose();
  }
}

/** The first line of every verb that fetches: invented offers must not be taken for real ones. */
export function sourceBanner(source: App['source']): string {
  return source === 'sandbox' ? 'SANDBOX: using mock data' : 'fetching real data from 1688.com';
}
