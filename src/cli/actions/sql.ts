import type { Command } from 'commander';
import { copyReadOnly, queryReadOnly, type ReadOnlyQuery } from '../../db/query-read-only.ts';
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
  // A pipe takes the last batch also when its reader has left, and says so only after that.
  const isCut = session.context.stdoutGone?.aborted === true;
  session.talk(
    isCut
      ? 'the output was closed before all rows were written'
      : `${String(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}`,
  );
}

/** Runs one read-only statement, and prints its rows. */
export async function runStatement(
  context: CliContext,
  text: string,
  flags: SqlFlags,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  if (flags.csv && session.isJson) self.error("error: option '--csv' cannot be used with option '--json'");
  const print = flags.csv ? printCsv : printRows;
  await withReader(session, { warns: true }, (connectionString, signal) =>
    print(session, { connectionString, text, timeoutMs: flags.timeout, signal }),
  );
}
