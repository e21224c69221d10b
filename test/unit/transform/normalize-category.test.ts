import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { normalizeCategoryAnswer } from '../../support/requests.ts';

function answerWith(...categoryInfo: JsonValue[]): JsonValue {
  return { succes: 'true', categoryInfo };
}

const shoes = { categoryID: 10, name: '鞋', isLeaf: false, parentIDs: [0], childIDs: [] };

describe('normalizeAnswer of category.children', () => {
  it('takes a level-2 leaf for a leaf, whether the flag is a boolean or text', () => {
    const childCategorys = [
      { id: 11, name: '鞋垫', isLeaf: 'true' },
      { id: 12, name: '鞋带', isLeaf: true },
      { id: 13, name: '女鞋', isLeaf: 'false' },
    ];
    const { record } = normalizeCategoryAnswer('10', answerWith({ ...shoes, childCategorys }));
    expect(record?.children.map((child) => [child.level, child.isLeaf])).toEqual([
      [2, true],
      [2, true],
      [2, false],
    ]);
  });

  it('counts levels from what the node says, and says nothing when nothing is known', () => {
    const childCategorys = [{ id: 11, name: '女鞋', isLeaf: false }];
    const deep = { ...shoes, parentIDs: [9], childCategorys };
    const levelled = normalizeCategoryAnswer('10', answerWith({ ...deep, level: 2 })).record;
    expect([levelled?.node?.level, levelled?.children[0]?.level]).toEqual([2, 3]);
    const unknown = normalizeCategoryAnswer('10', answerWith(deep)).record;
    expect([unknown?.node?.level, unknown?.children[0]?.level]).toEqual([null, null]);
  });

  it('marks nodes with 停用 in their name as retired', () => {
    const childCategorys = [{ id: 11, name: '女鞋（停用）', isLeaf: true }];
    const { record } = normalizeCategoryAnswer('10', answerWith({ ...shoes, childCategorys }));
    expect([record?.node?.isRetired, record?.children[0]?.isRetired]).toEqual([false, true]);
  });

  it('does not take a node without a name for a retired one', () => {
    const { record } = normalizeCategoryAnswer('10', answerWith({ ...shoes, name: null }));
    expect(record?.node).toMatchObject({ nameZh: null, isRetired: false });
  });

  it('rejects a root without an id once', () => {
    const childCategorys = [{ name: '鞋', isLeaf: false }];
    const { record, rejects } = normalizeCategoryAnswer('0', answerWith({ childCategorys }));
    expect(record?.children).toEqual([]);
    expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'categoryInfo[0].childCategorys[0].id missing',
    ]);
  });

  it.each([
    ['an element with id 0', { categoryID: 0, childCategorys: [{ id: 10, name: '鞋', isLeaf: false }] }],
    ['an element without an id', { childCategorys: [{ id: 10, name: '鞋', isLeaf: false }] }],
    ['elements of their own', shoes],
  ])('reads the roots from %s', (_, element) => {
    const { record, rejects } = normalizeCategoryAnswer('0', answerWith(element));
    const root = { categoryId: '10', parentId: '0', level: 1, nameZh: '鞋', isLeaf: false };
    expect(record).toMatchObject({ node: null, children: [root] });
    expect(rejects).toEqual([]);
  });

  it.each([
    ['itself', 10, [0]],
    ['its parent', 9, [9]],
  ])('rejects a child that is %s', (_, id, parentIDs) => {
    const childCategorys = [{ id, name: '圈', isLeaf: false }];
    const answer = normalizeCategoryAnswer('10', answerWith({ ...shoes, parentIDs, childCategorys }));
    expect(answer.record?.children).toEqual([]);
    expect(answer.rejects).toEqual([
      { path: 'categoryInfo[0].childCategorys[0].id', reason: 'cycle', sample: String(id) },
    ]);
  });

  it('rejects a node that names itself as its parent, and keeps the node', () => {
    const { record, rejects } = normalizeCategoryAnswer('10', answerWith({ ...shoes, parentIDs: [10] }));
    expect(record?.node).toMatchObject({ categoryId: '10', parentId: null });
    expect(rejects).toMatchObject([{ path: 'categoryInfo[0].parentIDs[0]', reason: 'cycle' }]);
  });

  it('is of no use when the node asked for is not in it', () => {
    const { record, rejects } = normalizeCategoryAnswer('99', answerWith(shoes));
    expect(record).toBeNull();
    expect(rejects).toEqual([{ path: 'categoryInfo[0].categoryID', reason: 'another_id', sample: '10' }]);
  });

  it.each([
    [null, '$', 'missing'],
    ['busy', '$', 'not_an_object'],
    [{ succes: 'true' }, 'categoryInfo', 'empty'],
    [{ categoryInfo: [] }, 'categoryInfo', 'empty'],
    [{ categoryInfo: {} }, 'categoryInfo', 'not_an_array'],
  ])('%j is of no use', (payload, path, reason) => {
    for (const categoryId of ['0', '10']) {
      const { record, rejects } = normalizeCategoryAnswer(categoryId, payload);
      expect(record).toBeNull();
      expect(rejects).toMatchObject([{ path, reason }]);
    }
  });
});
