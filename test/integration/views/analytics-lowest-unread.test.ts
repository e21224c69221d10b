import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { detail, nowIs, offer, price, sku } from './march.ts';

/* Lowest prices of offers with details that could not read all SKUs. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** SKU 11 was 8 and, when it could be read again on the 18th, 10; SKU 12 was 9 throughout. On the 12th to 15th only 12 could be read. */
const unread = [
  nowIs('20 12:00'),
  offer(1, { quoteType: 1 }),
  ...[11, 12].map((id) => sku(1, id, { firstSeen: '01 09:00' })),
  ...['01 09:00', '10 09:00', '18 09:00'].map((time) => detail(1, time)),
  ...['12 09:00', '13 09:00', '15 09:00'].map((time) => detail(1, time, true, [12])),
  price([1, 11, 1], 8, '01 09:00', '18 09:00'),
  price([1, 11, 1], 10, '18 09:00'),
  price([1, 12, 1], 9, '01 09:00'),
].join('');

const ask = (cases: string) => `
  SELECT a.*, l.price_cny, to_char(l.day, 'DD') AS on_day, l.covered_days, l.reason, l.p_lowest = 1 AS is_certain
  FROM (VALUES ${cases}) a (sku, days, last)
  CROSS JOIN LATERAL analytics.lowest_price(1, a.days, NULL, sku_id => a.sku, last_day => '2026-03-01'::date + a.last - 1) l`;

it('a detail that could not read the SKU shows no price of it, and one that could does', async () => {
  expect(
    await askAfter(db, unread, ask('(11, 2, 13), (12, 2, 13), (11, 8, 17), (12, 8, 17), (11, 18, 18)')),
  ).toEqual([
    [11, 2, 13, '8.0000', '10', 0, 'carried', false],
    [12, 2, 13, '9.0000', '13', 2, null, true],
    [11, 8, 17, '8.0000', '10', 1, null, false],
    [12, 8, 17, '9.0000', '15', 8, null, true],
    [11, 18, 18, '8.0000', '10', 11, null, false],
  ]);
});

it('of any SKU it shows one only if what could be read is the cheapest, for else nothing is decided', async () => {
  const cheaper = `${unread}${price([1, 12, 20], 1, '01 09:00')}
    UPDATE catalog.price SET valid_from = '2026-03-13 09:00+08', amount_cny = 7 WHERE sku_id = 12 AND min_quantity = 1;
    ${price([1, 12, 1], 9, '01 09:00', '13 09:00')}`;
  const cases = ask('(NULL::int, 1, 12), (NULL, 1, 13), (NULL, 8, 17)');
  expect(await askAfter(db, unread, cases)).toEqual([
    [null, 1, 12, '8.0000', '10', 0, 'carried', false],
    [null, 1, 13, '8.0000', '10', 0, 'carried', false],
    [null, 8, 17, '8.0000', '10', 1, null, false],
  ]);
  expect(await askAfter(db, cheaper, cases)).toEqual([
    [null, 1, 12, '8.0000', '10', 0, 'carried', false],
    [null, 1, 13, '7.0000', '13', 1, null, false],
    [null, 8, 17, '7.0000', '15', 6, null, false],
  ]);
});

it('an offer of which some SKU can never be read has the prices of those that can', async () => {
  const never = [
    nowIs('20 12:00'),
    offer(1, { quoteType: 1 }),
    sku(1, 12, { firstSeen: '01 09:00' }),
    ...['01 09:00', '18 09:00'].map((time) => detail(1, time, true, [12])),
    price([1, 12, 1], 9, '01 09:00'),
  ].join('');
  expect(await askAfter(db, never, ask('(NULL::int, 1, 10), (12, 1, 10), (NULL, 1, 18)'))).toEqual([
    [null, 1, 10, '9.0000', '01', 1, 'carried', true],
    [12, 1, 10, '9.0000', '01', 1, 'carried', true],
    [null, 1, 18, '9.0000', '18', 1, null, false],
  ]);
});

it('a detail without any SKU that can be read says of an offer that is off sale that it is', async () => {
  const off = `${unread}${detail(1, '16 09:00', true, [])} UPDATE catalog.offer SET state = 'delisted';
    INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
    VALUES (1, 'state', 'listed', 'delisted', '2026-03-16 09:00+08', 1);`;
  expect(await askAfter(db, off, ask('(11, 1, 16), (NULL::int, 1, 16)'))).toEqual([
    [11, 1, 16, null, null, 1, 'no_price', null],
    [null, 1, 16, null, null, 1, 'no_price', null],
  ]);
});

it('any gap is allowed, however long, and none is shorter than no time', async () => {
  const covered = await askAfter(
    db,
    unread,
    // Postgres before 17 has no intervals without end.
    `SELECT gap, l.price_cny, l.covered_days
     FROM unnest(ARRAY[NULL, 'infinity', '178000000 years', '0', '-1 day', '-178000000 years', '-infinity']) gap
     CROSS JOIN LATERAL (
       SELECT CASE WHEN current_setting('server_version_num')::int < 170000 THEN replace(gap, 'infinity', '170000000 years') ELSE gap END AS text
     ) g
     CROSS JOIN LATERAL analytics.lowest_price(1, 5, g.text::interval, sku_id => 12, last_day => '2026-03-10') l`,
  );
  expect(covered).toEqual([
    [null, '9.0000', 5],
    ['infinity', '9.0000', 5],
    ['178000000 years', '9.0000', 5],
    ['0', '9.0000', 1],
    ['-1 day', '9.0000', 1],
    ['-178000000 years', '9.0000', 1],
    ['-infinity', '9.0000', 1],
  ]);
});
