import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { change, detail, march, nowIs, offer, price, sku } from './march.ts';

/* What an offer was at the time that a price is asked of. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('a price that the next answer does not show, since it is empty or off sale, ended at any time alike', async () => {
  const offers = [
    nowIs('20 12:00'),
    offer(1, { state: 'missing' }),
    offer(2, { state: 'delisted' }),
    offer(3),
    change(1, 'state', ['listed', 'missing'], '18 09:00'),
    change(2, 'state', ['listed', 'delisted'], '18 09:00'),
    change(3, 'state', ['listed', 'delisted'], '19 09:00'),
    change(3, 'state', ['delisted', 'listed'], '20 09:00'),
    ...[1, 2, 3].flatMap((id) => [
      detail(id, '10 09:00'),
      detail(id, '18 09:00', id !== 1),
      price([id, 0, 1], 10, '10 09:00'),
    ]),
  ].join('');
  expect(
    await askAfter(
      db,
      offers,
      `SELECT o, array_agg(p.p_current ORDER BY at) FROM generate_series(1, 3) o,
         (VALUES (${march('10 09:00')}), (${march('14 09:00')}), (${march('17 09:00')})) a (at)
       CROSS JOIN LATERAL analytics.price_at(o, at => a.at) p
       WHERE p.unit_price_cny = 10 GROUP BY o ORDER BY o`,
    ),
  ).toEqual([
    [1, [1, 0.5, 0.125]],
    [2, [1, 0.5, 0.125]],
    [3, [1, 1, 1]],
  ]);
});

/** Of one price whatever the SKU: 11 is gone since the 10th, 12 is new since the 17th, 13 was away from the 10th to the 19th, and of 14
    nobody knows since when it is there. */
const skus = [
  nowIs('20 12:00'),
  offer(1, { quoteType: 2 }),
  ...['01 09:00', '05 09:00', '10 09:00', '17 09:00', '19 09:00'].map((time) => detail(1, time)),
  price([1, 0, 1], 12, '01 09:00', '05 09:00'),
  price([1, 0, 1], 11, '05 09:00', '17 09:00'),
  price([1, 0, 1], 10, '17 09:00', '19 09:00'),
  price([1, 0, 1], 9, '19 09:00'),
  sku(1, 11, {
    ...{ state: 'gone', firstSeen: '01 09:00', since: '10 09:00' },
    past: [['listed', '01 09:00', '10 09:00']],
  }),
  sku(1, 12, { firstSeen: '17 09:00' }),
  sku(1, 13, {
    ...{ firstSeen: '01 09:00', since: '19 09:00' },
    past: [
      ['listed', '01 09:00', '10 09:00'],
      ['gone', '10 09:00', '19 09:00'],
    ],
  }),
  sku(1, 14, { firstSeen: null, since: '19 09:00' }),
].join('');

it('a SKU has no price at a time at which it was gone, or not seen yet', async () => {
  expect(
    await askAfter(
      db,
      skus,
      `SELECT a.sku, a.at, p.unit_price_cny, p.reason, p.p_current
       FROM (VALUES (11, '09 09:00'), (11, '10 09:00'), (12, '16 09:00'), (12, '17 09:00'), (13, '09 09:00'), (13, '15 09:00'), (13, '19 09:00'),
         (14, '02 09:00'), (14, '18 09:00')) a (sku, at)
       CROSS JOIN LATERAL analytics.price_at(1, a.sku, 1, ('2026-03-' || a.at || '+08')::timestamptz) p
       ORDER BY a.sku, a.at`,
    ),
  ).toEqual([
    [11, '09 09:00', '11.0000', null, '0.2000'],
    [11, '10 09:00', null, 'sku_gone', null],
    [12, '16 09:00', null, 'not_seen_yet', null],
    [12, '17 09:00', '10.0000', null, '1.0000'],
    [13, '09 09:00', '11.0000', null, '0.2000'],
    [13, '15 09:00', null, 'sku_gone', null],
    [13, '19 09:00', '9.0000', null, expect.any(String)],
    [14, '02 09:00', '12.0000', null, '0.7500'],
    [14, '18 09:00', '10.0000', null, '0.5000'],
  ]);
});

it('a lowest price of a SKU is of observations at which it was listed', async () => {
  expect(
    await askAfter(
      db,
      skus,
      `SELECT nth, l.price_cny, to_char(l.day, 'DD') AS on_day, l.reason
       FROM (VALUES (1, 11, 30, 20), (2, 11, 5, 18), (3, 11, 1, 10), (4, 12, 10, 16), (5, 12, 10, 18), (6, 13, 12, 18), (7, 13, 7, 18), (8, 13, 1, 11),
         (9, 14, 1, 3), (10, 11, 2, 12), (11, 13, 15, 18), (12, 13, 15, 20)) a (nth, sku, days, last)
       CROSS JOIN LATERAL analytics.lowest_price(1, a.days, sku_id => a.sku, last_day => '2026-03-01'::date + a.last - 1) l
       ORDER BY nth`,
    ),
  ).toEqual([
    [1, '11.0000', '05', null],
    [2, null, null, 'sku_gone'],
    [3, null, null, 'no_price'],
    [4, null, null, 'not_observed'],
    [5, '10.0000', '17', null],
    [6, null, null, 'no_price'],
    [7, null, null, 'sku_gone'],
    [8, null, null, 'sku_gone'],
    [9, '12.0000', '01', 'carried'],
    [10, null, null, 'sku_gone'],
    [11, '11.0000', '05', null],
    [12, '9.0000', '19', null],
  ]);
});

it('a price is carried into days only where the offer was on sale when they began', async () => {
  const offers = [
    nowIs('20 12:00'),
    offer(1, { state: 'missing' }),
    detail(1, '05 09:00'),
    price([1, 0, 1], 10, '05 09:00'),
    change(1, 'state', ['listed', 'missing'], '10 09:00'),
    change(1, 'state', ['missing', 'listed'], '12 09:00'),
    change(1, 'state', ['listed', 'missing'], '14 00:00'),
  ].join('');
  expect(
    await askAfter(
      db,
      offers,
      `SELECT last, l.price_cny, l.reason FROM unnest(ARRAY[10, 11, 13, 14, 20]) last
       CROSS JOIN LATERAL analytics.lowest_price(1, 1, last_day => '2026-03-01'::date + last - 1) l ORDER BY last`,
    ),
  ).toEqual([
    [10, '10.0000', 'carried'],
    [11, null, 'not_observed'],
    [13, '10.0000', 'carried'],
    [14, null, 'not_observed'],
    [20, null, 'not_observed'],
  ]);
});

it('an average counts the days off sale at the last price', async () => {
  const offers = [
    nowIs('20 12:00'),
    offer(1, { state: 'delisted' }),
    price([1, 0, 1], 10, '10 12:00', '15 12:00'),
    price([1, 0, 1], 20, '15 12:00'),
    change(1, 'state', ['listed', 'delisted'], '16 12:00'),
  ].join('');
  expect(
    await askAfter(
      db,
      offers,
      `SELECT average_cny, days FROM analytics.average_prices(${march('10 12:00')})`,
    ),
  ).toEqual([['15.0000', '10.000']]);
});

it('an answer that came late shows an offer before it was new', async () => {
  const late = [
    nowIs('20 12:00'),
    offer(9),
    ...['01 09:00', '15 09:00', '19 09:00'].map((time) => detail(9, time)),
    price([9, 0, 1], 8, '01 09:00', '15 09:00'),
    price([9, 0, 1], 10, '15 09:00'),
    change(9, 'state', [null, 'listed'], '15 09:00'),
  ].join('');
  expect(
    await askAfter(
      db,
      late,
      `SELECT p.unit_price_cny, p.reason, l.unit_price_cny AS of_list, w.price_cny AS lowest
       FROM analytics.price_at(9, NULL, 1, ${march('03 09:00')}) p
       LEFT JOIN analytics.price_list_at(1, ${march('03 09:00')}) l ON l.offer_id = 9
       CROSS JOIN analytics.lowest_price(9, 20, last_day => '2026-03-20') w`,
    ),
  ).toEqual([['8.0000', null, '8.0000', '8.0000']]);
});

it('a price has a probability where the detail before could not read its SKU, and older ones are not kept', async () => {
  const unread = [
    nowIs('20 12:00'),
    offer(1, { quoteType: 1 }),
    detail(1, '05 09:00', true, [12]),
    detail(1, '10 09:00'),
    sku(1, 11, { firstSeen: '01 09:00' }),
    price([1, 11, 1], 10, '01 09:00', '10 09:00'),
    price([1, 11, 1], 9, '10 09:00'),
  ].join('');
  // The 6th is five days after the price was first seen, and four before another one was.
  expect(
    await askAfter(
      db,
      unread,
      `SELECT p.unit_price_cny, p.p_current FROM analytics.price_at(1, 11, at => ${march('06 09:00')}) p`,
    ),
  ).toEqual([['10.0000', '0.4444']]);
});

it('a unit and a smallest order that nobody stated then are not those of today', async () => {
  const unstated = [
    nowIs('20 12:00'),
    offer(1, { unit: '箱', moq: 5 }),
    ...['05 09:00', '07 09:00', '10 09:00', '15 09:00'].map((time) => detail(1, time)),
    price([1, 0, 1], 8, '05 09:00', '07 09:00'),
    price([1, 0, 1], 10, '07 09:00'),
    change(1, 'unit', [null, '件'], '10 09:00'),
    change(1, 'unit', ['件', '箱'], '15 09:00'),
    change(1, 'min_order_quantity', [null, '5'], '10 09:00'),
  ].join('');
  const of = `1, at => ${march('06 09:00')}`;
  expect(
    await askAfter(
      db,
      unstated,
      `SELECT 'price_at', unit_price_cny, unit, reason FROM analytics.price_at(${of})
       UNION ALL SELECT 'price_list_at', unit_price_cny, unit, NULL FROM analytics.price_list_at(${of})
       UNION ALL SELECT 'lowest_price', price_cny, unit, reason
         FROM analytics.lowest_price(1, 1, last_day => '2026-03-05', quantity => 1)
       UNION ALL SELECT 'lowest_price before', price_cny, unit, reason FROM analytics.lowest_price(1, 1, last_day => '2026-03-04')
       UNION ALL SELECT 'price_as_of', amount_cny, unit, NULL FROM analytics.price_as_of(${march('06 09:00')})
       UNION ALL SELECT 'daily', amount_cny, unit, NULL FROM analytics.fct_price_daily WHERE day IN ('2026-03-05', '2026-03-12')
       UNION ALL SELECT 'history', amount_cny, unit, NULL FROM analytics.fct_price_history
       UNION ALL SELECT 'change', after_cny, unit, NULL FROM analytics.fct_price_change
       ORDER BY 1, 2`,
    ),
  ).toEqual([
    ['change', '10.0000', null, null],
    ['daily', '8.0000', null, null],
    ['daily', '10.0000', '件', null],
    ['history', '8.0000', null, null],
    ['history', '10.0000', null, null],
    ['lowest_price', '8.0000', null, null],
    ['lowest_price before', null, null, 'not_observed'],
    ['price_as_of', '8.0000', null, null],
    ['price_at', '8.0000', null, null],
    ['price_list_at', '8.0000', null, null],
  ]);
});
