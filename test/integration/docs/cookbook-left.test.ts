import { expect, test } from 'vitest';
import { insertOffers, openPast } from '../../support/analytics-world.ts';
import { createTestDatabase } from '../../support/database.ts';
import { recipes } from './cookbook-recipes.ts';

test('an offer left a keyword once, also on a day on which the feed got another range of prices', async () => {
  const db = await createTestDatabase();
  try {
    await openPast(db);
    await insertOffers(db, [{ offerId: '1' }, { offerId: '2' }]);
    // Yesterday the list showed both. Today it was read to its end, and another one of dearer offers not so far.
    await db.pool.query(
      `INSERT INTO sync.search_window (feed, keyword, price_min_cny, language) VALUES ('f', '纯棉', NULL, 'en'), ('f', '纯棉', 5, 'en')`,
    );
    await db.pool.query(
      `INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, offer_id)
       SELECT w.window_id, 1, (c.day - h.ago)::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '1 second', 1, h.rank, h.offer_id
       FROM analytics.clock c
       CROSS JOIN sync.search_window w
       JOIN (VALUES (1, false, 1, 1), (1, false, 2, 2), (0, false, 1, 1), (0, true, 50, 1)) h (ago, is_dear, rank, offer_id) ON h.is_dear = (w.price_min_cny IS NOT NULL)`,
    );
    const recipe = recipes.find(({ question }) => question.includes('left the top 100 of a keyword'));
    const { rows } = await db.pool.query(recipe?.sql ?? '');
    expect(rows).toMatchObject([{ offer_id: '2', rank_before: 2, rank_now: null, was_read: false }]);
  } finally {
    await db.drop();
  }
});
