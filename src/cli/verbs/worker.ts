import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { serviceSteps, sourceBanner, withApp } from '../../app/run-session.ts';
import { openSession } from '../../app/session.ts';

/** `catalog-sync worker`: keeps the schedules and works on every active run until it is stopped; start as many as you like. */
export function registerWorker(program: Command, context: CliContext): void {
  const command = program
    .command('worker')
    .description(
      'Start runs by schedule and work on active runs until stopped. Workers on all hosts share one quota.',
    )
    .option(
      '--health-file <path>',
      'write this file after each tick, about once a second, so that a health check can go by its age',
    )
    .action(async ({ healthFile }: { healthFile?: string }, self: Command) => {
      const session = openSession(self, context, { logs: 'service' });
      const sync = session.readSyncConfig();
      await withApp(
        session,
        { sync },
        async (app) => {
          await app.runs.claimSource(app.source);
          await app.keepSchedules();
          session.talk(sourceBanner(app.source));
          session.log.info({ source: app.source }, 'worker ready');
          await app.conduct(async () => {
            if (healthFile !== undefined) await writeFile(healthFile, 'ticked\n');
            return false;
          });
        },
        { afterSignal: serviceSteps, deadline: null },
      );
    });
  addExamples(command, [
    'catalog-sync worker',
    'catalog-sync worker --health-file /tmp/catalog-sync-worker',
    'catalog-sync worker --project /srv/catalog --log-level debug',
  ]);
}
