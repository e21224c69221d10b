import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

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
    .action(lazily(context, async () => (await import('../actions/worker.ts')).work));
  addExamples(command, [
    'catalog-sync worker',
    'catalog-sync worker --health-file /tmp/catalog-sync-worker',
    'catalog-sync worker --project /srv/catalog --log-level debug',
  ]);
}
