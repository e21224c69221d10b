import { Argument, Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { targetOperations } from '../../extract/endpoints/target-request.ts';
import { parseRowId } from '../parse-row-id.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync record`: a real answer as a golden file, without what identifies a person. */
export function registerRecord(program: Command, context: CliContext): void {
  const command = program
    .command('record')
    .description('Print a stored answer of 1688 as a test fixture, without secrets and personal data.')
    .addArgument(new Argument('<operation>', 'operation that was called').choices(targetOperations))
    .argument(
      '[target]',
      'category id, keyword, seller id, image url or id, or offer id; its newest answer is used',
    )
    .option(
      '--raw <id>',
      'use the stored answer with this raw id instead',
      parseRowId('the column `raw_id` of usage.api_call'),
    )
    .addOption(new Option('--call', 'call 1688 once instead of reading the database').conflicts('raw'))
    .option('--yes', 'make the call without asking')
    .action(lazily(context, async () => (await import('../actions/record.ts')).printRecording));
  addExamples(command, [
    'catalog-sync record offer.detail 610947572360 > test/fixtures/recorded/bag.json',
    'catalog-sync record search.keyword --raw 4711',
    'catalog-sync record search.image https://cbu01.alicdn.com/img/ibank/1.jpg --call',
    'catalog-sync record category.children 0 --call --yes',
  ]);
}
