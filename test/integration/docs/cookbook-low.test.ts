import { expect, test } from 'vitest';
import {
  insertIntervals,
  insertObservedOffers,
  insertOffers,
  openPast,
} from '../../support/analytics-world.ts';
import { createTestDatabase } from '../../support/database.ts';
import { recipes } from './cookbook-recipes.ts';

type Row = Readonly<Record<string, unknown>>;

/** The offer of the cookbook's story. */
const offer1 = '610947572360';

test('the plain minimum reports a low that nobody saw, and lowest_price says how likely it was gone before', async () => {
  const db = await createTestDatabase();
  try {
    await openPast(db);
    await insertOffers(db, [{ offerId: offer1 }]);
    await insertIntervals(db, [
      { offerId: offer1, cny: '3', from: 60, to: 5 },
      { offerId: offer1, cny: '8', from: 5 },
      { offerId: offer1, cny: '7', minQuantity: 500, from: 5 },
    ]);
    await insertObservedOffers(db, offer1, [60, 5, 4, 3, 2, 1, 0]);
    const [real, plain] = recipes.filter(
      ({ question }) => question === 'What is the real low of the last 30 days?',
    );
    expect((await db.pool.query<Row>(plain?.sql ?? '')).rows).toEqual([{ assumed_low_cny: '3.0000' }]);
    const [low] = (await db.pool.query<Row>(real?.sql ?? '')).rows;
    expect(low).toMatchObject({ price_cny: '8.0000', covered_days: 6, asked_days: 30, reason: null });
    // 31 of the 55 days are before the last 30; today it may have changed again.
    expect(Number(low?.['p_lowest'])).toBeCloseTo(31 / 55, 1);
    const strict = `SELECT * FROM analytics.lowest_price(${offer1}, min_coverage => 0.8)`;
    expect((await db.pool.query<Row>(strict)).rows).toMatchObject([
      { price_cny: null, covered_days: 6, asked_days: 30, reason: 'coverage', p_lowest: null },
    ]);
    const { rows } = await db.pool.query<Row>(`SELECT * FROM analytics.lowest_price(${offer1}, 6)`);
    expect(rows).toMatchObject([{ price_cny: '8.0000', coverage: '1.0000', reason: null }]);
  } finally {
    await db.drop();
  }
});
