import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  control,
  fetchCategory,
  fetchDetail,
  searchAll,
  walkTree,
} from '../../support/plain-client.ts';

type Fields = Readonly<Record<string, unknown>>;

let sandbox: Sandbox;
let details: readonly Fields[];
let rows: readonly Fields[];

const payloadOf = (body: unknown) => (body as { result: { result: Fields | null } }).result.result;

async function listDetails(target: Sandbox): Promise<readonly Fields[]> {
  const { offers } = await control<{ offers: { id: string }[] }>(target, 'truth?all=true');
  const replies = await Promise.all(offers.map(({ id }) => fetchDetail(target, id)));
  return replies.map(({ body }) => payloadOf(body)).filter((detail) => detail !== null);
}

const listRows = async (target: Sandbox, param: Fields = { keyword: '款' }, api: string = apis.search) =>
  (await searchAll(target, param, api)).flatMap(({ data }) => data as unknown as Fields[]);

beforeAll(async () => {
  sandbox = await startTestSandbox({ offers: 400 });
  [details, rows] = [await listDetails(sandbox), await listRows(sandbox)];
});
afterAll(() => sandbox.close());

/** The value at a path like `a.b`; undefined where it ends early. */
function at(fields: Fields, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Fields | null | undefined)?.[key], fields);
}

/** The share of objects that have something at a path. */
const shareOf = (list: readonly Fields[], path: string) =>
  list.filter((fields) => (at(fields, path) ?? null) !== null).length / list.length;

const skusOf = (list: readonly Fields[]) =>
  list.flatMap((detail) => detail['productSkuInfos'] as readonly Fields[]);
const saleOf = (detail: Fields) => detail['productSaleInfo'] as Fields;

describe('details', () => {
  it.each([
    ['promotionModel.hasPromotion', 1, 1],
    ['promotionModel.promotionType', 0.2, 0.5],
    ['productSaleInfo.fenxiaoSaleInfo', 0.2, 0.4],
    ['productSaleInfo.fenxiaoSaleInfo.onePiecePrice', 0.1, 0.35],
    ['productSaleInfo.fenxiaoSaleInfo.offerPrice', 0.05, 0.3],
    ['sellerMixSetting.mixAmount', 0.3, 0.6],
    ['sellerMixSetting.mixNumber', 0.3, 0.6],
    ['tagInfoList', 1, 1],
    ['offerIdentities', 0.5, 0.99],
    ['productCargoNumber', 0.5, 0.9],
    ['sellingPoint', 0.05, 0.3],
    ['certificateList', 0.01, 0.1],
    ['productShippingInfo.shippingTimeGuarantee', 1, 1],
    ['productShippingInfo.officialWeight', 0.05, 0.4],
    ['productSaleInfo.foreignCurrencyPrice', 0, 0],
  ])('have %s in a share from %f to %f', (path, min, max) => {
    expect(shareOf(details, path)).toBeGreaterThanOrEqual(min);
    expect(shareOf(details, path)).toBeLessThanOrEqual(max);
  });

  it('have prices for resellers by SKU, above the SKU’s and below the retail price', () => {
    const priced = skusOf(details).filter((sku) => at(sku, 'fenxiaoPriceInfo.onePiecePrice') && sku['price']);
    expect(priced.length).toBeGreaterThan(20);
    for (const sku of priced) {
      const { onePiecePrice, offerPrice } = sku['fenxiaoPriceInfo'] as Record<string, string>;
      expect(Number(onePiecePrice)).toBeGreaterThan(Number(sku['price']));
      expect(Number(offerPrice ?? 0)).toBeLessThan(Number(onePiecePrice));
    }
  });

  it('have weights in kilograms by SKU in three of four, with who says so', () => {
    const withSkus = details.filter((detail) => skusOf([detail]).length > 0);
    const lists = withSkus.map((detail) => at(detail, 'productShippingInfo.skuShippingDetails') as Fields[]);
    const filled = lists.filter(({ length }) => length > 0);
    expect(filled.length / lists.length).toBeGreaterThan(0.65);
    expect(filled.length / lists.length).toBeLessThan(0.85);
    const sizes = filled.flat();
    expect(new Set(sizes.map((size) => size['pkgSizeSource']))).toEqual(
      new Set(['商家自填', '官方测量', '预测-同款放大']),
    );
    for (const size of sizes) {
      expect(size['weight']).toBeLessThan(5);
      expect(size['officialWeight'] !== undefined).toBe(size['pkgSizeSource'] === '官方测量');
      expect(size['aiWeight'] !== undefined).toBe(size['pkgSizeSource'] === '预测-同款放大');
    }
  });

  it('sell one piece at the retail price, and from two on at the SKU’s, in the retail model', () => {
    const retail = details.filter((detail) => {
      const [first] = saleOf(detail)['priceRangeList'] as readonly Fields[];
      return (
        saleOf(detail)['quoteType'] === 1 &&
        detail['minOrderQuantity'] === 1 &&
        first?.['startQuantity'] === 2
      );
    });
    expect(retail.length).toBeGreaterThan(5);
    for (const sku of skusOf(retail).filter(({ price }) => price !== null))
      expect(Number(sku['retailPrice'])).toBeGreaterThan(Number(sku['price']));
  });

  it('have foreign prices for those who name a currency', async () => {
    const [detail] = details.filter((one) => saleOf(one)['quoteType'] === 0);
    const offerDetailParam = JSON.stringify({ offerId: detail?.['offerId'], country: 'en', currency: 'USD' });
    const { body } = await callApi(sandbox, apis.detail, {
      access_token: sandbox.accessToken,
      offerDetailParam,
    });
    expect(at(payloadOf(body) ?? {}, 'productSaleInfo.foreignCurrencyPrice')).toBeGreaterThan(0);
  });
});

describe('rows', () => {
  it('of a shop have nothing that no real one has', async () => {
    const sellerOpenId = details[0]?.['sellerOpenId'];
    const own = await listRows(sandbox, { sellerOpenId }, apis.sellerSearch);
    expect(own.length).toBeGreaterThan(3);
    const none = [
      ...['minOrderQuantity', 'sellerDataInfo', 'promotionModel', 'whiteImage'],
      ...['topCategoryId', 'secondCategoryId', 'thirdCategoryId'],
    ];
    for (const row of own) expect(Object.keys(row).filter((key) => none.includes(key))).toEqual([]);
    for (const key of none) expect(rows.some((row) => key in row)).toBe(true);
  });

  it('nearly all have a rate of returning buyers', () => {
    expect(shareOf(rows, 'repurchaseRate')).toBeGreaterThan(0.9);
    expect(shareOf(rows, 'repurchaseRate')).toBeLessThan(1);
  });

  it('have a dropshipping price far above the price now and then', () => {
    const high = rows.filter(
      (row) => Number(at(row, 'priceInfo.consignPrice')) > 5 * Number(at(row, 'priceInfo.price')),
    );
    expect(high.length).toBeGreaterThan(1);
    expect(high.length / rows.length).toBeLessThan(0.1);
  });

  it('have scores that are 0.0 where nobody has rated, as details do', () => {
    const scores = rows.filter(({ tradeScore }) => tradeScore !== undefined);
    const unrated = scores.filter(({ tradeScore }) => tradeScore === '0.0').length / scores.length;
    expect(unrated).toBeGreaterThan(0.03);
    expect(unrated).toBeLessThan(0.2);
    const score = 'sellerDataInfo.compositeServiceScore';
    expect(details.some((detail) => at(detail, score) === '0.0')).toBe(true);
    expect(details.some((detail) => at(detail, score) !== '0.0')).toBe(true);
  });
});

describe('by the nature of the world', () => {
  it('titles are longer than 500 characters, medals have halves, and pictures are in a bucket', async () => {
    const odd = await startTestSandbox({ nature: { longTitles: 1, halfMedals: 1, bucketImages: 1 } });
    const [list, [detail = {}]] = [await listRows(odd), await listDetails(odd)];
    await odd.close();
    expect(list.length).toBeGreaterThan(50);
    for (const row of list) {
      expect(String(row['subject']).length).toBeGreaterThan(500);
      expect(at(row, 'sellerDataInfo.tradeMedalLevel')).toMatch(/^[0-4]\.5$/);
      expect(row['imageUrl']).toMatch(/^https:\/\/[\w-]+\.oss-cn-\w+\.aliyuncs\.com\/img\/ibank\/.*\.jpg$/);
    }
    expect(String(detail['subject']).length).toBeGreaterThan(500);
    expect(JSON.stringify(detail)).toContain('aliyuncs.com');
  });

  it('branches do not say their level, and are as good as before', async () => {
    const [odd, usual] = await Promise.all([
      startTestSandbox({ nature: { unlevelled: 1 } }),
      startTestSandbox(),
    ]);
    expect(await fetchCategory(odd, '10100')).not.toHaveProperty('level');
    expect(await fetchCategory(usual, '10100')).toHaveProperty('level', 1);
    expect(await walkTree(odd)).toEqual(await walkTree(usual));
    await Promise.all([odd.close(), usual.close()]);
  });
});
