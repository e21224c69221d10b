import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import {
  addWindow,
  believeEmptyDetails,
  empty,
  found,
  minute,
  price,
  searchPage,
  searchRow,
} from '../../support/answers.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  await believeEmptyDetails(db.pool);
});
afterAll(() => db.drop());

/** What the prices of a kind were between two answers about an offer, which are loaded in their order and in the other one. */
async function askInBothOrders(
  kind: string,
  answersOf: (id: string) => Promise<readonly [LoadableAnswer, LoadableAnswer]>,
): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const isReversed of [false, true]) {
    const id = newId();
    const answers = await answersOf(id);
    for (const answer of isReversed ? answers.toReversed() : answers) await world.load(answer);
    const { rows } = await db.pool.query<object>(
      `SELECT p.unit_price_cny, p.reason, p.p_current, l.price_cny AS lowest, l.reason AS no_lowest,
              (SELECT count(*)::int FROM analytics.price_list_at(1, $2) q WHERE q.offer_id = $1) AS listed
       FROM analytics.price_at($1, at => $2, kind => $3) p
       CROSS JOIN analytics.lowest_price($1, 1, last_day => '2026-03-10', kind => $3) l`,
      [id, minute(2), kind],
    );
    said.push(...rows);
  }
  return said;
}

it('an offer was on sale when a late answer showed it, also where the first that was loaded is empty', async () => {
  const changes = { prices: [price('10')], offer: { minOrderQuantity: 1 } };
  const [inOrder, reversed] = await askInBothOrders('list', async (id) => [
    found(id, at(1), changes),
    empty(id, at(3)),
  ]);
  expect(inOrder).toMatchObject({ unit_price_cny: '10.0000', lowest: '10.0000', listed: 1 });
  expect(reversed).toEqual(inOrder);
});

it('an offer was on sale when a late page listed it before its first detail, which is empty or of one off sale', async () => {
  const off = { offer: { sourceStatus: 'deleted' } };
  for (const first of [(id: string) => empty(id, at(3)), (id: string) => found(id, at(3), off)]) {
    const [inOrder, reversed] = await askInBothOrders('search', async (id) => [
      searchPage(await addWindow(db.pool, `cup ${id}`), at(1), [searchRow(id)]),
      first(id),
    ]);
    expect(inOrder).toMatchObject({ unit_price_cny: '9.9000', lowest: '9.9000' });
    expect(reversed).toEqual(inOrder);
  }
});
