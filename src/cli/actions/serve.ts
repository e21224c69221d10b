import type { Command } from 'commander';
import { createPool } from '../../db/pool.ts';
import { startWebServer } from '../../web/start-web-server.ts';
import type { CliContext } from '../../app/context.ts';
import { serviceSteps, sourceBanner, withApp } from '../../app/run-session.ts';
import { openHeartbeat } from '../../app/heartbeat.ts';
import { openSession } from '../../app/session.ts';
import { connectionLimits } from '../../db/connection-limits.ts';
import { createWebDeps } from '../../app/web/create-web-deps.ts';

/** Works, keeps the schedules and serves the ops pages, until it is stopped. */
export async function serve(context: CliContext, flags: { port?: number }, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'service' });
  const { config, log } = session;
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
        const server = await startWebServer(deps, flags.port ?? config.PORT);
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
