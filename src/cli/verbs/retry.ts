import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { addExamples } from '../add-examples.ts';
import { lazily } from '../lazily.ts';
import { reprocessedOperations } from '../../model/reprocess.ts';

/** A `bigint` of Postgres. */
const largestId = 2n ** 63n - 1n;

/** Not below 1, as offers: category 0 is the root of the tree. */
function parseTargetId(text: string): string {
  if (/^\d{1,19}$/.test(text) && BigInt(text) <= largestId) return text;
  throw new InvalidArgumentError('Give a number from the column `id` of `catalog-sync retry --list`.');
}

/** `catalog-sync retry`: makes what could not be fetched due at once, or lists it. */
export function registerRetry(program: Command, context: CliContext): void {
  const command = program
    .command('retry')
    .description('Make what could not be fetched due at once, for the run that is active or the next one.')
    .option('--list', 'only list it, with the reason and the next try')
    .addOption(
      new Option('--operation <name>', 'only this operation, like offer.detail').choices(
        reprocessedOperations,
      ),
    )
    .option('--id <id>', 'only the one with this id; needs --operation', parseTargetId)
    .action(lazily(context, async () => (await import('../actions/retry.ts')).retry));
  addExamples(command, [
    'catalog-sync retry --list',
    'catalog-sync retry',
    'catalog-sync retry --operation offer.detail',
  ]);
}
