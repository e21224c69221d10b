import { describe, expect, test } from 'vitest';
import {
  answerImageSearch,
  answerSearch,
  answerSellerSearch,
} from '../../../../src/sandbox/answers/search.ts';
import {
  readSearchParam,
  searchPage,
  type SearchSettings,
} from '../../../../src/sandbox/answers/search-page.ts';
import { Refusal } from '../../../../src/sandbox/gateway-answer.ts';
import { dayMs } from '../../../../src/core/duration.ts';
import { goodsOf } from '../../../../src/sandbox/world/goods.ts';
import { salesOf } from '../../../../src/sandbox/answers/offer-fields.ts';
import { anything } from '../../../../src/sandbox/world/search.ts';
import { createWorld } from '../../../../src/sandbox/world/world.ts';

const world = createWorld({ seed: 3, offers: 130, categories: 30, startAt: 0, stepMs: dayMs });
const snapshot = world.snapshot(0);
const settings: SearchSettings = {
  ...{ world, snapshot, drift: null, totalPageError: 0, refusesEmptyKeyword: false },
};

const base = { beginPage: 1, pageSize: 20, country: 'en' };
const paramsOf = (param: object) => new Map([['offerQueryParam', JSON.stringify({ ...base, ...param })]]);

/** What `call` refuses with; `ok` when it does not. */
function refusalOf(call: () => unknown): string {
  try {
    call();
    return 'ok';
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const missing = (name: string) => `gw.ParamMissing: Required argument ${name}`;

describe('offerQueryParam', () => {
  test.each<[string, object, object]>([
    ['a page and its size', { beginPage: 3, pageSize: '7' }, { page: 3, pageSize: 7 }],
    ['at least page 1 of one row', { beginPage: 0, pageSize: '0' }, { page: 1, pageSize: 1 }],
    ['at most fifty rows', { pageSize: 51 }, { pageSize: 50 }],
    ['a language', { country: 'ja' }, { language: 'ja' }],
  ])('is read as %s', (_name, param, read) => expect(readSearchParam(paramsOf(param))).toMatchObject(read));

  test.each<[object, object]>([
    [{}, {}],
    [{ keyword: '伞' }, { keyword: '伞' }],
    [{ categoryId: 5 }, { categoryIds: ['5'] }],
    [{ categoryIdList: '5,6' }, { categoryIds: ['5', '6'] }],
    [{ categoryIdList: '5,6', categoryId: '7' }, { categoryIds: ['5', '6', '7'] }],
    [
      { priceStart: '1.5', priceEnd: 20 },
      { minFen: 150, maxFen: 2000 },
    ],
    [{ priceStart: '0.29', priceEnd: 'x' }, { minFen: 29 }],
    [{ priceStart: '-1', priceEnd: '1.' }, {}],
  ])('%j asks for that', (param, query) =>
    expect(readSearchParam(paramsOf(param)).query).toEqual({ ...anything, ...query }),
  );

  test.each([
    [{ beginPage: undefined }, missing('beginPage')],
    [{ beginPage: 'x1' }, missing('beginPage')],
    [{ beginPage: '1.5' }, missing('beginPage')],
    [{ pageSize: '' }, missing('pageSize')],
    [{ country: undefined }, missing('country')],
    [{ country: '' }, missing('country')],
    [{ country: true }, missing('country')],
  ])('%j is refused', (param, refusal) =>
    expect(refusalOf(() => readSearchParam(paramsOf(param)))).toBe(refusal),
  );

  test.each([
    [undefined, missing('offerQueryParam')],
    ['', missing('offerQueryParam')],
    ['{', 'gw.ParamInvalid: Illegal argument type offerQueryParam'],
    ['[1]', 'gw.ParamInvalid: Illegal argument type offerQueryParam'],
  ])('%s is none', (text, refusal) =>
    expect(
      refusalOf(() => readSearchParam(new Map(text === undefined ? [] : [['offerQueryParam', text]]))),
    ).toBe(refusal),
  );
});

describe('a page', () => {
  const page = (param: object, changed: Partial<SearchSettings> = {}) =>
    searchPage(
      readSearchParam(paramsOf(param)),
      anything,
      { ...settings, ...changed },
      ({ offer }) => offer.index,
    );
  const found = [...snapshot.search(anything)];
  const total = found.length;

  test('is its part of what is found, the last one being shorter', () => {
    expect(page({ beginPage: 2 })).toEqual({
      totalRecords: total,
      totalPage: Math.ceil(total / 20),
      pageSize: 20,
      currentPage: 2,
      data: found.slice(20, 40),
    });
    expect(page({ beginPage: 7 }).data).toEqual(found.slice(120));
    expect(page({ beginPage: 8 }).data).toEqual([]);
  });

  test('says one page too many or too few, by option, and never less than none', () => {
    const said = (error: number) => page({}, { totalPageError: error }).totalPage;
    expect([-1, 0, 1].map(said)).toEqual([-1, 0, 1].map((error) => Math.ceil(total / 20) + error));
    const none = searchPage(
      readSearchParam(paramsOf({})),
      { ...anything, keyword: '无' },
      { ...settings, totalPageError: -1 },
      () => null,
    );
    expect(none).toMatchObject({ totalRecords: 0, totalPage: 0 });
  });

  test.each(['price', 'monthSold', 'rePurchaseRate'] as const)('is sorted by %s', (field) => {
    const value = {
      price: (index: number) => {
        const { offer, state } = snapshot.entryAt(index);
        return goodsOf(offer, state).searchFen ?? 0;
      },
      monthSold: (index: number) => {
        const { offer, state } = snapshot.entryAt(index);
        return salesOf(offer, state).month;
      },
      rePurchaseRate: (index: number) => snapshot.entryAt(index).offer.draw.int('repurchase', 60),
    }[field];
    const values = (sort: string) => page({ sort }).data.map((index) => value(Number(index)));
    const unsorted = values('');
    expect(values(`{"${field}":"asc"}`)).toEqual(unsorted.toSorted((a, b) => a - b));
    expect(values(`{"${field}" : "desc"}`)).toEqual(unsorted.toSorted((a, b) => b - a));
    expect(values(`{"${field}":"up"}`)).toEqual(unsorted);
  });

  test('stays as it is where nobody knows the field', () => {
    expect(page({ sort: '{"weight":"asc"}' }).data).toEqual(page({}).data);
  });
});

describe('a search', () => {
  const outcome = (answer: { body: string }) => {
    const { result } = JSON.parse(answer.body) as {
      result: { code: string; message: string; result?: { totalRecords: number } };
    };
    return [result.code, result.result?.totalRecords ?? result.message];
  };
  const refused = (message: string) => ['BA_PARAM_INVALID_ERROR', message];
  const bothEmpty = refused('keyword and categoryId are both empty');

  test.each<[object, boolean, unknown]>([
    [{}, false, bothEmpty],
    [{ categoryId: 0 }, false, ['200', snapshot.search(anything).length]],
    [{ keyword: '无' }, false, ['200', 0]],
    [{ keyword: '无' }, true, ['200', 0]],
  ])('by %j, refusing empty keywords: %s', (param, refusesEmptyKeyword, said) =>
    expect(outcome(answerSearch(paramsOf(param), { ...settings, refusesEmptyKeyword }))).toEqual(said),
  );

  test('by a category alone is refused by option', () => {
    const search = () =>
      answerSearch(paramsOf({ categoryId: 0 }), { ...settings, refusesEmptyKeyword: true });
    expect(refusalOf(search)).toBe(missing('keyword'));
  });

  test('of a shop has its offers, and wants one', () => {
    const { id } = snapshot.entryAt(0).offer.seller;
    const count = snapshot.search({ ...anything, sellerId: id }).length;
    expect(outcome(answerSellerSearch(paramsOf({ sellerOpenId: id }), settings))).toEqual(['200', count]);
    expect(count).toBeLessThan(snapshot.search(anything).length);
    expect(refusalOf(() => answerSellerSearch(paramsOf({}), settings))).toBe(missing('sellerOpenId'));
  });

  const ofPicture = (param: object) =>
    outcome(answerImageSearch(paramsOf(param), settings, new Set(['1001'])));
  const alike = (key: string) => snapshot.search({ ...anything, picture: { key, offerIndex: null } }).length;
  const url = 'https://cbu01.alicdn.com/x.jpg';

  test.each<[object, unknown]>([
    [{ imageId: '1001' }, ['200', alike('1001')]],
    [{ imageId: 1001 }, ['200', alike('1001')]],
    [{ imageId: '1002' }, refused('the picture is not known')],
    [{ imageId: '1002', imageAddress: url }, refused('the picture is not known')],
    [{ imageAddress: url }, ['200', alike(url)]],
    [{ imageAddress: 'https://example.com/x.jpg' }, refused('the picture is not known')],
  ])('by picture %j', (param, said) => expect(ofPicture(param)).toEqual(said));

  test('by picture wants one', () => expect(refusalOf(() => ofPicture({}))).toBe(missing('imageId')));
});
