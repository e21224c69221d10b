import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { normalizeTranslationAnswer, normalizeUploadAnswer } from '../../support/requests.ts';

const node: JsonObject = {
  categoryId: 5,
  chineseName: '杯',
  translatedName: 'Cup',
  leaf: 'false',
  level: '2',
  parentCateId: '4',
};

describe('normalizeAnswer of a translated category', () => {
  it('keeps both names, and drops a translation that repeats the Chinese one', () => {
    const children = [
      { categoryId: 6, chineseName: '茶杯', translatedName: 'Tea cup', leaf: true },
      { categoryId: 7, chineseName: '水杯', translatedName: '水杯', leaf: true },
    ];
    const { record } = normalizeTranslationAnswer('5', { ...node, children });
    expect(record?.node).toMatchObject({ nameZh: '杯', nameTranslated: 'Cup', parentId: '4', level: 2 });
    expect(record?.children.map((child) => child.nameTranslated)).toEqual(['Tea cup', null]);
    expect(record?.children.map(({ parentId, level }) => [parentId, level])).toEqual([
      ['5', 3],
      ['5', 3],
    ]);
  });

  it.each([
    [{ ...node, categoryId: 9 }, 'categoryId', 'another_id'],
    [{ ...node, categoryId: null }, 'categoryId', 'missing'],
    [null, '$', 'missing'],
  ])('%j is no answer about node 5', (payload, path, reason) => {
    const { record, rejects } = normalizeTranslationAnswer('5', payload);
    expect(record).toBeNull();
    expect(rejects).toMatchObject([{ path, reason }]);
  });

  it('never takes one node for the roots', () => {
    const { record, rejects } = normalizeTranslationAnswer('0', node);
    expect(record).toBeNull();
    expect(rejects).toEqual([{ path: 'categoryId', reason: 'another_id', sample: '5' }]);
  });

  it.each([[{ categoryId: 0 }], [{ categoryId: '0' }], [{ categoryId: null }], [{}]])(
    'reads the roots below %j',
    (root) => {
      const { record, rejects } = normalizeTranslationAnswer('0', { ...root, children: [{ categoryId: 5 }] });
      expect(record).toMatchObject({
        node: null,
        children: [{ categoryId: '5', parentId: '0', level: 1 }],
      });
      expect(rejects).toEqual([]);
    },
  );

  it.each([
    ['known below the virtual root', { parentCateId: 0 }, 1, 2],
    ['not known elsewhere, but of a child that states it', { parentCateId: 4 }, null, 7],
    ['what the node states', { parentCateId: 0, level: 3 }, 3, 4],
  ])('has a level that is %s', (_, fields, level, childLevel) => {
    const children = [{ categoryId: 6, level: 7 }];
    const { record } = normalizeTranslationAnswer('5', { categoryId: 5, ...fields, children });
    expect([record?.node?.level, record?.children[0]?.level]).toEqual([level, childLevel]);
  });

  it.each([
    [4, '4', []],
    ['0', '0', []],
    [null, null, []],
    ['', null, []],
    ['above', null, ['not_an_id']],
    [5, null, ['cycle']],
  ])('has the parent of %j: %j', (parentCateId, parentId, reasons) => {
    const { record, rejects } = normalizeTranslationAnswer('5', { ...node, parentCateId });
    expect(record?.node?.parentId).toBe(parentId);
    expect(rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual(
      reasons.map((reason) => `parentCateId ${reason}`),
    );
  });

  it('takes no child that would make the tree a circle', () => {
    const children = [{ categoryId: 5 }, { categoryId: 4 }, { categoryId: 8 }];
    const { record, rejects } = normalizeTranslationAnswer('5', { ...node, children });
    expect(record?.children.map(({ categoryId }) => categoryId)).toEqual(['8']);
    expect(rejects.map(({ reason }) => reason)).toEqual(['cycle', 'cycle']);
  });
});

describe('normalizeAnswer of an upload', () => {
  it.each([
    ['1265', '1265'],
    [1265, '1265'],
    ['0', null],
    [0, null],
  ])('reads %j as the id %j', (payload, imageId) => {
    expect(normalizeUploadAnswer(payload)).toMatchObject({
      kind: 'upload',
      record: { imageId },
      rejects: [],
    });
  });

  it.each([[null], [{}], [''], ['a b'], [true]])('has no use for %j', (payload) => {
    const { record, rejects } = normalizeUploadAnswer(payload);
    expect(record).toBeNull();
    expect(rejects).toMatchObject([{ path: '$', reason: 'not_an_id' }]);
  });
});
