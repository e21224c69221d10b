import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { describeStatement, type DescribedColumn } from '../../support/describe-statement.ts';
import { findSqlUses, type DeclaredRow, type SqlUse } from '../../support/sql-uses.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const files = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sql'))
  .map((name) => `src/${name}`)
  .sort();

/** Where statements are still to be run by `runSql`. */
const pending =
  /^src\/(load\/(freshness-rows|load-categories|load-counters|load-details|load-search-pages|merge-sellers|record-answers)|maintenance\/reprocess\/[a-z-]+)\.ts/;

const planted = `
import { createSqlReader, runSql, applySql, type SqlExecutor } from './db/sql-file.ts';
const readSql = createSqlReader(new URL('./sql/', import.meta.url));
interface Row { readonly id: string; readonly at: Date | null; readonly tags: readonly ('a' | 'b')[]; readonly facts: { n: number } }
export const uses = async (db: SqlExecutor, isOld: boolean) => {
  await runSql<Row>(db, readSql('typed'));
  await runSql(db, readSql('untyped'));
  await applySql(db, readSql(isOld ? 'old' : 'new'));
  await db.query(readSql('bare'));
};`;

let db: TestDatabase;
let uses: SqlUse[];
beforeAll(async () => {
  uses = findSqlUses({ 'src/planted.ts': planted });
  db = await createTestDatabase();
}, 60_000);
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

describe.each(files)('%s', (file) => {
  const text = readFileSync(`${root}/${file}`, 'utf8');

  it('is one statement that Postgres accepts, read by the row types its uses declare', async () => {
    const columns = await describeFile(text);
    const found = uses.filter((use) => use.file === file);
    expect(found, 'nothing uses it').not.toEqual([]);
    const untyped = found.filter(({ at, reads }) => reads === 'untyped' && !pending.test(at));
    expect(untyped.map(({ at }) => at)).toEqual([]);
    const wrong = found.flatMap(({ at, row }) =>
      row ? compare(columns, row).map((said) => `${at}: ${said}`) : [],
    );
    expect(wrong).toEqual([]);
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
    ]);
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
