import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parsePort } from '../parse-port.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync web`: the ops pages, without working on anything. */
export function registerWeb(program: Command, context: CliContext): void {
  const command = program
    .command('web')
    .description('Serve the ops pages (runs, usage, products, health issues). Runs no jobs.')
    .option('--port <number>', 'port to listen on instead of PORT; 0 uses a free port', parsePort)
    .action(lazily(context, async () => (await import('../actions/web.ts')).serveWeb));
  addExamples(command, ['catalog-sync web', 'catalog-sync web --project /srv/catalog --port 8080']);
}
