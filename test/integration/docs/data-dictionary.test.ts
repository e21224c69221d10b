import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { readText, root } from '../../support/doc-files.ts';
import { readSchemas, type Schema } from './schema/read-schema.ts';
import { writeDbtSources } from './schema/write-dbt-sources.ts';
import { writeDictionary } from './schema/write-dictionary.ts';

const dictionary = join(root, 'docs/data-dictionary.md');
const sources = join(root, 'deploy/dbt/sources.yml');

let db: TestDatabase;
let schemas: Schema[];
beforeAll(async () => {
  db = await createTestDatabase();
  schemas = await readSchemas(db.pool);
});
afterAll(() => db.drop());

/** `npm run docs:schema` is this test with leave to write. */
async function expectFile(path: string, text: string): Promise<void> {
  const options = await resolveConfig(path);
  await expect(await format(text, { ...options, filepath: path })).toMatchFileSnapshot(path);
}

test('docs/data-dictionary.md is what the comments of the database say', () =>
  expectFile(dictionary, writeDictionary(schemas)));

test('deploy/dbt/sources.yml is what the comments of the database say', () =>
  expectFile(sources, writeDbtSources(schemas)));

test('every function of analytics says what it gives', () => {
  const functions = schemas.flatMap((schema) => schema.functions);
  expect(functions.length).toBeGreaterThan(4);
  expect(functions.filter(({ comment }) => !comment)).toEqual([]);
});

interface Sources {
  readonly sources: readonly {
    readonly name: string;
    readonly tables: readonly {
      readonly name: string;
      readonly columns: readonly { readonly name: string; readonly data_tests?: readonly string[] }[];
    }[];
  }[];
}

test('dbt finds the tables, tests of their keys, and no secrets', () => {
  const { sources: found } = parse(readText('deploy/dbt/sources.yml')) as Sources;
  const tableOf = (source: string, table: string) =>
    found.find(({ name }) => name === source)?.tables.find(({ name }) => name === table);
  const testsOf = (source: string, table: string, column: string) =>
    tableOf(source, table)?.columns.find(({ name }) => name === column)?.data_tests;
  expect(testsOf('analytics', 'dim_offer', 'offer_id')).toEqual(['unique', 'not_null']);
  expect(testsOf('catalog', 'price', 'kind')).toEqual(['not_null']);
  expect(testsOf('catalog', 'price', 'amount_cny')).toBeUndefined();
  expect(tableOf('sync', 'run')).toBeDefined();
  expect(tableOf('sync', 'token')).toBeUndefined();
  expect(found.map(({ name }) => name)).not.toContain('raw');
});
