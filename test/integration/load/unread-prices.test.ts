import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { normalizeAnswer } from '../../../src/transform/normalize-answer.ts';
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
     WHERE offer_id = $1 ORDER BY sku_id, kind::text, min_quantity`,
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

describe('of an answer as it came', () => {
  const load = async (id: string, minutes: number, payload: JsonObject) => {
    const fields = {
      offerId: id,
      subject: 'x',
      status: 'published',
      minOrderQuantity: 1,
      productSkuInfos: [],
    };
    const request = { operation: 'offer.detail', offerId: id, language: 'en' } as const;
    await store.load([normalizeAnswer(request, { ...fields, ...payload }, provenance(minutes), null)]);
  };
  const productSaleInfo = { retailPrice: '20', priceRangeList: [{ startQuantity: 2, price: '10' }] };
  const bySku = { quoteType: 1, ...productSaleInfo };
  const byRange = { quoteType: 0, ...productSaleInfo };
  const productSkuInfos = [{ skuId: 5, price: '10' }];

  it.each([
    ['the retail price', 5, { productSaleInfo: { ...bySku, retailPrice: 'ask' }, productSkuInfos }],
    ['the least', 5, { productSaleInfo: bySku, productSkuInfos, minOrderQuantity: '1~' }],
    ['what is sold', 5, { productSaleInfo: 'busy', productSkuInfos }],
    [
      'a range',
      5,
      { productSaleInfo: { ...bySku, priceRangeList: [{ startQuantity: '2+' }] }, productSkuInfos },
    ],
    ['the retail price beside ranges', 0, { productSaleInfo: { ...byRange, retailPrice: 'ask' } }],
    ['the least beside ranges', 0, { productSaleInfo: byRange, minOrderQuantity: '1~' }],
  ])(
    'where %s can not be read, no price of one unit is invented, and none ends',
    async (_what, skuId, odd) => {
      const id = newId();
      await load(
        id,
        1,
        skuId === 0 ? { productSaleInfo: byRange } : { productSaleInfo: bySku, productSkuInfos },
      );
      const isList = (text: string) => text.includes(' list ');
      const before = (await currentPrices(id)).filter(isList);
      expect(before).toEqual([`${String(skuId)} list 1 20`, `${String(skuId)} list 2 10`]);
      await load(id, 2, odd);
      expect((await currentPrices(id)).filter(isList)).toEqual(before);
    },
  );

  it.each([['plus'], [{ promotionType: ['plus'] }]])(
    'promotionModel %j makes no price of members one of all',
    async (model) => {
      const id = newId();
      const priceRangeList = [{ startQuantity: 1, price: '10', promotionPrice: '8' }];
      const sold = { productSaleInfo: { quoteType: 0, priceRangeList } };
      await load(id, 1, { ...sold, promotionModel: { hasPromotion: true, promotionType: 'plus' } });
      await load(id, 2, { ...sold, promotionModel: model });
      expect(await currentPrices(id)).toEqual(['0 list 1 10', '0 plus 1 8']);
    },
  );

  it('a status puts no offer back on sale, and none off', async () => {
    for (const status of ['member expired', 'published']) {
      const id = newId();
      const read = () =>
        db.pool.query(`SELECT state, source_status, content_hash FROM catalog.offer WHERE offer_id = $1`, [
          id,
        ]);
      await load(id, 1, { status });
      const before = (await read()).rows;
      expect(before).toMatchObject([{ source_status: status }]);
      await load(id, 2, { status: { code: 3 } });
      expect((await read()).rows).toEqual(before);
    }
  });
});
