import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';

/*
 * How likely prices held, answer by answer, of days in March. Times are of Shanghai, and now is the 31st, 12:00. Prices change
 * twice in 20 days, so that one of an age holds by 1 / (1 + age / 20)²; offer 3 by 1 / (1 + age / 30)³, for it has its own past.
 */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Observations at midnights, and late ones at noon. Of offer 3 a row showed another price, which one in four details denied. */
const offers = `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-31 12:00+08' - now();
  UPDATE sync.figure SET prior_changes = 7, prior_days = 7, hidden_changes = 1.2;
  UPDATE sync.figure SET prior_changes = 2, prior_days = 20, row_details = 2, row_changes = 0 WHERE figure = 'price';
  INSERT INTO catalog.offer (offer_id, unit, state, changed_at, call_id) SELECT o, '件', 'listed', now(), 1 FROM generate_series(1, 5) o;
  INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
  SELECT o, 0, 'list', 1, a, ('2026-03-' || f || '+08')::timestamptz, ('2026-03-' || t || '+08')::timestamptz, 1, 2 FROM (VALUES
    (1, 8, '01', '11'), (1, 10, '11', '21'), (2, 10, '11', '21'), (2, 6, '21', '25'), (5, 9, '01', '25')) v (o, a, f, t);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  SELECT o, 0, k::catalog.price_kind, 1, a, ('2026-03-' || f || '+08')::timestamptz, 2 FROM (VALUES
    (1, 'list', 6, '21'), (2, 'list', 5, '25'), (3, 'list', 6, '29'), (3, 'search', 5, '29'), (4, 'list', 9, '21'), (4, 'search', 7, '26'), (5, 'list', 7, '25')) v (o, k, a, f);
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
  SELECT o, ('2026-03-' || d || '+08')::timestamptz, s, 1 + (s = 'search')::int, f, d LIKE '%12:00', now() FROM (VALUES
    (1, '01', 'detail', true), (1, '11', 'detail', true), (1, '21', 'detail', true), (1, '29', 'detail', true), (2, '11', 'detail', true), (2, '15', 'detail', false), (2, '21', 'detail', true), (2, '25', 'detail', true),
    (3, '29', 'detail', true), (3, '29', 'search', true), (4, '21', 'detail', true), (4, '26', 'search', true),
    (5, '01', 'detail', true), (5, '14', 'search', true), (5, '15 12:00', 'detail', true), (5, '21', 'search', true), (5, '22 12:00', 'detail', true), (5, '25', 'detail', true)) v (o, d, s, f);
  INSERT INTO sync.refresh (offer_id, first_seen_at, found_at, detail_at, vouched_at, summary_at, stale_since, stale_by, is_in_stock, price_changes, price_days)
  SELECT o, '2026-03-01', d, d, v, v, s, b, true, c, n FROM (VALUES
    (3, timestamptz '2026-03-29 00:00+08', timestamptz '2026-03-29 00:00+08', timestamptz '2026-03-29 00:00+08', 'row', 1, 10),
    (4, '2026-03-21 00:00+08', '2026-03-29 00:00+08', NULL, NULL, 0, 0)) v (o, d, v, s, b, c, n);`;

const askLows = (questions: string) => `
  SELECT nth, l.price_cny, to_char(l.day, 'DD') AS on_day, l.reason, l.p_lowest
  FROM unnest(ARRAY[${questions}]) WITH ORDINALITY a (text, nth)
  CROSS JOIN LATERAL string_to_array(text, ',') s
  CROSS JOIN LATERAL analytics.lowest_price(s[1]::bigint, s[2]::int, CASE WHEN s[5] IS NULL THEN interval '3 days' END, last_day => ('2026-03-' || s[3])::date, kind => s[4]) l
  ORDER BY nth`;

it('a low of days holds by the share of the time around them that shows one less, and by what may have come since', async () => {
  expect(
    await askAfter(
      db,
      offers,
      askLows(`'1,5,20,list', '1,3,16,list', '1,3,06,list', '1,4,25,list', '1,5,15,list', '1,16,18,list', '1,1,30,list', '1,2,30,list',
        '1,10,30,list', '1,20,30,list', '1,28,30,list', '1,30,30,list', '1,1,31,list', '2,10,20,list', '5,5,20,list', '1,18,20,list', '1,5,05,list', '1,7,10,list', '1,3,06,list,all', '1,3,16,list,all', '2,10,20,list,all'`),
    ),
  ).toEqual([
    // Carried to the very moment that showed 6; to 4 of 10 days before it; to a later one that is higher, unless it came before.
    ['1', '10.0000', '11', 'carried', '0.0000'],
    ['2', '10.0000', '11', 'carried', '0.4000'],
    ['3', '8.0000', '01', 'carried', '0.7000'],
    ['4', '6.0000', '21', 'carried', '1.0000'],
    // 5 of 10 days until 6; 2 of 10 days of 8 before, and 2 of 10 until 6.
    ['5', '10.0000', '11', null, '0.5000'],
    ['6', '10.0000', '11', null, '0.0400'],
    // Carried for a day, and at its end for two: the mean of 1 / 1.05² and 1 / 1.1².
    ['7', '6.0000', '29', 'carried', '0.8667'],
    // One of two, of three and of four prices would be lower, if it changed in two days; each ten days between by a third of 1 - 1 / 1.5².
    ['8', '6.0000', '29', null, '0.9132'],
    ['9', '6.0000', '29', null, '0.9132'],
    ['10', '6.0000', '29', null, '0.7677'],
    // Of the first ten days eight are asked for.
    ['11', '6.0000', '29', null, '0.6423'],
    ['12', '6.0000', '29', null, '0.6351'],
    // Until noon: the mean of 1 / 1.1² and 1 / 1.125².
    ['13', '6.0000', '29', 'carried', '0.8083'],
    // Nothing is known after an empty answer: a third of 1 - 1 / 1.2².
    ['14', '10.0000', '11', null, '0.8981'],
    // Rows and late details between say nothing: 4 of 24 days until 7.
    ['15', '9.0000', '01', 'carried', '0.1667'],
    // By 2 of 10 days before, and surely not until 6. Seen as the days begin: a third of 1 - 1 / 1.25². Until the moment they end.
    ['16', '10.0000', '11', null, '0.0000'],
    ['17', '8.0000', '01', null, '0.8800'],
    ['18', '8.0000', '01', 'carried', '0.7000'],
    // The same as 3, 2 and 14, whatever was long before and after.
    ['19', '8.0000', '01', 'carried', '0.7000'],
    ['20', '10.0000', '11', 'carried', '0.4000'],
    ['21', '10.0000', '11', null, '0.8981'],
  ]);
});

it('a low of today is carried by what is known of the offer now, one of a row or of yesterday by the rate of the offer', async () => {
  expect(await askAfter(db, offers, askLows(`'3,1,31,list', '3,1,30,list', '3,1,31,search'`))).toEqual([
    // Three quarters of 0.786527, after 2.5 days, with 0.823974, after 2 days.
    ['1', '6.0000', '29', 'carried', '0.7069'],
    // 0.906314 and 0.823974.
    ['2', '6.0000', '29', 'carried', '0.8651'],
    ['3', '5.0000', '29', 'carried', '0.8053'],
  ]);
});

it('a day that ends now is today still', async () => {
  const midnight = `UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-04-01 00:00+08' - now()`;
  expect(await askAfter(db, `${offers} ${midnight}`, askLows(`'3,1,31,list'`))).toEqual([
    // Three quarters of 1 / 1.1³, with 0.823974.
    ['1', '6.0000', '29', 'carried', '0.6937'],
  ]);
});

it('a price holds now by what is known of the offer, before by its rate since it was seen or vouched for', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT nth, p.unit_price_cny, p.p_current
        FROM unnest(ARRAY['3,31 12:00,list', '3,31 12:00:30,list', '3,31 11:59:59,list', '3,31 00:00,list', '3,31 12:00,search', '4,31 00:00,list', '4,31 12:00,list',
          '4,31 00:00,search', '4,31 12:00,search', '1,31 12:00,list', '1,15 00:00,list', '1,11 00:00,list', '1,10 23:59:59,list', '1,25 00:00,list', '1,30 00:00,list', '2,13 00:00,list']) WITH ORDINALITY a (text, nth)
        CROSS JOIN LATERAL string_to_array(text, ',') s
        CROSS JOIN LATERAL analytics.price_at(s[1]::bigint, at => ('2026-03-' || s[2] || '+08')::timestamptz, kind => s[3]) p
        ORDER BY nth`,
    ),
  ).toEqual([
    ['1', '6.0000', '0.5899'],
    ['2', '6.0000', '0.5899'],
    ['3', '6.0000', '0.7865'],
    ['4', '6.0000', '0.8240'],
    ['5', '5.0000', '0.7865'],
    // Rows vouched for it until the 29th, but for 0.15 of eight days: as if it was seen on the 27th, 19:12.
    ['6', '9.0000', '0.7432'],
    ['7', '9.0000', '0.7121'],
    ['8', '7.0000', '0.6400'],
    ['9', '7.0000', '0.6151'],
    ['10', '6.0000', '0.7901'],
    ['11', '10.0000', '0.6000'],
    ['12', '10.0000', '1.0000'],
    ['13', '8.0000', '0.0000'],
    ['14', '6.0000', '1.0000'],
    ['15', '6.0000', '0.9070'],
    // Half-way to the empty answer, which does not show it.
    ['16', '10.0000', '0.5000'],
  ]);
});

it('the rates of a figure are what was guessed of it, and shares of what details found', async () => {
  expect(
    await askAfter(
      db,
      `UPDATE sync.figure SET prior_changes = 7, prior_days = 70, hidden_changes = 3, hidden_expected = 4, row_changes = 2, row_details = 8,
         date_changes = 3, date_details = 6, absence_changes = 0, absence_details = 3 WHERE figure = 'price';
       UPDATE sync.figure SET prior_changes = 1, prior_days = 2, hidden_changes = 20, hidden_expected = 0, row_changes = 0, row_details = 0,
         date_changes = 0, date_details = 2, absence_changes = 1, absence_details = 8 WHERE figure = 'offer'`,
      `SELECT figure, changes, days, hidden_share, row_hint_share, date_hint_share, absence_hint_share
        FROM analytics.figure_rates WHERE figure IN ('offer', 'price') ORDER BY figure`,
    ),
  ).toEqual([
    ['offer', 1, 2, 1, 0.5, 0.25, 0.2],
    ['price', 7, 70, 3.3 / 14, 0.3, 0.5, 0.2],
  ]);
});
