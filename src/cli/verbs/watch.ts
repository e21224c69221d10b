import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { addExamples } from '../add-examples.ts';
import { lazily } from '../lazily.ts';
import { parseOfferId } from '../parse-offer-id.ts';

const collect = (text: string, before: readonly string[] = []): string[] => [...before, parseOfferId(text)];

function addVerb(parent: Command, context: CliContext, verb: 'add' | 'remove', description: string): void {
  const command = parent
    .command(verb)
    .description(description)
    .argument('<offers...>', 'ids of offers, or their addresses at detail.1688.com', collect)
    .option('--feed <name>', 'the feed whose offers_file it is; needed when several have one')
    .action(
      lazily(context, async () => {
        const { addWatched, removeWatched } = await import('../actions/watch.ts');
        return verb === 'add' ? addWatched : removeWatched;
      }),
    );
  addExamples(command, [
    `catalog-sync watch ${verb} 610947572360`,
    `catalog-sync watch ${verb} https://detail.1688.com/offer/610947572360.html --feed watched`,
  ]);
}

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Print the ids of offers that the offers_file names, and the lines that name none.')
    .option('--feed <name>', 'the feed whose offers_file it is; needed when several have one')
    .action(lazily(context, async () => (await import('../actions/watch.ts')).listWatched));
  addExamples(command, ['catalog-sync watch list', 'catalog-sync watch list --json']);
}

/** `catalog-sync watch`: the watch list in the file that a feed names by `offers_file`. */
export function registerWatch(program: Command, context: CliContext): void {
  const command = program
    .command('watch')
    .description('Show or change the watch list in the offers_file of a feed.');
  addVerb(command, context, 'add', 'Add offers to the watch list; those that are in it stay once.');
  addVerb(command, context, 'remove', 'Remove offers from the watch list.');
  addList(command, context);
  addExamples(command, ['catalog-sync watch', 'catalog-sync watch add 610947572360']);
}
