import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { change, detail, nowIs, offer, price } from './march.ts';

/* Lowest prices around answers that state no unit. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Observed on the 10th, 13th and 16th: 8, 8 and 10. Of each offer the unit changed as listed. */
const observed = (unitsOf: Readonly<Record<number, readonly string[]>>) =>
  [
    nowIs('20 12:00'),
    ...Object.entries(unitsOf).flatMap(([key, changes]) => {
      const id = Number(key);
      return [
        offer(id),
        ...['10 09:00', '13 09:00', '16 09:00'].map((time) => detail(id, time)),
        price([id, 0, 1], 8, '10 09:00', '16 09:00'),
        price([id, 0, 1], 10, '16 09:00'),
        ...changes,
      ];
    }),
  ].join('');

const worlds = {
  1: [],
  // Stated for the first time.
  2: [change(2, 'unit', [null, '件'], '13 09:00')],
  3: [change(3, 'unit', [null, '件'], '16 09:00')],
  // Left out for a time.
  4: [change(4, 'unit', ['件', null], '13 09:00'), change(4, 'unit', [null, '件'], '16 09:00')],
};

it('a unit that is stated for the first time, or left out for a time, makes a lowest price no surer and covers no less', async () => {
  const asked = `SELECT l.price_cny, l.covered_days, l.reason, l.p_lowest = k.p_lowest
    FROM generate_series(1, 4) id
    CROSS JOIN LATERAL analytics.lowest_price(id, 11) l
    CROSS JOIN LATERAL analytics.lowest_price(1, 11) k
    ORDER BY id`;
  expect(await askAfter(db, observed(worlds), asked)).toEqual(
    Object.keys(worlds).map(() => ['8.0000', 5, null, true]),
  );
});

it('the price that an observation without a unit showed is of the unit that was stated last', async () => {
  const boxes = {
    1: [change(1, 'unit', ['箱', null], '13 09:00'), change(1, 'unit', [null, '件'], '16 09:00')],
    2: [
      `UPDATE catalog.offer SET unit = '箱' WHERE offer_id = 2;`,
      change(2, 'unit', ['箱', null], '13 09:00'),
      change(2, 'unit', [null, '箱'], '16 09:00'),
    ],
  };
  const asked = `SELECT l.price_cny, l.reason FROM generate_series(1, 2) id
    -- From the 13th on no observation states the first unit.
    CROSS JOIN LATERAL analytics.lowest_price(id, 8) l ORDER BY id`;
  expect(await askAfter(db, observed(boxes), asked)).toEqual([
    [null, 'unit_changed'],
    ['8.0000', null],
  ]);
});
