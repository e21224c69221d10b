import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDurationMs } from '../../core/duration.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

/** What Postgres takes as `statement_timeout`. */
const maxTimeoutMs = 2 ** 31 - 1;

function parseTimeout(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms < 1 || ms > maxTimeoutMs)
    throw new InvalidArgumentError(
      `Give a duration like 500ms, 30s or 10m, at most ${String(maxTimeoutMs)}ms (24.8 days).`,
    );
  return ms;
}

/** `catalog-sync sql`: one statement, read-only, over the project's database. */
export function registerSql(program: Command, context: CliContext): void {
  const command = program
    .command('sql')
    .description('Run one read-only SQL statement and print its rows as a table, JSON lines or CSV.')
    .argument('<statement>', 'SQL; quote it for the shell')
    .option('--csv', 'rows as CSV with a header')
    .addOption(
      new Option('--timeout <duration>', 'maximum time to wait for rows')
        .argParser(parseTimeout)
        .default(30_000, '30s'),
    )
    .action(lazily(context, async () => (await import('../actions/sql.ts')).runStatement));
  addExamples(command, [
    'catalog-sync sql "select * from usage.daily order by 1 desc limit 7"',
    'catalog-sync sql "select offer_id, subject from catalog.offer limit 20" --json',
    'catalog-sync sql "select * from catalog.price" --csv --timeout 10m > price.csv',
  ]);
}
