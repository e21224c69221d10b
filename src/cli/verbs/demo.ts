import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync demo`: everything, on invented data, with Node only. */
export function registerDemo(program: Command, context: CliContext): void {
  const command = program
    .command('demo')
    .description('Sync an invented catalog into a separate database. Needs no account, settings or network.')
    .option('--keep', 'then serve the ops pages with the demo data until Ctrl-C')
    .action(lazily(context, async () => (await import('../actions/demo.ts')).demo));
  addExamples(command, ['catalog-sync demo', 'catalog-sync demo --keep']);
}
