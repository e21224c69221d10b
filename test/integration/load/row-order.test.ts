import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addWindow, searchPage, searchRow } from '../../support/answers.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

it('rows leave an offer the same in any order, also where the newest leaves fields out', async () => {
  const offers: unknown[] = [];
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const id = newId();
    const whole = { categoryId: '77', minOrderQuantity: 5, mainImageUrl: 'https://cbu01.alicdn.com/1.jpg' };
    const pages = [
      searchPage(await addWindow(db.pool, `whole ${id}`), at(1), [searchRow(id, whole)]),
      searchPage(await addWindow(db.pool, `shop ${id}`), at(2), [
        searchRow(id, { categoryId: null, minOrderQuantity: null, mainImageUrl: null }),
      ]),
    ];
    for (const n of order) {
      const page = pages[n];
      if (page) await world.load(page);
    }
    const { rows } = await db.pool.query<object>(
      'SELECT category_id, min_order_quantity, main_image_url FROM catalog.offer WHERE offer_id = $1',
      [id],
    );
    offers.push(rows);
  }
  expect(offers[1]).toEqual(offers[0]);
});
