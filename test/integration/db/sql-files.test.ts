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

let db: TestDatabase;
let uses: SqlUse[];
beforeAll(async () => {
  uses = findSqlUses();
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
    const wrong = found.flatMap(({ at, row }) =>
      row ? compare(columns, row).map((said) => `${at}: ${said}`) : [],
    );
    expect(wrong).toEqual([]);
  });

  it('says its purpose, parameters and rows', () => {
    expect(text).toMatch(/^-- Purpose: .+\n(-- .+\n)*-- Params: .+\n(-- .+\n)*-- Returns: .+\n/);
  });
});
