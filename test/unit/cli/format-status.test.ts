import { expect, it } from 'vitest';
import { formatStatus } from '../../../src/cli/format-status.ts';
import type { Status } from '../../../src/health/read-status.ts';
import { textRows } from '../../support/text-rows.ts';

const at = (time: string) => new Date(`2026-11-${time}Z`);
const run: Status['runs'][number] = {
  ...{ runId: '12', scope: 'all', trigger: 'cli', status: 'partial_quota', cause: 'quota', callsUsed: 1234 },
  ...{ budgetCalls: null, offersNew: 1001, offersChanged: 1002, rejects: 0, errors: 1003, postponed: 1004 },
  ...{ nextTryAt: null, requestedAt: at('25T01:30:00'), startedAt: null, endedAt: null, forecast: null },
};
const limit: Status['quota'][number] = {
  ...{ appKey: '1', api: 'a:b:1', period: 'day', source: 'preset', isAssumed: true, callLimit: 5000 },
  ...{ used: 1111, reserved: 1112, unknown: 1113, external: 0, remaining: 3889, resetAt: at('25T16:00:00') },
};
const search: Status['searches'][number] = {
  ...{ feed: 'bags', search: '包', totalRecords: 2500, reach: 1999, isCapped: false, parts: 0 },
  ...{ troubledParts: 0, lastOutcome: 'page_repeated', completedAt: at('24T10:00:00') },
};
const none: Status = {
  ...{ source: 'live', runs: [], quota: [], holds: [], paces: [], givenUp: [], drifts: [], searches: [] },
  namedSearches: null,
  catalog: {
    ...{ categories: 1001, offers: 1002, listedOffers: 1003, sellers: 1004, skus: 1005, prices: 1006 },
    ...{ closedPrices: 1007, quarantinedRecords: 1008, unloadedAnswers: 1009 },
  },
};

/** The rows of the parts of a status between its catalog and its last line, without the lines under the headers. */
const partsOf = (status: Partial<Status>) =>
  formatStatus({ ...none, ...status }, 'All is well.')
    .split('\n\n')
    .slice(2, -1)
    .map((part) => textRows(part));

it('a catalog before its first run has its counts, and says what is not there yet', () => {
  const parts = formatStatus(none, 'All is well.').split('\n\n');
  expect(parts).toHaveLength(6);
  expect(parts[0]).toBe('All is well.');
  expect(textRows(parts[1])).toEqual([
    ['catalog', 'rows'],
    ['categories', '1,001'],
    ['offers', '1,002'],
    ['of them listed', '1,003'],
    ['sellers', '1,004'],
    ['SKUs', '1,005'],
    ['prices', '1,006'],
    ['closed price intervals', '1,007'],
    ['records in quarantine', '1,008'],
    ['answers not loaded yet', '1,009'],
  ]);
  expect(parts.slice(2)).toEqual([
    'No run yet.',
    'No quota is known yet: the first sync sets the presets of the account.',
    'No API is held.',
    'Times are in Asia/Shanghai.',
  ]);
});

it('a forecast of which nothing was known is a bound', () => {
  const forecast = { calls: { 'offer.detail': 1500 }, newOffers: 0, changedOffers: 0, seconds: 9 };
  const said = (isGuess: boolean) =>
    formatStatus({ ...none, runs: [{ ...run, forecast: { ...forecast, isGuess } }] }, '');
  expect(said(true)).toMatch(/ at most 1,500 /);
  expect(said(false)).toMatch(/ 1,500 /);
  expect(said(false)).not.toContain('at most');
});

it('a run has its calls beside those of its forecast and its budget', () => {
  const forecast = { calls: { 'search.keyword': 1000.4, 'offer.detail': 500.2 }, newOffers: 0 };
  const other: Status['runs'][number] = {
    ...{
      ...run,
      runId: '11',
      status: 'succeeded',
      cause: null,
      budgetCalls: 2000,
      endedAt: at('25T02:00:00'),
    },
    forecast: { ...forecast, changedOffers: 0, seconds: 9 },
  };
  const numbers = ['1,001', '1,002', '1,003', '1,004', '2026-11-25 09:30'];
  expect(partsOf({ runs: [run, other] })[0]).toEqual([
    [
      ...['run', 'scope', 'by', 'status', 'cause', 'calls', 'planned', 'budget', 'new', 'changed', 'errors'],
      ...['postponed', 'requested', 'ended'],
    ],
    ['12', 'all', 'cli', 'partial_quota', 'quota', '1,234', ...numbers],
    ['11', 'all', 'cli', 'succeeded', '1,234', '1,501', '2,000', ...numbers, '2026-11-25 10:00'],
  ]);
});

it('a run and a hold have the colour of what they say; a run that is active has none', () => {
  const runs = ['succeeded', 'partial_quota', 'partial_error', 'cancelled', 'failed', 'running'].map(
    (status) => ({ ...run, status }) as Status['runs'][number],
  );
  const hold = { api: 'a:b:1', code: 'gw.X', heldAt: at('25T01:00:00'), heldUntil: null, probeAfter: null };
  const holds = [{ ...hold, reason: null }];
  const text = formatStatus({ ...none, runs, holds }, '', (tone, cell) => `<${tone ?? ''}>${cell}`);
  expect([...text.matchAll(/<(\w*)>(\S+)/g)].map(([, tone, cell]) => [cell, tone])).toEqual([
    ['succeeded', 'ok'],
    ['partial_quota', 'warn'],
    ['partial_error', 'warn'],
    ['cancelled', 'warn'],
    ['failed', 'fail'],
    ['running', ''],
    ['gw.X', 'warn'],
  ]);
});

it('a limit has what is used and left, and whether it is assumed', () => {
  const confirmed: typeof limit = { ...limit, source: 'configured', isAssumed: false };
  const cells = ['a:b:1', 'day', '5,000', '1,111', '1,112', '1,113', '3,889', '2026-11-26 00:00'];
  expect(partsOf({ quota: [limit, confirmed] })[1]).toEqual([
    ['api', 'period', 'limit', 'used', 'in flight', 'unknown', 'left', 'resets', 'source'],
    [...cells, 'preset, assumed'],
    [...cells, 'configured'],
  ]);
});

it('a hold says what ends it: a time, a test call, or a person', () => {
  const hold = { api: 'a:b:1', code: 'gw.X', reason: null, heldAt: at('25T01:00:00') };
  const until = (heldUntil: Date | null, probeAfter: Date | null) => ({ ...hold, heldUntil, probeAfter });
  const [soon, later] = [at('25T02:00:00'), at('26T02:00:00')];
  const holds = [until(later, null), until(later, soon), until(null, soon), until(null, null)];
  const test = 'a test call succeeds; next try 2026-11-25 10:00';
  expect(partsOf({ holds })[2]).toEqual([
    ['held api', 'code', 'since', 'until'],
    ...['2026-11-26 10:00', test, test, 'a person resumes it'].map((end) => [
      ...['a:b:1', 'gw.X', '2026-11-25 09:00', end],
    ]),
  ]);
});

it('what is not as it should be has a part of its own', () => {
  const pace = { appKey: '1', perSecond: 4.6, declaredPerSecond: 24.2, changedAt: at('25T01:00:00') };
  const drift = { operation: 'offer.detail', kind: 'unknown', seen: 1234, lastSeenAt: at('25T03:00:00') };
  const parts = partsOf({
    paces: ['*', 'a:b:1'].map((api) => ({ ...pace, api })),
    drifts: [
      { ...drift, path: 'data[].x', sample: '"new"', callId: '1' },
      { ...drift, path: 'data[].y', sample: null, callId: '2' },
    ] as Status['drifts'],
    namedSearches: { searches: 1234, askAgainAt: at('26T00:00:00') },
    givenUp: [
      {
        ...{ operation: 'offer.detail', kind: 'detail', id: '7', name: null, code: null, failedTries: 0 },
        ...{ notBefore: at('26T00:00:00'), ofOperation: 1, ofAll: 1 },
      },
    ],
  });
  expect(parts.slice(3)).toEqual([
    [
      ['could not be fetched', 'id', 'name', 'code', 'tries', 'next try'],
      ['offer.detail', '7', '2026-11-26 08:00'],
    ],
    [
      ['1688 allows less than declared', 'pace found', 'changed'],
      ['all APIs', '4.6 of 24.2 calls a second', '2026-11-25 09:00'],
      ['a:b:1', '4.6 of 24.2 calls a second', '2026-11-25 09:00'],
    ],
    [
      [...['searches of categories by name', 'because'], 'a run asks again without a keyword from'],
      ['1,234', '1688 refused one without a keyword', '2026-11-26 08:00'],
    ],
    [
      [
        ...['field of answers that differs from the known schema', 'of', 'is'],
        ...['answers', 'last seen', 'example'],
      ],
      ['data[].x', 'offer.detail', 'unknown', '1,234', '2026-11-25 11:00', '"new"'],
      ['data[].y', 'offer.detail', 'unknown', '1,234', '2026-11-25 11:00'],
    ],
  ]);
});

it('a search that is not listed in full says why, and in how many of its parts', () => {
  const searches: Status['searches'] = [
    search,
    { ...search, lastOutcome: 'completed' as never, totalRecords: null, reach: null },
    { ...search, isCapped: true },
    { ...search, isCapped: true, parts: 1200, troubledParts: 1100 },
    { ...search, parts: 1, troubledParts: 1 },
  ];
  const time = '2026-11-24 18:00';
  expect(partsOf({ searches })[3]).toEqual([
    ['search that is not listed in full', 'feed', 'total', 'listed', 'why', 'last pass'],
    ['包', 'bags', '2,500', '1,999', 'repeats its pages', time],
    ['包', 'bags', 'lists far fewer than its total', time],
    ['包', 'bags', '2,500+', '1,999', 'more offers than 1688 lists', time],
    ['包', 'bags', '2,500+', '1,999', 'more offers than 1688 lists, in 1,100 of 1,200 parts', time],
    ['包', 'bags', '2,500', '1,999', 'repeats its pages, in 1 of 1 parts', time],
  ]);
});

it('limits and paces of several apps name their app, and those of one app do not', () => {
  const pace = { appKey: '1', api: '*', perSecond: 1.5, declaredPerSecond: 4, changedAt: null };
  const [, ofOne] = partsOf({ quota: [limit], paces: [pace] });
  expect(ofOne?.[0]?.[0]).toBe('api');
  const parts = partsOf({
    quota: [limit, { ...limit, appKey: '2' }],
    paces: [pace, { ...pace, appKey: '2' }],
  });
  expect(parts[1]?.map((row) => row.slice(0, 2))).toEqual([
    ['app', 'api'],
    ['1', 'a:b:1'],
    ['2', 'a:b:1'],
  ]);
  expect(parts[3]?.map((row) => row.slice(0, 2))).toEqual([
    ['app', '1688 allows less than declared'],
    ['1', 'all APIs'],
    ['2', 'all APIs'],
  ]);
});
