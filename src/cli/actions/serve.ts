import type { Command } from 'commander';
import { createPool } from '../../db/pool.ts';
import { startWebServer } from '../../web/start-web-server.ts';
import type { CliContext } from '../../app/context.ts';
import { credentialsOf } from '../../app/credentials.ts';
import { serviceSteps, sourceBanner, withApp } from '../../app/run-session.ts';
import { openHeartbeat } from '../../app/heartbeat.ts';
import { openSession, type Session } from '../../app/session.ts';
import { connectionLimits } from '../../db/connection-limits.ts';
import { createWebDeps } from '../../app/web/create-web-deps.ts';
import { serveSandbox } from '../demo/serve-sandbox.ts';

interface ServeFlags {
  readonly port?: number;
  readonly sandbox?: true;
}

/** Works, keeps the schedules and serves the ops pages, until it is stopped. */
export async function serve(context: CliContext, flags: ServeFlags, self: Command): Promise<void> {
  if (flags.sandbox) {
    const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
    await serveSandbox(session, flags.port ?? null);
  } else await serveProject(openSession(self, context, { logs: 'service' }), flags.port);
}

async function serveProject(session: Session, port: number | undefined): Promise<void> {
  const { config, context, log } = session;
  // A newcomer has neither keys nor a sync file: the keys' remedy leads on.
  credentialsOf(config);
  const sync = session.readSyncConfig();
  await withApp(
    session,
    { sync, hasPages: true },
    async (app, { drain, cut }, connectionString) => {
      await app.runs.claimSource(app.source);
      await app.keepSchedules();
      session.talk(sourceBanner(app.source));
      const { pagesBesideWork: max } = connectionLimits;
      const pool = createPool({ connectionString, max, log, cut });
      try {
        const deps = createWebDeps({
          session,
          pool,
          workPool: app.pool,
          queueServer: app.queueServer,
          sync,
          env: context.env,
          drain,
        });
        const server = await startWebServer(deps, port ?? config.PORT);
        log.info({ source: app.source, port: server.port, schedules: sync.schedules.length }, 'serving');
        session.talk(`pages at ${server.url}`);
        try {
          const pingIfDue = openHeartbeat(session);
          await app.conduct(() => {
            pingIfDue();
            return Promise.resolve(false);
          });
        } finally {
          await server.close();
        }
      } finally {
        await pool.end();
      }
    },
    { afterSignal: serviceSteps, deadline: null },
  );
}
