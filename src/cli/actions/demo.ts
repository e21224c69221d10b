import { join } from 'node:path';
import type { Command } from 'commander';
import { sleep } from '../../core/clock.ts';
import { exitCodes } from '../../core/exit-codes.ts';
import { CloseStack, listenForShutdown, type Shutdown } from '../../core/lifecycle.ts';
import type { CliContext } from '../../app/context.ts';
import { playDemo, stopIfRequested } from '../demo/play-demo.ts';
import { ensureStateFolder, openDatabase, stateFolder, type OpenDatabase } from '../../app/open-database.ts';
import { openSession, type Session } from '../../app/session.ts';
import { hasDatabase } from '../../app/with-database.ts';

/** At half, a server with much to write may be cut off; at double, it is not "at once" any more. */
const stopNowMs = 5000;

async function openDemoDatabase(session: Session, folder: string): Promise<OpenDatabase> {
  const config = { ...session.config, projectDir: folder };
  session.talk(
    hasDatabase(config)
      ? 'starting Postgres'
      : 'setting up Postgres for the first time; this takes some seconds',
  );
  return openDatabase(config, session.log);
}

/** At the second signal the run is not awaited, but a server without users must not be left running. */
async function leaveNow(session: Session, database: OpenDatabase): Promise<never> {
  // What loses its connections now has nothing to say that matters.
  session.log.level = 'silent';
  await Promise.race([database.release(), sleep(stopNowMs)]);
  process.exit(exitCodes.failed);
}

/** @throws AppError INTERRUPTED, also for what failed because the signal reached others as well, as Ctrl-C does */
async function runDemo(session: Session, shutdown: Shutdown, isKept: boolean): Promise<void> {
  const folder = join(stateFolder(session.config.projectDir), 'demo');
  ensureStateFolder(folder);
  const closing = new CloseStack();
  try {
    const database = await openDemoDatabase(session, folder);
    closing.add('database', () => database.release());
    shutdown.stopNow.addEventListener('abort', () => void leaveNow(session, database));
    stopIfRequested({ shutdown });
    await playDemo({ session, closing, shutdown, folder, databaseUrl: database.url, isKept });
  } catch (error) {
    stopIfRequested({ shutdown });
    throw error;
  } finally {
    await closing.close(session.log);
  }
}

/** Syncs an invented catalog. */
export async function demo(context: CliContext, flags: { keep?: true }, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
  const shutdown = listenForShutdown(context.signals);
  shutdown.drain.addEventListener('abort', () => {
    session.talk('\nstopping; a second signal stops at once');
  });
  try {
    await runDemo(session, shutdown, flags.keep ?? false);
  } finally {
    shutdown.dispose();
  }
}
