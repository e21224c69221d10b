import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { parseRowId } from '../parse-row-id.ts';
import { lazily } from '../lazily.ts';
import { reprocessedOperations } from '../../model/reprocess.ts';

const parseQuarantineId = parseRowId('the column `its id` of `catalog-sync quarantine list`');

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Count the values that could not be read, by operation, path in the answer and reason.')
    .addOption(
      new Option('--operation <name>', 'only this operation, like offer.detail').choices(
        reprocessedOperations,
      ),
    )
    .option('--reason <word>', 'only this reason, like not_money')
    .option('--limit <number>', 'maximum number of lines', parseCount(1, 1000), 30)
    .action(lazily(context, async () => (await import('../actions/quarantine.ts')).listQuarantine));
  addExamples(command, [
    'catalog-sync quarantine list',
    'catalog-sync quarantine list --operation offer.detail --reason not_money --limit 100',
  ]);
}

function addShow(parent: Command, context: CliContext): void {
  const command = parent
    .command('show')
    .description('Show one value that could not be read, with the part of the stored answer that holds it.')
    .argument('<id>', 'id of the row', parseQuarantineId)
    .action(lazily(context, async () => (await import('../actions/quarantine.ts')).showQuarantined));
  addExamples(command, ['catalog-sync quarantine show 4711', 'catalog-sync quarantine show 4711 --json']);
}

/** `catalog-sync quarantine`: what of 1688's answers could not be read, and why. */
export function registerQuarantine(program: Command, context: CliContext): void {
  const command = program
    .command('quarantine')
    .description("Show the values of 1688's answers that could not be read, and why.");
  for (const add of [addList, addShow]) add(command, context);
  addExamples(command, ['catalog-sync quarantine', 'catalog-sync quarantine show 4711']);
}
