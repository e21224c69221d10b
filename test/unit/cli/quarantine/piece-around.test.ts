import { describe, expect, it } from 'vitest';
import { formatGroups, formatQuarantined } from '../../../../src/cli/quarantine/format-quarantine.ts';
import { pieceAround, shorten } from '../../../../src/cli/quarantine/piece-around.ts';
import type { QuarantinedValue } from '../../../../src/cli/quarantine/read-quarantine.ts';
import { textRows } from '../../../support/text-rows.ts';

const answer = { data: [{ id: 1, sku: { price: 'x', tags: ['a', 'b'] } }, 'text'], total: 2 };

it.each([
  ['$', '$', answer],
  ['total', '$', answer],
  ['data[0]', 'data', answer.data],
  ['data[0].id', 'data[0]', { id: 1, sku: { price: 'x', tags: ['a', 'b'] } }],
  ['data[0].sku.price', 'data[0].sku', { price: 'x', tags: ['a', 'b'] }],
  ['data[0].sku.tags[1]', 'data[0].sku.tags', ['a', 'b']],
  // As near as the answer goes.
  ['data[7].id', 'data', answer.data],
  ['data[1].id.x', 'data[1]', 'text'],
  ['other.id', '$', answer],
  ['toString.id', '$', answer],
])('around %s is %s', (path, at, value) => {
  expect(pieceAround(answer, path)).toEqual({ path: at, value });
});

it('a list that is the answer has its places by number', () => {
  expect(pieceAround([[7, 8]], '[0][1]')).toEqual({ path: '[0]', value: [7, 8] });
});

describe('a value that is shown', () => {
  it.each([
    ['x'.repeat(120), 'x'.repeat(120)],
    ['x'.repeat(121), `${'x'.repeat(120)}…`],
    [7, 7],
    [null, null],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
    [
      [1, 2, 3, 4, 5],
      [1, 2, 3, '… 2 more'],
    ],
    [{ a: { b: { c: { d: 1, e: 2 } } } }, { a: { b: { c: '{… 2}' } } }],
    [{ a: { b: { c: [1] } } }, { a: { b: { c: '[… 1]' } } }],
    [{ a: { b: { c: {}, d: [] } } }, { a: { b: { c: {}, d: [] } } }],
    [[[[['x'], []]]], [[['[… 1]', []]]]],
  ])('of %j has no long or deep parts: %j', (value, shown) => {
    expect(shorten(value)).toEqual(shown);
  });

  it('has sixty keys at most', () => {
    const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
    expect(shorten(keys(60))).toEqual(keys(60));
    expect(shorten(keys(63))).toEqual({ ...keys(60), '…': '3 more' });
  });
});

const row: QuarantinedValue['row'] = {
  ...{ quarantineId: '5', operation: 'offer.detail', path: 'data[0].id', reason: 'not_money', sample: 'x' },
  ...{ rawId: '77', callId: '101', runId: '12', observedAt: new Date('2026-11-25T01:02:03Z') },
};

it('a row has its value, its call and the piece of its answer', () => {
  const piece = { path: 'data[0]', value: { id: 'x'.repeat(121) } };
  const [table, shown] = formatQuarantined({ row, piece, unreadable: null }).split('\n\n');
  expect(textRows(table)).toEqual([
    ['what', 'is'],
    ['id', '5'],
    ['operation', 'offer.detail'],
    ['path', 'data[0].id'],
    ['reason', 'not_money'],
    ['value', 'x'],
    ['seen', '2026-11-25 09:02:03 (Shanghai)'],
    ['call', '101, run 12'],
  ]);
  expect(shown).toBe(`data[0] in answer 77:\n{\n  "id": "${'x'.repeat(120)}…"\n}`);
});

it('a row without a run, a value or a piece says so', () => {
  const bare = { ...row, runId: null, sample: null };
  const [table, shown] = formatQuarantined({ row: bare, piece: null, unreadable: 'not_kept' }).split('\n\n');
  expect(textRows(table)).toContainEqual(['call', '101']);
  expect(textRows(table)).toContainEqual(['value', '(none)']);
  expect(shown).toBe('Answer 77 is no longer stored.');
  expect(formatQuarantined({ row, piece: null, unreadable: 'RAW_DAMAGED' })).toMatch(
    /\n\nAnswer 77 can't be shown: RAW_DAMAGED\.$/,
  );
});

it('groups have their numbers and newest values', () => {
  const group = {
    ...{ operation: 'offer.detail', path: 'data[].id', reason: 'not_money', count: 1234, answers: 1100 },
    ...{ newestAt: row.observedAt, newestId: '5', sample: 'x' },
  };
  expect(formatGroups([], true)).toBe('No value in quarantine matches the flags.');
  expect(formatGroups([], false)).toBe('No value is in quarantine.');
  const cells = ['offer.detail', 'data[].id', 'not_money', '1,234', '1,100', '2026-11-25 09:02:03', '5'];
  const [table, note] = formatGroups([group, { ...group, sample: null }], false).split('\n\n');
  expect(note).toBe('Times are in Asia/Shanghai.');
  expect(textRows(table)).toEqual([
    ['operation', 'path', 'reason', 'values', 'answers', 'newest', 'its id', 'its value'],
    [...cells, 'x'],
    cells,
  ]);
});
