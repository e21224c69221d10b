import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { change, detail, nowIs, offer, price } from './march.ts';

/* Of how many units a lowest price is. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** 1: from three units on, whatever the offer says. 2: from 100 since the 19th, from one before. 3: no order is too small. */
const offers = [
  nowIs('20 12:00'),
  offer(1, { moq: 1 }),
  price([1, 0, 3], 9, '01 09:00'),
  price([1, 0, 50], 7, '01 09:00'),
  offer(2, { moq: 100 }),
  change(2, 'min_order_quantity', ['1', '100'], '19 09:00'),
  price([2, 0, 1], 9, '01 09:00'),
  price([2, 0, 100], 5, '01 09:00'),
  offer(3),
  price([3, 31, 2], 8, '01 09:00'),
  price([3, 32, 1], 9, '01 09:00'),
  ...[1, 2, 3].flatMap((id) => ['01 09:00', '10 09:00', '19 09:00'].map((time) => detail(id, time))),
].join('');

const ask = (cases: string) => `
  SELECT nth, l.price_cny, to_char(l.day, 'DD') AS on_day, l.reason
  FROM (VALUES ${cases}) a (nth, o, days, last, quantity)
  CROSS JOIN LATERAL analytics.lowest_price(o, days, last_day => '2026-03-01'::date + last - 1, quantity => quantity) l
  ORDER BY nth`;

it('it is of the smallest order of each observation, and each SKU has its own', async () => {
  expect(
    await askAfter(
      db,
      offers,
      ask('(1, 1, 10, 20, NULL::int), (2, 2, 5, 12, NULL), (3, 2, 15, 20, NULL), (4, 3, 15, 20, NULL)'),
    ),
  ).toEqual([
    [1, '9.0000', '19', null],
    [2, '9.0000', '10', null],
    [3, '5.0000', '19', null],
    [4, '8.0000', '19', null],
  ]);
});

it('there is none of a quantity that could not be ordered, as price_at says', async () => {
  expect(
    await askAfter(
      db,
      offers,
      `SELECT a.*, p.reason AS of_price_at FROM (${ask(
        '(1, 1, 10, 20, 2), (2, 1, 10, 20, 3), (3, 2, 1, 19, 99), (6, 2, 15, 20, 0), (7, 2, 15, 20, -1)',
      )}) a
       CROSS JOIN (VALUES (1, 1, 2), (2, 1, 3), (3, 2, 99), (6, 2, 0), (7, 2, -1)) q (n, o, quantity)
       CROSS JOIN LATERAL analytics.price_at(q.o, quantity => q.quantity) p
       WHERE q.n = a.nth ORDER BY nth`,
    ),
  ).toEqual([
    [1, null, null, 'below_minimum', 'below_minimum'],
    [2, '9.0000', '19', null, null],
    [3, null, null, 'below_minimum', 'below_minimum'],
    [6, null, null, 'quantity_not_positive', 'quantity_not_positive'],
    [7, null, null, 'quantity_not_positive', 'quantity_not_positive'],
  ]);
  // Below the minimum of one of two observations: the other one has it.
  expect(await askAfter(db, offers, ask('(4, 2, 1, 10, 99), (5, 2, 15, 20, 99)'))).toEqual([
    [4, '9.0000', '10', null],
    [5, '9.0000', '10', null],
  ]);
});
