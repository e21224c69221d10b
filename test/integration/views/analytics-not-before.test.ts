import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { change, detail, nowIs, offer, price, sku } from './march.ts';

/* Answers that show nothing of what is asked for. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** The detail of the 14th could read SKU 12 only, and that of the 19th SKU 11 only. */
const offers = [
  nowIs('20 12:00'),
  offer(1, { quoteType: 1 }),
  sku(1, 11, { firstSeen: '10 09:00' }),
  sku(1, 12, { firstSeen: '10 09:00' }),
  detail(1, '10 09:00'),
  detail(1, '14 09:00', true, [12]),
  detail(1, '18 09:00'),
  detail(1, '19 09:00', true, [11]),
  ...[0, 11, 12].flatMap((skuId) => [
    price([1, skuId, 1], 8, '10 09:00', '18 09:00'),
    price([1, skuId, 1], 6, '18 09:00'),
  ]),
].join('');

it('a price of a SKU began, and changed, after the detail before that could read the SKU', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT h.sku_id, to_char(h.not_before, 'DD') AS not_before, to_char(c.not_before, 'DD') AS of_change, to_char(m.not_before, 'DD') AS of_mover,
         m.may_be_older, date_part('day', c.uncertainty) AS uncertain_days
       FROM analytics.fct_price_history h
       JOIN analytics.fct_price_change c ON c.sku_id = h.sku_id
       JOIN analytics.price_movers m ON m.sku_id = h.sku_id
       WHERE h.is_current ORDER BY h.sku_id`,
    ),
  ).toEqual([
    ['0', '14', '14', '14', false, 4],
    ['11', '10', '10', '10', true, 8],
    ['12', '14', '14', '14', false, 4],
  ]);
});

it('a price of a SKU holds by the details around that could read the SKU', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT s, array_agg(p.p_current ORDER BY at) FILTER (WHERE at < '18'), bool_and(p.p_current = 1) FILTER (WHERE at > '18')
       FROM unnest(ARRAY[11, 12]) s, unnest(ARRAY['12 09:00', '16 09:00', '18 21:00']) at
       CROSS JOIN LATERAL analytics.price_at(1, s, at => ('2026-03-' || at || '+08')::timestamptz) p
       GROUP BY s ORDER BY s`,
    ),
  ).toEqual([
    [11, [0.75, 0.25], true],
    [12, [1, 0.5], false],
  ]);
});

it('a description of a seller began after the detail before that was about this seller', async () => {
  const sellers = [
    nowIs('20 12:00'),
    `INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('s', now(), 1);`,
    offer(1),
    offer(2),
    `UPDATE catalog.offer SET seller_id = 's';`,
    ...['05 09:00', '12 09:00'].map((time) => detail(1, time)),
    ...['04 09:00', '08 09:00', '14 09:00'].map((time) => detail(2, time)),
    change(1, 'seller_id', [null, 's'], '05 09:00'),
    // It was another's on the 4th, and on the 8th.
    change(2, 'seller_id', ['t', 's'], '14 09:00'),
    ...[
      ['05 09:00', '10 09:00', 3],
      ['10 09:00', '15 09:00', 4],
    ].map(
      ([from, until, medal]) => `
      INSERT INTO catalog.seller_history (seller_id, valid_from, valid_to, call_id, closed_by_call_id, trade_medal)
      VALUES ('s', '2026-03-${String(from)}+08', '2026-03-${String(until)}+08', 1, 2, ${String(medal)});`,
    ),
  ].join('');
  expect(
    await askAfter(
      db,
      sellers,
      `SELECT to_char(valid_from, 'DD') AS from_day, to_char(not_before, 'DD') FROM analytics.dim_seller_history ORDER BY 1`,
    ),
  ).toEqual([
    ['05', null],
    ['10', '05'],
  ]);
});
