import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync status`: what the catalog holds, how runs went, what is left of the quota. */
export function registerStatus(program: Command, context: CliContext): void {
  const command = program
    .command('status')
    .description('Show the contents of the catalog, the last runs, the quota that is left, and APIs on hold.')
    .option('--runs <number>', 'number of runs to show', parseCount(1, 1000), 10)
    .action(lazily(context, async () => (await import('../actions/status.ts')).showStatus));
  addExamples(command, ['catalog-sync status', 'catalog-sync status --runs 50 --json']);
}
