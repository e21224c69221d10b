import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parsePort } from '../parse-port.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync serve`: a worker that also keeps the schedules and serves the ops pages. */
export function registerServe(program: Command, context: CliContext): void {
  const command = program
    .command('serve')
    .description('Start runs by schedule, work on them, and serve the ops pages.')
    .option(
      '--sandbox',
      'serve the invented catalog of the sandbox: no keys, no settings, a database of its own',
    )
    .option('--port <number>', 'port of the pages instead of PORT; 0 uses a free port', parsePort)
    .action(lazily(context, async () => (await import('../actions/serve.ts')).serve));
  addExamples(command, [
    'catalog-sync serve --sandbox',
    'catalog-sync serve',
    'catalog-sync serve --project /srv/catalog --port 8080',
  ]);
}
