import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { change, detail, march, nowIs, offer, price } from './march.ts';

/* Units that answers begin to state, and leave out. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

type Units = readonly (string | null)[];

/** Of each a price of 10 gave way to one of 5 on the 18th, by when the unit had become the last of `units`, one a day. */
const moved = (unitsOf: Readonly<Record<number, Units>>) =>
  [
    nowIs('20 12:00'),
    ...Object.entries(unitsOf).flatMap(([key, units]) => {
      const id = Number(key);
      const days = units.slice(1).map((unit, nth) => ({
        day: 18 - (units.length - 2) + nth,
        values: [units[nth] ?? null, unit] as const,
      }));
      return [
        offer(id),
        `UPDATE catalog.offer SET category_id = ${key} WHERE offer_id = ${key};
         INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at) VALUES (${key}, ${march('01 09:00')}, ${march('18 09:00')});`,
        detail(id, '01 09:00'),
        detail(id, '18 09:00'),
        price([id, 0, 1], 10, '01 09:00', '18 09:00'),
        price([id, 0, 1], 5, '18 09:00'),
        ...days.map(({ day, values }) => change(id, 'unit', values, `${String(day)} 09:00`)),
      ];
    }),
  ].join('');

const worlds = {
  1: [null, '件'],
  2: ['箱', '件'],
  3: ['件', null],
  4: ['件', null, '件'],
  5: ['箱', null, '件'],
  6: [null, '箱', '件'],
} satisfies Record<number, Units>;
const differ = [false, true, false, false, true, true];

it('a unit that is stated for the first time, or left out for a time, is no other unit', async () => {
  const asked = `SELECT c.is_unit_changed, m.is_unit_changed, a.is_unit_changed
    FROM analytics.fct_price_change c
    JOIN analytics.price_movers m USING (offer_id)
    JOIN analytics.average_prices(${march('01 09:00')}) a USING (offer_id)
    ORDER BY offer_id`;
  expect(await askAfter(db, moved(worlds), asked)).toEqual(differ.map((one) => [one, one, one]));
});

it('a change says which value was stated before it, also of what was left out in between', async () => {
  const asked = `SELECT offer_id, old_value, stated_before, new_value FROM analytics.fct_offer_change ORDER BY offer_id, observed_at`;
  expect(await askAfter(db, moved({ 5: worlds[5], 6: worlds[6] }), asked)).toEqual([
    ['5', '箱', '箱', null],
    ['5', null, '箱', '件'],
    ['6', null, null, '箱'],
    ['6', '箱', '箱', '件'],
  ]);
});

it('a unit that was left out before the price began is still the one that the next is compared with', async () => {
  const since = `${moved({ 1: ['箱', null, '件'] })}
    UPDATE catalog.price_history SET valid_from = ${march('17 10:00')};`;
  expect(
    await askAfter(
      db,
      since,
      `SELECT (SELECT unit FROM analytics.fct_price_history WHERE NOT is_current), is_unit_changed FROM analytics.fct_price_change`,
    ),
  ).toEqual([[null, true]]);
});

it('the price index compares prices unless their unit is another', async () => {
  const asked = `SELECT changed_pairs = 0 FROM analytics.price_index(10, by_category => true)
    WHERE day = '2026-03-18' ORDER BY category_id`;
  expect(await askAfter(db, moved(worlds), asked)).toEqual(differ.map((one) => [one]));
});
