import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { control, createTestClock, fetchDetail, search } from '../../support/plain-client.ts';

interface Detail {
  readonly offerId: number;
  readonly categoryId: number;
  readonly secondCategoryId: number;
  readonly thirdCategoryId: number | null;
  readonly subject: string;
  readonly description: string;
  readonly status: string;
  readonly minOrderQuantity: number;
  readonly productAttribute: readonly { readonly attributeId: string; readonly value: string }[];
  readonly productImage: { readonly images: readonly string[] };
  readonly productSkuInfos: readonly {
    readonly skuId: number;
    readonly amountOnSale: number;
    readonly price: string | null;
    readonly consignPrice: string | null;
    readonly skuAttributes: readonly { readonly attributeId: number }[];
  }[];
  readonly productSaleInfo: {
    readonly quoteType: number;
    readonly amountOnSale: number;
    readonly priceRangeList: readonly {
      readonly startQuantity: number;
      readonly price: string;
      readonly promotionPrice: string | null;
    }[];
  };
}

let sandbox: Sandbox;
let texts: readonly string[];
let details: readonly Detail[];

function payload(text: string): Detail | null {
  return (JSON.parse(text) as { result: { result: Detail | null } }).result.result;
}

async function listIds(target: Sandbox): Promise<readonly string[]> {
  const { offers } = await control<{ offers: { id: string }[] }>(target, 'truth?all=true');
  return offers.map((offer) => offer.id);
}

beforeAll(async () => {
  sandbox = await startTestSandbox({ offers: 400, clock: createTestClock('2026-10-10T00:00:00Z') });
  const replies = await Promise.all((await listIds(sandbox)).map((id) => fetchDetail(sandbox, id)));
  texts = replies.map((reply) => reply.text);
  details = texts.map(payload).filter((detail) => detail !== null);
});
afterAll(() => sandbox.close());

const ofQuoteType = (quoteType: number) =>
  details.filter((detail) => detail.productSaleInfo.quoteType === quoteType);

describe('queryProductDetail', () => {
  it('sells by quantity without SKUs, by SKU, and by quantity with SKUs', () => {
    for (const detail of ofQuoteType(0)) expect(detail.productSkuInfos).toEqual([]);
    for (const detail of ofQuoteType(1)) expect(detail.productSkuInfos.length).toBeGreaterThan(0);
    for (const detail of ofQuoteType(2)) {
      expect(detail.productSkuInfos.length).toBeGreaterThan(0);
      expect(detail.productSkuInfos.every((sku) => sku.price === null)).toBe(true);
      expect(detail.productSaleInfo.priceRangeList.length).toBeGreaterThan(0);
    }
    expect([0, 1, 2].map((type) => ofQuoteType(type).length > 30)).toEqual([true, true, true]);
  });

  it('shows price ranges beside prices by SKU for some offers, where they mean nothing', () => {
    const withRanges = ofQuoteType(1).filter((detail) => detail.productSaleInfo.priceRangeList.length > 0);
    expect(withRanges.length).toBeGreaterThan(0);
    expect(withRanges.length).toBeLessThan(ofQuoteType(1).length);
  });

  it('leaves prices null or empty now and then', () => {
    const skus = ofQuoteType(1).flatMap((detail) => detail.productSkuInfos);
    expect(skus.some((sku) => sku.price === null)).toBe(true);
    expect(skus.filter((sku) => sku.price !== null).length / skus.length).toBeGreaterThan(0.9);
    expect(skus.some((sku) => sku.consignPrice === '')).toBe(true);
    expect(skus.some((sku) => sku.consignPrice === null)).toBe(true);
  });

  it('holds the stock of its SKUs in sum, and its minimum order in its first range', () => {
    for (const { productSkuInfos: skus, productSaleInfo: sale, minOrderQuantity } of details) {
      const sum = skus.reduce((total, sku) => total + sku.amountOnSale, 0);
      if (skus.length > 0) expect(sale.amountOnSale).toBe(sum);
      const [first] = sale.priceRangeList;
      const isRetail = sale.quoteType === 1 && minOrderQuantity === 1 && first?.startQuantity === 2;
      if (first !== undefined && !isRetail) expect(first.startQuantity).toBe(minOrderQuantity);
    }
  });

  it('promotes at 95 % of the price', () => {
    const ranges = details.flatMap((detail) => detail.productSaleInfo.priceRangeList);
    const promoted = ranges.filter((range) => range.promotionPrice !== null && range.promotionPrice !== '');
    expect(promoted.length).toBeGreaterThan(0);
    for (const { price, promotionPrice } of promoted) {
      expect(Math.abs(Number(promotionPrice) - Number(price) * 0.95)).toBeLessThanOrEqual(0.0051);
    }
  });

  it('repeats the id of an attribute that has several values', () => {
    const repeated = details.filter(({ productAttribute: rows }) => {
      return new Set(rows.map((row) => row.attributeId)).size < rows.length;
    });
    expect(repeated.length).toBeGreaterThan(0);
    expect(repeated.length).toBeLessThan(details.length);
  });

  it('writes ids of attributes as text, ids of SKU attributes as numbers', () => {
    expect(details.every(({ productAttribute: [row] }) => typeof row?.attributeId === 'string')).toBe(true);
    const skus = details.flatMap((detail) => detail.productSkuInfos);
    expect(skus.every(({ skuAttributes: [row] }) => typeof row?.attributeId === 'number')).toBe(true);
  });

  it('names the second category as its own where there is no third', () => {
    const shallow = details.filter((detail) => detail.thirdCategoryId === null);
    expect(shallow.length).toBeGreaterThan(0);
    expect(shallow.every((detail) => detail.categoryId === detail.secondCategoryId)).toBe(true);
    const deep = details.filter((detail) => detail.thirdCategoryId !== null);
    expect(deep.every((detail) => detail.categoryId === detail.thirdCategoryId)).toBe(true);
  });

  it('writes ids of SKUs as bare numbers, of thirteen digits, a few beyond what a double holds', () => {
    const ids = texts.flatMap((text) =>
      [...text.matchAll(/"skuId":(\d+),"specId"/g)].map(([, id = '']) => id),
    );
    expect(ids.some((id) => id.length === 13)).toBe(true);
    const huge = ids.filter((id) => BigInt(id) > 2n ** 53n);
    expect(huge.length).toBeGreaterThan(0);
    expect(huge.every((id) => String(Number(id)) !== id)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes itself in html with images, whose addresses have several forms', () => {
    const html = details.map((detail) => detail.description);
    expect(html.every((text) => text.includes('<img src="') && text.includes('alt="undefined"'))).toBe(true);
    const urls = details.flatMap((detail) => detail.productImage.images);
    for (const form of [/^https:\/\/cbu01/, /^\/\/cbu01/, /^https:\/\/global-img-cdn/, /_800x800\.jpg$/]) {
      expect(urls.some((url) => form.test(url))).toBe(true);
    }
  });

  it('is not published in a few cases', () => {
    const others = details.filter((detail) => detail.status !== 'published').length;
    expect(others).toBeGreaterThan(0);
    expect(others / details.length).toBeLessThan(0.1);
  });

  it('is a success without a payload for an offer that never was', async () => {
    const { status, body } = await fetchDetail(sandbox, '123456789012');
    expect(status).toBe(200);
    expect(body).toMatchObject({ result: { success: true, result: null } });
  });

  it('is empty for offers that are gone, while search may still list them', async () => {
    const old = await startTestSandbox({ offers: 1500, clock: createTestClock('2026-10-10T00:00:00Z') });
    old.advance(300 * 86_400_000);
    const { offers } = await control<{ offers: { id: string; state: string; isListed: boolean }[] }>(
      old,
      'truth?all=true',
    );
    const gone = offers.filter((offer) => offer.state === 'gone');
    const [listed] = gone.filter((offer) => offer.isListed);
    const answers = await Promise.all(gone.slice(0, 20).map((offer) => fetchDetail(old, offer.id)));
    expect(answers.map(({ text }) => payload(text))).toEqual(answers.map(() => null));
    const everywhere = [];
    for (let page = 1; page <= 40; page++) {
      everywhere.push(...(await search(old, { keyword: '款', beginPage: page })).data);
    }
    await old.close();
    expect(gone.length).toBeGreaterThan(listed === undefined ? Infinity : 1);
    expect(everywhere.map((row) => String(row.offerId))).toContain(listed?.id);
  });
});
