import { Option, type Command } from 'commander';
import { reprocessedOperations } from '../../model/reprocess.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { parseOfferId } from '../parse-offer-id.ts';
import { parseTime } from '../parse-time.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync reprocess`: reads stored answers again with this version, without a call. */
export function registerReprocess(program: Command, context: CliContext): void {
  const command = program
    .command('reprocess')
    .description(
      'Read stored answers again with this version, without any call, and show the changes. --yes applies them.',
    )
    .addOption(
      new Option('--operation <name>', 'only answers of this operation').choices(reprocessedOperations),
    )
    .option('--offer <id>', 'only answers that show this offer', parseOfferId)
    .option(
      '--since <time>',
      'only answers that were requested since a time with its zone, or a day of Asia/Shanghai like 2026-11-01',
      parseTime,
    )
    .option('--only-quarantined', 'only answers with a value in quarantine')
    .option(
      '--older-than-version <number>',
      'only answers that were last read by a lower version',
      parseCount(1, 1_000_000),
    )
    .option('--yes', 'apply the changes')
    .action(lazily(context, async () => (await import('../actions/reprocess.ts')).reprocess));
  addExamples(command, [
    'catalog-sync reprocess',
    'catalog-sync reprocess --only-quarantined --yes',
    'catalog-sync reprocess --offer 610947572360 --yes',
    'catalog-sync reprocess --operation offer.detail --since 2026-11-01 --older-than-version 3 --yes',
  ]);
}
