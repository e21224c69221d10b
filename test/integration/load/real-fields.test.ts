import { afterAll, beforeAll, expect, it } from 'vitest';
import { addWindow } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { runReprocess } from '../../support/reprocess-world.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
  type StoredAnswers,
} from '../../support/stored-answers.ts';

/* Fields of real answers, from the answer as it comes to the columns that people ask. */

let db: TestDatabase;
let at: StoredAnswers;
beforeAll(async () => {
  db = await createTestDatabase();
  at = openStoredAnswers(db.pool);
});
afterAll(() => db.drop());

async function select(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

const one = async (sql: string, ...values: unknown[]) => (await select(sql, ...values))[0];

const priceLines = async (offerId: string) =>
  (
    await select(
      `SELECT concat_ws(' ', sku_id, kind, min_quantity, trim_scale(amount_cny), CASE WHEN is_current THEN 'now' END) AS line
       FROM analytics.fct_price_history WHERE offer_id = $1 ORDER BY sku_id, kind::text, min_quantity, valid_from`,
      offerId,
    )
  ).map(({ line }) => line);

const bySku = (offerId: string, changes: object) =>
  plainOffer(offerId, {}, { productSaleInfo: { quoteType: 1, amountOnSale: 5 }, ...changes });

it('brings what a detail says of terms, weights and the seller into their columns', async () => {
  const detail = bySku('501', {
    sellerOpenId: 'S501',
    productSkuInfos: [{ skuId: 7, price: '5' }],
    productShippingInfo: {
      shippingTimeGuarantee: 'shipIn24Hours',
      skuShippingDetails: [
        { skuId: '7', weight: 1.2, length: 10, width: 20, height: 30, pkgSizeSource: '商家自填' },
      ],
    },
    tagInfoList: [{ key: 'isSupportMix', value: true }],
    sellerMixSetting: { generalHunpi: true, mixAmount: 100, mixNumber: 2 },
    productCargoNumber: 'A-1',
    sellingPoint: ['轻'],
    certificateList: [{ certificateName: '专利', certificateCode: 'ZL' }],
    promotionModel: { promotionType: 'plus' },
    offerIdentities: ['super_factory'],
    tradeScore: '0.0',
    sellerDataInfo: {
      tradeMedalLevel: '4.5',
      collect30DayWithin48HPercent: '98.5%',
      qualityRefundWithin30Day: '0.0012',
    },
  });
  await at.answer(1, detailOf('501'), detail);
  expect(await one('SELECT * FROM analytics.dim_offer WHERE offer_id = 501')).toMatchObject({
    shipping_time_guarantee: 'shipIn24Hours',
    promotion_type: 'plus',
    tags: ['isSupportMix'],
    is_mix_allowed: true,
    mix_amount_cny: '100.0000',
    mix_quantity: 2,
    cargo_number: 'A-1',
    selling_points: ['轻'],
    certificates: [{ name: '专利', code: 'ZL', photoUrls: [] }],
    trade_score: null,
    weight_g: null,
  });
  expect(await one('SELECT * FROM analytics.dim_sku WHERE offer_id = 501')).toMatchObject({
    weight_g: '1200.000',
    weight_source: 'seller',
    length_mm: '100.00',
    width_mm: '200.00',
    height_mm: '300.00',
    size_source: 'seller',
  });
  expect(await one(`SELECT * FROM analytics.dim_seller WHERE seller_id = 'S501'`)).toMatchObject({
    trade_medal_level: '4.5000',
    pickup_48h_rate: '0.985000',
    quality_refund_rate: '0.001200',
    identities: ['super_factory'],
  });
  expect(await one('SELECT trade_medal_level FROM catalog.seller')).toEqual({ trade_medal_level: 4 });
  expect(await one('SELECT * FROM analytics.fct_observation WHERE offer_id = 501')).toMatchObject({
    pickup_48h_rate: '0.985000',
    quality_refund_rate: '0.001200',
  });
});

it('keeps what only search rows say beside what a detail says', async () => {
  const windowId = await addWindow(db.pool, '杯子');
  const row = {
    offerId: 502,
    priceInfo: {
      price: '0.56',
      consignPrice: '3.00',
      promotionPrice: '0.53',
      jxhyPrice: '0.5',
      pfJxhyPrice: '0.49',
    },
    repurchaseRate: '13%',
    isPatentProduct: true,
    sellerIdentities: ['tp_member'],
    offerIdentities: ['yx'],
  };
  await at.answer(1, detailOf('502'), plainOffer('502', { 1: '0.56' }));
  await at.answer(2, searchFor('杯子'), searchPayload([row]), windowId);
  const kept = {
    is_patent_product: true,
    seller_identities: ['tp_member'],
    offer_identities: ['yx'],
    repurchase_rate: '0.130000',
  };
  expect(await one('SELECT * FROM analytics.dim_offer WHERE offer_id = 502')).toMatchObject(kept);
  // A row of a shop says nothing of these; a detail neither.
  await at.answer(
    3,
    searchFor('杯子'),
    searchPayload([{ offerId: 502, priceInfo: { price: '0.56' } }]),
    windowId,
  );
  await at.answer(4, detailOf('502'), plainOffer('502', { 1: '0.6' }, { subject: '碗' }));
  expect(await one('SELECT * FROM analytics.dim_offer WHERE offer_id = 502')).toMatchObject(kept);
  expect(await priceLines('502')).toEqual([
    '0 list 1 0.56',
    '0 list 1 0.6 now',
    '0 search 1 0.56 now',
    '0 search_consign 1 3',
    '0 search_jxhy 1 0.5',
    '0 search_jxhy_wholesale 1 0.49',
    '0 search_promotion 1 0.53',
  ]);
  await at.answer(5, searchFor('杯子'), searchPayload([{ ...row, isPatentProduct: false }]), windowId);
  expect(
    await select(
      `SELECT field, old, new FROM catalog.offer_change WHERE offer_id = 502 AND field LIKE 'is%'`,
    ),
  ).toEqual([{ field: 'is_patent_product', old: 'true', new: 'false' }]);
});

it.each(['consignPrice', 'promotionPrice', 'jxhyPrice', 'pfJxhyPrice'])(
  'does not take a new %s in a row for a change of the offer',
  async (field) => {
    const offerId = `503${String(field.length)}`;
    const windowId = await addWindow(db.pool, field);
    const staleBy = async () =>
      (await one('SELECT stale_by FROM sync.refresh WHERE offer_id = $1', offerId))?.['stale_by'];
    const show = (minutes: number, priceInfo: object) =>
      at.answer(minutes, searchFor(field), searchPayload([{ offerId, priceInfo }]), windowId);
    await show(1, { price: '5' });
    await at.answer(2, detailOf(offerId), plainOffer(offerId, { 1: '5' }));
    await show(3, { price: '5', [field]: '6' });
    expect(await staleBy()).toBeNull();
    await show(4, { price: '4', [field]: '6' });
    expect(await staleBy()).toBe('row');
  },
);

it('keeps the price that 1688 converted, which makes no new version of the offer', async () => {
  const show = (minutes: number, foreignCurrencyPrice: number | null) =>
    at.answer(
      minutes,
      detailOf('508'),
      bySku('508', { productSaleInfo: { quoteType: 1, amountOnSale: 5, foreignCurrencyPrice } }),
    );
  await show(1, 0.71);
  const before = await one('SELECT content_hash FROM catalog.offer WHERE offer_id = 508');
  await show(2, 0.72);
  await show(3, null);
  const observed = `SELECT trim_scale(foreign_price)::text AS price FROM analytics.fct_observation
    WHERE offer_id = 508 ORDER BY observed_at`;
  expect(await select(observed)).toEqual([{ price: '0.71' }, { price: '0.72' }, { price: null }]);
  expect(await one('SELECT content_hash FROM catalog.offer WHERE offer_id = 508')).toEqual(before);
});

it('fills prices of rows and converted ones from stored answers', async () => {
  const windowId = await addWindow(db.pool, '盘');
  const priceInfo = { price: '5', promotionPrice: '4.75', jxhyPrice: '4.5' };
  await at.answer(1, searchFor('盘'), searchPayload([{ offerId: 509, priceInfo }]), windowId);
  const productSaleInfo = { quoteType: 1, amountOnSale: 5, foreignCurrencyPrice: 0.71 };
  await at.answer(2, detailOf('509'), bySku('509', { productSaleInfo }));
  const read = async () => [
    await priceLines('509'),
    await select('SELECT foreign_price FROM catalog.observation WHERE offer_id = 509 ORDER BY source'),
  ];
  const filled = await read();
  // What the version before left in the tables.
  await db.pool.query(`DELETE FROM catalog.price WHERE offer_id = 509 AND kind::text LIKE 'search\\_%'`);
  await db.pool.query('UPDATE catalog.observation SET foreign_price = NULL WHERE offer_id = 509');
  expect(await read()).not.toEqual(filled);
  await runReprocess(db.pool, true);
  expect(await read()).toEqual(filled);
  expect(filled).toEqual([
    ['0 search 1 5 now', '0 search_jxhy 1 4.5 now', '0 search_promotion 1 4.75 now'],
    [{ foreign_price: '0.7100' }, { foreign_price: null }],
  ]);
});

it('ends a deprecated price when answers have it no more, and goes on with the one in its place', async () => {
  const skus = (...fields: object[]) => ({
    productSkuInfos: fields.map((field) => ({ skuId: 7, ...field })),
  });
  const fenxiaoPriceInfo = { onePiecePrice: '9', offerPrice: '8' };
  await at.answer(
    1,
    detailOf('504'),
    bySku('504', skus({ price: '5', consignPrice: '9', fenxiaoPriceInfo })),
  );
  await at.answer(2, detailOf('504'), bySku('504', skus({ price: '5', fenxiaoPriceInfo })));
  expect(await priceLines('504')).toEqual([
    '7 consign 1 9',
    '7 distribution 1 8 now',
    '7 dropship 1 9 now',
    '7 list 1 5 now',
  ]);
});

it.each([
  ['505', 2, { cny: '5.05', minQuantity: 2, reason: null }],
  ['506', 1, { cny: '5.8', minQuantity: 1, reason: 'assumed' }],
])('answers %s: so many units (%i) by the retail model', async (offerId, quantity, answer) => {
  const productSaleInfo = {
    quoteType: 1,
    priceRangeList: [{ startQuantity: 2, price: '5.05' }],
    retailPrice: '5.80',
  };
  const detail = bySku(offerId, { productSaleInfo, productSkuInfos: [{ skuId: 7, price: '5.05' }] });
  await at.answer(1, detailOf(offerId), detail);
  const sql = `SELECT trim_scale(unit_price_cny) AS cny, min_quantity AS "minQuantity", reason FROM analytics.price_at($1, 7, $2)`;
  await db.pool.query(
    `UPDATE catalog.observation SET observed_at = now() - interval '1 day' WHERE offer_id = $1`,
    [offerId],
  );
  await db.pool.query(`UPDATE catalog.price SET valid_from = now() - interval '1 day' WHERE offer_id = $1`, [
    offerId,
  ]);
  expect(await one(sql, offerId, quantity)).toEqual(answer);
});

it('takes what the version before did not read for no change', async () => {
  const detail = { tagInfoList: [{ key: 'select', value: true }], promotionModel: { promotionType: 'plus' } };
  const ranges = { quoteType: 0, priceRangeList: [{ startQuantity: 1, price: '5', promotionPrice: '4' }] };
  const payload = plainOffer('507', {}, { ...detail, productSaleInfo: ranges });
  await at.answer(1, detailOf('507'), payload);
  await db.pool.query(
    `UPDATE catalog.offer SET normalizer_version = 2, content_hash = '\\x00', tags = NULL, promotion_type = NULL
     WHERE offer_id = 507`,
  );
  await db.pool.query(`UPDATE catalog.price SET kind = 'promotion' WHERE offer_id = 507 AND kind = 'plus'`);
  const learned = 'SELECT rate_changes, changed_at FROM sync.refresh WHERE offer_id = 507';
  const before = await one(learned);
  await at.answer(60 * 24, detailOf('507'), payload);
  expect(await one(`SELECT tags FROM catalog.offer WHERE offer_id = 507`)).toEqual({ tags: ['select'] });
  expect(await one(learned)).toEqual(before);
  const changes = `SELECT field, old, new FROM catalog.offer_change WHERE offer_id = 507 AND field <> 'state'`;
  expect(await select(changes)).toEqual([]);
  // The same version sees a change where there is one.
  const untagged = plainOffer('507', {}, { ...detail, tagInfoList: [], productSaleInfo: ranges });
  await at.answer(60 * 48, detailOf('507'), untagged);
  expect(await select(changes)).toEqual([{ field: 'tags', old: '["select"]', new: '[]' }]);
  expect((await one(learned))?.['changed_at']).not.toEqual(before?.['changed_at']);
});
