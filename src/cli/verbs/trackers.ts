import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { addExamples } from '../add-examples.ts';
import { lazily } from '../lazily.ts';
import { parseCount } from '../parse-count.ts';

/** `catalog-sync trackers`: the changes that the trackers of the sync file noticed. */
export function registerTrackers(program: Command, context: CliContext): void {
  const command = program
    .command('trackers')
    .description('List the changes of prices, stock and listing that the trackers of the sync file noticed.')
    .option('--tracker <name>', 'only this tracker')
    .option('--limit <number>', 'maximum number of lines', parseCount(1, 10_000), 30)
    .action(lazily(context, async () => (await import('../actions/trackers.ts')).listTracked));
  addExamples(command, [
    'catalog-sync trackers',
    'catalog-sync trackers --tracker cheap-bags --limit 100 --json',
  ]);
}
