import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';

/*
 * Price indexes and rates of change of three days, row by row. Times are in days since the first of them began; now is 2.5.
 * Points are given by their logarithm to the base of 2, for most prices double.
 */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** 1 to 15 have list prices, 21 to 25 prices of members, 31 one of rows alone. 3 has no category. */
const offers = `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-13 12:00+08' - now();
  CREATE TEMP TABLE day ON COMMIT DROP AS SELECT timestamptz '2026-03-11 00:00+08' AS zero, interval '1 day' AS one;
  INSERT INTO catalog.offer (offer_id, unit, state, category_id, changed_at, call_id) SELECT o, '件', 'listed', c, now(), 1 FROM (VALUES
    (1, 10), (2, 20), (3, NULL), (6, 50), (7, 50), (11, 30), (12, 30), (13, 40), (14, 40), (15, 40), (21, 60), (22, 60), (23, 60), (24, 60), (25, 60), (26, 80), (31, 70)) v (o, c);
  INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
  SELECT o, 0, k::catalog.price_kind, q, a, zero + f * one, zero + t * one, 1, 2 FROM day, (VALUES
    (1, 'list', 1, 10, -10, 1.5), (1, 'list', 10, 6, -10, 1.5), (2, 'list', 1, 8, -10, 2), (3, 'list', 1, 3, -10, 1), (6, 'list', 1, 5, -10, 0),
    (11, 'search', 1, 3.5, -10, 0.5), (11, 'search', 1, 7, 0.5, 1.5), (12, 'list', 1, 1, -10, 1.5), (13, 'list', 1, 9, -10, 1.5), (14, 'list', 1, 9, -10, 0.5),
    (15, 'list', 1, 2, -1.5, 0.5), (15, 'list', 10, 1, -3, 0.5), (21, 'plus', 1, 4, -10, 0.5), (21, 'plus', 1, 4, 0.5, 1.5), (22, 'plus', 1, 6, 1, 2), (3, 'consign', 1, 4, -10, 2), (26, 'list', 1, 5, -10, 0), (23, 'plus', 1, 5, -10, 1.25), (24, 'plus', 1, 5, -10, -0.0625), (25, 'plus', 1, 5, -10, 0), (31, 'search', 1, 2, -10, 1.5)) v (o, k, q, a, f, t);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  SELECT o, 0, k::catalog.price_kind, q, a, zero + f * one, 2 FROM day, (VALUES
    (1, 'list', 1, 20, 1.5), (1, 'list', 10, 12, 1.5), (2, 'list', 1, 4, 2), (2, 'list', 10, 5, -10), (3, 'list', 1, 6, 1), (6, 'list', 1, 10, 0), (7, 'list', 1, 0, -1), (11, 'list', 1, 7, -10), (11, 'search', 1, 14, 1.5), (12, 'list', 1, 12, 1.5), (13, 'list', 1, 18, 1.5),
    (14, 'list', 1, 18, 0.5), (15, 'list', 1, 4, 0.5), (15, 'list', 10, 2, 0.5), (21, 'plus', 1, 8, 1.5), (22, 'plus', 1, 12, 2), (3, 'consign', 1, 8, 2), (31, 'search', 1, 1, 1.5)) v (o, k, q, a, f);
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT o, f, 'a', 'b', zero + d * one, 1 FROM day, (VALUES (12, 'unit', 1.5), (13, 'unit', 1.4), (1, 'subject', 1.5), (21, 'unit', 0.5)) v (o, f, d);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, stock, loaded_at)
  SELECT o, zero + d * one, s, 1 + (s = 'search')::int, e IS DISTINCT FROM 'empty', e IS NOT DISTINCT FROM 'late', k, now() FROM day, (VALUES
    (1, -3, 'detail', NULL, 5), (1, 0.5, 'detail', NULL, 5), (1, 1.5, 'detail', NULL, 7), (1, 2.5, 'detail', NULL, NULL), (2, -1, 'detail', NULL, NULL), (2, 1.5, 'detail', NULL, 4), (2, 2, 'detail', NULL, 3),
    (3, -1.75, 'detail', NULL, NULL), (3, -1, 'detail', NULL, NULL), (3, 0, 'detail', NULL, NULL), (3, 1, 'detail', NULL, NULL), (6, -2.5, 'detail', NULL, 8), (6, -2, 'detail', NULL, 9), (6, 0, 'detail', NULL, 9),
    (11, -2, 'detail', NULL, NULL), (11, -1, 'search', NULL, NULL), (11, 0.5, 'search', NULL, NULL), (11, 0.5, 'detail', NULL, NULL), (11, 1.25, 'search', NULL, NULL), (11, 1.5, 'search', NULL, NULL), (11, 2, 'search', NULL, NULL), (12, -1, 'detail', NULL, NULL), (12, 1.5, 'detail', NULL, NULL),
    (13, -2, 'search', NULL, NULL), (13, -1, 'detail', NULL, NULL), (13, 0.75, 'search', NULL, NULL), (13, 1, 'detail', 'empty', NULL), (13, 1.1, 'detail', 'late', NULL), (14, -3.5, 'detail', NULL, NULL), (14, 0.5, 'detail', NULL, 5),
    (21, -1, 'detail', NULL, 2), (21, 0.5, 'detail', NULL, 3), (21, 1, 'detail', 'empty', NULL), (21, 1.25, 'detail', 'late', 9), (21, 1.4, 'search', NULL, NULL), (21, 1.5, 'detail', NULL, 4), (21, 2, 'search', NULL, NULL), (22, 0.25, 'search', NULL, NULL), (22, 1, 'detail', NULL, 6), (22, 2, 'detail', NULL, NULL),
    (24, -2, 'detail', NULL, NULL), (24, 1, 'detail', NULL, NULL), (23, -1, 'detail', NULL, NULL), (23, 2, 'detail', NULL, NULL), (31, -1, 'search', NULL, NULL), (31, 0.5, 'search', NULL, NULL), (31, 1, 'detail', NULL, NULL), (31, 1.5, 'search', NULL, NULL)) v (o, d, s, e, k);
  INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at, summary_at)
  SELECT o, zero, zero + d * one, zero + s * one FROM day, (VALUES (1, 2.5, NULL), (2, 2, NULL), (3, 1, NULL), (6, 2.5, NULL), (7, 2.5, NULL), (11, 0.5, 2), (12, 2.5, NULL), (13, 2.5, NULL), (14, 2.5, NULL), (15, 2.5, NULL), (21, 1.5, 2), (22, 2, NULL),
    (23, 2, NULL), (24, 2.5, NULL), (25, 2.5, NULL), (31, 2.5, 1.5)) v (o, d, s);`;

const askIndex = (args: string) => `
  SELECT category_id, to_char(day, 'DD') AS on_day, round(log(2, index_points / 100), 4) AS moved, round(log(2, carried_points / 100), 4) AS carried,
    offers, pairs, changed_pairs, expected_share FROM analytics.price_index(${args})`;

it('prices of all offers move between two observations of each, and those not observed since by the mean', async () => {
  expect(await askAfter(db, offers, askIndex('3'))).toEqual([
    // Of 1 half, of 3 all, of 13 a third, of 14 an eighth (of four days), of 15 a quarter (of two), for nine offers.
    [null, '11', '0.2454', '0.3333', 9, 4, 3, '0.0000'],
    // Of 1 and 2 a half up and down, of 11 all, of 13 two thirds. They moved 3.875 in 20 days observed, by which 3 moves on.
    [null, '12', '0.4521', '0.7778', 9, 4, 3, '0.1111'],
    // Half a day of 2, 3 and 11.
    [null, '13', '0.4844', '0.7222', 9, 2, 1, '0.3333'],
  ]);
});

it('a category moves by its own changes, and what is not known of it by the mean of all that have one', async () => {
  expect(await askAfter(db, offers, askIndex("3, 'list', true"))).toEqual([
    ['10', '11', '0.5000', '0.0000', 1, 1, 0, '0.0000'],
    ['10', '12', '1.0000', '1.0000', 1, 1, 1, '0.0000'],
    ['10', '13', '1.0000', '1.0000', 1, 1, 0, '0.0000'],
    // A day of the mean is 2.875 / 19.
    ['20', '11', '0.0000', '0.0000', 1, 0, 0, '0.0000'],
    ['20', '12', '-0.5000', '0.0000', 1, 1, 0, '0.0000'],
    ['20', '13', '-0.4244', '-0.5000', 1, 1, 1, '1.0000'],
    // The row of 11 moved after its detail; that of the same moment says nothing. 12 has another unit.
    ['30', '11', '0.0000', '0.0000', 2, 1, 0, '0.0000'],
    ['30', '12', '0.5000', '0.5000', 2, 1, 0, '0.0000'],
    ['30', '13', '0.5378', '0.5000', 2, 0, 0, '0.5000'],
    ['40', '11', '0.2361', '0.6667', 3, 0, 2, '0.0000'],
    ['40', '12', '0.4583', '1.0000', 3, 0, 1, '0.0000'],
    ['40', '13', '0.4583', '1.0000', 3, 0, 0, '0.0000'],
    // What the first moment showed had moved before it.
    ['50', '11', '0.0000', '1.0000', 1, 1, 1, '0.0000'],
    ['50', '12', '0.0000', '1.0000', 1, 0, 0, '0.0000'],
    ['50', '13', '0.0000', '1.0000', 1, 0, 0, '0.0000'],
  ]);
});

it('prices that details show move between details, those of rows between rows, as long as they are there', async () => {
  expect(await askAfter(db, offers, askIndex("3, 'plus'"))).toEqual([
    // Of 21 one half for two offers; then one half, of 22 all, and half a day by the mean of 2 / 3.75, for 2.25; then a day in half a day.
    [null, '11', '0.2500', '0.0000', 2, 1, 0, '0.0000'],
    [null, '12', '1.0352', '0.4444', 2, 1, 1, '0.2222'],
    [null, '13', '1.3019', '0.9444', 2, 2, 1, '1.0000'],
  ]);
  expect(await askAfter(db, offers, askIndex("3, 'search'"))).toEqual([
    // Of 11 a third (of 1.5 days), of 31 half down; then of 11 all, of 31 half down, and half a day by the mean of (1 / 3) / 3.5.
    [null, '11', '-0.0833', '0.5000', 2, 2, 1, '0.0000'],
    [null, '12', '0.1905', '0.5000', 2, 3, 2, '0.2500'],
    [null, '13', '0.2381', '0.5000', 2, 1, 0, '1.0000'],
  ]);
});

it('an index has from 1 to 366 days', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT nth, days, (SELECT count(*)::int FROM analytics.price_index(days)), (SELECT count(*)::int FROM analytics.change_rates(days) WHERE category_id = 10)
        FROM unnest(ARRAY[0, 1, 366, 367, NULL, 2147483647, -2147483648]) WITH ORDINALITY a (days, nth) ORDER BY nth`,
    ),
  ).toEqual([
    ['1', 0, 0, 0],
    ['2', 1, 1, 1],
    ['3', 366, 366, 2],
    ['4', 367, 0, 0],
    ['5', null, 0, 0],
    ['6', 2147483647, 0, 0],
    ['7', -2147483648, 0, 0],
  ]);
});

it('rates count the pairs of observations that end in the days, and those that differ, each offer once', async () => {
  // An offer with so many changes in so many pairs over so many days.
  const rate = (changes: number, pairs: number, days: number) =>
    (-Math.log(1 - changes / (pairs + 0.5)) * pairs) / days;
  const mean = (...rates: number[]) => rates.reduce((sum, one) => sum + one, 0) / rates.length;
  const rows = await askAfter(
    db,
    offers,
    'SELECT category_id, figure, offers, pairs::int, exposure_days, changes::int, per_day::float8, per_exposure_day, per_observation FROM analytics.change_rates(3)',
  );
  const [first, second, third] = [rate(1, 3, 5.5), rate(1, 2, 3), rate(1, 2, 2)];
  const [ofRow, ofUnit, ofSparse, ofFirst] = [
    rate(1, 5, 3),
    rate(1, 1, 2.5),
    rate(1, 1, 1.75),
    rate(1, 1, 2),
  ];
  const ofMembers = mean(rate(1, 4, 3), rate(1, 2, 1.75), 0);
  const perDay = [
    ...[third, mean(first, second, third, ofRow, ofUnit, ofSparse, ofFirst), ofMembers],
    ...[mean(rate(2, 4, 3), rate(1, 2, 2.5)), mean(first, second, 0, rate(2, 2, 2.5))],
    ...[first, first, second, second, mean(ofRow, ofUnit), rate(2, 4, 3), ofSparse, ofFirst, 0],
    ...[ofMembers, rate(2, 2, 2.5), rate(1, 2, 2.5)],
  ];
  expect(rows).toEqual(
    [
      [null, 'consign', 1, 2, '2.0', 1, '0.50000', '0.50000'],
      [null, 'list', 7, 15, '19.8', 7, '0.35443', '0.46667'],
      [null, 'plus', 3, 7, '7.8', 2, '0.25806', '0.28571'],
      [null, 'search', 2, 6, '5.5', 3, '0.54545', '0.50000'],
      [null, 'stock', 4, 8, '13.0', 4, '0.30769', '0.50000'],
      ['10', 'list', 1, 3, '5.5', 1, '0.18182', '0.33333'],
      ['10', 'stock', 1, 3, '5.5', 1, '0.18182', '0.33333'],
      ['20', 'list', 1, 2, '3.0', 1, '0.33333', '0.50000'],
      ['20', 'stock', 1, 2, '3.0', 1, '0.33333', '0.50000'],
      ['30', 'list', 2, 6, '5.5', 2, '0.36364', '0.33333'],
      ['30', 'search', 1, 4, '3.0', 2, '0.66667', '0.50000'],
      ['40', 'list', 1, 1, '1.8', 1, '0.57143', '1.00000'],
      ['50', 'list', 1, 1, '2.0', 1, '0.50000', '1.00000'],
      ['50', 'stock', 1, 1, '2.0', 0, '0.00000', '0.00000'],
      ['60', 'plus', 3, 7, '7.8', 2, '0.25806', '0.28571'],
      ['60', 'stock', 1, 2, '2.5', 2, '0.80000', '1.00000'],
      ['70', 'search', 1, 2, '2.5', 1, '0.40000', '0.50000'],
    ].map(([category, figure, count, pairs, days, changes, ...shares], row) => [
      ...[category, figure, count, pairs, days, changes],
      expect.closeTo(perDay[row] ?? NaN, 4) as number,
      ...shares,
    ]),
  );
});

it.for(['list', 'search', 'stock', 'plus', 'consign'])(
  'rates of %s alone are those of all figures',
  async (kind) => {
    const ask = (figures: string) =>
      askAfter(db, offers, `SELECT r.* FROM ${figures} WHERE r.figure = '${kind}' ORDER BY category_id`);
    const alone = await ask(`analytics.change_rates(3, '${kind}') r`);
    expect(alone).toEqual(await ask('analytics.change_rates(3) r'));
    expect(alone).toHaveLength({ list: 6, search: 3, stock: 5, plus: 2, consign: 1 }[kind] ?? 0);
    const others = `analytics.change_rates(3, '${kind}') r WHERE r.figure <> '${kind}'`;
    expect(await askAfter(db, offers, `SELECT r.* FROM ${others}`)).toEqual([]);
  },
);

it.for([`change_rates(3, 'cheap')`, `price_index(3, 'cheap')`, `average_prices(now(), now(), 'cheap')`])(
  'a kind of price that there is not is refused by its name: %s',
  async (call) => {
    const asked = askAfter(db, offers, `SELECT FROM analytics.${call}`);
    await expect(asked).rejects.toThrow('invalid input value for enum catalog.price_kind: "cheap"');
  },
);

it('a change counts with the pair of observations that shows it, and not with the pairs after it alone', async () => {
  // 41: its change ends a pair of more than six days, of which the one after it says nothing. 42: the same by a row of a search.
  const long = `${offers}
    INSERT INTO catalog.offer (offer_id, unit, state, category_id, changed_at, call_id) VALUES (41, '件', 'listed', 90, now(), 1), (42, '件', 'listed', 90, now(), 1);
    INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
    SELECT o, 0, k::catalog.price_kind, 1, a, zero + f * one, zero + t * one, 1, 2 FROM day, (VALUES (41, 'list', 5, -9, 0.5), (41, 'list', 6, 0.5, 1.5), (42, 'search', 5, -9, 0.5)) v (o, k, a, f, t);
    INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
    SELECT o, 0, k::catalog.price_kind, 1, a, zero + f * one, 2 FROM day, (VALUES (41, 'list', 7, 1.5), (42, 'search', 6, 0.5), (42, 'list', 9, -9)) v (o, k, a, f);
    INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
    SELECT o, zero + d * one, s, 1 + (s = 'search')::int, true, false, now() FROM day, (VALUES (41, -9, 'detail'), (41, 0.5, 'detail'), (41, 1.5, 'detail'), (41, 2.5, 'detail'), (42, -9, 'search'), (42, 0.5, 'search'), (42, 2.5, 'search')) v (o, d, s);`;
  expect(
    await askAfter(
      db,
      long,
      'SELECT figure, offers, pairs::int, exposure_days, changes::int FROM analytics.change_rates(3) WHERE category_id = 90',
    ),
  ).toEqual([
    ['list', 2, 3, '4.0', 1],
    ['search', 1, 1, '2.0', 0],
  ]);
});

it('an index begins on the day of the first offers', async () => {
  const fresh = `${offers}
    DELETE FROM catalog.price; DELETE FROM catalog.price_history; DELETE FROM catalog.observation;
    INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id) SELECT 1, 0, 'list', 1, 5, zero + 1.25 * one, 1 FROM day;`;
  expect(
    await askAfter(
      db,
      fresh,
      `SELECT to_char(day, 'DD') AS on_day, index_points, carried_points, offers, expected_share FROM analytics.price_index(3)`,
    ),
  ).toEqual([
    ['11', null, null, 0, null],
    ['12', '100.000', '100.000', 1, '0.0000'],
    ['13', '100.000', '100.000', 1, '0.0000'],
  ]);
});

it('an index of all offers has no error of drawing, also where none of them was observed in the days', async () => {
  const unseen = `${offers}
    DELETE FROM catalog.price; DELETE FROM catalog.price_history;
    INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id) SELECT 1, 0, 'list', 1, 5, zero - 9 * one, 1 FROM day;
    UPDATE sync.refresh SET detail_at = (SELECT zero - one FROM day), summary_at = NULL;`;
  expect(
    await askAfter(
      db,
      unseen,
      `SELECT a, to_char(day, 'DD') AS on_day, index_points, expected_share, i.standard_error
        FROM (SELECT 'all' AS a, * FROM analytics.price_index(2) UNION ALL SELECT 'a category', * FROM analytics.price_index(2, category => 10)) i`,
    ),
  ).toEqual([
    ['all', '12', '100.000', '1.0000', '0.000'],
    ['all', '13', '100.000', '1.0000', '0.000'],
    ['a category', '12', '100.000', '1.0000', '0.000'],
    ['a category', '13', '100.000', '1.0000', '0.000'],
  ]);
});
