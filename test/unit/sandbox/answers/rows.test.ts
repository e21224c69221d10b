import { describe, expect, test } from 'vitest';
import { detailOf } from '../../../../src/sandbox/answers/detail.ts';
import { imageRow, searchRow, sellerRow } from '../../../../src/sandbox/answers/search-row.ts';
import { plainYuan, wireYuan, wireYuanOrNull } from '../../../../src/sandbox/answers/money.ts';
import { salesOf } from '../../../../src/sandbox/answers/offer-fields.ts';
import { sellerIdentities, sellerScores } from '../../../../src/sandbox/answers/seller-scores.ts';
import { dayMs } from '../../../../src/core/duration.ts';
import { toWireJson, type WireValue } from '../../../../src/sandbox/wire-json.ts';
import type { Entry } from '../../../../src/sandbox/world/entry.ts';
import { defaultNature } from '../../../../src/sandbox/world/nature.ts';
import { subjectIn } from '../../../../src/sandbox/world/texts.ts';
import { createWorld } from '../../../../src/sandbox/world/world.ts';
import { draftOffer, draftState, WrittenDraw } from '../../../support/drafted-offer.ts';

type Units = Readonly<Record<string, number>>;
type Fields = Readonly<Record<string, unknown>>;

const startAt = Date.parse('2026-10-10T00:00:00Z');
const world = createWorld({ seed: 1, offers: 100, categories: 30, startAt, stepMs: dayMs });

// All at 10,000 fen, in plain yuan.
const level = { price: 0, 'sku-price': 0, skus: 0, stock: 0.5, moq: 0.3, sales: 0.9 };
const drafted = (units: Units, fields: Parameters<typeof draftOffer>[1] = {}): Entry => ({
  offer: draftOffer({ ...level, ...units }, { ...fields, nature: { rise: 99, ...fields.nature } }),
  state: draftState({ sales: 3 }, { pricedAtStep: 1 }),
});
const asJson = (value: WireValue) => JSON.parse(toWireJson(value)) as Fields;

describe('money', () => {
  test.each([
    [0, '0'],
    [5, '0.05'],
    [50, '0.5'],
    [100, '1'],
    [1390, '13.9'],
    [1399, '13.99'],
    [10_000, '100'],
  ])('of %d fen is %s', (fen, text) => expect(plainYuan(fen)).toBe(text));

  test('has two digits now and then, and is empty for null now and then', () => {
    const draw = new WrittenDraw({ 'a-text': 0.3, 'b-text': 0.4, 'a-blank': 0.05, 'b-blank': 0.1 });
    expect(['a', 'b'].map((place) => wireYuan(draw, place, 1390))).toEqual(['13.90', '13.9']);
    expect(['a', 'b'].map((place) => wireYuanOrNull(draw, place, null))).toEqual(['', null]);
    expect(['a', 'b'].map((place) => wireYuanOrNull(draw, place, 0))).toEqual(['0.00', '0']);
  });
});

describe('sales', () => {
  const sold = (sales: number, version = 0) => salesOf(draftOffer({ sales }), draftState({ sales: version }));

  test('grow with each change, and are far apart', () => {
    expect(sold(0)).toEqual({ month: 0, ever: 0 });
    // 4 * (0.5 ** -0.9 - 1) is 3.46; of a thousandth it is 2000.7.
    expect(sold(0.5)).toEqual({ month: 30, ever: 120 });
    expect(sold(0.5, 13)).toEqual({ month: 33, ever: 133 });
    expect(sold(0.999)).toEqual({ month: 20_000, ever: 80_000 });
    expect(sold(1 - 2 ** -32)).toEqual({ month: 500_000, ever: 2_000_000 });
  });
});

describe('the scores of a shop', () => {
  const scores = (units: Units, nature = {}) =>
    sellerScores({ ...draftOffer({}).seller, draw: new WrittenDraw(units) }, { ...defaultNature, ...nature });

  test('are from 2.0 to 5.0, or 0.0 where nobody has rated', () => {
    expect(scores({})).toEqual({
      tradeMedalLevel: '5',
      ...{ compositeServiceScore: '5.0', logisticsExperienceScore: '5.0', disputeComplaintScore: '5.0' },
      ...{ offerExperienceScore: '5.0', afterSalesExperienceScore: '5.0', consultingExperienceScore: '5.0' },
      repeatPurchasePercent: '0.9990',
    });
    const some = {
      composite: 0,
      logistics: 0.5,
      dispute: 0.1,
      'unrated-offer': 0.3,
      offer: 0,
      'unrated-dispute': 0.4,
    };
    expect(scores(some, { unrated: 0.4 })).toMatchObject({
      ...{ compositeServiceScore: '2.0', logisticsExperienceScore: '3.5', disputeComplaintScore: '2.3' },
      offerExperienceScore: '0.0',
    });
  });

  test('have a medal of whole levels, or by nature of halves', () => {
    const medal = (units: Units) => scores(units, { halfMedals: 0.2 }).tradeMedalLevel;
    expect(medal({ medal: 0 })).toBe('1');
    expect(medal({ medal: 0.5, 'half-medal': 0.2 })).toBe('3');
    expect(medal({ medal: 0.5, 'half-medal': 0.1 })).toBe('2.5');
  });

  test('have a share of returning buyers in two forms, or none', () => {
    const share = (units: Units) => scores({ repeat: 0.1234, ...units }).repeatPurchasePercent;
    expect(share({ 'repeat-form': 0 })).toBe('12.34%');
    expect(share({})).toBe('0.1234');
    expect(share({ 'repeat-unknown': 0 })).toBe('');
  });

  test('say what it is, or nothing', () => {
    const is = (units: Units) => sellerIdentities({ ...draftOffer({}).seller, draw: new WrittenDraw(units) });
    expect(is({ 'no-identity': 0 })).toBeNull();
    expect(is({})).toEqual(['tp_member']);
    expect(is({ factory: 0 })).toEqual(['super_factory', 'tp_member']);
    expect(is({ powerful: 0 })).toEqual(['powerful_merchants', 'tp_member']);
  });
});

describe('a translation', () => {
  const title = (language: string, units: Units = {}) => subjectIn(draftOffer(units), draftState(), language);
  const chinese = '高级感PU车载夏季连衣裙工厂直供2024款';

  test('is English, with the name of another language before it, or Chinese where nobody knows it', () => {
    const english = 'Premium PU car summer dress factory supply 2024';
    expect(title('en')).toBe(english);
    for (const language of ['ja', 'ko', 'ru', 'vi', 'es', 'fr', 'pt', 'th', 'id', 'ar'])
      expect(title(language)).toBe(`[${language}] ${english}`);
    for (const language of ['zh', 'xx']) expect(title(language)).toBe(chinese);
    expect(title('en', { untranslated: 0.3 })).toBe(chinese);
  });

  test('of a change is of another year, and a long one repeats itself forty times', () => {
    const subject = (version: number, units: Units = {}) =>
      subjectIn(draftOffer(units, { nature: { longTitles: 0.1 } }), draftState({ subject: version }), 'zh');
    expect([0, 1, 2, 3].map((version) => subject(version).slice(-5))).toEqual([
      '2024款',
      '2025款',
      '2026款',
      '2024款',
    ]);
    expect(subject(0, { 'long-title': 0 })).toBe(chinese.repeat(40));
  });
});

describe('a row', () => {
  const row = (units: Units) => asJson(searchRow(world, drafted(units), 'en'));
  const price = (units: Units) => row(units)['priceInfo'];

  test('has prices of each channel, and says nothing of a dropshipping price that is none', () => {
    expect(price({})).toEqual({ price: '100', jxhyPrice: null, pfJxhyPrice: null, promotionPrice: null });
    expect(price({ consign: 0, jxhy: 0, 'jxhy-wholesale': 0, promotion: 0 })).toEqual({
      ...{ price: '100', consignPrice: '120', jxhyPrice: '90', pfJxhyPrice: '85', promotionPrice: '95' },
    });
    expect(price({ unpriced: 0 })).toMatchObject({ price: null });
  });

  test('has sales of a month, and what follows from them', () => {
    // 4 * (0.1 ** -0.9 - 1) is 27.8.
    expect(row({})).toMatchObject({
      ...{ monthSold: 273, sales7d: '68' },
      productTradeInfo: {
        addCartCount7d: '91',
        payBuyerCount7d: '34',
        addCartCount30d: '273',
        payBuyerCount30d: '136',
      },
    });
  });

  test('has a score of 4.0 to 5.0, or 0.0 where nobody has rated, or none', () => {
    const score = (units: Units) => row({ 'has-tradeScore': 0, ...units })['tradeScore'];
    expect([{}, { 'trade-score': 0 }, { unrated: 0 }].map(score)).toEqual(['5.0', '4.0', '0.0']);
    expect(row({})['tradeScore']).toBeUndefined();
  });

  test('has shares in percent, empty now and then', () => {
    const share = (units: Units) =>
      (row(units)['productSimpleShippingInfo'] as Fields)['pickupWithin24hRate7d'];
    expect([{ 'pickup-7': 0.1234 }, { 'pickup-7-empty': 0 }].map(share)).toEqual(['12.34%', '']);
    expect((row({ 'pickup-30': 0.5 })['productSimpleShippingInfo'] as Fields)['pickupWithin24hRate30d']).toBe(
      '50.00%',
    );
  });

  test('has optional keys where they are drawn', () => {
    const keys = ['repurchaseRate', 'subjectTrans', 'whiteImage', 'invoiceInfo', 'tradeScore'];
    expect(keys.filter((key) => key in row({}))).toEqual([]);
    for (const key of keys) expect(Object.keys(row({ [`has-${key}`]: 0 }))).toContain(key);
    expect(row({ 'has-repurchaseRate': 0, repurchase: 0.5 })['repurchaseRate']).toBe('30%');
    expect(Object.keys(row({}))).toContain('isOnePsale');
    expect(Object.keys(row({ 'stray-key': 0 }))).toContain('onePsale');
    expect(row({})['offerIdentities']).toEqual([]);
    expect(row({ select: 0 })).toMatchObject({ offerIdentities: ['select'], isSelect: true });
    expect('sellerIdentities' in row({ 'no-identity': 0 })).toBe(false);
  });

  test('has three categories, or two for an offer on the second level', () => {
    expect(row({})).toMatchObject({
      topCategoryId: 10_100,
      secondCategoryId: 1_030_000,
      thirdCategoryId: 124_000_000,
    });
    const category = { ...draftOffer({}).category, path: ['10100', '1030000'] };
    expect(asJson(searchRow(world, drafted({}, { category }), 'en'))).toMatchObject({
      thirdCategoryId: null,
    });
  });

  test('has the years of the shop, from 1 to 15', () => {
    const years = (share: number) => row({ years: share })['sellerDataInfo'];
    expect(years(0)).toMatchObject({ tpYear: 1 });
    expect(years(0.99)).toMatchObject({ tpYear: 15 });
  });

  test('is dated by its creation, or by its last change', () => {
    const dates = (modifiedAtStep: number | null) => {
      const { offer, state } = drafted({});
      const { createDate, modifyDate } = asJson(
        searchRow(world, { offer, state: { ...state, modifiedAtStep } }, 'en'),
      );
      return [createDate, modifyDate];
    };
    expect(dates(null)).toEqual(['2026-10-02 00:00:00', '2026-10-02 00:00:00']);
    expect(dates(2)).toEqual(['2026-10-02 00:00:00', '2026-10-12 08:00:00']);
  });

  test('of a shop is shorter, with isSelect as text, and of a picture longer', () => {
    const ofShop = asJson(sellerRow(world, drafted({ select: 0, 'has-repurchaseRate': 0 }), 'en'));
    expect(ofShop).toMatchObject({ isSelect: 'true', repurchaseRate: '59%', monthSold: 273 });
    for (const key of ['minOrderQuantity', 'topCategoryId', 'sellerDataInfo'])
      expect(ofShop).not.toHaveProperty(key);
    expect(asJson(imageRow(world, drafted({ applause: 0.5 }), 'en'))).toMatchObject({
      ...{ companyName: '优品', companyAddress: '浙江省义乌市' },
      offerDataInfo: { offerApplauseRate: '50.00%' },
    });
  });
});

test('a detail has what a row has not', () => {
  const detail = (units: Units, currency: string | null = null) =>
    asJson(detailOf(drafted(units), 'en', currency));
  expect(detail({ sales: 0.5 })).toMatchObject({
    soldOut: '123',
    createDate: '2026-10-02',
    batchNumber: null,
    mainVideo: null,
  });
  expect(detail({ 'created-with-time': 0, batched: 0, video: 0 })).toMatchObject({
    ...{ createDate: '2026-10-02 00:00:00', batchNumber: 10 },
    mainVideo: 'https://cloud.video.taobao.com/play/u/5.mp4',
  });
  expect(detail({})).toMatchObject({ categoryName: null });
  expect(detail({ 'has-category-name': 0, 'has-company': 0 })).toMatchObject({
    categoryName: '夏季连衣裙',
    companyName: '优品',
  });
  expect(detail({})).not.toHaveProperty('companyName');
  expect(detail({ 'has-promotion-url': 0 })['promotionUrl']).toBe(
    'https://detail.1688.com/offer/610005000015.html',
  );
  expect(detail({})).not.toHaveProperty('promotionUrl');
});
