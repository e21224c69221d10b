import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';

/* What was, row by row, of days in March. Times are of Shanghai. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** SKUs and a seller that changed, and observations of which some show nothing of it. */
const states = `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  INSERT INTO catalog.seller (seller_id, company_name, changed_at, call_id) VALUES ('s', '公司', now(), 1), ('t', NULL, now(), 1);
  INSERT INTO catalog.offer (offer_id, unit, state, seller_id, changed_at, call_id)
  VALUES (3, '件', 'listed', NULL, now(), 1), (1, '件', 'listed', 's', now(), 1), (2, '箱', 'listed', 't', now(), 1), (8, '件', 'listed', 's', now(), 1), (5, '件', 'listed', NULL, now(), 1), (7, '件', 'listed', NULL, now(), 1);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, min_price_cny, stock, sold_count, month_sold, read_sku_ids, loaded_at)
  SELECT o, ('2026-03-' || d || '+08')::timestamptz, s, CASE s WHEN 'search' THEN 1000 + c ELSE c END, f, l, p, k, n, m, r::bigint[], now() FROM (VALUES
    (1, '09 08:00', 'detail', 11, true, false, NULL::numeric, NULL::bigint, NULL::bigint, NULL::bigint, NULL),
    (1, '09 09:00', 'detail', 12, true, false, NULL, NULL, NULL, NULL, '{11}'),
    (1, '09 10:00', 'detail', 13, true, false, NULL, NULL, NULL, NULL, '{12}'),
    (1, '09 11:00', 'search', 14, true, false, NULL, NULL, NULL, NULL, NULL),
    (1, '09 12:00', 'detail', 15, false, false, NULL, NULL, NULL, NULL, NULL),
    (1, '10 09:00', 'detail', 16, true, false, NULL, NULL, NULL, NULL, '{11,12}'),
    (2, '10 08:00', 'detail', 17, true, false, NULL, NULL, NULL, NULL, NULL),
    (3, '01 09:00', 'search', 21, true, false, NULL, NULL, NULL, NULL, NULL),
    (3, '02 09:00', 'detail', 22, true, false, NULL, NULL, NULL, NULL, NULL),
    (3, '03 09:00', 'detail', 23, false, false, NULL, NULL, NULL, NULL, NULL),
    (3, '04 09:00', 'search', 24, true, false, NULL, NULL, NULL, NULL, NULL),
    (3, '05 09:00', 'search', 25, true, true, NULL, NULL, NULL, NULL, NULL),
    (3, '05 10:00', 'detail', 26, true, true, NULL, NULL, NULL, NULL, NULL),
    (3, '06 09:00', 'detail', 77, true, false, NULL, NULL, NULL, NULL, NULL),
    (2, '09 06:00', 'detail', 18, true, false, NULL, NULL, NULL, NULL, NULL),
    (4, '05 12:00', 'detail', 27, true, false, NULL, NULL, NULL, NULL, NULL),
    (5, '07 10:00', 'detail', 30, true, false, 11, 60, 90, 20, NULL),
    (5, '08 10:00', 'detail', 31, true, false, 10, 50, 100, 30, NULL),
    (5, '09 10:00', 'search', 32, true, false, NULL, NULL, NULL, NULL, NULL),
    (5, '10 00:00', 'detail', 33, true, false, 8, 40, 110, 33, NULL),
    (5, '10 10:00', 'search', 34, true, false, 7.5, NULL, NULL, 35, NULL),
    (5, '10 12:00', 'detail', 35, false, false, NULL, NULL, NULL, NULL, NULL),
    (5, '10 13:00', 'detail', 36, true, false, 9, 45, 111, NULL, NULL),
    (5, '10 14:00', 'search', 37, true, false, 7.9, NULL, NULL, NULL, NULL),
    (6, '09 11:00', 'detail', 38, true, false, 1, 1, 1, 1, NULL),
    (8, '09 06:00', 'detail', 51, true, false, NULL, NULL, NULL, NULL, NULL),
    (7, '10 00:00', 'detail', 41, true, false, NULL, NULL, NULL, NULL, NULL),
    (7, '12 10:00', 'detail', 42, false, false, NULL, NULL, NULL, NULL, NULL),
    (7, '13 10:00', 'detail', 43, true, true, NULL, NULL, NULL, NULL, NULL),
    (7, '14 10:00', 'search', 44, true, false, NULL, NULL, NULL, NULL, NULL)
  ) v (o, d, s, c, f, l, p, k, n, m, r);
  INSERT INTO catalog.stock_history (offer_id, sku_id, valid_from, valid_to, stock, call_id, closed_by_call_id) VALUES
    (1, 11, '2026-03-08 09:00+08', '2026-03-09 09:30+08', 5, 1, 2),
    (1, 11, '2026-03-09 09:30+08', '2026-03-09 09:30+08', 7, 2, 3),
    (1, 11, '2026-03-09 09:30+08', '2026-03-10 09:00+08', NULL, 3, 4),
    (2, 11, '2026-03-09 09:30+08', '2026-03-12 09:00+08', 99, 5, 6);
  INSERT INTO catalog.sku (offer_id, sku_id, state, stock, label, attributes, first_seen_at, first_call_id, changed_at, call_id, last_listed_at, last_listed_call_id) VALUES
    (1, 11, 'listed', 9, 'red', '[]', '2026-03-01 09:00+08', 91, '2026-03-11 09:00+08', 92, NULL, NULL),
    (1, 12, 'listed', 3, 'blue', '[]', '2026-03-02 09:00+08', 93, '2026-03-11 09:00+08', 94, NULL, NULL),
    (1, 13, 'listed', 4, 'green', '[]', NULL, NULL, '2026-03-10 10:00+08', 95, NULL, NULL),
    (1, 14, 'gone', 8, 'grey', '[]', '2026-03-02 09:00+08', 93, '2026-03-11 09:00+08', 96, '2026-03-10 09:00+08', 16),
    (1, 15, 'listed', NULL, NULL, '[]', '2026-03-02 09:00+08', 93, '2026-03-11 09:00+08', 97, NULL, NULL);
  INSERT INTO catalog.sku_history (offer_id, sku_id, valid_from, valid_to, call_id, closed_by_call_id, state, label, cargo_number, attributes) VALUES
    (1, 11, '2026-03-08 09:00+08', '2026-03-09 09:30+08', 1, 2, 'listed', 'pink', 'a', '[]'),
    (1, 11, '2026-03-09 09:30+08', '2026-03-09 09:30+08', 2, 3, 'listed', 'rose', 'b', '[]'),
    (1, 11, '2026-03-09 09:30+08', '2026-03-10 09:00+08', 3, 4, 'listed', 'pink', NULL, '[]'),
    (1, 14, '2026-03-02 09:00+08', '2026-03-11 09:00+08', 93, 96, 'listed', 'grey', NULL, '[]'),
    (2, 11, '2026-03-09 09:30+08', '2026-03-12 09:00+08', 5, 6, 'gone', NULL, NULL, NULL);
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id) VALUES
    (3, 'subject', 'a', 'b', '2026-03-06 09:00+08', 77), (3, 'state', 'listed', 'delisted', '2026-03-06 09:00+08', 77),
    (3, 'state', NULL, 'listed', '2026-03-06 09:00+08', 77), (3, 'unit', NULL, '件', '2026-03-06 09:00+08', 78);
  INSERT INTO catalog.seller_history (seller_id, valid_from, valid_to, call_id, closed_by_call_id, company_name, trade_medal, composite_service_score) VALUES
    ('s', '2026-03-08 09:00+08', '2026-03-09 09:00+08', 1, 2, '公司', 3, 4),
    ('s', '2026-03-09 09:00+08', '2026-03-09 09:00+08', 2, 3, NULL, 9, 9),
    ('s', '2026-03-09 09:00+08', '2026-03-09 15:00+08', 3, 4, NULL, 3, 4),
    ('s', '2026-03-09 15:00+08', '2026-03-10 09:00+08', 4, 5, NULL, 3.5, 5),
    ('s', '2026-03-10 09:00+08', NULL, 5, NULL, '新公司', 3.5, 5),
    ('t', '2026-03-09 10:00+08', NULL, 6, NULL, NULL, 1, 1);`;

it('the stock of a SKU begins where the one before ended, after the detail before that read this SKU', async () => {
  expect(
    await askAfter(
      db,
      states,
      `SELECT offer_id, sku_id, stock, to_char(valid_from, 'DD HH24:MI') AS valid_from, to_char(valid_to, 'DD HH24:MI') AS valid_to, is_current,
          to_char(not_before, 'DD HH24:MI') AS not_before, call_id
        FROM analytics.fct_stock_history h ORDER BY offer_id, sku_id, h.valid_from`,
    ),
  ).toEqual([
    ['1', '11', '5', '08 09:00', '09 09:30', false, null, '1'],
    ['1', '11', '9', '10 09:00', null, true, '09 09:00', '4'],
    ['1', '12', '3', '02 09:00', null, true, null, '93'],
    ['1', '13', '4', '10 10:00', null, true, '09 08:00', '95'],
    ['2', '11', '99', '09 09:30', '12 09:00', false, '09 06:00', '5'],
  ]);
});

it('a version of a SKU names what changed, and one that is gone has no content', async () => {
  expect(
    await askAfter(
      db,
      states,
      `SELECT offer_id, sku_id, to_char(valid_from, 'DD HH24:MI') AS valid_from, to_char(valid_to, 'DD HH24:MI') AS valid_to, is_current, changed_fields,
          to_char(not_before, 'DD HH24:MI') AS not_before, state, label, cargo_number, call_id
        FROM analytics.dim_sku_history h ORDER BY offer_id, sku_id, h.valid_from`,
    ),
  ).toEqual([
    ['1', '11', '08 09:00', '09 09:30', false, ['state'], null, 'listed', 'pink', 'a', '1'],
    ['1', '11', '09 09:30', '10 09:00', false, ['cargo_number'], '09 09:00', 'listed', 'pink', null, '3'],
    ['1', '11', '10 09:00', null, true, ['label'], '09 09:00', 'listed', 'red', null, '4'],
    ['1', '12', '02 09:00', null, true, ['state'], null, 'listed', 'blue', null, '93'],
    ['1', '13', '10 10:00', null, true, ['state'], '09 08:00', 'listed', 'green', null, '95'],
    ['1', '14', '02 09:00', '11 09:00', false, ['state'], null, 'listed', 'grey', null, '93'],
    ['1', '14', '11 09:00', null, true, ['state'], '09 08:00', 'gone', null, null, '96'],
    ['1', '15', '02 09:00', null, true, ['state'], null, 'listed', null, null, '93'],
    ['2', '11', '09 09:30', '12 09:00', false, ['state'], '09 06:00', 'gone', null, null, '5'],
  ]);
});

it('a version of a seller begins with a change, and a name that answers leave out holds on', async () => {
  expect(
    await askAfter(
      db,
      states,
      `SELECT seller_id, to_char(valid_from, 'DD HH24:MI') AS valid_from, to_char(valid_to, 'DD HH24:MI') AS valid_to, is_current, changed_fields, to_char(not_before, 'DD HH24:MI') AS not_before,
          company_name, trade_medal_level, call_id
        FROM analytics.dim_seller_history h ORDER BY seller_id, h.valid_from`,
    ),
  ).toEqual([
    ['s', '08 09:00', '09 15:00', false, [], null, '公司', '3.0000', '1'],
    [
      's',
      '09 15:00',
      '10 09:00',
      false,
      ['composite_service_score', 'trade_medal_level'],
      '09 10:00',
      '公司',
      '3.5000',
      '4',
    ],
    ['s', '10 09:00', null, true, ['company_name'], '09 10:00', '新公司', '3.5000', '5'],
    ['t', '09 10:00', null, true, [], '09 06:00', null, '1.0000', '6'],
  ]);
});

it('a change that a detail shows came after the detail before, another after whatever saw the offer', async () => {
  expect(
    await askAfter(
      db,
      states,
      `SELECT field, old_value, to_char(not_before, 'DD HH24:MI') AS not_before, is_first FROM analytics.fct_offer_change ORDER BY field, old_value`,
    ),
  ).toEqual([
    ['state', 'listed', '03 09:00', false],
    ['state', null, null, true],
    ['subject', 'a', '02 09:00', false],
    ['unit', null, '04 09:00', false],
  ]);
});

it('a day has its lowest prices and last figures, and the differences to the last ones before it', async () => {
  expect(
    await askAfter(
      db,
      states,
      `SELECT offer_id, to_char(day, 'DD') AS on_day, observations, detail_observations, search_observations, empty_observations,
          lowest_list_cny, lowest_search_cny, stock, sold_count, month_sold, stock_change, sold_count_change, month_sold_change
        FROM analytics.fct_offer_daily WHERE offer_id IN (5, 6) ORDER BY offer_id, day`,
    ),
  ).toEqual([
    ['5', '07', 1, 1, 0, 0, '11.0000', null, '60', '90', '20', null, null, null],
    ['5', '08', 1, 1, 0, 0, '10.0000', null, '50', '100', '30', '-10', '10', '10'],
    ['5', '09', 1, 0, 1, 0, null, null, null, null, null, null, null, null],
    ['5', '10', 5, 3, 2, 1, '8.0000', '7.5000', '45', '111', '35', '-5', '11', '5'],
    ['6', '09', 1, 1, 0, 0, '1.0000', null, '1', '1', '1', null, null, null],
  ]);
});

/** Prices that changed at 9:00, units that changed with them, and lists that were read. */
const prices = `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  INSERT INTO catalog.offer (offer_id, unit, state, changed_at, call_id) VALUES (1, '件', 'listed', now(), 1), (2, '箱', 'listed', now(), 1), (7, '件', 'listed', now(), 1);
  INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id) VALUES
    (1, 0, 'list', 2, 10, '2026-03-04 09:00+08', '2026-03-06 09:00+08', 1, 2),
    (1, 0, 'list', 2, 12, '2026-03-06 09:00+08', '2026-03-08 09:00+08', 2, 3),
    (1, 0, 'list', 10, 8, '2026-03-04 09:00+08', '2026-03-06 09:00+08', 1, 2),
    (1, 0, 'search', 1, 0, '2026-03-04 09:00+08', '2026-03-06 09:00+08', 1, 2),
    (1, 5, 'list', 2, 20, '2026-03-06 09:00+08', '2026-03-08 09:00+08', 1, 2),
    (2, 0, 'list', 2, 70, '2026-03-06 09:00+08', '2026-03-09 09:00+08', 2, 3),
    (7, 0, 'list', 1, 3, '2026-03-09 00:00+08', '2026-03-15 00:00+08', 1, 2);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id) VALUES
    (1, 0, 'list', 2, 9, '2026-03-08 09:00+08', 3), (1, 0, 'search', 1, 5, '2026-03-06 09:00+08', 3), (1, 5, 'list', 2, 33, '2026-03-09 09:00+08', 3),
    (7, 0, 'search', 1, 2, '2026-03-13 12:00+08', 3);
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id) VALUES
    (1, 'unit', '袋', '盒', '2026-03-04 09:00+08', 1), (1, 'unit', '盒', '套', '2026-03-06 09:00+08', 1), (1, 'unit', '套', '包', '2026-03-08 09:00+08', 1), (1, 'unit', '包', '件', '2026-03-10 09:00+08', 1),
    (1, 'subject', 'a', 'b', '2026-03-05 09:00+08', 1), (1, 'subject', 'b', 'c', '2026-03-07 09:00+08', 1), (1, 'subject', 'b', 'c', '2026-03-09 09:00+08', 1),
    (2, 'unit', '对', '箱', '2026-03-05 12:00+08', 1), (2, 'unit', '对', '箱', '2026-03-09 12:00+08', 1);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
  SELECT o, ('2026-03-' || d || '+08')::timestamptz, s, CASE s WHEN 'search' THEN 1000 + c ELSE c END, f, l, now() FROM (VALUES
    (1, '03 07:00', 'detail', 1, true, false), (1, '03 08:00', 'detail', 2, true, false), (1, '03 09:00', 'search', 3, true, false), (1, '03 10:00', 'detail', 4, false, false), (1, '03 11:00', 'detail', 5, true, true),
    (1, '04 09:00', 'detail', 6, true, false), (1, '05 07:00', 'search', 7, true, false), (1, '05 08:00', 'detail', 8, true, false), (1, '05 09:00', 'search', 9, true, false), (1, '05 10:00', 'detail', 10, false, false), (1, '05 11:00', 'search', 11, true, true),
    (1, '06 09:00', 'detail', 12, true, false), (1, '06 09:00', 'search', 12, true, false), (2, '04 08:00', 'detail', 13, true, false), (2, '05 23:00', 'detail', 14, true, false), (2, '05 23:00', 'search', 15, true, false),
    (7, '10 00:00', 'detail', 41, true, false), (7, '12 10:00', 'detail', 42, false, false), (7, '13 10:00', 'detail', 43, true, true), (7, '14 10:00', 'search', 44, true, false), (2, '11 10:00', 'detail', 45, true, false)
  ) v (o, d, s, c, f, l);
  INSERT INTO sync.search_window (feed, keyword, category_id, seller_id, price_min_cny, language) VALUES ('w', 'whole', 0, '', NULL, 'en'), ('w', '', 6, '', NULL, 'en'), ('w', '', 0, 'shop', NULL, 'en'), ('w', 'gap', 0, '', NULL, 'en'), ('w', 'late', 0, '', NULL, 'en'), ('w', 'all 40', 0, '', NULL, 'en'), ('w', 'half', 0, '', NULL, 'en');
  INSERT INTO sync.search_window (feed, keyword, price_min_cny, language, parent_window_id) SELECT 'w', 'whole', 5, 'en', window_id FROM sync.search_window WHERE keyword = 'whole';
  INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, offer_id)
  SELECT w.window_id, h.call, ('2026-03-' || h.at || '+08')::timestamptz, h.page, r, 1000 + h.base + r
  FROM sync.search_window w JOIN (VALUES
    ('whole', NULL::int, '', 1, '10 09:00', 1, 0, 50), ('whole', NULL, '', 2, '10 10:00', 2, 50, 12), ('whole', NULL, '', 3, '10 11:00', 2, 49, 12), ('whole', NULL, '', 11, '10 09:30', 1, 0, 3),
    ('whole', 5, '', 4, '10 09:00', 1, 0, 9), ('', NULL, '', 5, '10 23:59', 1, 0, 50), ('', NULL, '', 6, '11 00:00', 1, 0, 7), ('', NULL, 'shop', 7, '10 09:00', 1, 0, 3),
    ('gap', NULL, '', 8, '10 09:00', 1, 0, 50), ('gap', NULL, '', 9, '10 09:00', 3, 50, 12), ('late', NULL, '', 10, '10 09:00', 2, 0, 50)
  ) h (keyword, low, shop, call, at, page, base, rows) ON w.keyword = h.keyword AND w.price_min_cny IS NOT DISTINCT FROM h.low AND w.seller_id = h.shop
  CROSS JOIN LATERAL generate_series(1, h.rows) r;
  INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, offer_id)
  SELECT window_id, 100 + p, '2026-03-10 09:00+08', p, 50, 1 FROM sync.search_window, generate_series(1, 40) p WHERE keyword = 'all 40' OR keyword = 'half' AND p < 40;`;

it('a price is in the unit of its beginning, and began after the found observation of its own source', async () => {
  expect(
    await askAfter(
      db,
      prices,
      `SELECT sku_id, kind, min_quantity, amount_cny, unit, to_char(valid_from, 'DD HH24:MI') AS valid_from, to_char(valid_to, 'DD HH24:MI') AS valid_to, is_current,
          to_char(not_before, 'DD HH24:MI') AS not_before, call_id, closed_by_call_id
        FROM analytics.fct_price_history h WHERE offer_id < 7 ORDER BY offer_id, sku_id, kind, min_quantity, h.valid_from`,
    ),
  ).toEqual([
    ['0', 'list', 2, '10.0000', '盒', '04 09:00', '06 09:00', false, '03 08:00', '1', '2'],
    ['0', 'list', 2, '12.0000', '套', '06 09:00', '08 09:00', false, '05 08:00', '2', '3'],
    ['0', 'list', 2, '9.0000', '包', '08 09:00', null, true, '06 09:00', '3', null],
    ['0', 'list', 10, '8.0000', '盒', '04 09:00', '06 09:00', false, '03 08:00', '1', '2'],
    ['0', 'search', 1, '0.0000', '盒', '04 09:00', '06 09:00', false, '03 09:00', '1', '2'],
    ['0', 'search', 1, '5.0000', '套', '06 09:00', null, true, '05 09:00', '3', null],
    ['5', 'list', 2, '20.0000', '套', '06 09:00', '08 09:00', false, '05 08:00', '1', '2'],
    ['5', 'list', 2, '33.0000', '包', '09 09:00', null, true, '06 09:00', '3', null],
    ['0', 'list', 2, '70.0000', '对', '06 09:00', '09 09:00', false, '05 23:00', '2', '3'],
  ]);
});

it('a change of price is to the one that began when it ended, in the unit after it', async () => {
  expect(
    await askAfter(
      db,
      prices,
      `SELECT sku_id, kind, min_quantity, before_cny, after_cny, change_cny, change_percent, unit, is_unit_changed,
          to_char(changed_at, 'DD HH24:MI') AS changed_at, to_char(not_before, 'DD HH24:MI') AS not_before, call_id
        FROM analytics.fct_price_change h WHERE offer_id < 7 ORDER BY offer_id, sku_id, kind, min_quantity, h.changed_at`,
    ),
  ).toEqual([
    ['0', 'list', 2, '10.0000', '12.0000', '2.0000', '20.00', '套', true, '06 09:00', '05 08:00', '2'],
    ['0', 'list', 2, '12.0000', '9.0000', '-3.0000', '-25.00', '包', true, '08 09:00', '06 09:00', '3'],
    ['0', 'list', 10, '8.0000', null, null, null, '套', true, '06 09:00', '05 08:00', '2'],
    ['0', 'search', 1, '0.0000', '5.0000', '5.0000', null, '套', true, '06 09:00', '05 09:00', '2'],
    ['5', 'list', 2, '20.0000', null, null, null, '包', true, '08 09:00', '06 09:00', '2'],
    ['0', 'list', 2, '70.0000', null, null, null, '对', false, '09 09:00', '05 23:00', '3'],
  ]);
});

it('a price is of the days at whose end it stands, and seen by observations from midnight to midnight', async () => {
  expect(
    await askAfter(
      db,
      prices,
      `SELECT kind, to_char(day, 'DD') AS on_day, amount_cny, is_observed
        FROM analytics.fct_price_daily WHERE offer_id = 7 AND day < '2026-03-16' ORDER BY kind, day`,
    ),
  ).toEqual([
    ['list', '09', '3.0000', false],
    ['list', '10', '3.0000', true],
    ['list', '11', '3.0000', false],
    ['list', '12', '3.0000', false],
    ['list', '13', '3.0000', false],
    ['list', '14', '3.0000', false],
    ['search', '13', '2.0000', false],
    ['search', '14', '2.0000', true],
    ['search', '15', '2.0000', false],
  ]);
});

it('a list was read as deep as its pages follow on each other, to a page with room or the fortieth', async () => {
  expect(
    await askAfter(
      db,
      prices,
      `SELECT keyword, category_id, to_char(day, 'DD') AS on_day, pages, listed, depth, is_to_end,
          to_char(first_read_at, 'DD HH24:MI') AS first_read_at, to_char(last_read_at, 'DD HH24:MI') AS last_read_at
        FROM analytics.fct_list_read WHERE feed = 'w' ORDER BY keyword, day`,
    ),
  ).toEqual([
    ['', '6', '10', 1, 50, 50, false, '10 23:59', '10 23:59'],
    ['', '6', '11', 1, 7, 7, true, '11 00:00', '11 00:00'],
    ['all 40', '0', '10', 40, 40, 2000, true, '10 09:00', '10 09:00'],
    ['gap', '0', '10', 2, 62, 50, false, '10 09:00', '10 09:00'],
    ['half', '0', '10', 39, 39, 1950, false, '10 09:00', '10 09:00'],
    ['late', '0', '10', 1, 50, 0, false, '10 09:00', '10 09:00'],
    ['whole', '0', '10', 2, 62, 62, true, '10 09:00', '10 11:00'],
  ]);
});

it('the rank of an offer is its best of the day over pages of 50', async () => {
  expect(
    await askAfter(
      db,
      prices,
      `SELECT keyword, category_id, offer_id, to_char(day, 'DD') AS on_day, best_rank, page, observations
        FROM analytics.fct_keyword_rank WHERE feed = 'w' AND offer_id IN (1, 1001, 1050, 1051, 1062)
        ORDER BY keyword, day, offer_id`,
    ),
  ).toEqual([
    ['', '6', '1001', '10', 1, 1, 1],
    ['', '6', '1050', '10', 50, 1, 1],
    ['', '6', '1001', '11', 1, 1, 1],
    ['all 40', '0', '1', '10', 50, 1, 40],
    ['gap', '0', '1001', '10', 1, 1, 1],
    ['gap', '0', '1050', '10', 50, 1, 1],
    ['gap', '0', '1051', '10', 101, 3, 1],
    ['gap', '0', '1062', '10', 112, 3, 1],
    ['half', '0', '1', '10', 50, 1, 39],
    ['late', '0', '1001', '10', 51, 2, 1],
    ['late', '0', '1050', '10', 100, 2, 1],
    ['whole', '0', '1001', '10', 1, 1, 2],
    ['whole', '0', '1050', '10', 50, 1, 2],
    ['whole', '0', '1051', '10', 51, 2, 2],
    ['whole', '0', '1062', '10', 62, 2, 1],
  ]);
});
