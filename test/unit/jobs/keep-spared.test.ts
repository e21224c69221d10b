import { describe, expect, it } from 'vitest';
import type { FetchKind } from '../../../src/jobs/fetch-kinds.ts';
import {
  keepSpared,
  listPromisedSets,
  readSpare,
  type PromisedDetailsDeps,
} from '../../../src/jobs/promised-details.ts';

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

describe('what promised ages leave of a limit', () => {
  const set = { feedSet: 1, maxAgeMs: 6, dueAgeMs: 5, everyMs: 5 };
  const allowance = { kinds: ['detail'] as const, spendable: 20, dayEndsAt: new Date(0) };
  const deps: PromisedDetailsDeps = {
    refreshQueue: {
      listFeedSets: async (feeds) => [{ feedSet: 1, feeds: [...feeds, 'other'] }],
      countPromisedCalls: async () => 5,
    },
    listAllowances: async () => [allowance, { ...allowance, kinds: ['detail', 'search'], spendable: 9 }],
  };

  it('is what they will not take, less what the run has taken', async () => {
    expect(await readSpare(deps, [set], 3)).toEqual([
      { kinds: ['detail'], calls: 12 },
      { kinds: ['detail', 'search'], calls: 1 },
    ]);
  });

  it('is all that the run has not taken where no age is promised', async () => {
    expect(await readSpare(deps, [], 3)).toEqual([
      { kinds: ['detail'], calls: 17 },
      { kinds: ['detail', 'search'], calls: 6 },
    ]);
  });

  it('is for the sets that a feed with a promised age belongs to', async () => {
    const promised = [{ name: 'watch', maxAgeMs: 6 * 3_600_000, nextRunMs: null }];
    const moment = { run: { startedAt: null }, now: new Date(0) };
    expect(await listPromisedSets(deps, promised, moment)).toMatchObject([
      { feedSet: 1, feeds: ['watch', 'other'], maxAgeMs: 6 * 3_600_000 },
    ]);
    const refusing = {
      ...deps,
      refreshQueue: { ...deps.refreshQueue, listFeedSets: () => Promise.reject(new Error()) },
    };
    expect(await listPromisedSets(refusing, [], moment)).toEqual([]);
  });
});
