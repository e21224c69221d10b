import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { change, detail, march, nowIs, offer, price } from './march.ts';

/* Units of prices that outlived their unit. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Its price of one piece is as it was when the unit changed on the 15th; that of five began then. */
const changed = [
  nowIs('20 12:00'),
  offer(1, { unit: '箱' }),
  ...['01 09:00', '15 09:00', '19 09:00'].map((time) => detail(1, time)),
  price([1, 0, 1], 10, '01 09:00'),
  price([1, 0, 5], 9, '15 09:00'),
  change(1, 'unit', ['件', '箱'], '15 09:00'),
].join('');

it('a price is for the unit of the time asked for, however long it stands, and so is every tier', async () => {
  const at = (time: string, quantity: number) => `(${march(time)}, ${String(quantity)})`;
  expect(
    await askAfter(
      db,
      changed,
      `SELECT p.unit_price_cny, p.unit, l.unit_price_cny AS of_list, l.unit AS unit_of_list
       FROM (VALUES ${[at('15 08:59', 1), at('15 09:00', 1), at('20 12:00', 1), at('20 12:00', 5)].join()}) a (at, quantity)
       CROSS JOIN LATERAL analytics.price_at(1, NULL, a.quantity, a.at) p
       CROSS JOIN LATERAL analytics.price_list_at(a.quantity, a.at) l
       ORDER BY a.at, a.quantity`,
    ),
  ).toEqual([
    ['10.0000', '件', '10.0000', '件'],
    ['10.0000', '箱', '10.0000', '箱'],
    ['10.0000', '箱', '10.0000', '箱'],
    ['9.0000', '箱', '9.0000', '箱'],
  ]);
});

it('what stood at a time, or when a day ended, is in the unit of then, and an interval in that of its beginning', async () => {
  const standing = `SELECT a.nth, p.min_quantity, p.unit FROM (VALUES (1, ${march('15 08:59')}), (2, ${march('15 09:00')}),
      (3, ${march('20 12:00')})) a (nth, at)
    CROSS JOIN LATERAL analytics.price_as_of(a.at) p WHERE p.offer_id = 1 ORDER BY 1, 2`;
  const daily = `SELECT to_char(day, 'DD'), min_quantity, unit FROM analytics.fct_price_daily
    WHERE offer_id = 1 AND day IN ('2026-03-14', '2026-03-15', '2026-03-20') ORDER BY 1, 2`;
  const began = `SELECT to_char(day, 'DD'), min_quantity, unit FROM analytics.fct_price_history WHERE offer_id = 1 ORDER BY 1`;
  expect(await askAfter(db, changed, standing)).toEqual([
    [1, 1, '件'],
    [2, 1, '箱'],
    [2, 5, '箱'],
    [3, 1, '箱'],
    [3, 5, '箱'],
  ]);
  expect(await askAfter(db, changed, daily)).toEqual([
    ['14', 1, '件'],
    ['15', 1, '箱'],
    ['15', 5, '箱'],
    ['20', 1, '箱'],
    ['20', 5, '箱'],
  ]);
  expect(await askAfter(db, changed, began)).toEqual([
    ['01', 1, '件'],
    ['15', 5, '箱'],
  ]);
});

it('a lowest price is refused where observations of the days differ in their unit, not where it changed before them', async () => {
  expect(
    await askAfter(
      db,
      changed,
      `SELECT l.price_cny, l.unit, l.covered_days, l.reason
       FROM (VALUES (1, 6, 20), (2, 20, 20), (3, 14, 14)) a (nth, days, last)
       CROSS JOIN LATERAL analytics.lowest_price(1, a.days, last_day => '2026-03-01'::date + a.last - 1) l
       ORDER BY nth`,
    ),
  ).toEqual([
    ['10.0000', '箱', 2, null],
    [null, '箱', 3, 'unit_changed'],
    ['10.0000', '件', 1, null],
  ]);
});

it('prices of two units are no equal pair: neither covers the days between, nor is one lower than the other', async () => {
  expect(
    await askAfter(
      db,
      changed,
      `SELECT l.price_cny, l.unit, l.covered_days, l.p_lowest = 1 AS is_certain
       FROM analytics.lowest_price(1, 6, NULL, last_day => '2026-03-18') l`,
    ),
  ).toEqual([['10.0000', '箱', 4, true]]);
});

it('where no unit is known, as of offers that only searches showed, a lowest price is no surer than else', async () => {
  const moved = (id: number) =>
    [
      offer(id),
      ...['01 09:00', '10 09:00', '17 09:00'].map((time) => detail(id, time)),
      price([id, 0, 1], 10, '01 09:00', '10 09:00'),
      price([id, 0, 1], 12, '10 09:00'),
    ].join('');
  const chances = await askAfter(
    db,
    `${nowIs('20 12:00')}${moved(2)}${moved(3)} UPDATE catalog.offer SET unit = NULL WHERE offer_id = 3;`,
    `SELECT l.price_cny, l.p_lowest < 1, l.p_lowest = k.p_lowest
     FROM (VALUES (7, '2026-03-08'::date), (20, '2026-03-20')) a (days, last_day)
     CROSS JOIN LATERAL analytics.lowest_price(3, a.days, last_day => a.last_day) l
     CROSS JOIN LATERAL analytics.lowest_price(2, a.days, last_day => a.last_day) k
     ORDER BY a.days`,
  );
  expect(chances).toEqual([
    ['10.0000', true, true],
    ['10.0000', true, true],
  ]);
});
