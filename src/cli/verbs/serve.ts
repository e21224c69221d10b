import { InvalidArgumentError, type Command } from 'commander';
import { startHealthServer } from '../../web/health-server.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../context.ts';
import { sourceBanner, withApp } from '../run-session.ts';
import { openSession } from '../session.ts';

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}

/** `catalog-sync serve`: a worker that also keeps the schedules and answers health checks. */
export function registerServe(program: Command, context: CliContext): void {
  const command = program
    .command('serve')
    .description('Keep the schedules of catalog-sync.yaml, work on their runs, and answer health checks.')
    .option('--port <number>', 'port of /livez and /readyz on loopback; 0 is any free one', parsePort, 3000)
    .action(async (flags: { port: number }, self: Command) => {
      const session = openSession(self, context, { logs: 'service' });
      const sync = session.readSyncConfig();
      await withApp(session, { sync }, async (app) => {
        await app.runs.claimSource(app.source);
        await app.keepSchedules();
        session.talk(sourceBanner(app.source));
        const health = await startHealthServer({
          port: flags.port,
          checkReady: async () => {
            await app.quota.ledgerNow();
          },
        });
        session.log.info(
          { source: app.source, port: health.port, schedules: sync.schedules.length },
          'serving',
        );
        try {
          await app.conduct(() => Promise.resolve(false));
        } finally {
          await health.close();
        }
      });
    });
  addExamples(command, ['catalog-sync serve', 'catalog-sync serve --project /srv/catalog --port 8080']);
}
