import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { normalizeAnswer } from '../../../src/transform/normalize-answer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { learnNothing, minute, provenance } from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;
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

const load = async (id: string, minutes: number, payload: JsonObject) => {
  const fields = { offerId: id, subject: 'x', status: 'published', minOrderQuantity: 1 };
  const request = { operation: 'offer.detail', offerId: id, language: 'en' } as const;
  await store.load([normalizeAnswer(request, { ...fields, ...payload }, provenance(minutes), null)]);
};

it('a SKU that is gone keeps no promotion where whose promotions are can not be read', async () => {
  const productSaleInfo = { quoteType: 1 };
  const skuOf = (skuId: number, promotionPrice: string) => ({ skuId, price: '10', promotionPrice });
  await load('1', 1, {
    productSaleInfo,
    productSkuInfos: [skuOf(5, '8'), skuOf(6, '3')],
    promotionModel: { hasPromotion: true, promotionType: 'all' },
  });
  // SKU 6 is gone: the list of SKUs is complete.
  await load('1', 2, {
    productSaleInfo,
    productSkuInfos: [skuOf(5, '8')],
    promotionModel: { hasPromotion: true, promotionType: { code: 1 } },
  });
  const { rows: skus } = await db.pool.query(
    `SELECT sku_id, state FROM catalog.sku WHERE offer_id = 1 ORDER BY sku_id`,
  );
  expect(skus).toEqual([
    { sku_id: '5', state: 'listed' },
    { sku_id: '6', state: 'gone' },
  ]);
  const { rows } = await db.pool.query(
    `SELECT sku_id, kind, trim_scale(amount_cny) AS cny FROM catalog.price WHERE offer_id = 1 ORDER BY sku_id, kind`,
  );
  expect(rows).toEqual([
    { sku_id: '5', kind: 'list', cny: '10' },
    { sku_id: '5', kind: 'promotion', cny: '8' },
  ]);
});

it('where neither the quote type nor the SKUs can be read, ranges that repeat prices of SKUs are no prices of the offer', async () => {
  const priceRangeList = [{ startQuantity: 1, price: '10' }];
  await load('2', 1, {
    productSaleInfo: { quoteType: 1, priceRangeList },
    productSkuInfos: [
      { skuId: 5, price: '10' },
      { skuId: 6, price: '12' },
    ],
  });
  await load('2', 2, {
    productSaleInfo: { quoteType: { code: 1 }, priceRangeList },
    productSkuInfos: 'busy',
  });
  const { rows } = await db.pool.query(
    `SELECT sku_id, trim_scale(amount_cny) AS cny FROM catalog.price WHERE offer_id = 2 AND kind = 'list' ORDER BY sku_id`,
  );
  expect(rows).toEqual([
    { sku_id: '5', cny: '10' },
    { sku_id: '6', cny: '12' },
  ]);
});

it.each([
  { quoteType: 0, id: '3' },
  { quoteType: 2, id: '4' },
])(
  'quote type $quoteType ends the list prices of SKUs also where no SKU can be read',
  async ({ quoteType, id }) => {
    await load(id, 1, {
      productSaleInfo: { quoteType: 1 },
      productSkuInfos: [
        { skuId: 5, price: '10', consignPrice: '9' },
        { skuId: 6, price: '12' },
      ],
    });
    await load(id, 2, {
      productSaleInfo: { quoteType, priceRangeList: [{ startQuantity: 1, price: '7' }] },
      productSkuInfos: 'busy',
    });
    const { rows } = await db.pool.query(
      `SELECT sku_id, kind, trim_scale(amount_cny) AS cny FROM catalog.price WHERE offer_id = $1 ORDER BY sku_id`,
      [id],
    );
    // What stands beside the quote is not known of any SKU, and holds on.
    expect(rows).toEqual([
      { sku_id: '0', kind: 'list', cny: '7' },
      { sku_id: '5', kind: 'consign', cny: '9' },
    ]);
    const { rows: said } = await db.pool.query(
      `SELECT s AS sku_id, trim_scale(p.unit_price_cny) AS cny, p.priced_sku_id FROM unnest(ARRAY[NULL, 5]::bigint[]) s
     CROSS JOIN LATERAL analytics.price_at($1, s, at => $2) p ORDER BY s NULLS FIRST`,
      [id, minute(2)],
    );
    expect(said).toEqual([
      { sku_id: null, cny: '7', priced_sku_id: '0' },
      { sku_id: '5', cny: '7', priced_sku_id: '0' },
    ]);
  },
);
