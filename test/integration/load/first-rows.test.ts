import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import {
  addWindow,
  believeEmptyDetails,
  empty,
  found,
  minute,
  searchPage,
  searchRow,
} from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* Rows that are the first to show their offers, in the history of the states of these, whenever they are loaded. */

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  await believeEmptyDetails(db.pool);
});
afterAll(() => db.drop());

const listed = async (id: string, minutes: number, subject = '杯子') =>
  searchPage(await addWindow(db.pool, `cup ${id} ${String(minutes)}`), at(minutes), [
    searchRow(id, { subject }),
  ]);
const said = (sourceStatus: string) => async (id: string, minutes: number) =>
  found(id, at(minutes), { offer: { sourceStatus } });
const gone = async (id: string, minutes: number) => empty(id, at(minutes));
const [onSale, offSale] = [said('published'), said('deleted')];

const minutesOf = (column: string) => `(extract(epoch FROM ${column} - $2) / 60)::int`;

/** What an offer was from minute to minute, and when it was first seen. */
async function historyOf(id: string): Promise<unknown[]> {
  const { rows } = await db.pool.query<{ row: unknown[] }>(
    `SELECT json_build_array(state, unit, ${minutesOf('valid_from')}, ${minutesOf('valid_to')}) AS row
     FROM analytics.dim_offer_history WHERE offer_id = $1 ORDER BY valid_from`,
    [id, minute(0)],
  );
  return rows.map(({ row }) => row);
}

it('the history of an offer begins with the row that first listed it, also where that is loaded after newer answers', async () => {
  const [bought, away, unseen] = [newId(), newId(), newId()];
  await world.load(await onSale(bought, 3), await offSale(away, 3), await listed(unseen, 3));
  for (const id of [bought, away, unseen]) await world.load(await listed(id, 1));
  expect(await historyOf(bought)).toEqual([['listed', '个', 1, null]]);
  expect(await historyOf(away)).toEqual([
    ['listed', '个', 1, 3],
    ['delisted', '个', 3, null],
  ]);
  // What no row shows is not known.
  expect(await historyOf(unseen)).toEqual([['listed', null, 1, null]]);
});

it('a detail that is loaded after a newer row is the first answer about its offer, which the row says nothing against', async () => {
  const [bought, away] = [newId(), newId()];
  await world.load(await listed(bought, 3), await listed(away, 3));
  await world.load(await onSale(bought, 1), await offSale(away, 1));
  expect(await historyOf(bought)).toEqual([['listed', '个', 1, null]]);
  expect(await historyOf(away)).toEqual([['delisted', '个', 1, null]]);
});

const ordersOf = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, nth) => ordersOf(items.toSpliced(nth, 1)).map((rest) => [item, ...rest]));

const stories = [
  [listed, gone],
  [gone, listed],
  [listed, offSale, listed, onSale],
  [gone, listed, onSale],
  [listed, gone, gone],
  [offSale, listed, listed, gone],
] satisfies ((id: string, minutes: number) => Promise<LoadableAnswer>)[][];

/** The states that an offer has had, and has, where its answers are loaded in an order. */
async function statesAfter(story: (typeof stories)[number], order: readonly number[]): Promise<unknown[]> {
  const id = newId();
  const answers = await Promise.all(story.map((answer, nth) => answer(id, nth + 1)));
  for (const nth of order) await world.load(...answers.slice(nth, nth + 1));
  const { rows } = await db.pool.query<object>(
    `SELECT o.state AS now, json_agg(json_build_array(c.old, c.new, ${minutesOf('c.observed_at')}) ORDER BY c.observed_at) AS states,
            min(c.observed_at) = r.first_seen_at AS is_whole
     FROM catalog.offer o JOIN sync.refresh r USING (offer_id) JOIN catalog.offer_change c USING (offer_id)
     WHERE o.offer_id = $1 AND c.field = 'state' GROUP BY o.offer_id, r.first_seen_at`,
    [id, minute(0)],
  );
  return rows;
}

it('rows and details give an offer the same states in any order', async () => {
  for (const story of stories) {
    await believeEmptyDetails(db.pool);
    const [inOrder, ...orders] = ordersOf(story.map((_, nth) => nth));
    const expected = await statesAfter(story, inOrder ?? []);
    expect(expected).toMatchObject([{ is_whole: true }]);
    for (const order of orders)
      expect({ order, states: await statesAfter(story, order) }).toEqual({ order, states: expected });
  }
});

it('a row says nothing of what an answer after it shows, where a late answer before it is loaded with that', async () => {
  const orders = [
    [[1], [2], [0], [3]],
    [[1], [2, 0, 3]],
    [[1], [0, 2], [3]],
  ];
  for (const status of [onSale, offSale]) {
    await believeEmptyDetails(db.pool);
    const id = newId();
    const answersOf = async (of: string) => [
      await offSale(of, 1),
      await listed(of, 2),
      await status(of, 3),
      await gone(of, 4),
    ];
    for (const answer of await answersOf(id)) await world.load(answer);
    const expected = await historyOf(id);
    for (const order of orders) {
      const other = newId();
      const answers = await answersOf(other);
      for (const batch of order) await world.load(...batch.flatMap((nth) => answers.slice(nth, nth + 1)));
      expect({ order, history: await historyOf(other) }).toEqual({ order, history: expected });
    }
  }
});

it('reading a late row again begins a history that a release before left without it', async () => {
  const id = newId();
  await world.load(await onSale(id, 3));
  const row = await listed(id, 1);
  await world.load(row);
  await db.pool.query(
    `UPDATE catalog.offer_change SET observed_at = $2 WHERE offer_id = $1 AND field = 'state'`,
    [id, minute(3)],
  );
  for (let nth = 0; nth < 2; nth += 1) {
    await world.replay([row.provenance.rawId]);
    expect(await historyOf(id)).toEqual([['listed', '个', 1, null]]);
  }
});
