import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadableSearchPage } from '../../../src/model/catalog.ts';
import type { SearchRow } from '../../../src/model/records.ts';
import { addWindow, minute, searchPage, searchRow } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* Older rows that read otherwise when they are read again: of what newer ones leave out, they say what an offer is. */

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

type Fields = Partial<SearchRow>;

const left: Fields = { categoryId: null };

/** Loads a row of an offer for each element, a minute after the other. */
async function loadRows(id: string, rows: readonly Fields[]): Promise<LoadableSearchPage[]> {
  const pages: LoadableSearchPage[] = [];
  for (const [nth, fields] of rows.entries()) {
    const windowId = await addWindow(db.pool, `cup ${id} ${String(nth)}`);
    const page = searchPage(windowId, at(nth + 1), [searchRow(id, fields)]);
    await world.load(page);
    pages.push(page);
  }
  return pages;
}

/** From now on the row of a page reads otherwise. */
function reread(page: LoadableSearchPage | undefined, id: string, fields: Fields): string {
  if (!page) throw new Error('no such page');
  const { rawId } = page.provenance;
  world.kept.set(rawId, searchPage(page.windowId, page.provenance, [searchRow(id, fields)]));
  return rawId;
}

const fieldsOf = async (id: string) => {
  const { rows } = await db.pool.query<object>(
    `SELECT category_id, min_order_quantity, seller_identities FROM catalog.offer WHERE offer_id = $1`,
    [id],
  );
  return rows[0];
};

const old: Fields = { categoryId: '77', minOrderQuantity: 5, sellerIdentities: ['tp_member'] };
const read: Fields = { categoryId: '78', minOrderQuantity: 6, sellerIdentities: ['super_factory'] };

it('what newer rows leave out becomes what an older row says when it is read again', async () => {
  const id = newId();
  const [page] = await loadRows(id, [old, left]);
  const rawId = reread(page, id, read);
  expect((await world.replay([rawId])).offers.size).toBe(1);
  expect(await fieldsOf(id)).toEqual({
    category_id: '78',
    min_order_quantity: 6,
    seller_identities: ['super_factory'],
  });
  const { rows } = await db.pool.query<object>(
    `SELECT field, old, new, observed_at, call_id FROM catalog.offer_change WHERE offer_id = $1 AND field <> 'state' ORDER BY field`,
    [id],
  );
  const by = { observed_at: minute(1), call_id: page?.provenance.callId };
  expect(rows).toEqual([
    { field: 'category_id', old: '77', new: '78', ...by },
    { field: 'min_order_quantity', old: '5', new: '6', ...by },
  ]);
  for (const rawIds of [[rawId], undefined]) expect((await world.replay(rawIds)).offers.size).toBe(0);
});

it('what a newer row states stays, also where that is read again together with the older one', async () => {
  const id = newId();
  const [oldest, older] = await loadRows(id, [old, { ...left, minOrderQuantity: 7 }, left]);
  const rawId = reread(oldest, id, read);
  await world.replay([rawId]);
  expect(await fieldsOf(id)).toMatchObject({ category_id: '78', min_order_quantity: 7 });
  reread(older, id, { categoryId: '79', minOrderQuantity: 8 });
  reread(oldest, id, { ...read, categoryId: '80', minOrderQuantity: 9 });
  await world.replay();
  expect(await fieldsOf(id)).toMatchObject({ category_id: '79', min_order_quantity: 8 });
  expect((await world.replay()).offers.size).toBe(0);
});

it('an older row says nothing where a newer one, which may state it, is not kept any more', async () => {
  const id = newId();
  const [oldest, older] = await loadRows(id, [old, left, left]);
  const rawId = reread(oldest, id, read);
  world.kept.delete(older?.provenance.rawId ?? '');
  await world.replay([rawId]);
  expect(await fieldsOf(id)).toMatchObject({ category_id: '77', min_order_quantity: 5 });
});
