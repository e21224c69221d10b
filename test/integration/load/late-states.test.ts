import { afterAll, beforeAll, expect, it } from 'vitest';
import { believeEmptyDetails, empty, found, minute } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* Answers that are loaded after newer ones, in the history of the states of their offers. */

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  await believeEmptyDetails(db.pool);
});
afterAll(() => db.drop());

const said = (id: string, minutes: number, sourceStatus: string) =>
  found(id, at(minutes), { offer: { sourceStatus } });

/** The minutes at which each state began. */
async function historyOf(id: string): Promise<unknown[]> {
  const { rows } = await db.pool.query<{ state: string; valid_from: Date; valid_to: Date | null }>(
    'SELECT state, valid_from, valid_to FROM analytics.dim_offer_history WHERE offer_id = $1 ORDER BY valid_from',
    [id],
  );
  const minutes = (time: Date | null) => time && (time.getTime() - minute(0).getTime()) / 60_000;
  return rows.map((row) => [row.state, minutes(row.valid_from), minutes(row.valid_to)]);
}

it('an offer that a late answer found off sale was so until the next answer', async () => {
  const id = newId();
  await world.load(said(id, 1, 'published'));
  await world.load(said(id, 5, 'published'));
  await world.load(said(id, 3, 'deleted'));
  expect(await historyOf(id)).toEqual([
    ['listed', 1, 3],
    ['delisted', 3, 5],
    ['listed', 5, null],
  ]);
});

it('a late answer moves the end of a state to where it shows it first', async () => {
  const id = newId();
  await world.load(said(id, 1, 'published'));
  await world.load(said(id, 5, 'deleted'));
  await world.load(said(id, 3, 'deleted'));
  expect(await historyOf(id)).toEqual([
    ['listed', 1, 3],
    ['delisted', 3, 5],
    // When 1688's own word was seen to change is a fact of the order of loading.
    ['delisted', 5, null],
  ]);
});

it('the history of an offer begins with its first answer, whenever that is loaded', async () => {
  const [same, other] = [newId(), newId()];
  for (const id of [same, other]) await world.load(said(id, 5, 'published'));
  await world.load(said(same, 2, 'published'), said(other, 2, 'deleted'));
  expect(await historyOf(same)).toEqual([['listed', 2, null]]);
  expect(await historyOf(other)).toEqual([
    ['delisted', 2, 5],
    ['listed', 5, null],
  ]);
});

it('a late empty answer makes an offer missing until it is found, and the empty one after it the second in a row', async () => {
  const [back, away] = [newId(), newId()];
  await world.load(said(back, 1, 'published'), said(away, 1, 'published'));
  await world.load(said(back, 5, 'published'), empty(away, at(5)));
  await world.load(empty(back, at(3)), empty(away, at(3)));
  expect(await historyOf(back)).toEqual([
    ['listed', 1, 3],
    ['missing', 3, 5],
    ['listed', 5, null],
  ]);
  expect(await historyOf(away)).toEqual([
    ['listed', 1, 3],
    ['missing', 3, 5],
    ['gone', 5, null],
  ]);
});

it('an empty answer before the first one, which was empty too, is the first', async () => {
  const id = newId();
  await world.load(empty(id, at(5)));
  await world.load(empty(id, at(2)));
  expect(await historyOf(id)).toEqual([
    ['missing', 2, 5],
    ['gone', 5, null],
  ]);
});

it('a late answer whose status can not be read says nothing of the state', async () => {
  const id = newId();
  await world.load(said(id, 1, 'deleted'));
  await world.load(said(id, 5, 'published'));
  await world.load(found(id, at(3), { offer: { sourceStatus: null }, isStatusUnread: true }));
  expect(await historyOf(id)).toEqual([
    ['delisted', 1, 5],
    ['listed', 5, null],
  ]);
});
