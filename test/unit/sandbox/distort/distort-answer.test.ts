import { describe, expect, test } from 'vitest';
import {
  askForFirstPage,
  distortAnswer,
  type Distortion,
} from '../../../../src/sandbox/distort/distort-answer.ts';
import { Draw } from '../../../../src/sandbox/world/draw.ts';
import { growCategories } from '../../../../src/sandbox/world/categories.ts';

const distortion: Distortion = { draw: new Draw(1), categories: growCategories(new Draw(1), 30, null) };

/** What a fault makes of a body. */
const spoil = (kind: Parameters<typeof distortAnswer>[0], body: unknown): unknown =>
  JSON.parse(distortAnswer(kind, JSON.stringify(body), distortion));

const page = (fields: object) => ({
  result: { success: true, result: { pageSize: 2, currentPage: 1, ...fields } },
});
const first = page({ totalRecords: 5, totalPage: 3, data: [1, 2] });
const last = page({ totalRecords: 5, totalPage: 3, currentPage: 3, data: [5] });
const detail = { result: { success: true, result: { offerId: 1, productSaleInfo: {} } } };

describe('a fault of the content', () => {
  test.each<[Parameters<typeof distortAnswer>[0], unknown, unknown]>([
    ['not_ready', first, { result: { success: false, code: '500_2', message: '数据准备中，请稍后重试。' } }],
    ['refuse', detail, { result: { success: false, code: 'SP0056', message: '没有该商品的查询权限' } }],
    ['vanish', detail, { result: { success: true, result: null } }],
    ['vanish', first, first],
    ['slip', first, page({ totalRecords: 5, totalPage: 3, data: [2] })],
    ['duplicate', first, page({ totalRecords: 5, totalPage: 3, data: [1, 1, 2] })],
    ['empty', first, page({ totalRecords: 0, totalPage: 0, data: [] })],
    ['halved', first, page({ totalRecords: 3, totalPage: 2, data: [1, 2] })],
    [
      'halved',
      page({ totalRecords: 5, currentPage: 2, data: [3, 4] }),
      page({ totalRecords: 3, totalPage: 2, currentPage: 2, data: [3] }),
    ],
    ['halved', last, page({ totalRecords: 3, totalPage: 2, currentPage: 3, data: [] })],
    ['off_by_one', first, page({ totalRecords: 6, totalPage: 3, data: [1, 2] })],
  ])('%s changes %j', (kind, body, spoilt) => expect(spoil(kind, body)).toEqual(spoilt));

  test.each<[Parameters<typeof distortAnswer>[0], unknown]>([
    ['slip', detail],
    ['duplicate', { result: { result: { data: 'x' } } }],
    ['empty', detail],
    ['empty', page({ totalRecords: '5', data: [1] })],
    ['empty', page({ totalRecords: 5, data: {} })],
    ['off_by_one', page({ totalRecords: '5' })],
    ['vanish', { result: 'x' }],
    ['vanish', { result: { result: [1] } }],
    ['vanish', [1]],
    ['vanish', {}],
    ['category_cycle', { categoryInfo: [] }],
    ['category_cycle', first],
    ['category_cycle', { categoryInfo: [{ categoryID: 1, childCategorys: [] }] }],
    ['category_cycle', { categoryInfo: [{ childCategorys: [] }] }],
    ['category_cycle', { categoryInfo: [{ categoryID: 10100 }] }],
    ['category_cycle', [1]],
  ])('%s leaves %j as it is', (kind, body) => expect(spoil(kind, body)).toEqual(body));

  test('category_cycle names the parent of a node, or a root itself', () => {
    const info = (categoryID: number) => ({
      succes: 'true',
      categoryInfo: [{ categoryID, childCategorys: [{ id: 7 }] }],
    });
    const middle = distortion.categories.all.find(({ level }) => level === 2);
    const root = distortion.categories.get(middle?.parentId ?? '');
    const above = { id: Number(root?.id), name: root?.name, isLeaf: false, categoryType: '1' };
    for (const id of [middle?.id, root?.id].map(Number)) {
      const { categoryInfo } = info(id);
      const childCategorys = [{ id: 7 }, above];
      expect(spoil('category_cycle', info(id))).toEqual({
        succes: 'true',
        categoryInfo: [{ ...categoryInfo[0], childCategorys }],
      });
    }
  });
});

describe('bad values', () => {
  const codes = (title: string) => Array.from(title).reduce((sum, letter) => sum + letter.charCodeAt(0), 0);

  test('a title gets the prefix of its characters, in both languages and nowhere else', () => {
    // The sums of their characters are 98, 99, ... 104: the remainders of 7 from 0 on.
    const titles = ['b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect(titles.map((title) => codes(title) % 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const prefixes = [
      ...[
        '<script>alert(1)</script>',
        '<img src=x onerror=alert(1)>',
        '\u001b[31m\u001b]0;owned\u0007',
        '\u202e',
      ],
      ...['\u0000', '\ud83d', '=HYPERLINK("http://example.com","x")'],
    ];
    expect(
      spoil(
        'hostile_titles',
        titles.map((subject) => ({ subject })),
      ),
    ).toEqual(titles.map((title, i) => ({ subject: `${prefixes[i] ?? ''}${title}` })));
    expect(spoil('hostile_titles', { subjectTrans: 'bc', subjects: 'b', name: 'b', subject: 98 })).toEqual({
      subjectTrans: `${prefixes[1] ?? ''}bc`,
      subjects: 'b',
      name: 'b',
      subject: 98,
    });
  });

  test('a list price becomes what is none, one after the other, where there is one', () => {
    const prices = Array.from({ length: 9 }, () => ({ price: '5' }));
    const absurd = ['99999999999.00', '-1', '1e9', '￥5', 'NaN', '12.3.4', '面议', 1e300, '99999999999.00'];
    expect(spoil('absurd_prices', prices)).toEqual(absurd.map((price) => ({ price })));
    const others = { price: null, list: [{ price: '' }], consignPrice: '5' };
    expect(spoil('absurd_prices', others)).toEqual(others);
  });
});

describe('the question for the first page', () => {
  const asked = (param: string) =>
    askForFirstPage(
      new Map([
        ['offerQueryParam', param],
        ['a', 'b'],
      ]),
    );

  test('is the same but for the page', () => {
    expect([...asked('{"beginPage":3,"keyword":"x"}')]).toEqual([
      ['offerQueryParam', '{"beginPage":1,"keyword":"x"}'],
      ['a', 'b'],
    ]);
    expect(asked('[1]').get('offerQueryParam')).toBe('{"beginPage":1}');
  });

  test('is the same where there are no pages', () => {
    const params = new Map([['offerDetailParam', '{}']]);
    expect(askForFirstPage(params)).toBe(params);
  });
});
