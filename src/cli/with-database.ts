import { once } from 'node:events';
import { AppError } from '../core/errors.ts';
import { listenForShutdown } from '../core/lifecycle.ts';
import { cliErrors } from './errors.ts';
import { openDatabase, type OpenDatabase } from './open-database.ts';
import type { Session } from './session.ts';

/**
 * Runs `work` over the project's database and lets go of it afterwards, also when a signal arrives: an embedded
 * server that nobody released would go on running.
 *
 * @throws AppError INTERRUPTED at SIGTERM or SIGINT
 */
export async function withDatabase<T>(
  session: Session,
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const shutdown = listenForShutdown(session.context.signals);
  const database = await openDatabase(session.config, session.log);
  const interrupted = once(shutdown.drain, 'abort').then(() => {
    throw new AppError(cliErrors.INTERRUPTED, 'stopped by a signal');
  });
  try {
    return await Promise.race([work(database), interrupted]);
  } finally {
    shutdown.dispose();
    await database.release();
  }
}
