import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { normalizeSearchAnswer } from '../../support/requests.ts';

const row: JsonObject = {
  offerId: 1,
  subject: '杯',
  imageUrl: 'https://cbu01.alicdn.com/img/ibank/1.jpg',
  priceInfo: { price: '2.00' },
};

function pageOf(...data: JsonValue[]): JsonValue {
  return { totalRecords: data.length, totalPage: 1, pageSize: 50, currentPage: 1, data };
}

describe('normalizeAnswer of search.keyword', () => {
  it('says which window and page it answers', () => {
    const answer = normalizeSearchAnswer(pageOf(row), '77');
    expect(answer).toMatchObject({ kind: 'search', windowId: '77', page: 3, pageSize: 50 });
  });

  it('refuses to guess the window', () => {
    expect(() => normalizeSearchAnswer(pageOf(row), null)).toThrow(AppError);
  });

  it('drops a translation that only repeats the subject', () => {
    const translated = { ...row, offerId: 2, subjectTrans: 'Cup' };
    const { record } = normalizeSearchAnswer(pageOf({ ...row, subjectTrans: ' 杯 ' }, translated));
    expect(record?.rows.map((each) => each.subjectTranslated)).toEqual([null, 'Cup']);
  });

  it('ranks rows by their place in the answer, bad rows included', () => {
    const { record } = normalizeSearchAnswer(
      pageOf({ ...row, offerId: 5 }, 'bad', {}, { ...row, offerId: 6 }),
    );
    expect(record?.rows.map(({ offerId, rank }) => [offerId, rank])).toEqual([
      ['5', 1],
      ['6', 4],
    ]);
    expect(record?.rowsInAnswer).toBe(4);
  });

  it.each([
    [{ price: '2' }, '2', false],
    [{ price: null }, null, false],
    [null, null, false],
    [{ price: '面议' }, null, true],
    ['2', null, true],
  ])(
    'tells a price that is not there from one that can not be read: %j',
    (priceInfo, priceCny, isPriceUnread) => {
      const { record } = normalizeSearchAnswer(pageOf({ ...row, priceInfo }));
      expect(record?.rows).toMatchObject([{ priceCny, isPriceUnread }]);
    },
  );

  it('reads what rows say of dropshipping, of buyers who come back, and of who sells', () => {
    const priceInfo = { price: '0.56', consignPrice: '3.00' };
    const more = { repurchaseRate: '13%', isPatentProduct: 'true', sellerIdentities: ['tp_member'] };
    const { record } = normalizeSearchAnswer(
      pageOf({ ...row, priceInfo, ...more, offerIdentities: ['yx'] }, { ...row, offerId: 2 }),
    );
    expect(record?.rows).toMatchObject([
      {
        priceCny: '0.56',
        furtherPrices: [{ kind: 'search_consign', amountCny: '3' }],
        repurchaseRate: '0.13',
        isPatentProduct: true,
        sellerIdentities: ['tp_member'],
        offerIdentities: ['yx'],
      },
      {
        furtherPrices: [],
        repurchaseRate: null,
        isPatentProduct: null,
        sellerIdentities: null,
        offerIdentities: null,
      },
    ]);
  });

  it('takes a row without a price for no drift', () => {
    const { drifts } = normalizeSearchAnswer(
      pageOf({ ...row, priceInfo: { price: null } }, { ...row, offerId: 2, priceInfo: {} }),
    );
    expect(drifts.map(({ path, kind }) => `${path} ${kind}`)).toEqual(['data[].priceInfo.price missing']);
    const { drifts: none } = normalizeSearchAnswer(pageOf({ ...row, priceInfo: { price: null } }));
    expect(none).toEqual([]);
  });

  it('keeps every price of a row as a kind of its own, and says which of them nobody can read', () => {
    const priceInfo = {
      price: '5',
      consignPrice: '',
      promotionPrice: '4.75',
      jxhyPrice: '面议',
      pfJxhyPrice: 4.5,
    };
    const { record, rejects } = normalizeSearchAnswer(
      pageOf({ ...row, priceInfo }, { ...row, offerId: 2, priceInfo: '5' }),
    );
    expect(record?.rows.map(({ furtherPrices }) => furtherPrices)).toEqual([
      [
        { kind: 'search_promotion', amountCny: '4.75' },
        { kind: 'search_jxhy', amountCny: null },
        { kind: 'search_jxhy_wholesale', amountCny: '4.5' },
      ],
      ['search_consign', 'search_promotion', 'search_jxhy', 'search_jxhy_wholesale'].map((kind) => ({
        kind,
        amountCny: null,
      })),
    ]);
    expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'data[0].priceInfo.jxhyPrice not_money',
      'data[1].priceInfo not_an_object',
    ]);
  });

  it('keeps the first of repeated rows and rejects the others', () => {
    const later = { ...row, offerId: '1', priceInfo: { price: '3' } };
    const { record, rejects } = normalizeSearchAnswer(pageOf(row, later, later));
    expect(record?.rows.map(({ priceCny, rank }) => [priceCny, rank])).toEqual([['2', 1]]);
    expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'data[1].offerId duplicate',
      'data[2].offerId duplicate',
    ]);
  });

  it.each([
    [{ topCategoryId: 1, secondCategoryId: 2, thirdCategoryId: 3 }, '3'],
    [{ topCategoryId: 1, secondCategoryId: 2, thirdCategoryId: null }, '2'],
    [{ topCategoryId: 1, secondCategoryId: '2', thirdCategoryId: 0 }, '2'],
    [{ topCategoryId: 1 }, '1'],
    [{}, null],
  ])('takes the deepest category of %j', (categories, categoryId) => {
    const { record, rejects } = normalizeSearchAnswer(pageOf({ ...row, ...categories }));
    expect(record?.rows[0]?.categoryId).toBe(categoryId);
    expect(rejects).toEqual([]);
  });

  it.each(['onePsale', 'isOnePsale', 'promotionURL', 'promotionUrl', 'class'])(
    'knows the field %s',
    (key) => {
      const value = key.endsWith('Psale') ? true : 'x';
      expect(normalizeSearchAnswer(pageOf({ ...row, [key]: value })).drifts).toEqual([]);
    },
  );

  it.each([[{ totalRecords: 0, data: [] }], [{ totalRecords: 120, data: null }], [{ totalRecords: 120 }]])(
    '%j is a page without rows',
    (payload) => {
      const { record, rejects } = normalizeSearchAnswer(payload);
      expect(record).toMatchObject({ rowsInAnswer: 0, rows: [] });
      expect(rejects).toEqual([]);
    },
  );

  it.each([
    [null, '$', 'missing'],
    [[], '$', 'not_an_object'],
    [{ data: { 0: row } }, 'data', 'not_an_array'],
  ])('%j is of no use', (payload, path, reason) => {
    const { record, rejects } = normalizeSearchAnswer(payload);
    expect(record).toBeNull();
    expect(rejects).toMatchObject([{ path, reason }]);
  });
});
