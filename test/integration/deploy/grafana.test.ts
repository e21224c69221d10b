import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertCalls, pastCall } from '../views/usage-calls.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { provisionedDatasources, queriesOf, readDashboard } from '../../support/dashboards.ts';

const queries = queriesOf(readDashboard('usage')).map(({ title, rawSql = '' }) => ({ title, rawSql }));

let database: TestDatabase;
let times: Record<'from' | 'to', string>;
beforeAll(async () => {
  database = await createTestDatabase();
  const { rows } = await database.pool.query<{ now: Date }>('SELECT usage.ledger_now() AS now');
  const nowMs = rows[0]?.now.getTime() ?? NaN;
  times = { from: new Date(nowMs - 172_800_000).toISOString(), to: new Date(nowMs).toISOString() };
  await database.pool.query(
    `INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, valid_from, created_at)
     SELECT 'k', 'x:y:1', kind, 500, 'preset', true, now(), now() FROM unnest('{day,month}'::text[]) kind`,
  );
  const failed = { outcome: 'gateway_error', gatewayCode: 'gw.APIACLDecline' } as const;
  await insertCalls(database.pool, [
    pastCall(new Date(nowMs - 7_200_000)),
    pastCall(new Date(nowMs - 3_600_000), failed),
  ]);
  await database.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, feeds) VALUES ('all', 'cli', 'sandbox', '["all"]')`,
  );
});
afterAll(() => database.drop());

describe('each panel of the dashboard', () => {
  test.each(queries)(
    '$title: what it asks for, readers may ask for, and there is some',
    async ({ rawSql }) => {
      const sql = rawSql
        .replaceAll('$__timeFrom()', `'${times.from}'`)
        .replaceAll('$__timeTo()', `'${times.to}'`);
      const client = await database.pool.connect();
      try {
        await client.query('BEGIN READ ONLY');
        await client.query('SET LOCAL ROLE catalog_ops');
        expect((await client.query(sql)).rowCount).toBeGreaterThan(0);
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    },
  );
});

test.each(['usage', 'operations'])('dashboard %s asks a datasource that is provisioned', (name) => {
  const asked = queriesOf(readDashboard(name));
  expect(asked.length).toBeGreaterThan(5);
  for (const { datasource } of asked) expect(provisionedDatasources()).toContainEqual(datasource);
});
