import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';

/* Prices at a time, answer by answer, of days in March. Times are of Shanghai, and now is the 12th, 12:30. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Offers priced by quantity and by SKU, promoted, delisted, unseen, and with a retail price. */
const offers = `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-12 12:30+08' - now();
  INSERT INTO catalog.offer (offer_id, unit, state, min_order_quantity, changed_at, call_id) VALUES
    (1, '件', 'listed', 2, now(), 1), (2, '箱', 'listed', 3, now(), 1), (3, '件', 'delisted', NULL, now(), 1), (4, '件', 'listed', NULL, now(), 1), (5, '件', 'listed', 2, now(), 1), (6, '件', 'listed', NULL, now(), 1), (7, '件', 'listed', NULL, now(), 1);
  INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, changed_at, call_id, last_listed_at, last_listed_call_id) VALUES
    (2, 21, 'listed', '[]', '2026-03-01 09:00+08', 1, NULL, NULL), (2, 22, 'gone', '[]', '2026-03-06 09:00+08', 1, '2026-03-05 09:00+08', 1), (2, 23, 'listed', '[]', '2026-03-01 09:00+08', 1, NULL, NULL),
    (1, 11, 'listed', '[]', '2026-03-01 09:00+08', 1, NULL, NULL), (6, 29, 'listed', '[]', '2026-03-01 09:00+08', 1, NULL, NULL), (6, 21, 'gone', '[]', '2026-03-02 09:00+08', 1, '2026-03-01 09:00+08', 1);
  INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
  SELECT o, s, k::catalog.price_kind, q, a, ('2026-03-' || f || '+08')::timestamptz, ('2026-03-' || t || '+08')::timestamptz, 1, 2 FROM (VALUES
    (1, 0, 'list', 2, 10, '01 09:00', '05 09:00'), (1, 0, 'promotion', 2, 9, '01 09:00', '05 09:00'), (3, 0, 'list', 1, 6, '01 09:00', '08 09:00'), (2, 22, 'list', 1, 33, '01 09:00', '06 09:00')) v (o, s, k, q, a, f, t);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  SELECT o, s, k::catalog.price_kind, q, a, ('2026-03-' || f || '+08')::timestamptz, 2 FROM (VALUES
    (1, 0, 'list', 2, 12, '05 09:00'), (1, 0, 'list', 10, 8, '01 09:00'), (1, 0, 'list', 50, 7.5, '01 09:00'), (1, 0, 'plus', 2, 11, '01 09:00'), (1, 0, 'promotion', 10, 7, '05 09:00'), (1, 0, 'promotion', 30, 6.5, '05 09:00'), (1, 0, 'retail', 1, 20, '01 09:00'),
    (1, 0, 'search', 1, 9.5, '01 09:00'), (1, 0, 'dropship', 1, 13, '01 09:00'), (1, 11, 'dropship', 1, 14, '01 09:00'),
    (2, 21, 'list', 1, 30, '01 09:00'), (2, 22, 'list', 1, 32, '06 09:00'), (2, 21, 'promotion', 1, 28, '01 09:00'), (2, 0, 'promotion', 1, 5, '01 09:00'), (3, 0, 'list', 1, 5, '08 09:00'),
    (4, 0, 'list', 1, 20, '01 09:00'), (4, 0, 'list', 5, 15, '01 09:00'), (4, 0, 'retail', 1, 20, '01 09:00'), (5, 0, 'list', 2, 3, '01 09:00'), (6, 0, 'list', 1, 20, '01 09:00'), (6, 0, 'retail', 1, 20, '01 09:00'), (6, 0, 'promotion', 1, 2, '01 09:00'),
    (7, 0, 'list', 1, 21, '01 09:00'), (7, 0, 'list', 5, 15, '01 09:00'), (7, 0, 'retail', 1, 20, '01 09:00')) v (o, s, k, q, a, f);
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT o, f, a, b, ('2026-03-' || d || '+08')::timestamptz, 1 FROM (VALUES
    (1, 'unit', '袋', '件', '05 09:00'), (1, 'unit', '件', '件', '09 09:00'), (2, 'min_order_quantity', '1', '2', '04 09:00'), (2, 'min_order_quantity', '2', '3', '10 09:00'), (3, 'state', 'listed', 'delisted', '07 09:00'), (3, 'state', 'delisted', 'gone', '09 09:00'), (3, 'state', 'gone', 'delisted', '10 09:00'),
    (3, 'subject', 'a', 'b', '06 09:00'), (2, 'subject', 'a', 'b', '03 09:00')) v (o, f, a, b, d);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
  SELECT o, ('2026-03-' || d || '+08')::timestamptz, s, 1 + (s = 'search')::int, f, l, now() FROM (VALUES
    (1, '01 09:00', 'detail', true, false), (1, '01 09:00', 'search', true, false), (1, '05 09:00', 'detail', true, false), (1, '11 09:00', 'detail', true, false), (1, '03 09:00', 'search', true, false), (1, '02 09:00', 'detail', true, true), (1, '04 21:00', 'detail', true, true),
    (2, '01 09:00', 'detail', true, false), (2, '06 09:00', 'detail', true, false), (3, '01 09:00', 'detail', true, false), (3, '08 09:00', 'detail', true, false), (4, '01 09:00', 'detail', true, false), (4, '12 12:30', 'detail', true, false), (4, '11 12:30', 'detail', true, false),
    (5, '01 09:00', 'detail', false, false), (5, '02 09:00', 'search', true, false), (5, '08 09:00', 'detail', true, false), (6, '01 09:00', 'detail', true, false), (7, '01 09:00', 'detail', true, false)) v (o, d, s, f, l);
  INSERT INTO catalog.offer (offer_id, unit, state, changed_at, call_id) VALUES (8, '件', 'listed', now(), 1), (9, '件', 'listed', now(), 1);
  INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, changed_at, call_id) VALUES (8, 81, 'listed', '[]', now(), 1), (8, 82, 'listed', '[]', now(), 1), (8, 83, 'listed', '[]', now(), 1), (7, 22, 'listed', '[]', now(), 1);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  SELECT o, s, k::catalog.price_kind, q, a, '2026-03-01 09:00+08', 2 FROM (VALUES (8, 81, 'list', 1, 40), (8, 81, 'list', 5, 38), (8, 82, 'list', 1, 40), (8, 83, 'list', 1, 45), (8, 83, 'list', 3, 44), (8, 82, 'retail', 1, 40), (8, 83, 'retail', 1, 45), (8, 0, 'promotion', 1, 42),
    (9, 0, 'retail', 1, 21), (6, 0, 'promotion', 5, 1.5), (5, 0, 'retail', 1, 3)) v (o, s, k, q, a);
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT o, f, a, b, ('2026-03-' || d || '+08')::timestamptz, 1 FROM (VALUES (3, 'min_order_quantity', '1', NULL, '11 09:00'), (2, 'unit', '盒', '箱', '08 09:00'), (1, 'subject', 'x', 'y', '05 10:00'), (6, 'unit', '袋', '件', '03 09:00')) v (o, f, a, b, d);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
  SELECT o, ('2026-03-' || d || '+08')::timestamptz, 'detail', 1, true, false, now() FROM (VALUES (9, '03 09:00'), (3, '04 09:00'), (8, '01 09:00')) v (o, d);`;

it('so many units cost what the tier and SKU of that time cost, or there is a reason', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT nth, p.unit_price_cny AS price, p.total_cny AS total, p.unit, p.min_quantity AS min, p.priced_sku_id AS sku,
          to_char(p.valid_from, 'DD') AS from_day, to_char(p.valid_to, 'DD') AS to_day, p.reason
        FROM unnest(ARRAY[
          '1,,2,04 09:00,list', '1,11,3,05 08:59,list', '1,0,2,05 09:00,list', '1,,10,04 09:00,list', '1,,49,12 09:00,list', '1,,1,12 09:00,list',
          '1,,0,12 09:00,list', '1,,2,12 12:31,list', '1,,2,12 12:31:00.001,list', '1,,1,04 09:00,search', '1,11,1,04 09:00,search', '1,11,1,04 09:00,dropship',
          '1,,1,04 09:00,dropship', '1,,2,04 09:00,plus', '1,,2,05 08:59,promotion', '1,,2,05 09:00,promotion', '1,,1,04 09:00,nonsense', '1,12,2,04 09:00,list',
          '1,,1,28 09:00,consign', '1,,1,04 09:00,consign', '9,,1,04 09:00,list', '2,21,1,04 08:59,list', '2,21,1,04 09:00,list', '2,21,2,10 08:59,list',
          '2,21,2,10 09:00,list', '2,21,3,10 09:00,list', '2,,3,10 09:00,list', '2,22,3,06 08:59,list', '2,22,3,06 09:00,list', '2,23,3,06 09:00,list',
          '2,29,3,06 09:00,list', '3,,1,07 08:59,list', '3,,1,07 09:00,list', '3,,1,09 09:00,list', '3,,1,12 09:00,list', '4,,1,04 09:00,list',
          '4,,5,04 09:00,list', '4,,1,04 09:00,retail', '5,,2,08 08:59,list', '5,,2,08 09:00,list', '6,,1,04 09:00,list', '7,,1,04 09:00,list',
          '1,,1,01 08:59,search', '5,,1,08 09:00,search', '8,81,1,04 09:00,list', '8,82,1,04 09:00,list', '8,83,1,04 09:00,list']) WITH ORDINALITY a (text, nth)
        CROSS JOIN LATERAL string_to_array(text, ',') s
        CROSS JOIN LATERAL analytics.price_at(s[1]::bigint, nullif(s[2], '')::bigint, s[3]::int, ('2026-03-' || s[4] || '+08')::timestamptz, s[5]) p
        ORDER BY nth`,
    ),
  ).toEqual([
    ['1', '10.0000', '20.0000', '袋', 2, '0', '01', '05', null],
    ['2', '10.0000', '30.0000', '袋', 2, '0', '01', '05', null],
    ['3', '12.0000', '24.0000', '件', 2, '0', '05', null, null],
    ['4', '8.0000', '80.0000', '袋', 10, '0', '01', null, null],
    ['5', '8.0000', '392.0000', '件', 10, '0', '01', null, null],
    ['6', null, null, '件', 2, '0', '05', null, 'below_minimum'],
    ['7', null, null, '件', 2, '0', '05', null, 'quantity_not_positive'],
    ['8', '12.0000', '24.0000', '件', 2, '0', '05', null, null],
    ['9', null, null, '件', 2, '0', '05', null, 'in_the_future'],
    ['10', '9.5000', '9.5000', '袋', 1, '0', '01', null, null],
    ['11', '9.5000', '9.5000', '袋', 1, '0', '01', null, null],
    ['12', '14.0000', '14.0000', '袋', 1, '11', '01', null, null],
    ['13', '13.0000', '13.0000', '袋', 1, '0', '01', null, null],
    ['14', '11.0000', '22.0000', '袋', 2, '0', '01', null, null],
    ['15', '9.0000', '18.0000', '袋', 2, '0', '01', '05', null],
    ['16', null, null, '件', 10, '0', '05', null, 'below_minimum'],
    ['17', null, null, '袋', null, null, null, null, 'unknown_kind'],
    ['18', null, null, '袋', 2, '0', '01', '05', 'no_such_sku'],
    ['19', null, null, '件', null, null, null, null, 'in_the_future'],
    ['20', null, null, '袋', null, null, null, null, 'no_price'],
    ['21', null, null, '件', null, null, null, null, 'no_price'],
    ['22', '30.0000', '30.0000', '盒', 1, '21', '01', null, null],
    ['23', null, null, '盒', 2, '21', '01', null, 'below_minimum'],
    ['24', '30.0000', '60.0000', '箱', 1, '21', '01', null, null],
    ['25', null, null, '箱', 3, '21', '01', null, 'below_minimum'],
    ['26', '30.0000', '90.0000', '箱', 1, '21', '01', null, null],
    ['27', null, null, '箱', null, null, null, null, 'sku_needed'],
    ['28', '33.0000', '99.0000', '盒', 1, '22', '01', '06', null],
    ['29', null, null, '盒', 1, '22', '06', null, 'sku_gone'],
    ['30', null, null, '盒', null, null, null, null, 'no_price'],
    ['31', null, null, '盒', null, null, null, null, 'no_such_sku'],
    ['32', '6.0000', '6.0000', '件', 1, '0', '01', '08', null],
    ['33', null, null, '件', 1, '0', '01', '08', 'not_on_sale'],
    ['34', null, null, '件', 1, '0', '08', null, 'not_on_sale'],
    ['35', null, null, '件', 1, '0', '08', null, 'not_on_sale'],
    ['36', '20.0000', '20.0000', '件', 1, '0', '01', null, 'assumed'],
    ['37', '15.0000', '75.0000', '件', 5, '0', '01', null, null],
    ['38', '20.0000', '20.0000', '件', 1, '0', '01', null, null],
    ['39', null, null, '件', 2, '0', '01', null, 'not_seen_yet'],
    ['40', '3.0000', '6.0000', '件', 2, '0', '01', null, null],
    ['41', '20.0000', '20.0000', '件', 1, '0', '01', null, null],
    ['42', '21.0000', '21.0000', '件', 1, '0', '01', null, null],
    ['43', null, null, '袋', null, null, null, null, 'not_seen_yet'],
    ['44', null, null, '件', null, null, null, null, 'no_price'],
    ['45', '40.0000', '40.0000', '件', 1, '81', '01', null, null],
    ['46', '40.0000', '40.0000', '件', 1, '82', '01', null, null],
    ['47', '45.0000', '45.0000', '件', 1, '83', '01', null, 'assumed'],
  ]);
});

it('a price that both observations around show held between, one that ended may have ended at any time alike', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT nth, p.p_current, p.reason
        FROM unnest(ARRAY['1,,1,12 09:00,list', '1,,2,02 21:00,list', '1,,2,05 09:00,list', '1,,2,11 08:59,list', '1,,2,04 09:00,list', '1,,2,03 09:00,list', '1,,1,02 09:00,search', '2,22,3,03 20:00,list', '3,,1,04 21:00,list', '1,,2,01 09:00,list']) WITH ORDINALITY a (text, nth)
        CROSS JOIN LATERAL string_to_array(text, ',') s
        CROSS JOIN LATERAL analytics.price_at(s[1]::bigint, nullif(s[2], '')::bigint, s[3]::int, ('2026-03-' || s[4] || '+08')::timestamptz, s[5]) p
        ORDER BY nth`,
    ),
  ).toEqual([
    ['1', null, 'below_minimum'],
    ['2', '0.6250', null],
    ['3', '1.0000', null],
    ['4', '1.0000', null],
    ['5', '0.2500', null],
    ['6', '0.5000', null],
    ['7', '1.0000', null],
    ['8', '0.5083', null],
    ['9', '0.8750', null],
    ['10', '1.0000', null],
  ]);
});

it('the list of a time has what could be ordered so, at the price of its tier and of its promotion', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT q, at, p.offer_id, p.sku_id, p.unit_price_cny, p.effective_price_cny, p.total_cny, p.unit, p.min_quantity,
          to_char(p.valid_from, 'DD') AS from_day, to_char(p.valid_to, 'DD') AS to_day, p.is_assumed
        FROM (VALUES (1, '04 09:00'), (2, '05 09:00'), (3, '06 09:00'), (3, '10 09:00'), (10, '07 09:00'), (30, '07 08:59'), (5, '12 12:31'), (6, '12 12:31:00.001')) a (q, at)
        CROSS JOIN LATERAL analytics.price_list_at(q, ('2026-03-' || at || '+08')::timestamptz) p
        ORDER BY at, q, p.offer_id, p.sku_id`,
    ),
  ).toEqual([
    [1, '04 09:00', '3', '0', '6.0000', '6.0000', '6.0000', '件', 1, '01', '08', false],
    [1, '04 09:00', '4', '0', '20.0000', '20.0000', '20.0000', '件', 1, '01', null, true],
    [1, '04 09:00', '6', '0', '20.0000', '2.0000', '20.0000', '件', 1, '01', null, false],
    [1, '04 09:00', '7', '0', '21.0000', '21.0000', '21.0000', '件', 1, '01', null, false],
    [1, '04 09:00', '8', '81', '40.0000', '40.0000', '40.0000', '件', 1, '01', null, false],
    [1, '04 09:00', '8', '82', '40.0000', '40.0000', '40.0000', '件', 1, '01', null, false],
    [1, '04 09:00', '8', '83', '45.0000', '42.0000', '45.0000', '件', 1, '01', null, true],
    [2, '05 09:00', '1', '0', '12.0000', '12.0000', '24.0000', '件', 2, '05', null, false],
    [2, '05 09:00', '2', '21', '30.0000', '28.0000', '60.0000', '盒', 1, '01', null, false],
    [2, '05 09:00', '2', '22', '33.0000', '33.0000', '66.0000', '盒', 1, '01', '06', false],
    [2, '05 09:00', '3', '0', '6.0000', '6.0000', '12.0000', '件', 1, '01', '08', false],
    [2, '05 09:00', '4', '0', '20.0000', '20.0000', '40.0000', '件', 1, '01', null, true],
    [2, '05 09:00', '5', '0', '3.0000', '3.0000', '6.0000', '件', 2, '01', null, false],
    [2, '05 09:00', '6', '0', '20.0000', '2.0000', '40.0000', '件', 1, '01', null, false],
    [2, '05 09:00', '7', '0', '21.0000', '21.0000', '42.0000', '件', 1, '01', null, false],
    [2, '05 09:00', '8', '81', '40.0000', '40.0000', '80.0000', '件', 1, '01', null, false],
    [2, '05 09:00', '8', '82', '40.0000', '40.0000', '80.0000', '件', 1, '01', null, false],
    [2, '05 09:00', '8', '83', '45.0000', '42.0000', '90.0000', '件', 1, '01', null, true],
    [3, '06 09:00', '1', '0', '12.0000', '12.0000', '36.0000', '件', 2, '05', null, false],
    [3, '06 09:00', '2', '21', '30.0000', '28.0000', '90.0000', '盒', 1, '01', null, false],
    [3, '06 09:00', '3', '0', '6.0000', '6.0000', '18.0000', '件', 1, '01', '08', false],
    [3, '06 09:00', '4', '0', '20.0000', '20.0000', '60.0000', '件', 1, '01', null, true],
    [3, '06 09:00', '5', '0', '3.0000', '3.0000', '9.0000', '件', 2, '01', null, false],
    [3, '06 09:00', '6', '0', '20.0000', '2.0000', '60.0000', '件', 1, '01', null, false],
    [3, '06 09:00', '7', '0', '21.0000', '21.0000', '63.0000', '件', 1, '01', null, false],
    [3, '06 09:00', '8', '81', '40.0000', '40.0000', '120.0000', '件', 1, '01', null, false],
    [3, '06 09:00', '8', '82', '40.0000', '40.0000', '120.0000', '件', 1, '01', null, false],
    [3, '06 09:00', '8', '83', '44.0000', '42.0000', '132.0000', '件', 3, '01', null, false],
    [30, '07 08:59', '1', '0', '8.0000', '6.5000', '240.0000', '件', 10, '01', null, false],
    [30, '07 08:59', '2', '21', '30.0000', '28.0000', '900.0000', '盒', 1, '01', null, false],
    [30, '07 08:59', '3', '0', '6.0000', '6.0000', '180.0000', '件', 1, '01', '08', false],
    [30, '07 08:59', '4', '0', '15.0000', '15.0000', '450.0000', '件', 5, '01', null, false],
    [30, '07 08:59', '5', '0', '3.0000', '3.0000', '90.0000', '件', 2, '01', null, false],
    [30, '07 08:59', '6', '0', '20.0000', '1.5000', '600.0000', '件', 1, '01', null, false],
    [30, '07 08:59', '7', '0', '15.0000', '15.0000', '450.0000', '件', 5, '01', null, false],
    [30, '07 08:59', '8', '81', '38.0000', '38.0000', '1140.0000', '件', 5, '01', null, false],
    [30, '07 08:59', '8', '82', '40.0000', '40.0000', '1200.0000', '件', 1, '01', null, false],
    [30, '07 08:59', '8', '83', '44.0000', '42.0000', '1320.0000', '件', 3, '01', null, false],
    [10, '07 09:00', '1', '0', '8.0000', '7.0000', '80.0000', '件', 10, '01', null, false],
    [10, '07 09:00', '2', '21', '30.0000', '28.0000', '300.0000', '盒', 1, '01', null, false],
    [10, '07 09:00', '4', '0', '15.0000', '15.0000', '150.0000', '件', 5, '01', null, false],
    [10, '07 09:00', '5', '0', '3.0000', '3.0000', '30.0000', '件', 2, '01', null, false],
    [10, '07 09:00', '6', '0', '20.0000', '1.5000', '200.0000', '件', 1, '01', null, false],
    [10, '07 09:00', '7', '0', '15.0000', '15.0000', '150.0000', '件', 5, '01', null, false],
    [10, '07 09:00', '8', '81', '38.0000', '38.0000', '380.0000', '件', 5, '01', null, false],
    [10, '07 09:00', '8', '82', '40.0000', '40.0000', '400.0000', '件', 1, '01', null, false],
    [10, '07 09:00', '8', '83', '44.0000', '42.0000', '440.0000', '件', 3, '01', null, false],
    [3, '10 09:00', '1', '0', '12.0000', '12.0000', '36.0000', '件', 2, '05', null, false],
    [3, '10 09:00', '2', '21', '30.0000', '28.0000', '90.0000', '箱', 1, '01', null, false],
    [3, '10 09:00', '4', '0', '20.0000', '20.0000', '60.0000', '件', 1, '01', null, true],
    [3, '10 09:00', '5', '0', '3.0000', '3.0000', '9.0000', '件', 2, '01', null, false],
    [3, '10 09:00', '6', '0', '20.0000', '2.0000', '60.0000', '件', 1, '01', null, false],
    [3, '10 09:00', '7', '0', '21.0000', '21.0000', '63.0000', '件', 1, '01', null, false],
    [3, '10 09:00', '8', '81', '40.0000', '40.0000', '120.0000', '件', 1, '01', null, false],
    [3, '10 09:00', '8', '82', '40.0000', '40.0000', '120.0000', '件', 1, '01', null, false],
    [3, '10 09:00', '8', '83', '44.0000', '42.0000', '132.0000', '件', 3, '01', null, false],
    [5, '12 12:31', '1', '0', '12.0000', '12.0000', '60.0000', '件', 2, '05', null, false],
    [5, '12 12:31', '2', '21', '30.0000', '28.0000', '150.0000', '箱', 1, '01', null, false],
    [5, '12 12:31', '4', '0', '15.0000', '15.0000', '75.0000', '件', 5, '01', null, false],
    [5, '12 12:31', '5', '0', '3.0000', '3.0000', '15.0000', '件', 2, '01', null, false],
    [5, '12 12:31', '6', '0', '20.0000', '1.5000', '100.0000', '件', 1, '01', null, false],
    [5, '12 12:31', '7', '0', '15.0000', '15.0000', '75.0000', '件', 5, '01', null, false],
    [5, '12 12:31', '8', '81', '38.0000', '38.0000', '190.0000', '件', 5, '01', null, false],
    [5, '12 12:31', '8', '82', '40.0000', '40.0000', '200.0000', '件', 1, '01', null, false],
    [5, '12 12:31', '8', '83', '44.0000', '42.0000', '220.0000', '件', 3, '01', null, false],
  ]);
});
