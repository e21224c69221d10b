import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import {
  addWindow,
  categories,
  found,
  node,
  price,
  searchPage,
  searchRow,
  seller,
  sku,
  storeRaw,
} from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* Where Postgres refuses a statement. */

let db: TestDatabase;
let world: LoadWorld;
let windowId: string;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  windowId = await addWindow(db.pool, 'cups');
  await db.pool.query(
    `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$`,
  );
});
afterAll(() => db.drop());

let minutes = 0;

/** Stored answers about an offer, a search and a category that were not seen before. */
async function storeAnswers(): Promise<{ readonly offer: string; readonly answers: LoadableAnswer[] }> {
  minutes += 10;
  const offer = newId();
  const detail = found(offer, at(minutes), {
    seller: seller(`of ${offer}`),
    skus: [sku('1')],
    attributes: [
      { position: 0, attributeId: '3', name: 'n', value: 'v', nameTranslated: null, valueTranslated: null },
    ],
    prices: [price('3.20')],
  });
  const answers = [
    {
      ...detail,
      rejects: [{ path: 'a', reason: 'not_a_score', sample: 'x' }],
      drifts: [{ path: 'b', kind: 'unknown' as const, sample: 'x' }],
    },
    searchPage(windowId, at(minutes + 1), [searchRow(newId()), searchRow(offer, { rank: 2 })]),
    categories(newId(), at(minutes + 2), node(newId())),
  ];
  await storeRaw(db.pool, answers);
  return { offer, answers };
}

it.each([
  ...['catalog.category', 'catalog.seller', 'catalog.offer', 'catalog.offer_attribute'],
  ...['catalog.sku', 'catalog.price', 'catalog.observation', 'catalog.search_hit', 'sync.category_visit'],
  ...['sync.refresh', 'sync.window_offer', 'sync.window_value', 'sync.feed_set', 'sync.planner'],
  ...['sync.quarantine', 'sync.drift', 'raw.payload'],
])('a load that can not write to %s fails by that, and leaves nothing behind', async (table) => {
  const { offer, answers } = await storeAnswers();
  await db.pool.query(
    `CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON ${table} EXECUTE FUNCTION public.refuse()`,
  );
  try {
    await expect(world.load(...answers)).rejects.toThrow('not today');
  } finally {
    await db.pool.query(`DROP TRIGGER refuse ON ${table}`);
  }
  const { rows } = await db.pool.query('SELECT FROM catalog.offer WHERE offer_id = $1', [offer]);
  expect(rows).toEqual([]);
});
