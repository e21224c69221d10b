import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { changedFacts } from '../../../src/maintenance/export/changed-facts.ts';
import { awaitTransactions } from '../../support/await-transactions.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { readParquet, runDuckDb } from '../../support/read-parquet.ts';

let database: TestDatabase;
const project = createProject();
const inProject = (name: string) => join(project, name);

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(`
    INSERT INTO catalog.offer (offer_id, state, changed_at, call_id) VALUES (1, 'listed', '2026-11-01', 1);
    INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
    SELECT 1, 'list', g, 1.5 * g, '2026-11-01', 1 FROM generate_series(1, 4) g`);
  await awaitTransactions(database.pool);
});
afterAll(() => database.drop());

async function exportChanges(since: string, ...args: string[]) {
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: database.url }, cwd: project });
  const exitCode = await runCli(['export', '--changes-since', since, ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

interface FileEntry {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}
interface Manifest {
  readonly from: string;
  readonly to: string;
  readonly facts: readonly {
    readonly fact: string;
    readonly key: readonly string[];
    readonly deletedKey: readonly string[];
    readonly changed: readonly FileEntry[];
    readonly deleted: FileEntry;
  }[];
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(inProject(join(folder, 'manifest.json')), 'utf8')) as Manifest;
}
const entryOf = (manifest: Manifest, fact: string) => manifest.facts.find((entry) => entry.fact === fact);

test('a folder has the files of each table, as its manifest says', async () => {
  const { exitCode, out } = await exportChanges('start', '--out', 'all', '--json');
  expect(exitCode).toBe(0);
  const manifest = readManifest('all');
  expect(JSON.parse(out)).toMatchObject({
    folder: 'all',
    from: 'start',
    to: manifest.to,
    changed: 5,
    deleted: 0,
  });
  expect(manifest.to).toMatch(/^[0-9a-f]{12}-\d+$/);
  expect(Object.fromEntries(manifest.facts.map(({ fact, key }) => [fact, key]))).toEqual(changedFacts);
  for (const { file, bytes, sha256 } of manifest.facts.flatMap(({ changed, deleted }) => [
    ...changed,
    deleted,
  ])) {
    const content = readFileSync(inProject(join('all', file)));
    expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256]);
  }
  const price = entryOf(manifest, 'catalog.price');
  expect(price).toMatchObject({ changed: [{ file: 'catalog.price.csv', rows: 4 }], deleted: { rows: 0 } });
  expect(price?.changed[0]?.columns).toContainEqual({ name: 'amount_cny', type: 'numeric(14,4)' });
  expect(entryOf(manifest, 'catalog.seller')?.deletedKey).toEqual(['seller_hash']);
});

test('DuckDB applies the next one as the document shows, and once more', async () => {
  await exportChanges('start', '--out', 'changes-1', '--format', 'parquet');
  const { to } = readManifest('changes-1');
  await database.pool.query(`
    DELETE FROM catalog.price WHERE min_quantity IN (1, 2);
    INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
    VALUES (1, 'list', 2, 7, '2026-11-02', 2), (1, 'list', 9, 0.0001, '2026-11-02', 2);
    UPDATE catalog.price SET amount_cny = 8 WHERE min_quantity = 3`);
  await exportChanges(to, '--out', 'changes-2', '--format', 'parquet');
  const next = readManifest('changes-2');
  expect(next.from).toBe(to);
  expect(entryOf(next, 'catalog.price')).toMatchObject({ changed: [{ rows: 3 }], deleted: { rows: 2 } });
  expect(entryOf(next, 'catalog.offer')).toMatchObject({ changed: [{ rows: 0 }], deleted: { rows: 0 } });
  const deleted = await readParquet(inProject('changes-2/catalog.price.deleted.parquet'));
  expect(deleted.columns).toEqual([
    'offer_id BIGINT',
    'kind VARCHAR',
    'min_quantity INTEGER',
    'sku_id BIGINT',
  ]);
  const apply = codeBlocks('docs/export.md').find(({ language }) => language === 'duckdb')?.text ?? '';
  const begin = `CREATE TABLE price AS FROM 'changes-1/catalog.price.parquet'`;
  const query = 'SELECT min_quantity, amount_cny FROM price ORDER BY 1';
  const expected = [
    ['2', '7.0000'],
    ['3', '8.0000'],
    ['4', '6.0000'],
    ['9', '0.0001'],
  ];
  expect(await runDuckDb(project, [begin, apply], query)).toEqual(expected);
  expect(await runDuckDb(project, [begin, apply, apply], query)).toEqual(expected);
});

test('an export that was started again has at least what the first one had', async () => {
  const { to } = readManifest('changes-1');
  expect((await exportChanges(to, '--out', 'changes-2')).err).toContain('EXPORT_FILE_EXISTS');
  expect(await exportChanges(to, '--out', 'again', '--format', 'parquet')).toMatchObject({ exitCode: 0 });
  expect(readManifest('again').facts).toEqual(readManifest('changes-2').facts);
});

test('a table that is partitioned by month has a file for each month with changes', async () => {
  await database.pool.query(`
    SELECT sync.ensure_partitions('2026-09-05Z', 2);
    INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
    SELECT 1, at, 'detail', 1, true, false, at FROM unnest('{2026-09-01T00:00:00Z,2026-09-30T23:59:59.999999Z,2026-11-01T00:00:00Z}'::timestamptz[]) at`);
  await exportChanges('start', '--out', 'months', '--format', 'parquet');
  const files = entryOf(readManifest('months'), 'catalog.observation')?.changed ?? [];
  const names = files.filter(({ rows }) => rows > 0).map(({ file, rows }) => [file, rows]);
  expect(names).toEqual([
    ['catalog.observation/month=2026-09/changed.parquet', 2],
    ['catalog.observation/month=2026-11/changed.parquet', 1],
  ]);
  const query = `SELECT month, count(*) FROM read_parquet('months/catalog.observation/*/*.parquet') GROUP BY 1 ORDER BY 1`;
  expect(await runDuckDb(project, [], query)).toEqual([
    ['2026-09', '2'],
    ['2026-11', '1'],
  ]);
});

test('an export that fails half-way leaves nothing', async () => {
  await database.pool.query(`UPDATE catalog.offer SET source_created_at = 'infinity'`);
  const { exitCode, err } = await exportChanges('start', '--out', 'broken', '--format', 'parquet');
  expect({ exitCode, err }).toEqual({
    exitCode: 1,
    err: expect.stringContaining('EXPORT_VALUE_UNFIT: column source_created_at') as string,
  });
  expect(existsSync(inProject('broken'))).toBe(false);
  expect(readdirSync(project).filter((name) => name.endsWith('.part'))).toEqual([]);
  mkdirSync(inProject('taken'));
  expect((await exportChanges('start', '--out', 'taken')).err).toContain('EXPORT_FILE_EXISTS');
  expect((await exportChanges('start', '--out', 'nowhere/x')).err).toContain('its folder does not exist');
});

test('a sequence of another database is refused with what to do', async () => {
  const { exitCode, err } = await exportChanges('000000000000-5', '--out', 'foreign');
  expect(exitCode).toBe(1);
  expect(err).toMatch(/EXPORT_SEQUENCE_UNKNOWN: the sequence 000000000000-5 was given by another database/);
  expect(err).toContain('--changes-since start');
  const [epoch = ''] = readManifest('all').to.split('-');
  const ahead = await exportChanges(`${epoch}-999999999999`, '--out', 'foreign');
  expect(ahead.err).toContain('is ahead of this database, which is at');
  expect(existsSync(inProject('foreign'))).toBe(false);
});

test.each([
  ['yesterday', ['--out', 'x'], 'Give the "to" of the manifest.json'],
  ['start', [], `needs '--out <folder>'`],
  ['start', ['catalog.offer', '--out', 'x'], 'cannot be used with a table or view'],
  ['start', ['--query', 'select 1', '--out', 'x'], 'cannot be used with --query'],
  ['start', ['--out', 'x', '--force'], 'cannot be used with --force'],
])('--changes-since %s %j is a usage error', async (since, args, message) => {
  const { exitCode, err } = await exportChanges(since, ...args);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) as string });
});
