import { describe, expect, test } from 'vitest';
import { goodsOf, type Goods } from '../../../../src/sandbox/world/goods.ts';
import type { Offer } from '../../../../src/sandbox/world/offers.ts';
import type { OfferState } from '../../../../src/sandbox/world/evolution.ts';
import { draftOffer, draftState } from '../../../support/drafted-offer.ts';

type Units = Readonly<Record<string, number>>;
type Versions = Partial<OfferState['versions']>;

// 100 fen, a hundred times of it after one step: 10,000 fen.
const level = { price: 0, nature: { rise: 99 } };
const priced = { pricedAtStep: 1 };

function goods(units: Units, offer: Parameters<typeof draftOffer>[1] = {}, versions: Versions = {}): Goods {
  const nature = { ...level.nature, ...offer.nature };
  return goodsOf(draftOffer({ price: 0, ...units }, { ...offer, nature }), draftState(versions, priced));
}

const pricesOf = ({ tiers }: Goods) =>
  tiers.map((tier) => [tier.startQuantity, tier.priceFen, tier.promotionFen]);

describe('prices by quantity', () => {
  const byQuantity = { quoteType: 2 } as const;

  test('fall by 7 % of the first one at ten times and fifty times the minimum order', () => {
    expect(pricesOf(goods({ moq: 0 }, byQuantity))).toEqual([
      [1, 10_000, null],
      [10, 9300, null],
      [50, 8600, null],
    ]);
    expect(pricesOf(goods({ tiers: 0, moq: 0.3 }, byQuantity))).toEqual([[2, 10_000, null]]);
  });

  test('are 5 % lower in a promotion', () => {
    expect(pricesOf(goods({ moq: 0, promotion: 0 }, byQuantity)).map(([, , fen]) => fen)).toEqual([
      9500, 8835, 8170,
    ]);
  });

  test('end in the digit of their version, and swing around their level', () => {
    const first = (units: Units, price: number) => goods(units, byQuantity, { price }).tiers[0]?.priceFen;
    expect(first({ 'swing 13': 0 }, 13)).toBe(8003);
    expect(first({ 'swing 13': 1 }, 13)).toBe(12_503);
    expect(first({ 'swing 13': 0 }, 0)).toBe(10_000);
  });

  test('begin at one yuan where nothing has risen, and end at five hundred', () => {
    const fenAt = (price: number) =>
      goodsOf(draftOffer({ price }, byQuantity), draftState()).tiers[0]?.priceFen;
    expect([0, 0.25 ** (2 / 3), 1].map(fenAt)).toEqual([100, 470, 50_000]);
  });

  test('of SKUs that have prices themselves are one at most, and none where no SKU has one', () => {
    expect(pricesOf(goods({ moq: 0 }))).toEqual([[1, 10_000, null]]);
    expect(pricesOf(goods({ moq: 0, 'no-tiers': 0 }))).toEqual([]);
    expect(pricesOf(goods({ 'no-tiers': 0 }, byQuantity))).toHaveLength(3);
    expect(pricesOf(goods({ unpriced: 0 }))).toEqual([]);
  });
});

describe('the retail model', () => {
  const retail = { 'retail-model': 0, 'no-tiers': 0, moq: 0.99 };

  test('sells one piece at the retail price, and from two on at the SKU’s', () => {
    const sold = goods(retail);
    expect(sold).toMatchObject({ minOrderQuantity: 1, skuStart: 2, retailFen: 18_000 });
    expect(pricesOf(sold)).toEqual([[2, 10_000, null]]);
    expect(goods({})).toMatchObject({ minOrderQuantity: 50, skuStart: 1, retailFen: null });
  });

  test('is of offers priced by SKU only', () => {
    expect(goods(retail, { quoteType: 2 })).toMatchObject({
      minOrderQuantity: 50,
      skuStart: 1,
      retailFen: null,
    });
  });
});

describe('prices of resale channels', () => {
  const channels: readonly (readonly [string, Units, Partial<Goods>])[] = [
    ['consign', { consign: 0 }, { consignFen: 12_000 }],
    ['jxhy', { jxhy: 0 }, { jxhyFen: 9000, jxhyWholesaleFen: null }],
    ['jxhy by wholesale', { jxhy: 0, 'jxhy-wholesale': 0 }, { jxhyFen: 9000, jxhyWholesaleFen: 8500 }],
    ['jxhy by wholesale alone', { 'jxhy-wholesale': 0 }, { jxhyFen: null, jxhyWholesaleFen: null }],
    ['retail', { retail: 0 }, { retailFen: 18_000 }],
    ['resale', { 'has-fenxiao': 0, resold: 0 }, { dropshipFen: 13_000, distributionFen: null }],
    [
      'resale in numbers',
      { 'has-fenxiao': 0, resold: 0, distributed: 0 },
      { dropshipFen: 13_000, distributionFen: 10_500 },
    ],
    ['resale of nobody', { resold: 0, distributed: 0 }, { dropshipFen: null, distributionFen: null }],
    [
      'resale of other SKUs',
      { 'has-fenxiao': 0, distributed: 0 },
      { dropshipFen: null, distributionFen: null },
    ],
    ['none', {}, { consignFen: null, jxhyFen: null, retailFen: null, dropshipFen: null }],
  ];

  test.each(channels)('%s: for an offer, and for its SKUs', (_name, units, fen) => {
    const sold = goods({ skus: 0, 'sku-price': 0, ...units });
    expect(sold).toMatchObject(fen);
    expect(sold.skus[0]).toMatchObject(fen);
  });

  test('of a SKU are drawn at its place, which is after that of the offer', () => {
    const sold = goods({ skus: 0, 'sku-price': 0, 'consign 0': 0, 'consign 2': 0 });
    expect(sold.consignFen).toBe(12_000);
    expect(sold.skus.map((sku) => sku.consignFen)).toEqual([null]);
    expect(goods({ skus: 0.4, 'consign 2': 0 }).skus.map((sku) => sku.consignFen)).toEqual([null, 15_600]);
  });
});

describe('rows', () => {
  const shown = ({ searchFen, searchConsignFen, searchPromotionFen }: Goods) => [
    searchFen,
    searchConsignFen,
    searchPromotionFen,
  ];

  test('show the lowest price of the SKUs', () => {
    const sold = goods({ skus: 0.4, 'sku-price 0': 0.5, 'sku-price 1': 0.2 });
    expect(sold.skus.map((sku) => sku.priceFen)).toEqual([11_800, 10_600]);
    expect(shown(sold)).toEqual([10_600, null, null]);
  });

  test('show no price where no SKU has one, the first one of several by quantity', () => {
    expect(shown(goods({ skus: 0.4, unpriced: 0, promotion: 0 }))).toEqual([null, null, null]);
    expect(shown(goods({ skus: 0.4, 'unpriced 0': 0, 'sku-price 1': 0.2 }))).toEqual([10_600, null, null]);
    expect(shown(goods({ promotion: 0 }, { quoteType: 2 }))).toEqual([10_000, null, 9500]);
  });

  test('show a price that no detail has, a tenth lower, by the nature of the world', () => {
    const another = { quoteType: 0, nature: { rowPrice: 0.1 } } as const;
    expect(shown(goods({ 'row-price': 0.09 }, another))).toEqual([9000, null, null]);
    expect(shown(goods({ 'row-price': 0.1 }, another))).toEqual([10_000, null, null]);
    expect(shown(goods({ 'row-price': 0, unpriced: 0, skus: 0 }, { nature: another.nature }))[0]).toBeNull();
  });

  test('show the dropshipping price of the detail, or a multiple of the price', () => {
    const row = { quoteType: 0, nature: { highConsign: 0.1 } } as const;
    expect(shown(goods({ consign: 0 }, row))).toEqual([10_000, 12_000, null]);
    expect(shown(goods({ consign: 0, 'high-consign': 0 }, row))).toEqual([10_000, 54_000, null]);
    expect(shown(goods({ unpriced: 0, skus: 0, 'high-consign': 0 }, { nature: row.nature }))).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('say whose the promotion is, or that nobody says', () => {
    const said = (units: Units) => {
      const { hasPromotion, promotionType } = goods(units);
      return [hasPromotion, promotionType];
    };
    expect(said({ promotion: 0 })).toEqual([true, 'plus']);
    expect(said({ promotion: 0, 'untyped-promotion': 0 })).toEqual([true, null]);
    expect(said({})).toEqual([false, null]);
  });
});

describe('SKUs', () => {
  const positions = (units: Units, skus: number, offer: Partial<Offer> = {}) =>
    goods(units, { quoteType: offer.quoteType ?? 1 }, { skus }).skus.map((sku) => sku.position);

  test('are all of an assortment but one, and every second time but two', () => {
    expect([0, 1, 2].map((version) => positions({ skus: 0.4, 'sku-stride': 0 }, version))).toEqual([
      [0, 1],
      [2],
      [0, 2],
    ]);
  });

  test('of an assortment of two come one at a time', () => {
    expect([0, 1, 2].map((version) => positions({ skus: 0 }, version))).toEqual([[0], [1], [0]]);
  });

  test('are ten at most, and none where nothing but the offer is for sale', () => {
    expect(positions({}, 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(positions({}, 0, { quoteType: 2 })).toHaveLength(10);
    expect(positions({}, 0, { quoteType: 0 })).toEqual([]);
  });

  test('have thirteen digits, or in a few offers more than a double holds', () => {
    const ids = (units: Units) => goods({ skus: 0.4, ...units }).skus.map((sku) => sku.skuId);
    // Offer 5 of 64 positions each: 320 and 321.
    expect(ids({})).toEqual(['4800000002240', '4800000002247']);
    expect(ids({ 'huge-ids': 0 })).toEqual(['9007199254741633', '9007199254741635']);
  });

  test('have a color each, and a size where the offer has sizes', () => {
    const named = (units: Units) =>
      goods({ ...units })
        .skus.slice(0, 2)
        .map(({ color, size }) => [color.en, size?.en]);
    expect(named({ 'has-sizes': 0, 'size 1': 0 })).toEqual([
      ['Black', 'Large'],
      ['White', 'S'],
    ]);
    expect(named({})).toEqual([
      ['Black', undefined],
      ['White', undefined],
    ]);
  });

  test('are priced up to 30 % above the level of the offer, but for a few and those of other offers', () => {
    const fen = (units: Units, quoteType: 1 | 2 = 1) =>
      goods({ skus: 0, ...units }, { quoteType }).skus.map((sku) => [sku.priceFen, sku.promotionFen]);
    expect(fen({ promotion: 0 })).toEqual([[13_000, 12_350]]);
    expect(fen({ 'sku-price': 0 })).toEqual([[10_000, null]]);
    expect(fen({ unpriced: 0, promotion: 0 })).toEqual([[null, null]]);
    expect(fen({ promotion: 0 }, 2)).toEqual([[null, null]]);
  });
});

describe('stock', () => {
  const stocks = (units: Units, stock = 3, offer: Parameters<typeof draftOffer>[1] = {}) => {
    const sold = goods(
      { skus: 0.4, stock: 0.5, ...units },
      { nature: { soldOut: 0.1 }, ...offer },
      { stock },
    );
    return [sold.stock, ...sold.skus.map((sku) => sku.stock)];
  };

  test('of an offer is the sum of its SKUs, and ends in the digit of its version', () => {
    expect(stocks({})).toEqual([5006, 2503, 2503]);
    expect(stocks({ 'stock 3': 0.2, 'stock 1003': 0.4 })).toEqual([3006, 1003, 2003]);
    expect(stocks({}, 3, { quoteType: 0 })).toEqual([10_003]);
    expect(stocks({ 'stock 3': 0.1 }, 3, { quoteType: 0 })).toEqual([2003]);
  });

  test('is 0 where it is sold out: of all, or at one place', () => {
    expect(stocks({ 'sold-out 3': 0 })).toEqual([0, 0, 0]);
    expect(stocks({ 'sold-out 2003': 0 })).toEqual([2503, 2503, 0]);
    expect(stocks({ 'sold-out 2003': 0.1 })).toEqual([5006, 2503, 2503]);
  });

  test('is not 0 twice in a row', () => {
    expect(stocks({ 'sold-out 2': 0, 'sold-out 3': 0 })).toEqual([5006, 2503, 2503]);
    expect(stocks({ 'sold-out 0': 0, 'sold-out -1': 0 }, 0)).toEqual([0, 0, 0]);
    expect(stocks({ 'sold-out 1': 0, 'sold-out 0': 0 }, 1)).toEqual([5002, 2501, 2501]);
  });
});

describe('terms', () => {
  const terms = (units: Units, version: number) => {
    const { minOrderQuantity, unit } = goods(units, {}, { terms: version });
    return [minOrderQuantity, unit.en];
  };

  test('are another minimum order at each change, but every third time another unit', () => {
    const units = { moq: 0, 'moq-stride': 0.2, unit: 0.3, 'unit-stride': 0 };
    expect([0, 1, 2, 3, 4, 6].map((version) => terms(units, version))).toEqual([
      [1, 'Pair'],
      [3, 'Pair'],
      [10, 'Pair'],
      [10, 'Set'],
      [50, 'Set'],
      [2, 'Box'],
    ]);
  });
});
