import { withExport, type ExportReader, type ExportSource } from '../../maintenance/export/export-rows.ts';
import type { Session } from '../../app/session.ts';
import { withReader } from '../../app/with-reader.ts';
import { createExportProgress, type ExportProgress } from './export-progress.ts';
import type { Sink } from './sink.ts';
import { typeIds } from './type-ids.ts';
import { writeParquet } from './write-parquet.ts';

export type ExportFormat = 'csv' | 'parquet';

/** How rows are written, and where to. */
interface SinkPlan {
  readonly format: ExportFormat;
  /** CSV: cells of text columns that a spreadsheet would take for a formula get an apostrophe in front. */
  readonly guardsFormulas: boolean;
  openSink(): Promise<Sink>;
}

export interface ExportPlan extends SinkPlan {
  readonly source: ExportSource;
}

export interface ExportSummary {
  readonly rows: number;
  readonly bytes: number;
  /** Ledger clock: what was seen later is not in it. */
  readonly snapshotAt: Date;
}

/** Values of these types are never formulas, but a negative number would be taken for one. */
const neverFormulas = new Set<number>([
  ...[typeIds.int2, typeIds.int4, typeIds.int8, typeIds.numeric, typeIds.float4, typeIds.float8],
  ...[typeIds.bool, typeIds.date, typeIds.time, typeIds.timestamp, typeIds.timestamptz, typeIds.interval],
  ...[typeIds.bytea, typeIds.uuid, typeIds.json, typeIds.jsonb],
]);

function guardedColumns({ columns }: ExportReader): Set<number> {
  return new Set(columns.flatMap(({ typeId }, index) => (neverFormulas.has(typeId) ? [] : [index])));
}

async function writeRows(
  reader: ExportReader,
  { format, guardsFormulas }: SinkPlan,
  { sink, progress }: { readonly sink: Sink; readonly progress: ExportProgress },
): Promise<ExportSummary | null> {
  let bytes = 0;
  const write = (data: Uint8Array, rowsSoFar: number | null = null) => {
    bytes += data.length;
    progress.update(bytes, rowsSoFar);
    return sink.write(data);
  };
  const guarded = guardsFormulas ? guardedColumns(reader) : new Set<number>();
  const rows =
    format === 'parquet' ? await writeParquet(reader, write) : await reader.readCsv(guarded, write);
  return rows === null ? null : { rows, bytes, snapshotAt: reader.snapshotAt };
}

/**
 * Writes all rows of a reader.
 *
 * @returns null when the reader of the sink left before the end
 * @throws AppError EXPORT_*, QUERY_*, DATABASE_*
 */
export async function writeToSink(
  session: Session,
  plan: SinkPlan,
  reader: ExportReader,
): Promise<ExportSummary | null> {
  const progress = createExportProgress(session.context, session.isQuiet);
  const sink = await plan.openSink();
  try {
    const summary = await writeRows(reader, plan, { sink, progress });
    if (summary !== null) await sink.finish();
    return summary;
  } finally {
    progress.done();
    await sink.abandon();
  }
}

/**
 * Exports from the project's database, all of one snapshot.
 *
 * @returns null when the reader left before the end
 * @throws AppError EXPORT_*, QUERY_*, INTERRUPTED, DATABASE_*
 */
export async function runExport(session: Session, plan: ExportPlan): Promise<ExportSummary | null> {
  const { source } = plan;
  return withReader(session, { warns: source.kind === 'query' }, async (connectionString, signal) => {
    let summary: ExportSummary | null = null;
    await withExport({ connectionString, source, signal }, async (reader) => {
      summary = await writeToSink(session, plan, reader);
    });
    return summary;
  });
}
