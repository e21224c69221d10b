import { describe, expect, test } from 'vitest';
import { saleInfo, skuInfo } from '../../../../src/sandbox/answers/detail-prices.ts';
import { shippingInfo } from '../../../../src/sandbox/answers/detail-shipping.ts';
import { detailTerms } from '../../../../src/sandbox/answers/detail-terms.ts';
import { detailOf } from '../../../../src/sandbox/answers/detail.ts';
import { toWireJson, type WireValue } from '../../../../src/sandbox/wire-json.ts';
import { goodsOf } from '../../../../src/sandbox/world/goods.ts';
import { draftOffer, draftState } from '../../../support/drafted-offer.ts';

type Units = Readonly<Record<string, number>>;
type Fields = Readonly<Record<string, unknown>>;

// All at 10,000 fen, in plain yuan.
const level = { price: 0, 'sku-price': 0, skus: 0, stock: 0.5, moq: 0.3 };
function draft(units: Units, quoteType: 0 | 1 | 2 = 1) {
  const offer = draftOffer({ ...level, ...units }, { quoteType, nature: { rise: 99 } });
  return {
    offer,
    state: draftState({}, { pricedAtStep: 1 }),
    goods: goodsOf(offer, draftState({}, { pricedAtStep: 1 })),
  };
}
const asJson = (value: WireValue) => JSON.parse(toWireJson(value)) as Fields;

const resold = { 'has-fenxiao': 0, resold: 0, distributed: 0 };

describe('a SKU', () => {
  const sku = (units: Units, quoteType: 1 | 2 = 1, currency: string | null = null) => {
    const { offer, goods } = draft(units, quoteType);
    const [first] = goods.skus;
    if (first === undefined) throw new Error('there is no SKU');
    return asJson(skuInfo(offer, first, { name: 'en', currency }));
  };
  const none = { promotionPrice: null, consignPrice: null, jxhyPrice: null, pfJxhyPrice: null };

  test('has its own price where the offer is priced so, and those of its channels', () => {
    expect(sku({})).toMatchObject({
      skuId: 4_800_000_002_240,
      amountOnSale: 2500,
      price: '100',
      ...none,
      cargoNumber: null,
    });
    expect(sku({ promotion: 0 }, 2)).toMatchObject({ price: null, ...none });
    const all = {
      promotion: 0,
      consign: 0,
      jxhy: 0,
      'jxhy-wholesale': 0,
      retail: 0,
      'has-cargo': 0,
      ...resold,
    };
    expect(sku(all)).toMatchObject({
      ...{ price: '100', promotionPrice: '95', consignPrice: '120', jxhyPrice: '90', pfJxhyPrice: '85' },
      ...{ retailPrice: '180', cargoNumber: 'HH-5-0' },
      fenxiaoPriceInfo: { onePiecePrice: '130', offerPrice: '105' },
    });
  });

  test('says nothing of prices that are not known here', () => {
    for (const key of ['retailPrice', 'fenxiaoPriceInfo', 'foreignCurrencyPrice'])
      expect(sku({})).not.toHaveProperty(key);
    expect(sku({ ...resold, distributed: 0.9 })['fenxiaoPriceInfo']).toEqual({ onePiecePrice: '130' });
  });

  test('has foreign prices for those who name a currency, about a seventh', () => {
    expect(sku({ promotion: 0 }, 1, 'USD')).toMatchObject({
      foreignCurrencyPrice: 14,
      foreignCurrencyPromotionPrice: 13.3,
    });
    expect(sku({}, 1, 'USD')).not.toHaveProperty('foreignCurrencyPromotionPrice');
    expect(sku({ promotion: 0 }, 2, 'USD')).not.toHaveProperty('foreignCurrencyPrice');
    expect(sku({ promotion: 0 }, 2, 'USD')).not.toHaveProperty('foreignCurrencyPromotionPrice');
  });

  test('has an id of 32 digits, and the picture of its color', () => {
    const words = { 'spec 0': 0.5, 'spec 1': 0, 'spec 2': 1 / 2 ** 32, 'spec 3': 1 / 16 };
    expect(sku(words)['specId']).toBe('80000000000000000000000110000000');
    const [color, size] = sku({ 'has-sizes': 0, size: 0, 'image-form 100': 0.8, 'image-b': 0 })[
      'skuAttributes'
    ] as Fields[];
    expect(color).toMatchObject({
      ...{ attributeId: 3216, attributeNameTrans: 'Color', value: '黑色', valueTrans: 'Black' },
      skuImageUrl: '//cbu01.alicdn.com/img/ibank/5100_0.jpg',
    });
    expect(size).toMatchObject({
      attributeId: 450,
      attributeName: '尺码',
      valueTrans: 'S',
      skuImageUrl: null,
    });
    expect(sku({})['skuAttributes']).toHaveLength(1);
  });
});

describe('how an offer is sold', () => {
  const sale = (units: Units, quoteType: 0 | 1 | 2 = 1, currency: string | null = null) => {
    const { offer, goods } = draft(units, quoteType);
    return asJson(saleInfo(offer, goods, { name: 'en', currency }));
  };

  test('by quantity', () => {
    expect(sale({ tiers: 0.5 }, 0)).toEqual({
      ...{ quoteType: 0, amountOnSale: 10_000, priceRanges: null, consignPrice: null, jxhyPrice: null },
      priceRangeList: [
        { startQuantity: 2, price: '100', promotionPrice: null },
        { startQuantity: 20, price: '93', promotionPrice: null },
      ],
      unitInfo: { unit: '包', transUnit: 'Pack' },
    });
  });

  test('in a currency', () => {
    expect(sale({ promotion: 0, tiers: 0 }, 0, 'USD')).toMatchObject({
      foreignCurrencyPrice: 14,
      priceRangeList: [
        { promotionPrice: '95', foreignCurrencyPrice: 14, foreignCurrencyPromotionPrice: 13.3 },
      ],
    });
    expect(sale({ 'no-tiers': 0 }, 1, 'USD')).not.toHaveProperty('foreignCurrencyPrice');
  });

  test('in channels', () => {
    expect(sale({ consign: 0, jxhy: 0, retail: 0 })).toMatchObject({
      consignPrice: '120',
      jxhyPrice: '90',
      retailPrice: '180',
    });
    expect(sale(resold)['fenxiaoSaleInfo']).toEqual({
      ...{ onePieceFreePostage: true, startQuantity: 5, onePiecePrice: '130', offerPrice: '105' },
    });
    expect(sale({ 'has-fenxiao': 0 })['fenxiaoSaleInfo']).toEqual({
      onePieceFreePostage: true,
      startQuantity: 5,
    });
  });
});

describe('shipping', () => {
  const shipping = (units: Units) => {
    const { offer, goods } = draft(units);
    return asJson(shippingInfo(offer, goods));
  };
  // 101, 201, 301 and 10 tenths.
  const size = { width: 0.25, length: 0.5, height: 0.75, weight: 0.0225 };
  const measures = { width: 10.1, length: 20.1, height: 30.1, weight: 0.1 };
  const official = { officialWidth: 11.1, officialLength: 21.1, officialHeight: 31.1, officialWeight: 0.11 };

  test('has the sizes of an offer that was measured, by the seller or by 1688', () => {
    const address = {
      sendGoodsAddressText: '浙江省义乌市',
      shippingTimeGuarantee: 'shipIn48Hours',
      skuShippingInfoList: [],
      skuShippingDetails: [],
    };
    const nothing = { width: null, length: null, height: null, weight: null };
    expect(shipping(size)).toEqual({ ...address, ...nothing, pkgSizeSource: null });
    expect(shipping({ ...size, official: 0 })).toEqual({ ...address, ...nothing, pkgSizeSource: null });
    expect(shipping({ ...size, measured: 0 })).toEqual({
      ...address,
      ...measures,
      pkgSizeSource: '商家自填',
    });
    expect(shipping({ ...size, measured: 0, official: 0 })).toEqual({
      ...{ ...address, ...measures, ...official, pkgSizeSource: '官方测量' },
    });
  });

  test.each([
    ['the seller', 0, { pkgSizeSource: '商家自填' }],
    ['1688', 0.5, { pkgSizeSource: '官方测量', ...official }],
    ['a guess', 0.75, { pkgSizeSource: '预测-同款放大', aiWeight: 0.1, aiWeightAccuracy: '80%' }],
  ])('has the sizes of a SKU by %s', (_name, source, fields) => {
    const details = shipping({ ...size, 'measured-skus': 0, 'sku-size-source': source })[
      'skuShippingDetails'
    ];
    expect(details).toEqual([{ skuId: '4800000002240', ...measures, ...fields }]);
  });

  test('has sizes of a SKU at its place, which is after that of the offer', () => {
    const info = shipping({
      ...size,
      'width 0': 0,
      'width 2': 0,
      measured: 0,
      'measured-skus': 0,
      skus: 0.4,
      'sku-size-source 1': 0.5,
    });
    expect(info['width']).toBe(0.1);
    const details = info['skuShippingDetails'] as Fields[];
    expect(details.map((sku) => [sku['width'], sku['officialWidth']])).toEqual([
      [10.1, undefined],
      [0.1, 1.1],
    ]);
  });
});

describe('terms', () => {
  const terms = (units: Units) => asJson(detailTerms(draftOffer(units)));

  test('are few where nothing is drawn', () => {
    const tag = (key: string) => ({ key, value: false });
    expect(terms({})).toEqual({
      ...{
        isJxhy: false,
        isSelect: 'false',
        sellingPoint: null,
        channelPrice: null,
        productCargoNumber: 'A5',
      },
      tagInfoList: ['isOnePsale', 'isOnePsaleFreePostage', 'isSupportMix', 'select', 'noReason7DReturn'].map(
        tag,
      ),
      sellerMixSetting: { generalHunpi: false },
      offerIdentities: ['tp_member'],
    });
  });

  test.each<[Units, Fields]>([
    [{ mix: 0 }, { sellerMixSetting: { generalHunpi: true, mixAmount: 500, mixNumber: 10 } }],
    [
      { mix: 0, 'mix-amount': 0, 'mix-number': 0 },
      { sellerMixSetting: { generalHunpi: true, mixAmount: 50, mixNumber: 1 } },
    ],
    [{ 'no-mix-setting': 0 }, { sellerMixSetting: undefined }],
    [{ 'no-identity': 0 }, { offerIdentities: undefined }],
    [{ 'no-cargo-number': 0 }, { productCargoNumber: undefined }],
    [{ 'selling-points': 0 }, { sellingPoint: ['面料:柔软透气', '发货:当天发出'] }],
    [
      { select: 0, 'jxhy 0': 0 },
      { isSelect: 'true', isJxhy: true },
    ],
    [
      { 'image-form': 0.8, 'image-b': 0, certified: 0, certificate: 0.0000123 },
      {
        certificateList: [
          {
            certificateCode: 'ZL 2018 3 0000123.7',
            certificatePhotoList: ['//cbu01.alicdn.com/img/ibank/5090_0.jpg'],
          },
        ],
      },
    ],
  ])('by %j are other ones', (units, fields) => {
    for (const [key, value] of Object.entries(fields)) {
      if (value === undefined) expect(terms(units)).not.toHaveProperty(key);
      else expect(terms(units)).toMatchObject({ [key]: value });
    }
  });

  test('are tags, one of which some offers have', () => {
    const tags = (units: Units) =>
      (terms(units)['tagInfoList'] as { key: string; value: boolean }[])
        .filter(({ value }) => value)
        .map(({ key }) => key);
    expect(tags({ 'one-piece': 0, 'has-fenxiao': 0, mix: 0, select: 0, 'returns-7d': 0, yx: 0 })).toEqual([
      ...['isOnePsale', 'isOnePsaleFreePostage', 'isSupportMix', 'select', 'noReason7DReturn', '1688_yx'],
    ]);
  });
});

describe('attributes and pictures', () => {
  const detail = (units: Units) => {
    const { offer, state } = draft(units);
    return asJson(detailOf({ offer, state }, 'en'));
  };

  test('repeat the season, and tell the offer by its number', () => {
    const seasons = (units: Units) =>
      (detail(units)['productAttribute'] as Fields[]).map(({ attributeId, valueTrans }) => [
        attributeId,
        valueTrans,
      ]);
    const others = [
      ['401', 'PU'],
      ['2176', 'Other'],
      ['3151', 'Premium'],
    ];
    expect(seasons({})).toEqual([...others, ['1398', 'A5']]);
    expect(seasons({ 'season 1': 0, 'season 3': 0 })).toEqual([
      ...others,
      ['8614', 'Summer'],
      ['8614', 'Winter'],
      ['1398', 'A5'],
    ]);
  });

  test('are two to five, of which the first is that of the row', () => {
    const images = (units: Units) => {
      const { images: urls, whiteImage } = detail({ 'image-form': 0.8, 'image-b': 0, ...units })[
        'productImage'
      ] as { images: string[]; whiteImage?: string };
      return [...urls, whiteImage].map((url) => /(\d+)_0/.exec(url ?? '')?.[1]);
    };
    expect(images({ images: 0 })).toEqual(['5000', '5011', undefined]);
    expect(images({ 'has-whiteImage': 0 })).toEqual(['5000', '5011', '5012', '5013', '5014', '5001']);
    const { description } = detail({ 'image-form': 0.8, 'image-b': 0 }) as { description: string };
    expect([...description.matchAll(/ibank\/(\d+)_0/g)].map(([, number]) => number)).toEqual([
      '5050',
      '5051',
      '5052',
    ]);
  });
});
