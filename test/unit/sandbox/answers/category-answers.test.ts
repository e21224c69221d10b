import { describe, expect, test } from 'vitest';
import { answerCategory } from '../../../../src/sandbox/answers/categories.ts';
import { answerTranslatedCategory } from '../../../../src/sandbox/answers/translated-category.ts';
import { Refusal, type GatewayAnswer } from '../../../../src/sandbox/gateway-answer.ts';
import type { Category, CategoryTree } from '../../../../src/sandbox/world/categories.ts';

type Named = Pick<Category, 'id' | 'parentId' | 'level' | 'name' | 'nameEnglish'>;
const node = (named: Named): Category => ({
  ...{ ...named, isLeaf: named.level === 2, isRetired: false, path: [], weight: 0 },
});
const shoes = node({ id: '10', parentId: '0', level: 1, name: '鞋', nameEnglish: 'Shoes' });
const boots = node({ id: '20', parentId: '10', level: 2, name: '雨鞋', nameEnglish: 'rain boots' });
const all = [shoes, boots];
const listed = (id: string) => all.filter(({ parentId }) => parentId === id);
const tree: CategoryTree = {
  ...{ all, leaves: [boots], children: listed, listed, subtree: listed },
  get: (id) => all.find((known) => known.id === id),
};

const bodyOf = ({ body }: GatewayAnswer) => JSON.parse(body) as unknown;

describe('alibaba.category.get', () => {
  const answer = (id: string, hasLevel = true) => bodyOf(answerCategory(tree, id, hasLevel));
  const common = { minOrderQuantity: null, featureInfos: [], categoryType: '1', isSupportProcessing: false };
  const child = (id: number, name: string, isLeaf: boolean) => ({ id, name, isLeaf, categoryType: '1' });
  const [ofRoot, ofShoes, ofBoots] = [
    {
      categoryID: 0,
      name: '',
      level: 0,
      isLeaf: false,
      parentIDs: [],
      childIDs: [10],
      childCategorys: [child(10, '鞋', false)],
    },
    {
      categoryID: 10,
      name: '鞋',
      level: 1,
      isLeaf: false,
      parentIDs: [0],
      childIDs: [20],
      childCategorys: [child(20, '雨鞋', true)],
    },
    {
      categoryID: 20,
      name: '雨鞋',
      level: 2,
      isLeaf: true,
      parentIDs: [10],
      childIDs: [],
      childCategorys: [],
    },
  ].map((fields) => ({ ...fields, ...common }));

  test.each([
    ['0', ofRoot],
    ['10', ofShoes],
    ['20', ofBoots],
  ])('answers node %s', (id, fields) => {
    const good = { succes: 'true', errorCode: null, errorMsg: null };
    expect(answer(id)).toEqual({ ...good, categoryInfo: [fields] });
    const unlevelled = Object.fromEntries(Object.entries(fields ?? {}).filter(([key]) => key !== 'level'));
    expect(answer(id, false)).toEqual({ ...good, categoryInfo: [unlevelled] });
  });

  test('answers no node that nobody knows', () => expect(answer('30')).toMatchObject({ categoryInfo: [] }));
});

describe('category.translation.getById', () => {
  const ask = (params: Readonly<Record<string, string>>, isFlat = false) =>
    bodyOf(answerTranslatedCategory(tree, new Map(Object.entries(params)), isFlat));
  const english = { language: 'en', fromCache: true };
  const ofBoots = {
    ...english,
    categoryId: 20,
    chineseName: '雨鞋',
    translatedName: 'rain boots',
    children: null,
  };

  test.each([
    [
      '0',
      {
        ...english,
        categoryId: 0,
        chineseName: '',
        translatedName: '',
        leaf: 'false',
        level: '0',
        parentCateId: '0',
      },
      {
        ...english,
        categoryId: 10,
        chineseName: '鞋',
        translatedName: 'Shoes',
        leaf: false,
        level: '1',
        parentCateId: 0,
        children: null,
      },
    ],
    [
      '10',
      {
        ...english,
        categoryId: 10,
        chineseName: '鞋',
        translatedName: 'Shoes',
        leaf: 'false',
        level: '1',
        parentCateId: '0',
      },
      { ...ofBoots, leaf: true, level: '2', parentCateId: 10 },
    ],
  ])('answers node %s and its children', (categoryId, fields, child) => {
    const payload = { ...fields, children: [child] };
    expect(ask({ categoryId, language: 'en' })).toEqual({
      result: { success: true, code: 'S0000', message: '成功', result: payload },
    });
    expect(ask({ categoryId, language: 'en' }, true)).toEqual({
      result: payload,
      success: true,
      code: 'S0000',
      message: '成功',
    });
  });

  test('answers a leaf without children, and nothing of a node that nobody knows', () => {
    const payload = { ...ofBoots, leaf: 'true', level: '2', parentCateId: '10' };
    expect(ask({ categoryId: '20', language: 'en' })).toMatchObject({ result: { result: payload } });
    expect(ask({ categoryId: '30', language: 'en' })).toMatchObject({
      result: { success: true, result: null },
    });
  });

  test.each([
    [{ categoryId: '10' }, 'language'],
    [{ categoryId: '10', language: '' }, 'language'],
    [{ language: 'en' }, 'categoryId'],
    [{ categoryId: '', language: 'en' }, 'categoryId'],
  ])('%j lacks %s', (params, name) => {
    expect(() => ask(params as Readonly<Record<string, string>>)).toThrow(
      new Refusal('gw.ParamMissing', `Required argument ${name}`),
    );
  });
});
