import { existsSync } from 'node:fs';
import type { Config } from '../config/environment.ts';
import { AppError } from '../core/errors.ts';
import { listenForShutdown } from '../core/lifecycle.ts';
import type { Logger } from '../core/log.ts';
import { databaseErrors } from '../db/errors.ts';
import type { CliContext } from './context.ts';
import { cliErrors } from './errors.ts';
import { embeddedDataRoot, openDatabase, type OpenDatabase } from './open-database.ts';

/** The part of a session that is needed to open the database of its project. */
export interface DatabaseParts {
  readonly context: Pick<CliContext, 'signals'>;
  readonly config: Config;
  readonly log: Logger;
}

/** Aborts `signal` when the process is stopped: the result is no longer needed. */
export type DatabaseWork<T> = (database: OpenDatabase, signal: AbortSignal) => Promise<T>;

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new AppError(cliErrors.INTERRUPTED, 'stopped by a signal'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/**
 * Runs `work` over the project's database and closes it afterwards, also when a signal arrives: an embedded
 * server that was not released would stay running.
 *
 * @throws AppError INTERRUPTED at SIGTERM or SIGINT
 */
export async function withDatabase<T>(parts: DatabaseParts, work: DatabaseWork<T>): Promise<T> {
  const shutdown = listenForShutdown(parts.context.signals);
  try {
    const database = await openDatabase(parts.config, parts.log);
    try {
      return await Promise.race([rejectOnAbort(shutdown.drain), work(database, shutdown.drain)]);
    } finally {
      await database.release();
    }
  } finally {
    shutdown.dispose();
  }
}

/** False: opening the database would make an empty, embedded one. */
export function hasDatabase(config: Config): boolean {
  return config.DATABASE_URL !== undefined || existsSync(embeddedDataRoot(config.projectDir));
}

/**
 * `withDatabase` for commands that only read: before the first sync, no empty database is made.
 *
 * @throws AppError DATABASE_NOT_THERE, or INTERRUPTED at SIGTERM or SIGINT
 */
export async function withExistingDatabase<T>(parts: DatabaseParts, work: DatabaseWork<T>): Promise<T> {
  const { config } = parts;
  if (config.DATABASE_URL || existsSync(embeddedDataRoot(config.projectDir)))
    return withDatabase(parts, work);
  const message = `there is no database in ${config.projectDir} yet, and DATABASE_URL is not set`;
  throw new AppError(databaseErrors.DATABASE_NOT_THERE, message);
}
