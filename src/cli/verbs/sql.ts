import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDurationMs } from '../../core/duration.ts';
import { copyReadOnly, queryReadOnly, type ReadOnlyQuery } from '../../db/query-read-only.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { formatBatch, formatJsonLines } from '../format-rows.ts';
import { openSession, type Session } from '../../app/session.ts';
import { safeLines } from '../../terminal/safe-text.ts';
import { writeAll } from '../../terminal/write-all.ts';
import { withReader } from '../../app/with-reader.ts';

interface SqlFlags {
  readonly csv?: true;
  readonly timeout: number;
}

function parseTimeout(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms < 1) throw new InvalidArgumentError('Give a duration like 500ms, 30s or 10m.');
  return ms;
}

async function printCsv(session: Session, query: ReadOnlyQuery): Promise<void> {
  const { context } = session;
  await copyReadOnly(query, (csv) => writeAll(context, context.isTty.stdout ? safeLines(csv) : csv));
}

async function printRows(session: Session, query: ReadOnlyQuery): Promise<void> {
  const format = session.isJson ? formatJsonLines : formatBatch;
  let rowCount = 0;
  await queryReadOnly(query, (batch) => {
    rowCount += batch.rows.length;
    return writeAll(session.context, format(batch));
  });
  session.talk(`${String(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}`);
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
    .action(async (text: string, flags: SqlFlags, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      if (flags.csv && session.isJson)
        self.error("error: option '--csv' cannot be used with option '--json'");
      const print = flags.csv ? printCsv : printRows;
      await withReader(session, { warns: true }, (connectionString, signal) =>
        print(session, { connectionString, text, timeoutMs: flags.timeout, signal }),
      );
    });
  addExamples(command, [
    'catalog-sync sql "select * from usage.daily order by 1 desc limit 7"',
    'catalog-sync sql "select offer_id, subject from catalog.offer limit 20" --json',
    'catalog-sync sql "select * from catalog.price" --csv --timeout 10m > price.csv',
  ]);
}
