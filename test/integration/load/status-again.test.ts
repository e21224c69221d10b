import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { found } from '../../support/answers.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

it('read again, an answer whose status can not be read gives what it gives now', async () => {
  const id = newId();
  const [first, second] = [at(1), at(2)];
  const expired = found(id, first, { offer: { sourceStatus: 'member expired' } });
  await world.load(expired);
  // As version 4 read it.
  await world.load(found(id, second, { offer: { sourceStatus: null } }));
  world.kept.set(second.rawId, found(id, second, { offer: { sourceStatus: null }, isStatusUnread: true }));
  await world.replay();
  const { rows } = await db.pool.query('SELECT state, source_status FROM catalog.offer WHERE offer_id = $1', [
    id,
  ]);
  expect(rows).toEqual([{ state: 'delisted', source_status: 'member expired' }]);
});
