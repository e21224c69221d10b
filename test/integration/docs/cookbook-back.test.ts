import { expect, test } from 'vitest';
import { insertChange, insertObservedOffers, insertOffers, openPast } from '../../support/analytics-world.ts';
import { createTestDatabase } from '../../support/database.ts';
import { recipes } from './cookbook-recipes.ts';

test('an offer was off sale from its last listing to the next, by whatever states; one that was found off sale never left', async () => {
  const db = await createTestDatabase();
  try {
    await openPast(db);
    await insertOffers(db, [{ offerId: '1' }, { offerId: '2' }, { offerId: '3', state: 'delisted' }]);
    await insertObservedOffers(db, '1', [20, 12, 10, 8, 6, 5], [10, 8, 6]);
    await insertObservedOffers(db, '2', [8, 5]);
    await insertObservedOffers(db, '3', [8, 5]);
    const moves = [
      { offerId: '1', field: 'state', old: null, new: 'listed', at: 20 },
      { offerId: '1', field: 'state', old: 'listed', new: 'missing', at: 10 },
      { offerId: '1', field: 'state', old: 'missing', new: 'gone', at: 8 },
      { offerId: '1', field: 'state', old: 'gone', new: 'listed', at: 5 },
      { offerId: '2', field: 'state', old: null, new: 'listed', at: 9 },
      { offerId: '2', field: 'state', old: 'listed', new: 'delisted', at: 8 },
      { offerId: '2', field: 'state', old: 'delisted', new: 'listed', at: 5 },
      { offerId: '3', field: 'state', old: 'listed', new: 'delisted', at: 5 },
    ];
    for (const move of moves) await insertChange(db, move);
    const recipe = recipes.find(({ question }) => question.includes('taken off sale, and listed again'));
    const ago = (column: string) =>
      `(SELECT day FROM analytics.clock) - (${column} AT TIME ZONE 'Asia/Shanghai')::date AS ${column}`;
    const times = ['not_before', 'off_at', 'off_until', 'back_at'].map(ago).join();
    const sql = (recipe?.sql ?? '').trim().replace(/;$/, '');
    const { rows } = await db.pool.query(`SELECT offer_id, state_after, ${times} FROM (${sql}) q`);
    expect(rows).toEqual([
      { offer_id: '1', state_after: 'missing', not_before: 12, off_at: 10, off_until: 6, back_at: 5 },
    ]);
  } finally {
    await db.drop();
  }
});
