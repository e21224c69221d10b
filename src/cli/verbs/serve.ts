import type { Command } from 'commander';
import { createPool } from '../../db/pool.ts';
import { startWebServer } from '../../web/start-web-server.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parsePort } from '../parse-port.ts';
import { serviceSteps, sourceBanner, withApp } from '../../app/run-session.ts';
import { openSession } from '../../app/session.ts';
import { connectionLimits } from '../../db/connection-limits.ts';
import { createWebDeps } from '../../app/web/create-web-deps.ts';

/** `catalog-sync serve`: a worker that also keeps the schedules and serves the ops pages. */
export function registerServe(program: Command, context: CliContext): void {
  const command = program
    .command('serve')
    .description('Start runs by schedule, work on them, and serve the ops pages.')
    .option('--port <number>', 'port of the pages instead of PORT; 0 uses a free port', parsePort)
    .action(async (flags: { port?: number }, self: Command) => {
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
              await app.conduct(() => Promise.resolve(false));
            } finally {
              await server.close();
            }
          } finally {
            await pool.end();
          }
        },
        { afterSignal: serviceSteps, deadline: null },
      );
    });
  addExamples(command, ['catalog-sync serve', 'catalog-sync serve --project /srv/catalog --port 8080']);
}
