import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { readSequence } from '../export/read-sequence.ts';
import { parseSince } from '../export/parse-since.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync export`: a table, a view or a query as CSV or Parquet. */
export function registerExport(program: Command, context: CliContext): void {
  const command = program
    .command('export')
    .description('Write a table, a view or the rows of a query as CSV or Parquet, in one snapshot.')
    .argument('[relation]', 'table or view of catalog, analytics, usage or sync, as in catalog.offer')
    .option('--query <statement>', 'export the rows of one SELECT instead of a table or view')
    .addOption(
      new Option(
        '--format <format>',
        'file format; default: from the extension of --out, otherwise csv',
      ).choices(['csv', 'parquet']),
    )
    .option('--out <file>', 'write to this file; it gets its name when it is complete')
    .option(
      '--since <time>',
      'only rows that are new since a time with its zone, a day of Asia/Shanghai or a duration like 7d',
      parseSince,
    )
    .option(
      '--changes-since <sequence>',
      'instead of one table: what changed or was deleted in all tables of catalog since an earlier export, into the new folder --out; "start" for everything',
      readSequence,
    )
    .option('--formula-guard', 'CSV: put an apostrophe before texts that a spreadsheet reads as a formula')
    .option('--force', 'replace the file if it exists')
    .action(lazily(context, async () => (await import('../actions/export.ts')).exportRows));
  addExamples(command, [
    'catalog-sync export catalog.offer --out offers.parquet',
    'catalog-sync export catalog.price_history --since 7d --out week.csv --formula-guard',
    'catalog-sync export --query "select offer_id, subject from catalog.offer" > offers.csv',
    'catalog-sync export --changes-since start --format parquet --out changes-1',
  ]);
}
