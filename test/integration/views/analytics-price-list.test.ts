import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  insertChange,
  insertIntervals,
  insertObservedOffers,
  insertOffers,
  openPast,
  type IntervalRow,
} from '../../support/analytics-world.ts';

/* Offers of every way in which a price is found, and in which there is none. */

let db: TestDatabase;

const sku = (offerId: string, skuId: string, cny: string, more: Partial<IntervalRow> = {}): IntervalRow => ({
  ...{ offerId, skuId, cny, minQuantity: 1, from: 20 },
  ...more,
});

const intervals: readonly IntervalRow[] = [
  // 1: by quantity, dearer ten days ago, and with a promotion of large orders.
  { offerId: '1', cny: '9', from: 20, to: 10 },
  { offerId: '1', cny: '10', from: 10 },
  { offerId: '1', cny: '8', minQuantity: 100, from: 20 },
  { offerId: '1', kind: 'promotion', cny: '7.5', minQuantity: 100, from: 5 },
  // 2: by SKU; one of them is gone, and one has a promotion.
  sku('2', '21', '5'),
  sku('2', '22', '6'),
  sku('2', '23', '7'),
  sku('2', '21', '4', { kind: 'promotion', from: 8 }),
  // 3: delisted seven days ago. 4: its minimum order was lowered three days ago. 5: another unit since six days ago.
  { offerId: '3', cny: '3', from: 20 },
  { offerId: '4', cny: '4', minQuantity: 1, from: 20 },
  { offerId: '5', cny: '50', from: 20 },
  // 6: an SKU with a price of its own, and a promotion of the offer as a whole.
  sku('6', '61', '6'),
  sku('6', '0', '5', { kind: 'promotion' }),
  // 7: one piece at the retail price.
  sku('7', '71', '18'),
  sku('7', '71', '10', { minQuantity: 2 }),
  sku('7', '71', '18', { kind: 'retail' }),
  // 8: its price ended.
  { offerId: '8', cny: '8', from: 20, to: 4 },
];

beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
  await insertOffers(
    db,
    ['1', '2', '3', '4', '5', '6', '7', '8'].map((offerId) => ({
      offerId,
      minOrder: ['2', '7'].includes(offerId) ? 1 : 2,
      ...(offerId === '3' ? { state: 'delisted' } : {}),
      ...(offerId === '5' ? { unit: '箱' } : {}),
    })),
  );
  await insertIntervals(db, intervals);
  for (const offerId of ['1', '2', '3', '4', '5', '6', '7', '8'])
    await insertObservedOffers(db, offerId, [20, 10, 1]);
  await insertChange(db, { offerId: '3', field: 'state', old: 'listed', new: 'delisted', at: 7 });
  await insertChange(db, { offerId: '4', field: 'min_order_quantity', old: '20', new: '2', at: 3 });
  await insertChange(db, { offerId: '5', field: 'unit', old: '件', new: '箱', at: 6 });
  await db.pool.query(
    `INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, last_listed_at, last_listed_call_id, changed_at, call_id)
     SELECT o, s, CASE WHEN s = 23 THEN 'gone' ELSE 'listed' END, '[]', CASE WHEN s = 23 THEN now - interval '12 days' END, CASE WHEN s = 23 THEN 1 END, now - interval '6 days 12 hours', 1
     FROM analytics.clock, (VALUES (2, 21), (2, 22), (2, 23), (6, 61), (7, 71)) k (o, s)`,
  );
});
afterAll(() => db.drop());

interface Row {
  readonly key: string;
  readonly effective: string;
}

/** Both answers in one form: offer, SKU, prices, unit, quantity and whether the price is assumed. */
const both = `
WITH list AS (
  SELECT offer_id, sku_id, unit_price_cny, total_cny, unit, min_quantity, valid_from, valid_to, is_assumed
  FROM analytics.price_list_at($1, $2)
), single AS (
  SELECT k.offer_id, k.sku_id, p.unit_price_cny, p.total_cny, p.unit, p.min_quantity, p.valid_from, p.valid_to,
         p.reason IS NOT NULL AS is_assumed
  FROM (SELECT DISTINCT offer_id, sku_id FROM analytics.fct_price_history WHERE kind = 'list') k
  CROSS JOIN LATERAL analytics.price_at(k.offer_id, k.sku_id, $1, $2) p
  WHERE p.unit_price_cny IS NOT NULL
)
SELECT (SELECT count(*)::int FROM single) AS prices,
       (SELECT count(*)::int FROM (TABLE list EXCEPT ALL TABLE single) d)
       + (SELECT count(*)::int FROM (TABLE single EXCEPT ALL TABLE list) d) AS differences`;

describe('analytics.price_list_at', () => {
  test('has every price that price_at gives, for any quantity and time, and no other', async () => {
    const counts: number[] = [];
    for (const quantity of [1, 2, 20, 100, 1000]) {
      for (const daysAgo of [30, 15, 9, 6.6, 6.4, 5.5, 3.5, 2, 0.5]) {
        const { rows } = await db.pool.query<{ prices: number; differences: number }>(both, [
          quantity,
          new Date(Date.now() - daysAgo * 86_400_000),
        ]);
        expect(rows[0]?.differences, `${String(quantity)} units, ${String(daysAgo)} days ago`).toBe(0);
        counts.push(rows[0]?.prices ?? 0);
      }
    }
    // Nothing a month ago, all but what is gone, delisted or ended later.
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([0, 10]);
    const { rows } = await db.pool.query<{ differences: number }>(both, [2, null]);
    expect(rows[0]?.differences).toBe(0);
    const future = await db.pool.query("SELECT FROM analytics.price_list_at(2, now() + interval '1 day')");
    expect(future.rowCount).toBe(0);
  });

  test('says the lower of the list price and the promotion of that quantity', async () => {
    const read = async (quantity: number) => {
      const { rows } = await db.pool.query<Row>(
        `SELECT concat_ws('/', offer_id, sku_id) AS key, trim_scale(effective_price_cny)::text AS effective
         FROM analytics.price_list_at($1) WHERE offer_id IN (1, 2, 6)`,
        [quantity],
      );
      return Object.fromEntries(rows.map(({ key, effective }) => [key, effective]));
    };
    expect(await read(2)).toEqual({ '1/0': '10', '2/21': '4', '2/22': '6', '6/61': '5' });
    expect(await read(100)).toMatchObject({ '1/0': '7.5' });
  });
});

test('average_prices weights each amount by how long it stood', async () => {
  const { rows } = await db.pool.query(
    `SELECT trim_scale(average_cny)::text AS average, trim_scale(lowest_cny)::text AS lowest,
            trim_scale(highest_cny)::text AS highest, prices, days::float8 AS days
     FROM analytics.average_prices($1::timestamptz - interval '3 days', $1::timestamptz + interval '1 day')
     WHERE offer_id = 1 AND min_quantity = 2`,
    [
      (
        await db.pool.query<{ at: Date }>(
          'SELECT valid_to AS at FROM catalog.price_history WHERE offer_id = 1',
        )
      ).rows[0]?.at,
    ],
  );
  // Three days of 9 yuan and one of 10.
  expect(rows).toEqual([{ average: '9.25', lowest: '9', highest: '10', prices: 2, days: 4 }]);
});
