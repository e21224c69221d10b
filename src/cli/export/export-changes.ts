import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { changedFacts, deletedKey } from '../../maintenance/export/changed-facts.ts';
import { formatSequence, type ChangeSequence } from '../../maintenance/export/change-sequence.ts';
import { withChanges, type ChangesReader, type FactMonth } from '../../maintenance/export/export-changes.ts';
import type { ExportReader } from '../../maintenance/export/export-rows.ts';
import type { Session } from '../../app/session.ts';
import { withReader } from '../../app/with-reader.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { formatAmount } from './export-progress.ts';
import { createFileSink } from './file-sink.ts';
import { createFolderSink } from './folder-sink.ts';
import { writeToSink, type ExportFormat } from './run-export.ts';

export interface ChangesPlan {
  readonly since: ChangeSequence;
  readonly format: ExportFormat;
  /** A folder that does not exist. */
  readonly out: string;
}

/** A file, as the manifest describes it. */
interface FileEntry {
  /** Its name in the folder. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Types as SQL names them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

interface FactEntry {
  /** `catalog.price` */
  readonly fact: string;
  /** By what a row of `changed` replaces another one. */
  readonly key: readonly string[];
  /** By what a row of `deleted` deletes. */
  readonly deletedKey: readonly string[];
  /** One; of a table that is partitioned by month, one for each month with changes. */
  readonly changed: readonly FileEntry[];
  readonly deleted: FileEntry;
}

interface Manifest {
  readonly from: string;
  readonly to: string;
  readonly snapshotAt: Date;
  readonly format: ExportFormat;
  readonly facts: readonly FactEntry[];
}

interface Target {
  readonly session: Session;
  readonly changes: ChangesReader;
  readonly format: ExportFormat;
  /** The folder to write into. */
  readonly path: string;
}

async function writeFile(
  { session, changes, format, path }: Target,
  reader: ExportReader,
  file: string,
): Promise<FileEntry> {
  const hash = createHash('sha256');
  const openSink = async () => {
    const sink = await createFileSink(join(path, file), false);
    return {
      ...sink,
      write: (bytes: Uint8Array) => {
        hash.update(bytes);
        return sink.write(bytes);
      },
    };
  };
  const summary = await writeToSink(session, { format, guardsFormulas: false, openSink }, reader);
  if (summary === null) throw new Error('a file took no more rows');
  const types = await changes.listTypes(reader.columns);
  const columns = reader.columns.map(({ name }, index) => ({ name, type: types[index] ?? '' }));
  return { file, rows: summary.rows, bytes: summary.bytes, sha256: hash.digest('hex'), columns };
}

/** Months without changes have no file, but for the newest one, which says what the columns are. */
async function writeMonths(target: Target, fact: string, months: readonly FactMonth[]): Promise<FileEntry[]> {
  const { changes, format, path } = target;
  const entries: FileEntry[] = [];
  for (const month of months) {
    const folder = join(fact, `month=${month.month}`);
    await mkdir(join(path, folder), { recursive: true });
    const reader = await changes.openChanged(fact, month);
    const entry = await writeFile(target, reader, join(folder, `changed.${format}`));
    if (entry.rows > 0 || month === months.at(-1)) entries.push(entry);
    else await rm(join(path, folder), { recursive: true });
  }
  return entries;
}

async function writeFacts(target: Target): Promise<FactEntry[]> {
  const { changes, format } = target;
  const entries: FactEntry[] = [];
  for (const [fact, key] of Object.entries(changedFacts)) {
    const months = await changes.listMonths(fact);
    const changed =
      months.length > 0
        ? await writeMonths(target, fact, months)
        : [await writeFile(target, await changes.openChanged(fact), `${fact}.${format}`)];
    const deleted = await writeFile(
      target,
      await changes.openDeleted(fact, key),
      `${fact}.deleted.${format}`,
    );
    entries.push({ fact, key, deletedKey: deletedKey(key), changed, deleted });
  }
  return entries;
}

async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  const sink = await createFileSink(join(path, 'manifest.json'), false);
  try {
    await sink.write(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    await sink.finish();
  } finally {
    await sink.abandon();
  }
}

async function writeFolder(
  session: Session,
  { format }: ChangesPlan,
  { folder, changes }: { readonly folder: string; readonly changes: ChangesReader },
): Promise<Manifest> {
  const sink = await createFolderSink(folder);
  try {
    const facts = await writeFacts({ session, changes, format, path: sink.path });
    const { from, to, snapshotAt } = changes;
    const ends = { from: formatSequence(from), to: formatSequence(to) };
    const manifest: Manifest = { ...ends, snapshotAt, format, facts };
    await writeManifest(sink.path, manifest);
    await sink.finish();
    return manifest;
  } finally {
    await sink.abandon();
  }
}

function report(session: Session, out: string, { from, to, snapshotAt, facts }: Manifest): void {
  const files = facts.flatMap(({ changed, deleted }) => [...changed, deleted]);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const bytes = sum(files.map((file) => file.bytes));
  const changed = sum(facts.flatMap((fact) => fact.changed.map(({ rows }) => rows)));
  const deleted = sum(facts.map((fact) => fact.deleted.rows));
  if (session.isJson) session.print(safeJson({ folder: out, from, to, changed, deleted, bytes, snapshotAt }));
  const deletions = `${deleted.toLocaleString('en')} deleted`;
  session.talk(`${formatAmount(bytes, changed)} and ${deletions} in ${out}; next: --changes-since ${to}`);
}

/**
 * Writes what changed in all facts into a new folder, with a manifest, all of one snapshot.
 *
 * @throws AppError EXPORT_*, INTERRUPTED, DATABASE_*
 */
export async function exportChanges(session: Session, plan: ChangesPlan): Promise<void> {
  const { out, since } = plan;
  const folder = isAbsolute(out) ? out : join(session.context.cwd, out);
  const manifest = await withReader(session, { warns: false }, async (connectionString, signal) => {
    let written: Manifest | undefined;
    await withChanges({ connectionString, since, signal }, async (changes) => {
      written = await writeFolder(session, plan, { folder, changes });
    });
    return written;
  });
  if (manifest) report(session, out, manifest);
}
