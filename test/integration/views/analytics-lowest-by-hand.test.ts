import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';

/* Lowest and average prices, answer by answer, of days in March. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Prices that observations of some days showed, offers off sale and of another unit. */
const offers = `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-20 12:00+08' - now();
  INSERT INTO catalog.offer (offer_id, unit, state, min_order_quantity, changed_at, call_id) VALUES (1, '件', 'listed', 2, now(), 1), (2, '件', 'listed', NULL, now(), 1), (3, '件', 'delisted', NULL, now(), 1);
  INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, changed_at, call_id) VALUES (1, 51, 'listed', '[]', now(), 1), (2, 21, 'listed', '[]', now(), 1), (2, 22, 'listed', '[]', now(), 1), (2, 23, 'listed', '[]', now(), 1);
  INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
  SELECT o, s, k::catalog.price_kind, q, a, ('2026-03-' || f || '+08')::timestamptz, ('2026-03-' || t || '+08')::timestamptz, 1, 2 FROM (VALUES
    (1, 0, 'list', 2, 10, '02 10:00', '05 10:00'), (1, 0, 'list', 2, 9, '05 10:00', '08 10:00'), (1, 0, 'list', 2, 8.5, '08 10:00', '08 20:00'), (1, 0, 'search', 1, 7, '02 10:00', '04 10:00'), (2, 0, 'list', 1, 1, '01 10:00', '03 10:00')) v (o, s, k, q, a, f, t);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  SELECT o, s, k::catalog.price_kind, q, a, ('2026-03-' || f || '+08')::timestamptz, 2 FROM (VALUES
    (1, 0, 'list', 2, 11, '08 20:00'), (1, 0, 'list', 10, 5, '02 10:00'), (1, 0, 'search', 1, 6, '04 10:00'), (1, 0, 'promotion', 2, 7.5, '02 10:00'), (1, 0, 'dropship', 1, 3, '02 10:00'), (1, 51, 'dropship', 1, 4, '02 10:00'),
    (2, 21, 'list', 1, 30, '03 10:00'), (2, 22, 'list', 1, 20, '03 10:00'), (2, 0, 'list', 1, 25, '03 10:00'), (3, 0, 'list', 1, 6, '01 10:00')) v (o, s, k, q, a, f);
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT o, f, a, b, ('2026-03-' || d || '+08')::timestamptz, 1 FROM (VALUES (3, 'state', 'listed', 'delisted', '05 10:00'), (3, 'subject', 'a', 'b', '03 10:00'), (3, 'state', 'delisted', 'listed', '07 10:00'), (3, 'state', 'listed', 'delisted', '09 10:00'), (2, 'unit', '箱', '件', '10 10:00'), (2, 'subject', 'a', 'b', '06 10:00')) v (o, f, a, b, d);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
  SELECT o, ('2026-03-' || d || '+08')::timestamptz, s, 1 + (s = 'search')::int, f, l, now() FROM (VALUES
    (1, '02 10:00', 'detail', true, false), (1, '03 10:00', 'detail', true, false), (1, '05 10:00', 'detail', true, false), (1, '06 10:00', 'detail', true, true), (1, '08 10:00', 'detail', true, false), (1, '08 20:00', 'detail', true, false), (1, '11 20:00', 'detail', true, false), (1, '15 10:00', 'detail', true, false), (1, '02 10:00', 'search', true, false), (1, '04 10:00', 'search', true, false), (1, '07 10:00', 'search', true, false),
    (2, '03 10:00', 'detail', true, false), (2, '05 10:00', 'detail', false, false), (2, '08 10:00', 'detail', true, false), (3, '04 10:00', 'detail', true, false), (3, '05 10:00', 'detail', true, false), (3, '07 10:00', 'detail', true, false), (3, '08 10:00', 'detail', true, false), (3, '09 10:00', 'detail', true, false)) v (o, d, s, f, l);`;

it('the lowest price is of observations of the days, or carried into them, or there is a reason', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT nth, l.price_cny, to_char(l.day, 'DD') AS on_day, l.unit, l.coverage, l.covered_days, l.reason
        FROM unnest(ARRAY[
          '1,5,06,3 days,0,,list,', '1,1,04,3 days,0,,list,', '1,1,01,3 days,0,,list,', '1,1,06,3 days,0,,list,', '1,8,15,3 days,0,,list,', '1,8,15,2 days 23:59:59,0,,list,', '1,8,15,3 days 14:00,0,,list,', '1,8,15,,0,,list,',
          '1,1,13,3 days,0,,list,', '1,3,18,3 days,0,,list,', '1,5,06,3 days,0.6,,list,', '1,5,06,3 days,0.61,,list,', '1,5,06,3 days,0,9,list,', '1,5,06,3 days,0,10,list,', '1,5,06,3 days,0,1,list,', '1,5,06,3 days,0,,search,',
          '1,5,06,3 days,0,1,dropship,', '1,5,06,3 days,0,1,dropship,51', '1,5,06,3 days,0,,promotion,51', '1,5,06,3 days,0,,consign,', '1,5,06,3 days,0,,nonsense,', '1,0,06,3 days,0,,list,', '1,3661,06,3 days,0,,list,', '1,3660,20,3 days,0,,list,', '9,5,06,3 days,0,,list,',
          '2,3,05,3 days,0,,list,', '2,3,05,3 days,0,,list,21', '2,3,05,3 days,0,,list,23', '2,1,05,3 days,0,,list,', '2,8,08,5 days,0,,list,', '2,5,10,3 days,0,,list,', '2,5,09,3 days,0,,list,', '3,2,06,3 days,0,,list,', '3,1,06,3 days,0,,list,', '3,2,08,3 days,0,,list,', '3,2,10,3 days,0,,list,', '3,1,04,3 days,0,,list,', '1,2,08,3 days,0,,list,']) WITH ORDINALITY a (text, nth)
        CROSS JOIN LATERAL string_to_array(text, ',') s
        CROSS JOIN LATERAL analytics.lowest_price(s[1]::bigint, s[2]::int, nullif(s[4], '')::interval, s[5]::numeric, nullif(s[6], '')::int, s[7],
          nullif(s[8], '')::bigint, ('2026-03-' || s[3])::date) l
        ORDER BY nth`,
    ),
  ).toEqual([
    ['1', '9.0000', '05', '件', '0.6000', 3, null],
    ['2', '10.0000', '03', '件', '0.0000', 0, 'carried'],
    ['3', null, null, '件', '0.0000', 0, 'not_observed'],
    ['4', '9.0000', '05', '件', '0.0000', 0, 'carried'],
    ['5', '8.5000', '08', '件', '0.6250', 5, null],
    ['6', '8.5000', '08', '件', '0.3750', 3, null],
    ['7', '8.5000', '08', '件', '1.0000', 8, null],
    ['8', '8.5000', '08', '件', '1.0000', 8, null],
    ['9', '11.0000', '11', '件', '0.0000', 0, 'carried'],
    ['10', '11.0000', '15', '件', '0.0000', 0, 'carried'],
    ['11', '9.0000', '05', '件', '0.6000', 3, null],
    ['12', null, null, '件', '0.6000', 3, 'coverage'],
    ['13', '9.0000', '05', '件', '0.6000', 3, null],
    ['14', '5.0000', '05', '件', '1.0000', 5, null],
    ['15', null, null, '件', '1.0000', 5, 'below_minimum'],
    ['16', '6.0000', '04', '件', '0.8000', 4, null],
    ['17', '3.0000', '05', '件', '1.0000', 5, null],
    ['18', '4.0000', '05', '件', '1.0000', 5, null],
    ['19', '7.5000', '05', '件', '1.0000', 5, null],
    ['20', null, null, '件', '1.0000', 5, 'no_price'],
    ['21', null, null, '件', '1.0000', 5, 'unknown_kind'],
    ['22', null, null, '件', null, 0, 'days_out_of_range'],
    ['23', null, null, '件', '0.0008', 3, 'days_out_of_range'],
    ['24', '8.5000', '08', '件', '0.0022', 8, null],
    ['25', null, null, null, '0.0000', 0, 'no_such_offer'],
    ['26', '20.0000', '03', '箱', '0.6667', 2, null],
    ['27', '25.0000', '03', '箱', '0.6667', 2, null],
    ['28', '25.0000', '03', '箱', '0.6667', 2, null],
    ['29', null, null, '箱', '1.0000', 1, 'no_price'],
    ['30', '20.0000', '08', '箱', '0.3750', 3, null],
    ['31', '20.0000', '08', '箱', '0.2000', 1, null],
    ['32', '20.0000', '08', '箱', '0.4000', 2, null],
    ['33', null, null, '件', '0.5000', 1, 'no_price'],
    ['34', null, null, '件', '0.0000', 0, 'not_observed'],
    ['35', '6.0000', '08', '件', '1.0000', 2, null],
    ['36', null, null, '件', '0.5000', 1, 'no_price'],
    ['37', '6.0000', '04', '件', '1.0000', 1, null],
    ['38', '8.5000', '08', '件', '0.5000', 1, null],
  ]);
});

it('an average counts each amount by how long it stood of the time asked for, which ends now at the latest', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT nth, p.offer_id, p.sku_id, p.min_quantity, p.average_cny, p.lowest_cny, p.highest_cny, p.prices, p.days
        FROM (VALUES (1, '04 10:00', '06 10:00', 'list'), (2, '05 10:00', '08 10:00', 'list'), (3, '02 10:00', '05 10:00', 'list'), (4, '10 12:00', '25 12:00', 'list'), (5, '03 10:00', '05 10:00', 'search'), (6, '10 12:00', NULL, 'search'), (7, '06 10:00', '04 10:00', 'list'), (8, '04 10:00', '04 10:00', 'list')) a (nth, since, until, kind)
        CROSS JOIN LATERAL analytics.average_prices(('2026-03-' || since || '+08')::timestamptz, ('2026-03-' || until || '+08')::timestamptz, kind) p
        WHERE p.offer_id = 1
        ORDER BY nth, p.offer_id, p.sku_id, p.min_quantity`,
    ),
  ).toEqual([
    [1, '1', '0', 2, '9.5000', '9.0000', '10.0000', 2, '2.000'],
    [1, '1', '0', 10, '5.0000', '5.0000', '5.0000', 1, '2.000'],
    [2, '1', '0', 2, '9.0000', '9.0000', '9.0000', 1, '3.000'],
    [2, '1', '0', 10, '5.0000', '5.0000', '5.0000', 1, '3.000'],
    [3, '1', '0', 2, '10.0000', '10.0000', '10.0000', 1, '3.000'],
    [3, '1', '0', 10, '5.0000', '5.0000', '5.0000', 1, '3.000'],
    [4, '1', '0', 2, '11.0000', '11.0000', '11.0000', 1, '10.000'],
    [4, '1', '0', 10, '5.0000', '5.0000', '5.0000', 1, '10.000'],
    [5, '1', '0', 1, '6.5000', '6.0000', '7.0000', 2, '2.000'],
    [6, '1', '0', 1, '6.0000', '6.0000', '6.0000', 1, '10.000'],
  ]);
});

it('a lowest price is in the unit of the day that showed it, as the price of that day is', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT d, l.price_cny, l.unit, l.reason, p.unit_price_cny, p.unit AS unit_of_price
        FROM unnest(ARRAY[5, 9, 10, 11]) d
        CROSS JOIN LATERAL analytics.lowest_price(2, 1, sku_id => 22, last_day => '2026-03-01'::date + d - 1) l
        CROSS JOIN LATERAL analytics.price_at(2, at => '2026-03-08 10:00+08') p
        ORDER BY d`,
    ),
  ).toEqual([
    [5, null, '箱', 'no_price', '25.0000', '箱'],
    [9, '20.0000', '箱', 'carried', '25.0000', '箱'],
    [10, '20.0000', '箱', 'carried', '25.0000', '箱'],
    [11, '20.0000', '箱', 'carried', '25.0000', '箱'],
  ]);
});

it('an average over two units is marked, and one of prices that all began in one unit is not', async () => {
  // The unit of 2 is another since the 10th, with which a price of 30 gave way to one of 3.
  const rebased = `${offers}
    UPDATE catalog.price SET amount_cny = 3, valid_from = '2026-03-10 10:00+08' WHERE (offer_id, sku_id) = (2, 21);
    INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id) VALUES (2, 21, 'list', 1, 30, '2026-03-03 10:00+08', '2026-03-10 10:00+08', 1, 2);`;
  expect(
    await askAfter(
      db,
      rebased,
      `SELECT d, p.sku_id, p.average_cny, p.prices, p.is_unit_changed
        FROM unnest(ARRAY[3, 10]) d
        CROSS JOIN LATERAL analytics.average_prices('2026-03-01 10:00+08'::timestamptz + (d - 1) * interval '1 day', '2026-03-17 10:00+08') p
        WHERE p.offer_id = 2 ORDER BY d, p.sku_id`,
    ),
  ).toEqual([
    [3, '0', '25.0000', 1, false],
    [3, '21', '16.5000', 2, true],
    [3, '22', '20.0000', 1, false],
    [10, '0', '25.0000', 1, false],
    [10, '21', '3.0000', 1, false],
    [10, '22', '20.0000', 1, false],
  ]);
});

it('an average without a beginning is of all that is known', async () => {
  const [row] = await askAfter(
    db,
    offers,
    `SELECT count(*)::int, sum(prices)::int, (SELECT array_agg(p) FROM analytics.average_prices('2000-01-01') p) = array_agg(p)
     FROM analytics.average_prices(NULL) p`,
  );
  expect(row).toEqual([6, 10, true]);
});
