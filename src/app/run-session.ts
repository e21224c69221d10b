import { credentialsOf } from './credentials.ts';
import { openApp, type App, type AppOptions } from './open-app.ts';
import { AppError } from '../core/errors.ts';
import {
  listenForShutdown,
  unlessAborted,
  type Shutdown,
  type ShutdownOptions,
  type ShutdownSteps,
} from '../core/lifecycle.ts';
import { Secret } from '../core/secret.ts';
import { isCancelled } from '../db/database-error.ts';
import { migrate } from '../db/migrate.ts';
import { cliErrors } from './errors.ts';
import type { Unsettled } from '../ledger/keep-unsettled.ts';
import { openDatabase, type OpenDatabase } from './open-database.ts';
import type { Session } from './session.ts';

/**
 * A command: whoever stopped it waits. A call mostly takes below a second; at half, slow ones would be given up that
 * are already paid.
 */
export const commandSteps: ShutdownSteps = { stopNowMs: 6000, cutMs: 7500, overMs: 9000 };

/** A service, which its supervisor gives a minute: at 20 s the transport has given up a call that was not answered. */
export const serviceSteps: ShutdownSteps = { stopNowMs: 22_000, cutMs: 24_000, overMs: 26_000 };

/** A deadline, which is kept to five seconds. */
export const deadlineSteps: ShutdownSteps = { stopNowMs: 2500, cutMs: 3000, overMs: 4300 };

/** What runs over the whole product. */
export type AppWork = (app: App, shutdown: Shutdown, databaseUrl: string) => Promise<void>;

/**
 * Opens the whole product for a verb that calls 1688, runs `work`, and closes everything again. A signal or a deadline
 * ends it by the steps of `limits`, whatever it waits for. At the second signal it ends within a second: calls in flight
 * stay counted, and the next start continues.
 *
 * @throws AppError CREDENTIALS_MISSING, CONFIG_FILE_*, DATABASE_*, REDIS_UNREACHABLE; RUN_INTERRUPTED
 *   or DEADLINE_PASSED when something did not end in time
 */
export async function withApp(
  session: Session,
  what: Pick<AppOptions, 'sync' | 'hasPages'>,
  work: AppWork,
  limits: ShutdownOptions,
): Promise<void> {
  // Before anything is started: a missing key must not cost a minute of initdb.
  credentialsOf(session.config);
  const shutdown = listenForShutdown(session.context.signals, limits);
  const { drain, over } = shutdown;
  drain.addEventListener('abort', () => session.talk(describeEnd(drain)));
  try {
    const opening = openDatabase(session.config, session.log);
    const database = await unlessAborted(over, opening, () => failInTime(drain));
    try {
      const working = workOver(session, what, { database, shutdown, work }).catch((error: unknown) => {
        // A statement that was cut off: the cause is what ended the command.
        if (shutdown.cut.aborted && isCancelled(error)) failInTime(drain);
        throw error;
      });
      await unlessAborted(over, working, () => failInTime(drain));
    } finally {
      // Listening to the end: the second signal would kill the process in the middle of stopping Postgres.
      await unlessAborted(over, database.release(), () => undefined);
    }
  } finally {
    shutdown.dispose();
  }
}

interface Opened {
  readonly database: OpenDatabase;
  readonly shutdown: Shutdown;
  readonly work: AppWork;
}

async function workOver(
  session: Session,
  what: Pick<AppOptions, 'sync' | 'hasPages'>,
  { database, shutdown, work }: Opened,
): Promise<void> {
  const { config, log, command } = session;
  // The embedded database belongs to this version; any other is migrated on purpose, by `migrate`.
  if (database.isEmbedded) await migrate({ connectionString: database.url, log });
  const databaseUrl = new Secret(database.url);
  const app = await openApp({ ...what, config, databaseUrl, log, shutdown, command });
  try {
    await work(app, shutdown, database.url);
  } finally {
    await unlessAborted(shutdown.over, app.close(), () => undefined);
    describeUnsettled(app.countUnsettled()).forEach((line) => session.talk(line));
  }
}

/** The last lines about the calls of a process; none where all of them were settled. */
function describeUnsettled({ kept, unknown, code }: Unsettled): string[] {
  const reason = code === null ? '' : ` (${code})`;
  const calls = (count: number) =>
    `${count === 1 ? '1 call' : `${String(count)} calls`} could not be settled${reason}`;
  return [
    ...(kept > 0 ? [`${calls(kept)}: the answers are kept, and the next start stores them`] : []),
    ...(unknown > 0 ? [`${calls(unknown)}: no answer is kept, so that they count as unknown`] : []),
  ];
}

function describeEnd({ reason }: AbortSignal): string {
  return reason === 'deadline'
    ? 'the deadline has come: calls in flight are finished first'
    : 'stopping: calls in flight are finished first; a second signal stops at once';
}

/** @throws AppError RUN_INTERRUPTED, DEADLINE_PASSED */
function failInTime({ reason }: AbortSignal): never {
  if (reason === 'deadline')
    throw new AppError(cliErrors.DEADLINE_PASSED, 'the deadline passed before the command could end');
  throw new AppError(cliErrors.RUN_INTERRUPTED, 'stopped by a signal before the work in progress could end');
}

/** The first line of every verb that fetches: invented offers must not be taken for real ones. */
export function sourceBanner(source: App['source']): string {
  return source === 'sandbox' ? 'SANDBOX: using mock data' : 'fetching real data from 1688.com';
}
