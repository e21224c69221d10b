import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureIndex } from '../../../bench/price-index/measure-index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  insertChange,
  insertIntervals,
  insertObservedOffers,
  insertOffers,
  openPast,
} from '../../support/analytics-world.ts';

interface Row {
  readonly index_points: string;
  readonly carried_points: string;
  readonly offers: number;
  readonly pairs: number;
  readonly changed_pairs: number;
  readonly expected_share: string;
}

/** Offers whose prices double, fall by half, or stand, over ten days, and when each was observed; in days ago. */
const offers = [
  // Two prices, of which one doubles: between eight and four days ago.
  {
    offerId: '1',
    category: 10,
    observed: [20, 8, 4, 0],
    prices: [
      ['2', '10', '20', 4],
      ['100', '9'],
    ],
  },
  { offerId: '2', category: 10, observed: [20, 0], prices: [['2', '5']] },
  // Not observed since five days ago.
  { offerId: '3', category: 20, observed: [20, 5], prices: [['2', '7']] },
  // Of another unit when its price changed.
  { offerId: '4', category: 20, observed: [20, 6, 0], prices: [['2', '1', '12', 6]] },
] as const;

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
  await insertOffers(db, offers);
  for (const { offerId, category, observed, prices } of offers) {
    await db.pool.query('UPDATE catalog.offer SET category_id = $2 WHERE offer_id = $1', [offerId, category]);
    await insertObservedOffers(db, offerId, observed);
    for (const [quantity, cny, after, at] of prices) {
      const price = { offerId, minQuantity: Number(quantity) };
      await insertIntervals(db, [{ ...price, cny, from: 20, to: at ?? null }]);
      if (after !== undefined) await insertIntervals(db, [{ ...price, cny: after, from: at }]);
    }
  }
  await insertChange(db, { offerId: '4', field: 'unit', old: '件', new: '打', at: 6 });
  await db.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, last_call_id, bucket, order_at, popularity, detail_at)
     SELECT offer_id, min(observed_at), 1, 0, min(observed_at), 1, max(observed_at) FROM catalog.observation GROUP BY offer_id`,
  );
});
afterAll(() => db.drop());

const read = async (call: string) => (await db.pool.query<Row>(`SELECT * FROM analytics.${call}`)).rows;
const points = (rows: readonly Row[], of: 'index_points' | 'carried_points') =>
  rows.map((row) => Number(row[of]));

describe('analytics.price_index', () => {
  test('spreads a change over the time between its observations, each offer once', async () => {
    // Without today, which is not over. Offer 1 moves by half of ln 2 in four days, the mean of four by an eighth.
    const rows = (await read('price_index(11)')).slice(0, 10);
    const move = Math.log(2) / 8;
    const carried = points(rows, 'carried_points');
    expect(carried.slice(0, 6)).toEqual([100, 100, 100, 100, 100, 100]);
    for (const each of carried.slice(6)) expect(each).toBeCloseTo(100 * Math.exp(move), 2);
    // What was not observed of offer 3 moves by the mean of what was: of 30 days, and 5 of the 10 of offer 3 less.
    const drift = (4 * move) / (4 * 10 - 5);
    const expected = [0, 0, 1, 2, 3, 4, 4, 4, 4, 4].map(
      (quarters, day) => 100 * Math.exp((move * quarters) / 4 + (drift / 4) * Math.max(0, day - 4)),
    );
    for (const [day, index] of points(rows, 'index_points').entries())
      expect(index, `day ${String(day)}`).toBeCloseTo(expected[day] ?? NaN, 1);
    expect(rows.map(({ offers: count }) => count)).toEqual(Array.from({ length: 10 }, () => 4));
    expect(rows.map(({ pairs }) => pairs)).toEqual([0, 0, 1, 0, 1, 1, 1, 0, 0, 0]);
    expect(rows.map((row) => row.changed_pairs)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    expect(rows.map((row) => Number(row.expected_share)).slice(-1)[0]).toBeCloseTo(0.25, 3);
  });

  test('has a line for each category, and none for what there is not', async () => {
    const rows = (await read('price_index(11, by_category => true)')) as (Row & { category_id: string })[];
    expect(rows.map((row) => row.category_id)).toEqual([
      ...Array.from({ length: 11 }, () => '10'),
      ...Array.from({ length: 11 }, () => '20'),
    ]);
    expect(points(rows, 'carried_points')[9]).toBeCloseTo(100 * Math.exp(Math.log(2) / 4), 2);
    expect(points(rows, 'carried_points')[20]).toBe(100);
    for (const call of [
      "price_index(11, 'retail')",
      'price_index(0)',
      'price_index(367)',
      'price_index(NULL)',
    ])
      expect(await read(call), call).toEqual([]);
  });

  test('takes the row of a search for an offer whose detail is older', async () => {
    await insertIntervals(db, [
      { offerId: '3', kind: 'search', minQuantity: 1, cny: '7', from: 5, to: 2 },
      { offerId: '3', kind: 'search', minQuantity: 1, cny: '14', from: 2 },
    ]);
    await db.pool.query(
      `UPDATE sync.refresh SET summary_at = (SELECT valid_from FROM catalog.price WHERE kind = 'search') WHERE offer_id = 3`,
    );
    const carried = points(await read('price_index(11)'), 'carried_points');
    await db.pool.query("DELETE FROM catalog.price WHERE kind = 'search'");
    await db.pool.query("DELETE FROM catalog.price_history WHERE kind = 'search'");
    expect(carried[8]).toBeCloseTo(100 * Math.exp((Math.log(2) * 3) / 8), 1);
  });

  test('leaves out a price of nothing, which has no ratio to another', async () => {
    const before = await read('price_index(11)');
    await insertOffers(db, [{ offerId: '5' }]);
    await insertObservedOffers(db, '5', [20, 0]);
    await insertIntervals(db, [{ offerId: '5', cny: '0', from: 20 }]);
    expect(await read('price_index(11)')).toEqual(before);
    for (const table of ['price', 'observation', 'offer'])
      await db.pool.query(`DELETE FROM catalog.${table} WHERE offer_id = 5`);
  });
});

test('change_rates counts an offer once, however often it was observed', async () => {
  const { rows } = await db.pool.query(
    `SELECT offers, pairs::int AS pairs, changes::int AS changes, per_day::float8 AS per_day, per_observation::float8 AS per_observation
     FROM analytics.change_rates(15) WHERE category_id IS NULL AND figure = 'list'`,
  );
  // Offer 1 has three pairs in 20 days, and one of them differs; offer 4 has two, and one of them does; the others have one each.
  const rate = (changed: number, pairs: number, days: number) =>
    (-Math.log(1 - changed / (pairs + 0.5)) * pairs) / days;
  expect(rows).toEqual([
    {
      ...{ offers: 4, pairs: 7, changes: 2 },
      per_day: expect.closeTo((rate(1, 3, 20) + rate(1, 2, 20)) / 4, 4) as number,
      per_observation: expect.closeTo(2 / 7, 4) as number,
    },
  ]);
});

test('the index of a catalog that is seen in part is near the truth, where one that is carried forward lags', async () => {
  const own = await createTestDatabase();
  try {
    const world = { seed: 1, offers: 800, days: 15 };
    const quick = await measureIndex(own.pool, { ...world, share: 0.2, hasPages: false });
    expect(quick.moved).toBeGreaterThan(1);
    expect(Math.max(...quick.points)).toBeLessThan(0.5);
    expect(Math.max(...quick.carried)).toBeGreaterThan(2 * Math.max(...quick.points));
    // Rows that show a change prompt details: who counts details alone counts changes.
    const { rates } = await measureIndex(own.pool, { ...world, share: 0.2, hasPages: true });
    expect(rates.naive).toBeGreaterThan(3 * rates.real);
    expect(Math.abs(rates.perDay / rates.real - 1)).toBeLessThan(0.3);
  } finally {
    await own.drop();
  }
});
