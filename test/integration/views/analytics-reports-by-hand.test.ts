import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { nowIs, offer, price } from './march.ts';

/* Reports of the last days, row by row, with times exactly at the limits, which only one transaction can have. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Offers of two sellers, and what happened to them so long ago. */
const world = `
  SELECT sync.ensure_partitions(now() - interval '90 days', 4);
  INSERT INTO catalog.seller (seller_id, company_name, trade_medal, trade_medal_level, changed_at, call_id) VALUES ('s', '公司', 3.5, 3, now(), 1), ('t', NULL, NULL, 2, now(), 1);
  INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, is_leaf, first_seen_at, call_id) VALUES (7, NULL, 1, '7', '箱包', false, now(), 1), (71, 7, 2, '7/71', '女包', true, now(), 1), (8, NULL, 1, '8', '鞋', true, now(), 1);
  INSERT INTO catalog.offer (offer_id, unit, state, seller_id, category_id, changed_at, call_id) VALUES
    (1, '件', 'listed', 's', 71, now(), 1), (2, '箱', 'listed', 's', 71, now(), 1), (3, '件', 'delisted', 's', 7, now(), 1), (4, '件', 'missing', 's', 7, now(), 1), (5, '件', 'gone', 't', 8, now(), 1), (6, '件', 'listed', 't', 71, now(), 1);
  INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
  SELECT o, s, k::catalog.price_kind, q, a, now() - f::interval, now() - t::interval, 1, 2 FROM (VALUES
    (1, 0, 'list', 2, 10, '40 days', '5 days'), (1, 0, 'list', 2, 12, '5 days', '3 days'),
    (1, 0, 'search', 1, 11, '40 days', '4 days'),
    (1, 0, 'list', 10, 8, '40 days', '7 days'), (1, 0, 'list', 20, 7, '40 days', '3 days'), (1, 9, 'list', 2, 30, '40 days', '6 days 23:59:59.999'),
    (2, 0, 'list', 2, 50, '60 days', '30 days'), (2, 0, 'list', 2, 70, '30 days', '29 days 23:59:59.999'), (2, 0, 'plus', 2, 70, '30 days', '20 days'),
    (2, 0, 'list', 50, 20, '60 days', '2 days'), (5, 0, 'list', 1, 4, '60 days', '12 days'), (6, 0, 'list', 1, 5, '60 days', '1 day'), (6, 0, 'list', 1, 0, '1 day', '12:00')) v (o, s, k, q, a, f, t);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  SELECT o, s, k::catalog.price_kind, q, a, now() - f::interval, 2 FROM (VALUES
    (1, 0, 'list', 2, 9, '3 days'), (1, 0, 'search', 1, 14, '4 days'), (1, 0, 'list', 10, 7.5, '7 days'), (1, 0, 'list', 20, 7, '3 days'), (1, 9, 'list', 2, 31, '6 days 23:59:59.999'),
    (1, 9, 'plus', 2, 1, '6 days'), (2, 0, 'plus', 1, 3, '20 days'), (2, 0, 'list', 2, 60, '29 days'), (2, 0, 'list', 50, 19, '2 days'), (3, 0, 'list', 1, 90, '9 days'), (6, 0, 'list', 1, 6, '12:00'), (6, 3, 'list', 1, 6.5, '12:00')) v (o, s, k, q, a, f);
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id) VALUES (1, 'unit', '袋', '件', now() - interval '5 days', 1), (6, 'unit', '袋', '件', now() - interval '12 hours', 1);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, repurchase_rate, loaded_at)
  SELECT o, now() - d::interval, s, c, f, l, r, now() FROM (VALUES
    (1, '12 days', 'detail', 20, true, false, NULL), (1, '9 days', 'detail', 21, true, false, NULL),
    (1, '8 days', 'detail', 1, true, false, 0.3), (1, '7 days', 'detail', 2, true, false, 0.25), (1, '6 days', 'search', 3, true, false, 0.2), (1, '5 days 20:00', 'detail', 4, false, false, NULL), (1, '5 days 10:00', 'detail', 5, true, true, NULL), (1, '5 days', 'detail', 6, true, false, NULL),
    (1, '4 days', 'search', 7, true, false, NULL), (1, '3 days', 'detail', 8, true, false, NULL), (2, '6 days', 'detail', 9, true, false, 0.9), (2, '4 days 01:00', 'search', 10, true, false, NULL), (2, '2 days 01:00', 'search', 11, true, false, NULL), (2, '1 day', 'detail', 12, true, false, NULL),
    (6, '6 days 23:59:59.999', 'detail', 13, true, false, NULL), (6, '1 day', 'detail', 14, true, false, NULL), (6, '12:00', 'detail', 15, true, false, NULL)
  ) v (o, d, s, c, f, l, r);
  INSERT INTO sync.feed_set (feed_set, feeds) OVERRIDING SYSTEM VALUE VALUES (101, '{a}'), (102, '{a,b}'), (103, '{c}'), (104, '{d}');
  INSERT INTO sync.feed (feed, assigned_at, max_age) VALUES ('a', now(), '2 days'), ('b', now(), '1 day'), ('c', now(), NULL), ('d', now(), '1 hour');
  INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at, feed_set, bucket, order_at, stale_since, stale_by) VALUES
    (1, now() - interval '30 days', now() - interval '3 hours', now() - interval '3 days', 101, 1, now(), NULL, NULL),
    (2, now() - interval '29 days 23:59:59.999', now() - interval '5 hours', now() - interval '1 day', 102, 1, now(), now(), 'row'),
    (3, now() - interval '40 days', NULL, now() - interval '9 days', 101, 1, now(), NULL, NULL),
    (4, now() - interval '1 day', NULL, NULL, 101, 1, now(), NULL, NULL), (5, now(), NULL, now() - interval '168 hours', 101, NULL, NULL, NULL, NULL),
    (6, now(), NULL, now() - interval '12 hours', 103, 1, now(), NULL, NULL);
  INSERT INTO catalog.offer (offer_id, state, seller_id, category_id, changed_at, call_id) VALUES (8, 'listed', 's', 71, now(), 1), (9, 'listed', NULL, NULL, now(), 1);
  INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at, feed_set, bucket, order_at) VALUES (9, now(), now() - interval '6 days', 101, 1, now());
  INSERT INTO sync.observation_stat (date_day, source, hint, decile, observations, expected, changed)
  SELECT k.day - d, s, h, n, o, e, c FROM analytics.clock k, (VALUES (0, 'detail', 'none', 3, 10, 2.4, 3), (89, 'detail', 'none', 3, 30, 7.6, 7), (90, 'detail', 'none', 3, 1000, 1, 100),
    (1, 'search', 'none', 1, 50, 2, 1), (1, 'search', 'row', 1, 7, 2, 1), (89, 'detail', 'row', 1, 40, 1, 30), (90, 'detail', 'row', 3, 999, 1, 1), (1, 'detail', 'absence', 2, 20, 5, 0), (90, 'search', 'none', 1, 5, 5, 5)) v (d, s, h, n, o, e, c);`;

it('movers changed within seven days to the moment, and were surely otherwise when a week began that saw them', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT offer_id, sku_id, kind, min_quantity, before_cny, now_cny, change_cny, change_percent, is_unit_changed, changes,
          round(extract(epoch FROM (SELECT now FROM analytics.clock) - changed_at)::float8 / 3600) AS changed_h, round(extract(epoch FROM (SELECT now FROM analytics.clock) - not_before)::float8 / 3600) AS not_before_h, may_be_older
        FROM analytics.price_movers ORDER BY offer_id, sku_id, kind, min_quantity`,
    ),
  ).toEqual([
    ['1', '0', 'list', 2, '10.0000', '9.0000', '-1.0000', '-10.00', true, 2, 72, 168, true],
    ['1', '0', 'search', 1, '11.0000', '14.0000', '3.0000', '27.27', true, 1, 96, 144, false],
    ['1', '9', 'list', 2, '30.0000', '31.0000', '1.0000', '3.33', false, 1, 168, 168, true],
    ['2', '0', 'list', 50, '20.0000', '19.0000', '-1.0000', '-5.00', false, 1, 48, 144, false],
    ['6', '0', 'list', 1, '5.0000', '6.0000', '1.0000', '20.00', true, 2, 12, 168, false],
  ]);
});

it('ages of details are those up to the next one or now, of seven days; of time before these nothing counts', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT feed, max_age_h, offers, late_now, age_max_h, age_p95_h, share_in_time FROM analytics.promised_age ORDER BY feed`,
    ),
  ).toEqual([
    ['a', '48.00', 5, 4, '216.00', '216.00', '0.4500'],
    ['b', '24.00', 1, 0, '120.00', '120.00', '0.3333'],
  ]);
});

it('a seller is scored by its own offers of each state, and by thirty days to the moment', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT seller_id, offers, listed_offers, delisted_offers, missing_offers, gone_offers, new_offers_30d, list_price_changes_30d, trade_medal_level
        FROM analytics.seller_scorecard ORDER BY seller_id`,
    ),
  ).toEqual([
    ['s', 5, 3, 1, 1, 0, 2, 7, '3.5000'],
    ['t', 2, 1, 0, 0, 1, 2, 3, '2.0000'],
  ]);
});

it('a category counts what is below it once, by the list price of the smallest order of what is on sale', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT category_id, offers, listed_offers, sellers, priced_offers, min_cny, quartile_1_cny, median_cny, quartile_3_cny, max_cny
        FROM analytics.category_summary ORDER BY category_id`,
    ),
  ).toEqual([
    ['7', 6, 4, 2, 3, '6.0000', '6.0000', '9.0000', '60.0000', '60.0000'],
    ['8', 1, 0, 1, 0, null, null, null, null, null],
    ['71', 4, 4, 2, 3, '6.0000', '6.0000', '9.0000', '60.0000', '60.0000'],
  ]);
});

it('an offer has its lowest list price, that of the smallest order, and the last rate of repurchase', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT offer_id, lowest_list_cny, smallest_order_list_cny, repurchase_rate FROM analytics.dim_offer ORDER BY offer_id`,
    ),
  ).toEqual([
    ['1', '7.0000', '9.0000', '0.200000'],
    ['2', '19.0000', '60.0000', '0.900000'],
    ['3', '90.0000', '90.0000', null],
    ['4', null, null, null],
    ['5', null, null, null],
    ['6', '6.0000', '6.0000', null],
    ['8', null, null, null],
    ['9', null, null, null],
  ]);
});

it('the smallest order is one that can be placed, at the price that holds for so many, of the cheapest SKU', async () => {
  // 1 is sold from 100 on, 2 from 100 on with a price for each SKU, 3 from 2 on whatever it says, 4 costs less from 5 on, or as another SKU.
  const sold = [
    nowIs('20 12:00'),
    `INSERT INTO catalog.category (category_id, level, path, name_zh, is_leaf, first_seen_at, call_id) VALUES (7, 1, '7', '箱包', true, now(), 1);`,
    offer(1, { moq: 100 }),
    ...(
      [
        [1, 9],
        [50, 8],
        [100, 5],
        [101, 4],
      ] as const
    ).map(([from, cny]) => price([1, 0, from], cny, '01 09:00')),
    offer(2, { moq: 100 }),
    ...(
      [
        [21, 1, 9],
        [21, 60, 7],
        [22, 1, 8],
        [22, 101, 1],
      ] as const
    ).map(([id, from, cny]) => price([2, id, from], cny, '01 09:00')),
    offer(3, { moq: 1 }),
    ...(
      [
        [2, 6],
        [10, 5],
      ] as const
    ).map(([from, cny]) => price([3, 0, from], cny, '01 09:00')),
    offer(4),
    ...(
      [
        [41, 1, 9],
        [41, 5, 3],
        [42, 1, 8],
        [43, 2, 1],
      ] as const
    ).map(([id, from, cny]) => price([4, id, from], cny, '01 09:00')),
    'UPDATE catalog.offer SET category_id = 7;',
  ].join('');
  expect(
    await askAfter(
      db,
      sold,
      'SELECT offer_id, smallest_order_list_cny FROM analytics.dim_offer ORDER BY offer_id',
    ),
  ).toEqual([
    ['1', '5.0000'],
    ['2', '7.0000'],
    ['3', '6.0000'],
    ['4', '8.0000'],
  ]);
  expect(
    await askAfter(
      db,
      sold,
      'SELECT min_cny, quartile_1_cny, median_cny, max_cny FROM analytics.category_summary',
    ),
  ).toEqual([['5.0000', '5.0000', '6.0000', '8.0000']]);
});

it('offers of a feed are fresh within a day and a week to the moment', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT feed, category_id, offers, never_observed, known_stale, search_age_median_h, search_age_p90_h, detail_age_median_h,
          detail_age_max_h, share_within_1d, share_within_7d
        FROM analytics.freshness ORDER BY feed, category_id`,
    ),
  ).toEqual([
    ['a', '7', 2, 1, 0, null, null, '216.0', '216.0', '0.0000', '0.0000'],
    ['a', '8', 1, 0, 0, null, null, '168.0', '168.0', '0.0000', '1.0000'],
    ['a', '71', 2, 0, 1, '3.0', '5.0', '24.0', '72.0', '0.5000', '1.0000'],
    ['a', null, 1, 0, 0, null, null, '144.0', '144.0', '0.0000', '1.0000'],
    ['b', '71', 1, 0, 1, '5.0', '5.0', '24.0', '24.0', '1.0000', '1.0000'],
    ['c', '71', 1, 0, 0, null, null, '12.0', '12.0', '1.0000', '1.0000'],
    [null, '71', 1, 1, 0, null, null, null, null, '0.0000', '0.0000'],
  ]);
});

it('forecasts are held against what came of ninety days, those without a hint apart', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT source, decile, observations, expected_share, changed_share FROM analytics.change_calibration ORDER BY source, decile`,
    ),
  ).toEqual([
    ['detail', 3, 40, '0.2500', '0.2500'],
    ['search', 1, 50, '0.0400', '0.0200'],
  ]);
});

it('hints of ninety days are worth their share of the changes that details found', async () => {
  expect(
    await askAfter(
      db,
      world,
      `SELECT hint, observations, changed, precision, share_of_changes FROM analytics.hint_quality ORDER BY hint`,
    ),
  ).toEqual([
    ['absence', 20, 0, '0.0000', '0.0000'],
    ['none', 40, 10, '0.2500', '0.2500'],
    ['row', 40, 30, '0.7500', '0.7500'],
  ]);
});

it('a price that went, and came back in another unit, is marked', async () => {
  // Both went six days ago and came back three days ago; of 1, the unit changed between, of 2 after it came back.
  const gone = `${world}
    INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
    SELECT o, 77, 'list', 1, 10, now() - interval '40 days', now() - interval '6 days', 1, 2 FROM generate_series(1, 2) o;
    INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
    SELECT o, 77, 'list', 1, 5, now() - interval '3 days', 3 FROM generate_series(1, 2) o;
    INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id) VALUES (2, 'unit', '盒', '箱', now() - interval '2 days', 1);`;
  expect(
    await askAfter(
      db,
      gone,
      `SELECT m.offer_id, m.before_cny, m.now_cny, m.change_percent, m.is_unit_changed,
          (SELECT string_agg(h.unit, ', ' ORDER BY h.valid_from) FROM analytics.fct_price_history h WHERE (h.offer_id, h.sku_id) = (m.offer_id, 77)) AS units
        FROM analytics.price_movers m WHERE m.sku_id = 77 ORDER BY m.offer_id`,
    ),
  ).toEqual([
    ['1', '10.0000', '5.0000', '-50.00', true, '袋, 件'],
    ['2', '10.0000', '5.0000', '-50.00', false, '盒, 盒'],
  ]);
});
