import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';
import { change, detail, march, nowIs, offer, price } from './march.ts';

/* What an offer was at the time that a price is asked of. Times are of Shanghai, and now is the 20th, 12:00. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('a price that the next answer does not show, since it is empty or off sale, ended at any time alike', async () => {
  const offers = [
    nowIs('20 12:00'),
    offer(1, { state: 'missing' }),
    offer(2, { state: 'delisted' }),
    offer(3),
    change(1, 'state', ['listed', 'missing'], '18 09:00'),
    change(2, 'state', ['listed', 'delisted'], '18 09:00'),
    change(3, 'state', ['listed', 'delisted'], '19 09:00'),
    change(3, 'state', ['delisted', 'listed'], '20 09:00'),
    ...[1, 2, 3].flatMap((id) => [
      detail(id, '10 09:00'),
      detail(id, '18 09:00', id !== 1),
      price([id, 0, 1], 10, '10 09:00'),
    ]),
  ].join('');
  expect(
    await askAfter(
      db,
      offers,
      `SELECT o, array_agg(p.p_current ORDER BY at) FROM generate_series(1, 3) o,
         (VALUES (${march('10 09:00')}), (${march('14 09:00')}), (${march('17 09:00')})) a (at)
       CROSS JOIN LATERAL analytics.price_at(o, at => a.at) p
       WHERE p.unit_price_cny = 10 GROUP BY o ORDER BY o`,
    ),
  ).toEqual([
    [1, [1, 0.5, 0.125]],
    [2, [1, 0.5, 0.125]],
    [3, [1, 1, 1]],
  ]);
});
