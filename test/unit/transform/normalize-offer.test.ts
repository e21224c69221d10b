import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type { UnreadPrice } from '../../../src/model/records.ts';
import { normalizeOfferAnswer } from '../../support/requests.ts';
import { detailOf, normalize, queryImage } from './offer-answers.ts';

/** `'sku kind quantity amount'` of every price point. */
function pricesOf(productSaleInfo: JsonObject, productSkuInfos: JsonValue = []): string[] {
  return detailOf({ productSaleInfo, productSkuInfos }).prices.map(
    ({ skuId, kind, minQuantity, amountCny }) => `${skuId} ${kind} ${minQuantity} ${amountCny}`,
  );
}

describe('normalizeAnswer of offer.detail', () => {
  it('takes an empty answer for a gone offer', () => {
    const { record, rejects, drifts } = normalizeOfferAnswer('42', null);
    expect(record).toEqual({ kind: 'gone', offerId: '42' });
    expect([rejects, drifts]).toEqual([[], []]);
  });

  it.each([
    [43, 'another_id'],
    [null, 'missing'],
    ['?', 'not_an_id'],
  ])('rejects the whole answer when its offer is %j', (offerId, reason) => {
    const { record, rejects } = normalize({ offerId });
    expect(record).toBeNull();
    expect(rejects).toMatchObject([{ path: 'offerId', reason }]);
  });

  it.each([[[]], ['gone'], [true]])('%j is of no use', (payload) => {
    const { record, rejects } = normalizeOfferAnswer('42', payload);
    expect(record).toBeNull();
    expect(rejects).toMatchObject([{ path: '$', reason: 'not_an_object' }]);
  });

  it.each([
    [{ thirdCategoryId: 3, secondCategoryId: 2, categoryId: 9, topCategoryId: 1 }, '3'],
    [{ thirdCategoryId: null, secondCategoryId: 2, categoryId: 2, topCategoryId: 1 }, '2'],
    [{ categoryId: '9', topCategoryId: 1 }, '9'],
    [{ categoryId: 0, topCategoryId: 1 }, '1'],
    [{}, null],
  ])('hangs the offer of %j on its leaf', (categories, categoryId) => {
    expect(detailOf(categories).offer.categoryId).toBe(categoryId);
  });

  it('keeps any status word, for only published is on sale', () => {
    expect(detailOf({ status: 'member expired' }).offer.sourceStatus).toBe('member expired');
  });

  it('has the usable pictures in their order, and the one on white', () => {
    const images = ['图片', queryImage, 'data:x', '//cbu01.alicdn.com/img/ibank/2.jpg'];
    const { offer } = detailOf({ productImage: { images, whiteImage: queryImage } });
    expect(offer.imageUrls).toEqual([queryImage, 'https://cbu01.alicdn.com/img/ibank/2.jpg']);
    expect(offer.whiteImageUrl).toBe(queryImage);
  });

  it('has no seller without an id', () => {
    const { seller, offer } = detailOf({ sellerOpenId: null, companyName: '某公司' });
    expect([seller, offer.sellerId]).toEqual([null, null]);
  });

  it('labels a SKU by its attributes in their order, skipping what has no value', () => {
    const skuAttributes = [
      { attributeName: '尺码', value: 'L' },
      { attributeName: '材质', value: null },
      { attributeName: null, value: '红' },
    ];
    const { skus } = detailOf({ productSkuInfos: [{ skuId: 7, skuAttributes }, { skuId: 8 }] });
    expect(skus.map((sku) => sku.label)).toEqual(['尺码: L / 红', null]);
  });

  it('gives a SKU the first usable of its pictures', () => {
    const skuAttributes = [{ skuImageUrl: null }, { skuImageUrl: '无' }, { skuImageUrl: queryImage }];
    const { skus } = detailOf({ productSkuInfos: [{ skuId: 7, skuAttributes }] });
    expect(skus[0]?.imageUrl).toBe(queryImage);
  });

  it('keeps the first of two SKUs with one id, with its prices only', () => {
    const fields = {
      productSaleInfo: { quoteType: 1 },
      productSkuInfos: [
        { skuId: 7, price: '1', amountOnSale: 5 },
        { skuId: '7', price: '2', retailPrice: '3', amountOnSale: 6 },
      ],
    };
    const { skus, prices } = detailOf(fields);
    expect(skus.map((sku) => sku.stock)).toEqual([5]);
    expect(prices).toEqual([{ skuId: '7', kind: 'list', minQuantity: 1, amountCny: '1' }]);
    expect(normalize(fields).rejects).toEqual([
      { path: 'productSkuInfos[1].skuId', reason: 'duplicate', sample: '7' },
    ]);
  });
});

describe('prices of an offer', () => {
  const ranges = [
    { startQuantity: 10, price: '13.9', promotionPrice: '13.21' },
    { startQuantity: 100, price: '12.90', promotionPrice: null },
  ];
  const rangePrices = ['0 list 10 13.9', '0 promotion 10 13.21', '0 list 100 12.9'];
  const skus = [
    { skuId: 7, price: '8.80', promotionPrice: '8.36' },
    { skuId: 8, price: '9', promotionPrice: '' },
  ];
  const skuPrices = ['7 list 1 8.8', '7 promotion 1 8.36', '8 list 1 9'];

  it.each([0, 2, '2'])('come from the ranges in quote type %j', (quoteType) => {
    expect(pricesOf({ quoteType, priceRangeList: ranges }, skus)).toEqual(rangePrices);
  });

  it.each([1, '1'])('come from the SKUs in quote type %j, whatever the ranges say', (quoteType) => {
    expect(pricesOf({ quoteType, priceRangeList: ranges }, skus)).toEqual(skuPrices);
  });

  it.each([3, null, 'one'])('follow the SKUs that have a price when the quote type is %j', (quoteType) => {
    const unpriced = [{ skuId: 7, price: null }];
    expect(pricesOf({ quoteType, priceRangeList: ranges }, skus)).toEqual(skuPrices);
    expect(pricesOf({ quoteType, priceRangeList: ranges }, unpriced)).toEqual(rangePrices);
    expect(pricesOf({ quoteType, priceRangeList: ranges }, [])).toEqual(rangePrices);
    expect(pricesOf({ quoteType, priceRangeList: ranges }, [{ skuId: 6 }, ...skus])).toEqual(skuPrices);
  });

  it.each([0, 1, 2])('of channels come from the offer and from its SKUs in quote type %j', (quoteType) => {
    const saleInfo = { quoteType, consignPrice: '5', jxhyPrice: '4.0', retailPrice: '9.90' };
    const channelSkus = [{ skuId: 7, consignPrice: '5.5', jxhyPrice: null, retailPrice: '10' }];
    expect(pricesOf(saleInfo, channelSkus)).toEqual([
      '0 consign 1 5',
      '0 jxhy 1 4',
      '0 retail 1 9.9',
      '7 consign 1 5.5',
      '7 retail 1 10',
    ]);
  });

  it('of resellers are kinds of their own, beside the deprecated ones', () => {
    const saleInfo = {
      quoteType: 1,
      fenxiaoSaleInfo: { onePieceFreePostage: true, startQuantity: 2, onePiecePrice: '15', offerPrice: '12' },
    };
    const reseller = [
      { skuId: 7, pfJxhyPrice: '6', fenxiaoPriceInfo: { onePiecePrice: '16.0', offerPrice: '13' } },
    ];
    expect(pricesOf(saleInfo, reseller)).toEqual([
      '7 jxhy_wholesale 1 6',
      '0 dropship 1 15',
      '0 distribution 2 12',
      '7 dropship 1 16',
      '7 distribution 2 13',
    ]);
  });

  it('of resellers hold from one unit on where no quantity is stated', () => {
    const fenxiaoSaleInfo = { offerPrice: '12' };
    expect(pricesOf({ quoteType: 0, fenxiaoSaleInfo })).toEqual(['0 distribution 1 12']);
  });

  it.each([
    ['plus', 'plus'],
    ['flash', 'promotion'],
    [null, 'promotion'],
  ])('that are reduced are named by the promotion type: %j', (promotionType, kind) => {
    const promotionModel = { hasPromotion: true, promotionType };
    const bySku = detailOf({ productSaleInfo: { quoteType: 1 }, productSkuInfos: skus, promotionModel });
    const byRange = detailOf({ productSaleInfo: { quoteType: 0, priceRangeList: ranges }, promotionModel });
    expect([bySku, byRange].flatMap(({ prices }) => prices.map((price) => price.kind))).toEqual([
      'list',
      kind,
      'list',
      'list',
      kind,
      'list',
    ]);
    expect(bySku.offer.promotionType).toBe(promotionType);
  });

  describe('where one unit can be ordered and the ranges begin at two', () => {
    const fromTwo = [{ startQuantity: 2, price: '4.05', promotionPrice: '3.85' }];
    const pricesFrom = (fields: JsonObject) =>
      detailOf(fields).prices.map(
        ({ skuId, kind, minQuantity, amountCny }) => `${skuId} ${kind} ${minQuantity} ${amountCny}`,
      );

    it('are the retail price for one unit, by quantity', () => {
      const productSaleInfo = { quoteType: 2, priceRangeList: fromTwo, retailPrice: '4.80' };
      expect(pricesFrom({ minOrderQuantity: 1, productSaleInfo })).toEqual([
        '0 list 1 4.8',
        '0 list 2 4.05',
        '0 promotion 2 3.85',
        '0 retail 1 4.8',
      ]);
    });

    it('are the retail price for one unit, by SKU: its own, else that of the offer', () => {
      const fields = {
        minOrderQuantity: 1,
        productSaleInfo: { quoteType: 1, priceRangeList: fromTwo, retailPrice: '4.80' },
        productSkuInfos: [
          { skuId: 7, price: '4.05', retailPrice: '5' },
          { skuId: 8, price: '4.05', promotionPrice: '3.85' },
        ],
      };
      expect(pricesFrom(fields)).toEqual([
        '7 list 1 5',
        '7 list 2 4.05',
        '8 list 1 4.8',
        '8 list 2 4.05',
        '8 promotion 2 3.85',
        '0 retail 1 4.8',
        '7 retail 1 5',
      ]);
    });

    it('are the retail price below the first of all ranges, in whichever order they come', () => {
      const priceRangeList = [10, 3, 5].map((startQuantity) => ({ startQuantity, price: '4.05' }));
      const productSaleInfo = { quoteType: 1, priceRangeList, retailPrice: '4.80' };
      const fields = { minOrderQuantity: 1, productSaleInfo, productSkuInfos: [{ skuId: 7, price: '4.05' }] };
      expect(pricesFrom(fields)).toEqual(['7 list 1 4.8', '7 list 3 4.05', '0 retail 1 4.8']);
    });

    it('are not there for a SKU that states no list price', () => {
      const productSaleInfo = { quoteType: 1, priceRangeList: fromTwo, retailPrice: '4.80' };
      const { prices, unreadPrices } = detailOf({
        ...{ minOrderQuantity: 1, productSaleInfo },
        productSkuInfos: [{ skuId: 7, promotionPrice: '3.85' }, { skuId: 8 }],
      });
      expect(prices.map(({ skuId, kind }) => `${skuId} ${kind}`)).toEqual(['7 promotion', '0 retail']);
      expect(unreadPrices).toEqual([]);
    });

    it('are unread for one unit too where the list price is', () => {
      const productSaleInfo = { quoteType: 1, priceRangeList: fromTwo, retailPrice: '4.80' };
      const { prices, unreadPrices } = detailOf({
        ...{ minOrderQuantity: 1, productSaleInfo },
        productSkuInfos: [{ skuId: 7, price: '-1' }],
      });
      expect(prices.filter(({ kind }) => kind === 'list')).toEqual([]);
      expect(unreadPrices).toEqual([
        { skuId: '7', kind: 'list', minQuantity: 2 },
        { skuId: '7', kind: 'list', minQuantity: 1 },
      ]);
    });

    it.each([
      ['without a retail price', 1, null, 2],
      ['when two units are the least', 2, '4.80', 2],
      ['when the least is not known', null, '4.80', 2],
      ['when the ranges begin at one', 1, '4.80', 1],
      ['when no range says where it begins', 1, '4.80', null],
    ])('are those of the SKU from one unit on %s', (_name, minOrderQuantity, retailPrice, startQuantity) => {
      const priceRangeList = [{ startQuantity, price: '4.05' }];
      const productSaleInfo = { quoteType: 1, priceRangeList, retailPrice };
      const fields = { minOrderQuantity, productSaleInfo, productSkuInfos: [{ skuId: 7, price: '4.05' }] };
      expect(pricesFrom(fields).filter((price) => price.includes('list'))).toEqual(['7 list 1 4.05']);
    });

    const bySku = { quoteType: 1, priceRangeList: fromTwo, retailPrice: '4.80' };
    const sold = (changes: JsonObject) => ({ productSaleInfo: { ...bySku, ...changes } });
    const listed = ['list 1 4.05'];
    const missed = ['list any', 'promotion any'];
    it.each<[string, JsonObject, { readonly read: string[]; readonly unread: string[] }]>([
      ['retail price', sold({ retailPrice: '面议' }), { read: ['list 2 4.05'], unread: ['list 1'] }],
      ['start', sold({ priceRangeList: [{ startQuantity: '2+' }] }), { read: [], unread: missed }],
      ['range', sold({ priceRangeList: [7, ...fromTwo] }), { read: [], unread: missed }],
      ['list of ranges', sold({ priceRangeList: '2~' }), { read: [], unread: missed }],
      ['least', { ...sold({}), minOrderQuantity: '1~' }, { read: [], unread: missed }],
      ['whole', { productSaleInfo: 'busy' }, { read: [], unread: missed }],
      [
        'least, while ranges begin at one,',
        { ...sold({ priceRangeList: [{ startQuantity: 1 }] }), minOrderQuantity: '1~' },
        { read: listed, unread: [] },
      ],
    ])('are not taken from a SKU where the %s can not be read', (_name, fields, { read, unread }) => {
      const productSkuInfos = [{ skuId: 7, price: '4.05' }];
      const { prices, unreadPrices } = detailOf({ minOrderQuantity: 1, productSkuInfos, ...fields });
      const textOf = ({ kind, minQuantity }: UnreadPrice) => `${kind} ${String(minQuantity ?? 'any')}`;
      const of = <T extends UnreadPrice>(all: readonly T[]) => all.filter(({ skuId }) => skuId === '7');
      expect(of(prices).map((price) => `${textOf(price)} ${price.amountCny}`)).toEqual(read);
      expect(of(unreadPrices).map(textOf)).toEqual(unread);
    });
  });

  it('are the first of two ranges that start alike', () => {
    const priceRangeList = [
      { startQuantity: 10, price: '5' },
      { startQuantity: '10', price: '4', promotionPrice: '3' },
    ];
    expect(pricesOf({ quoteType: 0, priceRangeList })).toEqual(['0 list 10 5']);
    expect(normalize({ productSaleInfo: { quoteType: 0, priceRangeList } }).rejects).toMatchObject([
      { path: 'productSaleInfo.priceRangeList[1].startQuantity', reason: 'duplicate' },
    ]);
  });

  it.each([
    ['zero', 'not_a_quantity'],
    [0, 'not_a_quantity'],
    [null, 'missing'],
  ])('need a quantity: %j is rejected', (startQuantity, reason) => {
    const productSaleInfo = { quoteType: 0, priceRangeList: [{ startQuantity, price: '5' }] };
    const { rejects } = normalize({ productSaleInfo });
    expect(pricesOf(productSaleInfo)).toEqual([]);
    expect(rejects).toMatchObject([{ path: 'productSaleInfo.priceRangeList[0].startQuantity', reason }]);
  });

  it('that are null or empty are absent, unreadable ones are rejects', () => {
    const productSaleInfo = { quoteType: 1, consignPrice: '' };
    const productSkuInfos = [{ skuId: 7, price: null, promotionPrice: ' ', retailPrice: '面议' }];
    expect(pricesOf(productSaleInfo, productSkuInfos)).toEqual([]);
    expect(normalize({ productSaleInfo, productSkuInfos }).rejects).toEqual([
      { path: 'productSkuInfos[0].retailPrice', reason: 'not_money', sample: '面议' },
    ]);
  });
});

describe('what can not be read of prices', () => {
  /** `'sku kind quantity'`, with `*` for any. */
  const unreadOf = (fields: JsonObject) =>
    detailOf(fields).unreadPrices.map(
      ({ skuId, kind, minQuantity }) => `${skuId ?? '*'} ${kind} ${minQuantity ?? '*'}`,
    );
  const quoted = ['0 list *', '0 promotion *'];
  const channels = ['consign', 'jxhy', 'jxhy_wholesale', 'retail', 'dropship', 'distribution'];

  it('is the distribution price when nobody can say from how many units it holds', () => {
    const fenxiaoSaleInfo = { startQuantity: 'some', onePiecePrice: '15', offerPrice: '12' };
    expect(unreadOf({ productSaleInfo: { quoteType: 0, fenxiaoSaleInfo } })).toEqual(['0 distribution *']);
  });

  it('is nothing in an answer that can be read, whatever it leaves out', () => {
    expect(unreadOf({})).toEqual([]);
    expect(unreadOf({ productSaleInfo: null, productSkuInfos: null })).toEqual([]);
    expect(unreadOf({ productSkuInfos: [{ skuId: 7, price: null, consignPrice: '' }] })).toEqual([]);
  });

  it('is one price whose amount is unreadable', () => {
    const ranges = [
      { startQuantity: 10, price: '1-2', promotionPrice: '3' },
      { startQuantity: 20, price: '5' },
    ];
    expect(unreadOf({ productSaleInfo: { quoteType: 0, priceRangeList: ranges, jxhyPrice: {} } })).toEqual([
      '0 list 10',
      '0 jxhy 1',
    ]);
    const productSkuInfos = [{ skuId: 7, price: '面议', retailPrice: '-1' }];
    expect(unreadOf({ productSaleInfo: { quoteType: 1 }, productSkuInfos })).toEqual([
      '7 list 1',
      '7 retail 1',
    ]);
  });

  it.each([
    ['a list that is none', 'soon'],
    ['a range that is no object', ['soon', { startQuantity: 1, price: '2' }]],
    ['a range without a quantity', [{ price: '2' }]],
  ])('is every price by quantity after %s', (_name, priceRangeList) => {
    expect(unreadOf({ productSaleInfo: { quoteType: 0, priceRangeList } })).toEqual(quoted);
  });

  it('is every price of the offer as a whole without a usable productSaleInfo', () => {
    expect(unreadOf({ productSaleInfo: 'soon' })).toEqual([
      ...quoted,
      ...channels.map((kind) => `0 ${kind} *`),
    ]);
  });

  it.each([
    ['a list that is none', 'soon'],
    ['a SKU that is no object', ['soon', { skuId: 7 }]],
    ['a SKU without an id', [{ price: '2' }, { skuId: 7 }]],
  ])('is every price of every SKU after %s', (_name, productSkuInfos) => {
    expect(detailOf({ productSkuInfos }).hasUnreadSkus).toBe(true);
    const unreadBy = (quoteType: number) => unreadOf({ productSaleInfo: { quoteType }, productSkuInfos });
    expect(unreadBy(1)).toEqual(['list', 'promotion', ...channels].map((kind) => `* ${kind} *`));
    // By quantity, SKUs have none of the first two.
    for (const quoteType of [0, 2])
      expect(unreadBy(quoteType)).toEqual(channels.map((kind) => `* ${kind} *`));
  });
});
