import { isAbsolute, join } from 'node:path';
import { Option, type Command } from 'commander';
import type { ExportSource } from '../../maintenance/export/export-rows.ts';
import type { Since } from '../../maintenance/export/find-relation.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { formatAmount } from '../export/export-progress.ts';
import { createFileSink } from '../export/file-sink.ts';
import { parseSince } from '../export/parse-since.ts';
import { runExport, type ExportFormat } from '../export/run-export.ts';
import { createStdoutSink } from '../export/stdout-sink.ts';
import { openSession } from '../../app/session.ts';
import { formatTime } from '../../core/format-time.ts';
import { safeJson } from '../../terminal/safe-text.ts';

interface ExportFlags {
  readonly query?: string;
  readonly format?: ExportFormat;
  readonly out?: string;
  readonly since?: Since;
  readonly formulaGuard?: true;
  readonly force?: true;
}

function formatOf({ format, out }: ExportFlags): ExportFormat {
  return format ?? (out?.endsWith('.parquet') ? 'parquet' : 'csv');
}

function sourceOf(
  relation: string | undefined,
  { query, since }: ExportFlags,
  command: Command,
): ExportSource {
  if (relation !== undefined && query !== undefined)
    command.error("error: option '--query' cannot be used with a table or view");
  if (query !== undefined && since !== undefined)
    command.error(
      "error: option '--since' cannot be used with option '--query': put a condition into the query",
    );
  if (query !== undefined) return { kind: 'query', text: query };
  if (relation !== undefined) return { kind: 'relation', name: relation, since: since ?? null };
  return command.error("error: name a table or view, as in catalog.offer, or give '--query'");
}

function refuseMismatch(flags: ExportFlags, command: Command, context: CliContext): void {
  const isParquet = formatOf(flags) === 'parquet';
  const { json } = command.optsWithGlobals<{ readonly json?: true }>();
  if (isParquet && flags.formulaGuard)
    command.error("error: option '--formula-guard' is for CSV: Parquet has types");
  if (isParquet && flags.out === undefined && context.isTty.stdout)
    command.error("error: Parquet is not for a terminal: give '--out <file>', or pipe it");
  if (json && flags.out === undefined)
    command.error("error: option '--json' needs '--out': what is exported is CSV or Parquet");
  if (flags.force && flags.out === undefined) command.error("error: option '--force' needs '--out'");
}

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
    .option('--since <time>', 'only rows that are new since a time, a date or a duration like 7d', parseSince)
    .option('--formula-guard', 'CSV: put an apostrophe before texts that a spreadsheet reads as a formula')
    .option('--force', 'replace the file if it exists')
    .action(async (relation: string | undefined, flags: ExportFlags, self: Command) => {
      const source = sourceOf(relation, flags, self);
      refuseMismatch(flags, self, context);
      const session = openSession(self, context, { logs: 'command' });
      const { out } = flags;
      const file = out === undefined || isAbsolute(out) ? out : join(context.cwd, out);
      const summary = await runExport(session, {
        source,
        format: formatOf(flags),
        guardsFormulas: flags.formulaGuard ?? false,
        openSink: async () =>
          file === undefined ? createStdoutSink(context) : createFileSink(file, flags.force ?? false),
      });
      if (summary === null) return;
      if (session.isJson) session.print(safeJson({ file: out, ...summary }));
      const amount = formatAmount(summary.bytes, summary.rows);
      const place = out === undefined ? '' : ` in ${out}`;
      session.talk(`${amount}${place}, as of ${formatTime(summary.snapshotAt)}`);
    });
  addExamples(command, [
    'catalog-sync export catalog.offer --out offers.parquet',
    'catalog-sync export catalog.price_history --since 7d --out week.csv --formula-guard',
    'catalog-sync export --query "select offer_id, subject from catalog.offer" > offers.csv',
  ]);
}
