import { expect, it } from 'vitest';
import type { FetchKind } from '../../../src/jobs/fetch-kinds.ts';
import { keepSpared } from '../../../src/jobs/promised-details.ts';

const calls: readonly FetchKind[] = ['detail', 'search', 'detail', 'search', 'seller', 'detail'];
const kindOf = (kind: FetchKind) => kind;

it('without limits every call is kept', () => {
  expect(keepSpared(calls, kindOf, [])).toEqual(calls);
});

it('the first calls of a kind are kept, as many as are spare', () => {
  expect(keepSpared(calls, kindOf, [{ kinds: ['detail'], calls: 2 }])).toEqual([
    'detail',
    'search',
    'detail',
    'search',
    'seller',
  ]);
  for (const none of [0, -3])
    expect(keepSpared(calls, kindOf, [{ kinds: ['detail'], calls: none }])).toEqual([
      'search',
      'search',
      'seller',
    ]);
});

it('kinds that share a limit share what is spare, and the strictest limit counts', () => {
  const spare = [
    { kinds: ['detail', 'search'], calls: 3 },
    { kinds: ['detail'], calls: 1 },
  ] as const;
  expect(keepSpared(calls, kindOf, spare)).toEqual(['detail', 'search', 'search', 'seller']);
});
