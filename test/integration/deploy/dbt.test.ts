import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queriesOf, readDashboard } from '../../support/dashboards.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { describedModels, exposures, python, renderProject, sources, targetSchema } from './dbt-project.ts';

/*
 * dbt itself is not to be had where this is made: `dbt parse` was never run. Its templates are rendered by Jinja, and what
 * they give is run as the role that docs/querying.md gives to dbt.
 */

const tableNames = sources.flatMap(({ name, tables }) => tables.map((table) => `${name}.${table.name}`));

test('the exposure of the dashboard names the sources that the dashboard reads', () => {
  const sql = queriesOf(readDashboard('usage'))
    .map(({ rawSql = '' }) => rawSql)
    .join('\n');
  const read = [...sql.matchAll(/\b(usage|analytics)\.(\w+)(?!\w*\()/g)].map(([name]) => name);
  const named = exposures.flatMap(({ depends_on: on }) =>
    on.map((one) => one.replace(/^source\('(\w+)', '(\w+)'\)$/, '$1.$2')),
  );
  expect(named.toSorted()).toEqual([...new Set(read)].filter((name) => tableNames.includes(name)).toSorted());
  expect(named.length).toBeGreaterThan(3);
});

describe.skipIf(python === null)('what dbt would run, as catalog_bi', () => {
  let stack: TestStack;
  let client: PoolClient;
  let project: ReturnType<typeof renderProject>;

  beforeAll(async () => {
    stack = await openTestStack({ backend: 'postgres', sandbox: { offers: 100, categories: 10 } });
    await stack.run();
    await stack.query(`CREATE SCHEMA ${targetSchema} AUTHORIZATION catalog_bi`);
    client = await stack.database.pool.connect();
    await client.query('SET ROLE catalog_bi');
    project = renderProject();
  }, 120_000);
  afterAll(async () => {
    client.release(true);
    await stack.close();
  });

  test('makes each model, with rows, and describes it', async () => {
    const empty: string[] = [];
    for (const { name, sql } of project.models) {
      const { rowCount } = await client.query(`CREATE TABLE ${targetSchema}.${name} AS ${sql}`);
      if (rowCount === 0) empty.push(name);
    }
    expect(empty).toEqual([]);
    expect(project.models.map(({ name }) => name).toSorted()).toEqual(describedModels.toSorted());
    expect(describedModels.length).toBeGreaterThan(5);
  });

  test('finds nothing wrong by any test', async () => {
    const found: string[] = [];
    for (const { name, sql } of project.tests) {
      const { rowCount } = await client.query(`SELECT count(*) FROM (${sql}) t HAVING count(*) > 0`);
      if (rowCount !== 0) found.push(name);
    }
    expect(found).toEqual([]);
    const kinds = new Set(project.tests.map(({ name }) => name.split(' ')[0]));
    expect([...kinds].toSorted()).toEqual([
      'accepted_values',
      'not_null',
      'relationships',
      'unique',
      'unique_together',
    ]);
    expect(project.tests.length).toBeGreaterThan(100);
  });

  test('finds what is wrong: a row twice, a state of its own, an offer that is not there', async () => {
    const failing = async () => {
      const names: string[] = [];
      for (const { name, sql } of project.tests.filter(({ name: of }) => of.includes(' stg_skus')))
        if ((await client.query(sql)).rowCount !== 0) names.push(name);
      return names;
    };
    expect(await failing()).toEqual([]);
    await client.query(
      `INSERT INTO ${targetSchema}.stg_skus (offer_id, sku_id, state) VALUES (1, 1, 'odd'), (1, 1, 'odd')`,
    );
    expect(await failing()).toEqual([
      'unique_together stg_skus',
      'relationships stg_skus offer_id',
      'accepted_values stg_skus state',
    ]);
  });

  test('knows how fresh the sources are', async () => {
    expect(project.freshness.map(({ name }) => name)).toEqual(['analytics.fct_observation', 'usage.by_run']);
    for (const { sql } of project.freshness) {
      const { rows } = await client.query<{ max_loaded_at: Date | null }>(sql);
      expect(rows[0]?.max_loaded_at).toBeInstanceOf(Date);
    }
  });
});
