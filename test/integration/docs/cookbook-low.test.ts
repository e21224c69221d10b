import { expect, test } from 'vitest';
import { insertIntervals, insertObservedOffers, insertOffers, openPast } from '../views/analytics-world.ts';
import { createTestDatabase } from '../../support/database.ts';
import { recipes } from './cookbook-recipes.ts';

type Row = Readonly<Record<string, unknown>>;

/** The offer of the cookbook's story. */
const offer1 = '610947572360';

test('the plain minimum reports a low that nobody saw, and lowest_price does not', async () => {
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
    expect((await db.pool.query<Row>(real?.sql ?? '')).rows).toMatchObject([
      { price_cny: null, covered_days: 6, asked_days: 30, reason: 'coverage' },
    ]);
    const { rows } = await db.pool.query<Row>(`SELECT * FROM analytics.lowest_price(${offer1}, 6)`);
    expect(rows).toMatchObject([{ price_cny: '8.0000', coverage: '1.0000', reason: null }]);
  } finally {
    await db.drop();
  }
});
