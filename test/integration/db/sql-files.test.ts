import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { describeStatement, type DescribedColumn } from '../../support/describe-statement.ts';
import { findJsonReaders, type JsonReader } from '../../support/json-keys.ts';
import { findSqlUses, type DeclaredRow, type SqlUse } from '../../support/sql-uses.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const files = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sql'))
  .map((name) => `src/${name}`)
  .sort();

const planted = `
import { createSqlReader, runSql, applySql, type SqlExecutor } from './db/sql-file.ts';
const readSql = createSqlReader(new URL('./sql/', import.meta.url));
interface Row { readonly id: string; readonly at: Date | null; readonly tags: readonly ('a' | 'b')[]; readonly facts: { n: number } }
export const uses = async (db: SqlExecutor, isOld: boolean) => {
  await runSql<Row>(db, readSql('typed'));
  await runSql(db, readSql('untyped'));
  await applySql(db, readSql(isOld ? 'old' : 'new'));
  await db.query(readSql('bare'));
  const rows = [{ n: 1, at: new Date() }];
  await applySql(db, readSql('keys'), [1, JSON.stringify(rows), String(rows)]);
};`;

const uses = findSqlUses({ 'src/planted.ts': planted });

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

async function describeFile(text: string): Promise<DescribedColumn[]> {
  const client = await db.pool.connect();
  try {
    return await describeStatement(client, text);
  } finally {
    client.release(true);
  }
}

/** Where the columns of a statement and the properties of a declared row differ; empty: nowhere. */
function compare(columns: readonly DescribedColumn[], row: DeclaredRow): string[] {
  const names = new Set(columns.map(({ name }) => name));
  return [
    ...columns.filter(({ name }) => !row.has(name)).map(({ name }) => `${name} is not declared`),
    ...[...row.keys()].filter((name) => !names.has(name)).map((name) => `${name} is not returned`),
    ...columns
      .filter(({ name, kind }) => row.get(name)?.(kind) === false)
      .map(({ name, kind }) => `${name} is declared as something else than ${kind}`),
  ];
}

async function listColumns(table: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return rows.map(({ name }) => name);
}

/** Where the keys that a use sends differ from those that its statement reads; empty: nowhere. */
async function compareKeys({ at, sentKeys }: SqlUse, { position, reads }: JsonReader): Promise<string[]> {
  const sent = sentKeys(position);
  if (sent === null) return [`${at}: the keys of $${String(position)} are not known`];
  if (!('table' in reads))
    return reads.filter((name) => !sent.includes(name)).map((name) => `${at}: ${name} is not sent`);
  const columns = await listColumns(reads.table);
  return sent
    .filter((name) => !columns.includes(name))
    .map((name) => `${at}: ${name} is no column of ${reads.table}`);
}

describe.each(files)('%s', (file) => {
  const text = readFileSync(`${root}/${file}`, 'utf8');

  it('is one statement that Postgres accepts, read by the row types its uses declare', async () => {
    const columns = await describeFile(text);
    const found = uses.filter((use) => use.file === file);
    expect(found, 'nothing uses it').not.toEqual([]);
    const untyped = found.filter(({ reads }) => reads === 'untyped');
    expect(untyped.map(({ at }) => at)).toEqual([]);
    const wrong = found.flatMap(({ at, row }) =>
      row ? compare(columns, row).map((said) => `${at}: ${said}`) : [],
    );
    expect(wrong).toEqual([]);
  });

  it('reads the keys that its uses send as JSON', async () => {
    const found = uses.filter((use) => use.file === file);
    const pairs = found.flatMap((use) => findJsonReaders(text).map((reader) => compareKeys(use, reader)));
    expect((await Promise.all(pairs)).flat()).toEqual([]);
  });

  it('says its purpose, parameters and rows', () => {
    expect(text).toMatch(/^-- Purpose: .+\n(-- .+\n)*-- Params: .+\n(-- .+\n)*-- Returns: .+\n/);
  });
});

describe('uses that are planted', () => {
  const find = () => uses.filter(({ at }) => at.startsWith('src/planted.ts'));

  it('are found with how their rows are read', () => {
    const found = find().map(({ file, reads }) => [file, reads]);
    expect(found).toEqual([
      ['src/sql/typed.sql', 'rows'],
      ['src/sql/untyped.sql', 'untyped'],
      ['src/sql/new.sql', 'none'],
      ['src/sql/old.sql', 'none'],
      ['src/sql/bare.sql', 'untyped'],
      ['src/sql/keys.sql', 'none'],
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ['jsonb_to_recordset($2::jsonb) AS r (n int, "at" timestamptz)', 'the same', []],
    [
      'jsonb_to_record($2::jsonb) AS r (n numeric(14, 4), "seenAt" date)',
      'a renamed one',
      ['seenAt is not sent'],
    ],
    [
      'jsonb_populate_recordset(NULL::sync.run, $2::jsonb)',
      'those of a table',
      ['n is no column of sync.run', 'at is no column of sync.run'],
    ],
    ['jsonb_to_recordset($3::jsonb) AS r (n int)', 'what is no JSON', ['the keys of $3 are not known']],
    ['jsonb_to_recordset($1::jsonb) AS r (n int)', 'a number', ['the keys of $1 are not known']],
  ])('send keys that are compared with those that %s reads: %s', async (source, _, differences) => {
    const [use] = find().slice(-1);
    const [reader] = findJsonReaders(`SELECT * FROM ${source}`);
    if (!use || !reader) throw new Error('nothing is planted');
    expect(await compareKeys(use, reader)).toEqual(differences.map((said) => `${use.at}: ${said}`));
  });

  it('may read keys in these two forms only', () => {
    expect(() => findJsonReaders('SELECT * FROM json_to_record($1::json) AS r (n int)')).toThrow(
      /form of its own/,
    );
    expect(findJsonReaders('SELECT * FROM jsonb_to_recordset(c.changes) AS f (field text)')).toEqual([]);
  });

  it.each<[string, string, readonly string[]]>([
    ['the same', '1::bigint AS id, now() AS at, array[]::text[] AS tags, jsonb_build_object() AS facts', []],
    [
      'a count that is a number',
      '1::int AS id, now() AS at, array[]::text[] AS tags, json_build_object() AS facts',
      ['id is declared as something else than number'],
    ],
    [
      'a column of another name',
      `1::numeric AS id, now() AS "seenAt", array[]::text[] AS tags, json_build_object() AS facts`,
      ['seenAt is not declared', 'at is not returned'],
    ],
    [
      'text for an instant, json for tags',
      `'1' AS id, '' AS at, array[1] AS tags, now() AS facts`,
      [
        'at is declared as something else than string',
        'tags is declared as something else than number[]',
        'facts is declared as something else than Date',
      ],
    ],
  ])('are compared with what is returned: %s', async (_, columns, differences) => {
    const row = find()[0]?.row;
    expect(compare(await describeFile(`SELECT ${columns}`), row ?? new Map())).toEqual(differences);
  });
});

it('reads no file that does not exist', () => {
  const missing = uses.filter(({ file, at }) => !files.includes(file) && !at.startsWith('src/planted.ts'));
  expect(missing.map(({ at, file }) => `${at}: ${file}`)).toEqual([]);
});
