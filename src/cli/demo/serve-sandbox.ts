import type { Session } from '../../app/session.ts';
import { keepDemo } from './keep-demo.ts';
import { onStage } from './on-stage.ts';
import { beginDay, openWorld, requestOf, type Stage } from './play-demo.ts';

/** Starts the run of the next invented day, and serves the pages while it goes on. */
async function servePages(stage: Stage, port: number | null): Promise<void> {
  const { session, databaseUrl, shutdown } = stage;
  const { drain } = shutdown;
  const world = await openWorld(stage);
  const { app, day } = world;
  await beginDay(stage, world);
  const begun = await app.begin(requestOf(app, day));
  try {
    await keepDemo({ session, databaseUrl, drain, ...world }, port);
  } finally {
    if (begun.kind !== 'active') await app.runs.end(begun.run.runId, 'cancelled', 'signal');
  }
}

/**
 * Serves the pages over the sandbox's catalog, which a first run fetches meanwhile: whatever is configured, in the database of
 * the demo.
 *
 * @param port null: the usual one, or another one if it is in use
 * @throws AppError INTERRUPTED, WEB_NOT_LISTENING
 */
export async function serveSandbox(session: Session, port: number | null): Promise<void> {
  await onStage(session, { isKept: true, play: (stage) => servePages(stage, port) });
}
