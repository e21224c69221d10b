import { extname, isAbsolute, join } from 'node:path';
import type { Command } from 'commander';
import type { ExportSource } from '../../maintenance/export/export-rows.ts';
import type { Since } from '../../maintenance/export/find-relation.ts';
import type { CliContext } from '../../app/context.ts';
import { exportChanges } from '../export/export-changes.ts';
import { formatAmount } from '../export/export-progress.ts';
import { createFileSink } from '../export/file-sink.ts';
import type { ChangesSince } from '../export/read-sequence.ts';
import { runExport, type ExportFormat } from '../export/run-export.ts';
import { createStdoutSink } from '../export/stdout-sink.ts';
import { openSession } from '../../app/session.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { safeJson } from '../../terminal/safe-text.ts';

interface ExportFlags {
  readonly query?: string;
  readonly format?: ExportFormat;
  readonly out?: string;
  readonly since?: Since;
  readonly changesSince?: ChangesSince;
  readonly formulaGuard?: true;
  readonly force?: true;
}

const formatByEnding: Readonly<Record<string, ExportFormat>> = {
  ...{ '': 'csv', '.csv': 'csv', '.txt': 'csv', '.parquet': 'parquet' },
};

function formatOf({ format, out = '' }: ExportFlags, command: Command): ExportFormat {
  const found = format ?? formatByEnding[extname(out).toLowerCase()];
  if (found !== undefined) return found;
  return command.error(
    `error: no format has the ending of ${out}: name a .csv, .txt or .parquet file, or give '--format'`,
  );
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
  const isParquet = formatOf(flags, command) === 'parquet';
  const { json } = command.optsWithGlobals<{ readonly json?: true }>();
  if (isParquet && flags.formulaGuard)
    command.error("error: option '--formula-guard' is for CSV: Parquet has types");
  if (isParquet && flags.out === undefined && context.isTty.stdout)
    command.error("error: Parquet is not for a terminal: give '--out <file>', or pipe it");
  if (json && flags.out === undefined)
    command.error("error: option '--json' needs '--out': what is exported is CSV or Parquet");
  if (flags.force && flags.out === undefined) command.error("error: option '--force' needs '--out'");
}

/** Changes are of all tables, and go into a folder as they are. */
function refuseBesideChanges(
  relation: string | undefined,
  { query, since, formulaGuard, force, out }: ExportFlags,
  command: Command,
): void {
  const others = { 'a table or view': relation, '--query': query, '--since': since };
  const flags = { ...others, '--formula-guard': formulaGuard, '--force': force };
  const [other] = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (other !== undefined)
    command.error(`error: option '--changes-since' cannot be used with ${other}: it writes all tables anew`);
  if (out === undefined)
    command.error("error: option '--changes-since' needs '--out <folder>', a new folder");
}

/** Writes a table, a view or the rows of a query, or what changed in all tables. */
export async function exportRows(
  context: CliContext,
  relation: string | undefined,
  flags: ExportFlags,
  self: Command,
): Promise<void> {
  const { out, changesSince } = flags;
  if (changesSince !== undefined) {
    refuseBesideChanges(relation, flags, self);
    const { format = 'csv' } = flags;
    const session = openSession(self, context, { logs: 'command' });
    await exportChanges(session, { since: changesSince.sequence, format, out: out ?? '' });
    return;
  }
  const source = sourceOf(relation, flags, self);
  refuseMismatch(flags, self, context);
  const session = openSession(self, context, { logs: 'command' });
  const file = out === undefined || isAbsolute(out) ? out : join(context.cwd, out);
  const summary = await runExport(session, {
    source,
    format: formatOf(flags, self),
    guardsFormulas: flags.formulaGuard ?? false,
    openSink: async () =>
      file === undefined ? createStdoutSink(context) : createFileSink(file, flags.force ?? false),
  });
  if (summary === null) return;
  if (session.isJson) session.print(safeJson({ file: out, ...summary }));
  const amount = formatAmount(summary.bytes, summary.rows);
  const place = out === undefined ? '' : ` in ${out}`;
  session.talk(`${amount}${place}, as of ${shanghaiTime(summary.snapshotAt)} (Shanghai)`);
}
