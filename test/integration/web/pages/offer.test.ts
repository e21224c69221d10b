import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addWindow } from '../../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
} from '../../../support/stored-answers.ts';
import { openWebWorld, type WebWorld } from '../../../support/web-world.ts';

/* The page of an offer, from the answers as they come to what people read. */

const retailModel = (offerId: string, retailPrice: string | null) =>
  plainOffer(
    offerId,
    {},
    {
      productSaleInfo: {
        quoteType: 1,
        amountOnSale: 5,
        priceRangeList: [{ startQuantity: 2, price: '5.05' }],
        retailPrice,
      },
      productSkuInfos: [{ skuId: 7, price: '5.05' }],
    },
  );

const described = plainOffer(
  '601',
  { 1: '9.9', 100: '9' },
  {
    minOrderQuantity: 2,
    sellerOpenId: 'S601',
    companyName: '义乌市杯子厂',
    offerIdentities: ['super_factory', 'tp_member'],
    sellerDataInfo: { collect30DayWithin48HPercent: '98.5%', qualityRefundWithin30Day: '0.0012' },
    productShippingInfo: {
      sendGoodsAddressText: '浙江省义乌市',
      shippingTimeGuarantee: 'shipIn24Hours',
      ...{ weight: 1.25, length: 10, width: 20.5, height: 30, pkgSizeSource: '官方测量' },
      skuShippingDetails: [{ skuId: '8', weight: 0.35, pkgSizeSource: '商家自填' }],
    },
    productSaleInfo: {
      quoteType: 2,
      amountOnSale: 5,
      priceRangeList: [
        { startQuantity: 1, price: '9.9', promotionPrice: '9.4' },
        { startQuantity: 100, price: '9' },
      ],
      consignPrice: '11',
      unitInfo: { unit: '个' },
    },
    productSkuInfos: [{ skuId: 8, amountOnSale: 5, cargoNumber: 'B-8' }],
    promotionModel: { promotionType: 'plus' },
    tagInfoList: [
      { key: 'isOnePsaleFreePostage', value: true },
      { key: 'newTag', value: true },
    ],
    sellerMixSetting: { generalHunpi: true, mixAmount: 100, mixNumber: 2 },
    productCargoNumber: 'A-601',
    sellingPoint: ['轻便'],
    certificateList: [{ certificateName: '专利证书', certificateCode: 'ZL 1' }],
  },
);

let database: TestDatabase;
let world: WebWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  const at = openStoredAnswers(database.pool);
  await at.answer(1, detailOf('601'), described);
  await at.answer(1, detailOf('602'), plainOffer('602', {}));
  await at.answer(1, detailOf('603'), retailModel('603', '5.80'));
  await at.answer(1, detailOf('604'), retailModel('604', null));
  const row = {
    offerId: 601,
    priceInfo: { price: '9', promotionPrice: '8.55', jxhyPrice: '8' },
    repurchaseRate: '13%',
    isPatentProduct: true,
    offerIdentities: ['yx'],
  };
  await at.answer(2, searchFor('杯子'), searchPayload([row]), await addWindow(database.pool, '杯子'));
  world = await openWebWorld({ database });
});
afterAll(async () => {
  await world.close();
  await database.drop();
});

/** The words of a page in their order, without its markup. */
async function readWords(path: string): Promise<string> {
  const page = await world.get(path);
  return page
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('the page of an offer', () => {
  test.each([
    'Seller: 义乌市杯子厂 super factory TrustPass member',
    'Of its last 30 days: 98.5 % of orders picked up within 48 hours, 0.12 % refunded for quality.',
    'smallest order 2 个',
    'mixed orders from ¥100 or 2 个',
    'ships from 浙江省义乌市',
    'ships within 24 hours',
    'weight 1.25 kg measured by 1688',
    'size 10 × 20.5 × 30 cm measured by 1688',
    'buyers who came back 13 %',
    'patent protected',
    'seller’s number A-601',
    'selected by 1688 dropshipping, post free newTag Offer 601',
    'the offer list list ¥9.90 1+ ¥9 100+',
    'the offer members of PLUS plus ¥9.40 1+',
    'the offer dropshipping, deprecated consign ¥11 1+',
    'the offer in searches search ¥9 1+',
    'the offer in searches: members or promotion search_promotion ¥8.55 1+',
    'the offer in searches: curated supply, deprecated search_jxhy ¥8 1+',
    '– listed 5 350 g by the seller – B-8 8',
    'What the seller says 轻便 Certificate, not checked: 专利证书 ZL 1',
  ])('says: %s', async (words) => {
    expect(await readWords('/products/601')).toContain(words);
  });

  test('says of what is not known that it is not', async () => {
    const words = await readWords('/products/602');
    for (const name of [
      'mixed orders',
      'ships',
      'weight',
      'size',
      'buyers who came back',
      'patent',
      'seller’s number',
    ])
      expect(words).toContain(`${name} – `);
    expect(words).toContain('Seller: not known yet');
    expect(words).toContain('No price holds.');
    for (const absent of ['What the seller says', 'Of its last 30 days', 'assumed'])
      expect(words).not.toContain(absent);
  });

  test('marks the price of one unit where it is assumed to be the retail price', async () => {
    expect(await readWords('/products/603')).toContain('7 list list ¥5.80 1+ assumed ¥5.05 2+');
    const stated = await readWords('/products/604');
    expect(stated).toContain('7 list list ¥5.05 1+');
    expect(stated).not.toContain('assumed');
  });
});
