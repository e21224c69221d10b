import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import type { PricePoint, UnreadPrice } from '../../../src/model/records.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  addWindow,
  found,
  learnNothing,
  price,
  provenance,
  searchPage,
  searchRow,
  sku,
} from '../../support/answers.ts';

/* What an answer says and nobody can read is no proof that it ended. */

let db: TestDatabase;
let store: CatalogStore;
let lastId = 1000;
const newId = () => String(++lastId);

beforeAll(async () => {
  db = await createTestDatabase();
  store = createCatalogStore({
    pool: db.pool,
    learn: learnNothing,
    log: createLogger({ level: 'silent', pretty: false }),
    read: () => null,
  });
});
afterAll(() => db.drop());

/** `'sku kind quantity amount'` of the prices that hold. */
async function currentPrices(offerId: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ text: string }>(
    `SELECT concat_ws(' ', sku_id, kind, min_quantity, trim_scale(amount_cny)) AS text FROM catalog.price
     WHERE offer_id = $1 ORDER BY sku_id, kind, min_quantity`,
    [offerId],
  );
  return rows.map(({ text }) => text);
}

const prices: PricePoint[] = [
  price('10'),
  price('9', { minQuantity: 100 }),
  price('8', { kind: 'promotion' }),
  price('7', { kind: 'consign' }),
  price('12', { skuId: '5', kind: 'retail' }),
];
const every = ['0 consign 1 7', '0 list 1 10', '0 list 100 9', '0 promotion 1 8', '5 retail 1 12'];

/** Which of them hold after an answer without any, of which some can't be read. */
async function holdAfter(...unreadPrices: UnreadPrice[]): Promise<string[]> {
  const id = newId();
  await store.load([found(id, provenance(1), { prices })]);
  expect(await currentPrices(id)).toEqual(every);
  await store.load([found(id, provenance(2), { unreadPrices })]);
  return currentPrices(id);
}

describe('a price that can not be read', () => {
  it('holds on, alone', async () => {
    expect(await holdAfter()).toEqual([]);
    expect(await holdAfter({ skuId: '0', kind: 'list', minQuantity: 100 })).toEqual(['0 list 100 9']);
  });

  it('holds on at any quantity where that is not known', async () => {
    expect(await holdAfter({ skuId: '0', kind: 'list', minQuantity: null })).toEqual([
      '0 list 1 10',
      '0 list 100 9',
    ]);
  });

  it('holds on for any SKU where that is not known, and says nothing of the offer as a whole', async () => {
    const kinds = ['retail', 'consign'] as const;
    const unread = kinds.map((kind) => ({ skuId: null, kind, minQuantity: null }));
    expect(await holdAfter(...unread)).toEqual(['5 retail 1 12']);
  });

  it('ends when an answer shows another amount, or can be read and has none', async () => {
    const id = newId();
    const unreadPrices = [{ skuId: '0', kind: 'list', minQuantity: null }] as const;
    await store.load([found(id, provenance(1), { prices: [price('10'), price('9', { minQuantity: 2 })] })]);
    await store.load([found(id, provenance(2), { prices: [price('11')], unreadPrices })]);
    expect(await currentPrices(id)).toEqual(['0 list 1 11', '0 list 2 9']);
    await store.load([found(id, provenance(3), { prices: [price('11')] })]);
    expect(await currentPrices(id)).toEqual(['0 list 1 11']);
  });

  it('of a search row holds on as well', async () => {
    const window = await addWindow(db.pool, 'unread');
    const id = newId();
    const show = (time: number, changes: object) =>
      store.load([searchPage(window, provenance(time), [searchRow(id, changes)])]);
    await show(1, { priceCny: '9.9' });
    await show(2, { priceCny: null, isPriceUnread: true });
    expect(await currentPrices(id)).toEqual(['0 search 1 9.9']);
    await show(3, { priceCny: null });
    expect(await currentPrices(id)).toEqual([]);
  });
});

it('a SKU is not gone while some SKUs can not be read', async () => {
  const id = newId();
  const listed = async () => {
    const { rows } = await db.pool.query<{ sku_id: string }>(
      `SELECT sku_id FROM catalog.sku WHERE offer_id = $1 AND state = 'listed' ORDER BY sku_id`,
      [id],
    );
    return rows.map((row) => row.sku_id);
  };
  await store.load([found(id, provenance(1), { skus: [sku('1'), sku('2')] })]);
  await store.load([found(id, provenance(2), { skus: [sku('1')], hasUnreadSkus: true })]);
  expect(await listed()).toEqual(['1', '2']);
  await store.load([found(id, provenance(3), { skus: [sku('1')] })]);
  expect(await listed()).toEqual(['1']);
});
