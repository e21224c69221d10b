import { expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { detailOf, normalize } from './offer-answers.ts';

it('ranges are unread where neither the quote type nor the SKUs tell whether they are prices', () => {
  const priceRangeList = [
    { startQuantity: 2, price: '10' },
    { startQuantity: 5, price: 'ask' },
  ];
  const productSaleInfo = { priceRangeList, retailPrice: '12' };
  const { prices, unreadPrices } = detailOf({
    ...{ minOrderQuantity: 1, productSaleInfo },
    productSkuInfos: 'soon',
  });
  expect(prices).toMatchObject([{ kind: 'retail', amountCny: '12' }]);
  expect(unreadPrices.filter(({ skuId }) => skuId === '0')).toEqual([
    { skuId: '0', kind: 'list', minQuantity: 1 },
    { skuId: '0', kind: 'list', minQuantity: 2 },
    { skuId: '0', kind: 'list', minQuantity: 5 },
  ]);
});

it('promotions of each SKU are unread where whose they are is, and of any where some SKUs are', () => {
  const promotionsOf = (productSkuInfos: JsonValue) =>
    detailOf({ productSaleInfo: { quoteType: 1 }, promotionModel: 'soon', productSkuInfos })
      .unreadPrices.filter(({ kind }) => kind === 'promotion' || kind === 'plus')
      .map(({ skuId, kind }) => `${skuId ?? '*'} ${kind}`);
  expect(promotionsOf([{ skuId: 7, promotionPrice: '3' }])).toEqual(['7 promotion', '7 plus']);
  expect(promotionsOf(['soon'])).toEqual(['* promotion', '* plus']);
});

it('quotes of SKUs that can not be read are unread unless the quote type says that these have none', () => {
  const quotesOf = (quoteType: number) =>
    detailOf({
      productSaleInfo: { quoteType, priceRangeList: [] },
      productSkuInfos: 'soon',
      promotionModel: 'soon',
    })
      .unreadPrices.filter(({ kind }) => ['list', 'promotion', 'plus'].includes(kind))
      .map(({ skuId, kind }) => `${skuId ?? '*'} ${kind}`);
  expect(quotesOf(1)).toEqual(['* list', '* promotion', '* plus']);
  expect(quotesOf(0)).toEqual(['0 promotion', '0 plus']);
  expect(quotesOf(2)).toEqual(['0 promotion', '0 plus']);
});

it.each([
  ['there are no SKUs', [], []],
  ['no SKU states a price', [{ skuId: 7, price: null }], ['7 list', '7 promotion']],
])('ranges are unread, and reported, where prices are by SKU and %s', (_, productSkuInfos, unreadOfSkus) => {
  const fields = {
    productSaleInfo: { quoteType: 1, priceRangeList: [{ startQuantity: 2, price: '10' }] },
    productSkuInfos,
  };
  const { prices, unreadPrices } = detailOf(fields);
  expect(prices).toEqual([]);
  expect(unreadPrices.map(({ skuId, kind }) => `${skuId ?? '*'} ${kind}`)).toEqual([
    ...['0 list', '0 promotion'],
    ...unreadOfSkus,
  ]);
  const { rejects } = normalize(fields);
  expect(rejects).toEqual([
    {
      path: 'productSaleInfo.priceRangeList',
      reason: 'not_by_sku',
      sample: '[1 items]',
    },
  ]);
});

it('prices by SKU end where neither SKUs nor ranges state any', () => {
  const { prices, unreadPrices } = detailOf({
    productSaleInfo: { quoteType: 1, priceRangeList: [] },
    productSkuInfos: [{ skuId: 7, price: null }],
  });
  expect({ prices, unreadPrices }).toEqual({ prices: [], unreadPrices: [] });
});
