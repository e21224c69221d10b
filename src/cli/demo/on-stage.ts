import { sleep } from '../../core/clock.ts';
import { exitCodes } from '../../core/exit-codes.ts';
import { CloseStack, listenForShutdown, type Shutdown } from '../../core/lifecycle.ts';
import { ensureStateFolder, openDatabase, type OpenDatabase } from '../../app/open-database.ts';
import type { Session } from '../../app/session.ts';
import { hasDatabase } from '../../app/with-database.ts';
import { demoFolderOf } from './demo-folder.ts';
import { stopIfRequested, type Stage } from './play-demo.ts';

/** At half, a server with much to write may be cut off; at double, it is not "at once" any more. */
const stopNowMs = 5000;

/** What happens on a stage, and whether its pages are served. */
export interface Play {
  readonly isKept: boolean;
  readonly play: (stage: Stage) => Promise<void>;
}

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

async function setUp(session: Session, shutdown: Shutdown, { isKept, play }: Play): Promise<void> {
  const folder = demoFolderOf(session.config.projectDir);
  ensureStateFolder(folder);
  const closing = new CloseStack();
  try {
    const database = await openDemoDatabase(session, folder);
    closing.add('database', () => database.release());
    shutdown.stopNow.addEventListener('abort', () => void leaveNow(session, database));
    stopIfRequested({ shutdown });
    await play({ session, closing, shutdown, folder, databaseUrl: database.url, isKept });
  } catch (error) {
    stopIfRequested({ shutdown });
    throw error;
  } finally {
    await closing.close(session.log);
  }
}

/**
 * Plays on the embedded database of the demo, below the state folder of the project. No setting of the project is read.
 *
 * @param session one that ignores the environment
 * @throws AppError INTERRUPTED, also for what failed because the signal reached others as well, as Ctrl-C does
 */
export async function onStage(session: Session, play: Play): Promise<void> {
  const shutdown = listenForShutdown(session.context.signals);
  shutdown.drain.addEventListener('abort', () => {
    session.talk('\nstopping; a second signal stops at once');
  });
  try {
    await setUp(session, shutdown, play);
  } finally {
    shutdown.dispose();
  }
}
