import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { readText, root } from '../../support/doc-files.ts';
import { readAcceptedValues } from './schema/read-accepted-values.ts';
import { readSchemas, type Schema } from './schema/read-schema.ts';
import { writeDbtSources } from './schema/write-dbt-sources.ts';
import { writeDictionary } from './schema/write-dictionary.ts';

const dictionary = join(root, 'docs/data-dictionary.md');
const sources = join(root, 'deploy/dbt/models/sources.yml');

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

test('deploy/dbt/models/sources.yml is what the comments and constraints of the database say', async () =>
  expectFile(sources, writeDbtSources(schemas, await readAcceptedValues(db.pool))));

test('every function of analytics says what it gives', () => {
  const functions = schemas.flatMap((schema) => schema.functions);
  expect(functions.length).toBeGreaterThan(4);
  expect(functions.filter(({ comment }) => !comment)).toEqual([]);
});

interface SourceTable {
  readonly name: string;
  readonly loaded_at_field?: string;
  readonly data_tests?: readonly unknown[];
  readonly columns: readonly { readonly name: string; readonly data_tests?: readonly unknown[] }[];
}

interface Sources {
  readonly sources: readonly { readonly name: string; readonly tables: readonly SourceTable[] }[];
}

test('dbt finds the views, tests of their keys and values, how fresh they are, and nothing else', () => {
  const { sources: found } = parse(readText('deploy/dbt/models/sources.yml')) as Sources;
  const tableOf = (source: string, table: string) =>
    found.find(({ name }) => name === source)?.tables.find(({ name }) => name === table);
  const testsOf = (source: string, table: string, column: string) =>
    tableOf(source, table)?.columns.find(({ name }) => name === column)?.data_tests;
  const config = { where: 'day > (select day - 7 from analytics.clock)' };
  expect(testsOf('analytics', 'dim_offer', 'offer_id')).toEqual(['unique', 'not_null']);
  expect(testsOf('analytics', 'dim_offer', 'seller_id')).toEqual([
    { relationships: { to: "source('analytics', 'dim_seller')", field: 'seller_id' } },
  ]);
  expect(testsOf('analytics', 'dim_sku', 'state')).toEqual([
    { accepted_values: { values: ['listed', 'gone'] } },
  ]);
  expect(testsOf('analytics', 'fct_observation', 'call_id')).toEqual([{ not_null: { config } }]);
  expect(testsOf('analytics', 'fct_observation', 'stock')).toBeUndefined();
  expect(tableOf('analytics', 'dim_sku')?.data_tests).toEqual([
    { unique_together: { columns: ['offer_id', 'sku_id'] } },
  ]);
  expect(tableOf('usage', 'by_run')?.loaded_at_field).toBe('started_at');
  expect(found.map(({ name }) => name)).toEqual(['analytics', 'usage']);
  expect(tableOf('usage', 'api_call')).toBeUndefined();
});
