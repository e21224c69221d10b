import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { connectionLimits } from '../../db/connection-limits.ts';
import { sourceOf } from '../../app/credentials.ts';
import { listenForShutdown, unlessAborted, type Shutdown } from '../../core/lifecycle.ts';
import { Secret } from '../../core/secret.ts';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import { requireMigrated } from '../../db/require-migrated.ts';
import { closeQueueServer, openQueueServer } from '../../jobs/queue-server.ts';
import { startWebServer } from '../../web/start-web-server.ts';
import type { CliContext } from '../../app/context.ts';
import { openDatabase, type OpenDatabase } from '../../app/open-database.ts';
import { commandSteps, sourceBanner } from '../../app/run-session.ts';
import { openSession, type Session } from '../../app/session.ts';
import { describeNoProject, isProject, syncFileName } from '../../config/project-folder.ts';
import { createWebDeps } from '../../app/web/create-web-deps.ts';

async function serveOver(
  session: Session,
  { url, isEmbedded }: OpenDatabase,
  port: number,
  { drain, cut }: Pick<Shutdown, 'drain' | 'cut'>,
): Promise<void> {
  const { config, context, log } = session;
  const sync = existsSync(join(config.projectDir, syncFileName)) ? session.readSyncConfig() : null;
  // The embedded database belongs to this version; any other is migrated on purpose, by `migrate`.
  if (isEmbedded) await migrate({ connectionString: url, log });
  const { pages: max, queuesToSee: maxConnections } = connectionLimits;
  const pool = createPool({ connectionString: url, max, log, cut });
  const redisUrl = config.REDIS_URL ?? null;
  const databaseUrl = new Secret(url);
  const queueServer = openQueueServer({ redisUrl, databaseUrl, maxConnections, log, cut });
  try {
    await classifyDatabaseErrors(() => requireMigrated(pool));
    const server = await startWebServer(
      createWebDeps({ session, pool, queueServer, sync, env: context.env, drain }),
      port,
    );
    session.talk(sourceBanner(sourceOf(config)));
    session.talk(`pages at ${server.url}`);
    if (!drain.aborted) await once(drain, 'abort');
    await server.close();
  } finally {
    await closeQueueServer(queueServer);
    await pool.end();
  }
}

/** Serves the ops pages until it is stopped. */
export async function serveWeb(context: CliContext, flags: { port?: number }, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'service' });
  const { projectDir, DATABASE_URL: configured } = session.config;
  if (configured === undefined && !isProject(projectDir)) session.talk(describeNoProject(projectDir));
  const shutdown = listenForShutdown(context.signals, { afterSignal: commandSteps, deadline: null });
  const database = await openDatabase(session.config, session.log);
  const nothing = () => undefined;
  try {
    const serving = serveOver(session, database, flags.port ?? session.config.PORT, shutdown);
    await unlessAborted(shutdown.over, serving, nothing);
  } finally {
    await unlessAborted(shutdown.over, database.release(), nothing);
    shutdown.dispose();
  }
}
