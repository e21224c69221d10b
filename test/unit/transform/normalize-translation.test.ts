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
    expect(normalizeTranslationAnswer('0', node).record).toBeNull();
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
