import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/*
 * If an index has a column that a lookup does not name before one that it does, Postgres 18 skips over it, and may expect as many
 * descents as that column has values in the whole table: then it reads all prices for those of a few offers.
 */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query(`
    INSERT INTO catalog.offer (offer_id, state, quote_type, unit, min_order_quantity, changed_at, call_id)
      SELECT n, 'listed', 1, '件', 1, now(), 1 FROM generate_series(1, 5000) n;
    INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
      SELECT n, 5 * n + sku, kind, 1, 10, now(), 1 FROM generate_series(1, 5000) n, generate_series(1, 4) sku, unnest(ARRAY['consign', 'plus']::catalog.price_kind[]) kind;
    INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
      SELECT offer_id, sku_id, kind, 1, 9, now() - interval '1 day', now(), 1, 1 FROM catalog.price`);
  // Of a larger table, a sample shows far fewer SKUs than there are.
  const tables = ['price', ...Array.from({ length: 8 }, (_, part) => `price_history_${String(part)}`)];
  for (const table of tables)
    await db.pool.query(
      `ALTER TABLE catalog.${table} ALTER COLUMN sku_id SET (n_distinct = 8); ANALYZE catalog.${table}`,
    );
});
afterAll(() => db.drop());

it.each(['price', 'price_history'])('%s: prices of one kind of an offer are one descent', async (table) => {
  const { rows } = await db.pool.query<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
    `EXPLAIN (FORMAT JSON) SELECT amount_cny FROM catalog.${table} WHERE offer_id = 7 AND kind = 'plus'`,
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  expect(plan).toMatchObject({ 'Node Type': 'Index Scan' });
  expect(plan?.['Total Cost']).toBeLessThan(20);
});

it('the unit stated before a change is found by the index of units, whatever else changed', async () => {
  await db.pool.query(`
    INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
      SELECT 1 + n % 50, 'subject', 'old', 'new', now() - n * interval '1 minute', 1 FROM generate_series(1, 20000) n;
    INSERT INTO catalog.offer_change (offer_id, field, new, observed_at, call_id)
      SELECT n, 'unit', '件', now(), 1 FROM generate_series(1, 50) n`);
  await db.pool.query('ANALYZE catalog.offer_change');
  const { rows } = await db.pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT stated_before FROM analytics.fct_offer_change WHERE offer_id = 7 AND field = 'unit'`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('using offer_change_unit on offer_change s');
  expect(plan).not.toContain('Rows Removed by Filter');
});
