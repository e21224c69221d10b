import { describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { QuotaLimitRow } from '../../../src/ledger/quota-report.ts';
import { apiOperations } from '../../../src/model/known-apis.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';
import type { Forecast } from '../../../src/refresh/forecast/forecast.ts';
import {
  assumeKnowledge,
  limitsOfFile,
  liveSchedules,
  readPeriodLimits,
  readRhythm,
  toRunForecast,
} from '../../../src/runs/forecast-run.ts';
import type { KeptSchedule } from '../../../src/runs/schedule-store.ts';

/** The last minute of a Sunday. */
const now = new Date('2026-11-29T23:59:00Z');

const syncOf = (more = '', feeds = '[{ name: bags, keywords: [b] }]') =>
  parseSyncFile(`account: personal\nfeeds: ${feeds}\n${more}`, 'test');
const schedule = (cron: string, more: Partial<Schedule> = {}): Schedule => ({
  ...{ name: cron, cron, timezone: 'UTC', feeds: ['bags'], budgetCalls: null, missed: 'skip' },
  ...more,
});

describe('the rhythm of runs', () => {
  const runsPerDay = (cron: string) =>
    readRhythm([schedule(cron, { budgetCalls: 1 })], ['bags'], now).callsPerDay;

  it.each([
    ['0 2 * * *', 1],
    ['0 * * * *', 24],
    ['* * * * *', 1440],
    ['0 2 * * 1', 1 / 7],
    // Eight in two days may be all of a week; with more of them, these two days count.
    ['0 0,6,12,18 * * 1,2', 8 / 7],
    ['0 0-8 * * 1', 9 / 2],
    // None in four weeks counts as one.
    ['0 0 1 7 *', 1 / 28],
  ])('of %s is %f a day', (cron, runs) => {
    expect(runsPerDay(cron)).toBeCloseTo(runs, 9);
  });

  it('adds up the budgets of the schedules of any of the feeds, and has the shortest of their times', () => {
    const schedules = [
      schedule('0 2 * * *', { budgetCalls: 40 }),
      schedule('0 */12 * * *', { budgetCalls: 5, feeds: ['hats', 'bags'] }),
      schedule('0 * * * *', { budgetCalls: 9, feeds: ['caps'] }),
    ];
    expect(readRhythm(schedules, ['bags', 'gloves'], now)).toEqual({
      ...{ hasSchedule: true, runEveryDays: 0.5, callsPerDay: 40 + 2 * 5 },
    });
    const unbound = [...schedules, schedule('0 3 * * *')];
    expect(readRhythm(unbound, ['bags'], now).callsPerDay).toBe(Infinity);
  });

  it('without a schedule is one run a day', () => {
    const once = { hasSchedule: false, runEveryDays: 1, callsPerDay: Infinity };
    expect(readRhythm([schedule('0 * * * *', { budgetCalls: 9 })], ['hats'], now)).toEqual(once);
  });
});

it('runs are started by schedules of the file and added ones, and by none that is paused or unreadable', () => {
  const keep = (name: string, more: Partial<KeptSchedule>): KeptSchedule => ({
    ...schedule('0 2 * * *', { name }),
    ...{ origin: 'cli', pausedAt: null, countsFrom: now, createdAt: now, lastSlot: null },
    ...more,
  });
  const file = ['new', 'kept', 'paused'].map((name) => schedule('0 2 * * *', { name }));
  const kept = [
    keep('kept', { origin: 'file' }),
    keep('paused', { origin: 'file', pausedAt: now }),
    keep('gone', { origin: 'file' }),
    keep('added', {}),
    keep('added and paused', { pausedAt: now }),
    keep('added and unreadable', { timezone: 'Moon/Tycho' }),
  ];
  expect(liveSchedules(file, kept).map(({ name }) => name)).toEqual(['new', 'kept', 'added']);
});

describe('limits of a day or month', () => {
  const use = (remaining: number, share: number | null, usedToday: number | null) =>
    ({ remaining, share, usedToday }) as QuotaLimitRow['use'];
  const row = (api: string, more: Partial<QuotaLimitRow>) =>
    ({ api, period: 'day', callLimit: 500, use: use(100, null, null), ...more }) as QuotaLimitRow;
  const group = 'quotas: { groups: [{ name: pool, operations: [offer.detail, search.image], daily: 70 }] }';
  const read = (...rows: readonly QuotaLimitRow[]) =>
    readPeriodLimits({ report: { listLimits: async () => rows as QuotaLimitRow[] }, sync: syncOf() });

  it.each([
    ['of a day has what remains', use(100, null, null), 100],
    ['of a month has what the day may use of it', use(100, 30, null), 30],
    ['of a month has what the day has not used', use(100, 30, 10), 20],
    ['of a month has no more than remains', use(5, 30, 10), 5],
    ['of a month has nothing left once the day has used more than its part', use(100, 30, 40), 0],
  ])('one %s', async (_, used, leftToday) => {
    expect(await read(row('*', { use: used }))).toEqual([
      { operations: apiOperations, period: 'day', calls: 500, leftToday },
    ]);
  });

  it('are of the operations of an API, a group or the app; a pace is none', async () => {
    const sync = syncOf(group);
    const rows = [
      row('*', {}),
      row('@pool', { period: 'month', callLimit: 70 }),
      row('com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1', {}),
      row('nobody:knows:1', {}),
      row('*', { period: 'second', use: null }),
      row('*', { period: 'minute' }),
    ];
    const limits = await readPeriodLimits({ report: { listLimits: async () => rows }, sync });
    expect(limits.map(({ operations, period }) => [operations, period])).toEqual([
      [apiOperations, 'day'],
      [['offer.detail', 'search.image'], 'month'],
      [['offer.detail'], 'day'],
      [[], 'day'],
    ]);
  });

  it('are those of the file before any is in effect: as approved, otherwise as the account has them', async () => {
    const sync = syncOf('quotas: { approved: { offer.detail: { daily: 900 } } }');
    const file = limitsOfFile(sync);
    expect(file).toHaveLength(2 * apiOperations.length);
    const of = (operation: string) =>
      file
        .filter(({ operations }) => operations.join() === operation)
        .map(({ period, calls, leftToday }) => [period, calls, leftToday]);
    expect(of('offer.detail')).toEqual([
      ['day', 900, null],
      ['month', 15_000, null],
    ]);
    expect(of('search.image')).toEqual([
      ['day', 500, null],
      ['month', 15_000, null],
    ]);
    expect(await readPeriodLimits({ report: { listLimits: async () => [] }, sync })).toEqual(file);
    expect(limitsOfFile(syncOf(group)).at(-1)).toMatchObject({ period: 'day', calls: 70 });
    const monthly = limitsOfFile(syncOf(group.replace('daily: 70', 'monthly: 80')));
    expect(monthly.at(-1)).toMatchObject({ period: 'month', calls: 80 });
    expect(monthly).toHaveLength(2 * apiOperations.length + 1);
  });
});

describe('what is assumed before there is a database', () => {
  const assume = (feed: string, more = '') =>
    assumeKnowledge(
      syncOf(more, `[{ name: bags, ${feed} }]`),
      { feedNames: ['bags'], budgetCalls: null },
      now,
    ).knowledge;

  it('is the whole tree below its root, and a branch for any other category', () => {
    // 50 roots with 20 branches each; the answer about a branch has its leaves.
    expect(assume("categories: ['0']").feeds[0]?.nodesToFirstPass).toBe(1 + 50 * (1 + 20));
    expect(assume("categories: ['54', '55']").feeds[0]?.nodesToFirstPass).toBe(2 * (1 + 20));
  });

  it('is a pace of four fifths of what the file allows', () => {
    expect(assume('keywords: [b]', 'quotas: { per_second: 10 }').callsPerSecond).toBeCloseTo(8, 9);
  });
});

it('the forecast that is kept with a run has one digit behind the point', () => {
  const nextRun = { newOffers: 1.26, changedOffers: 20.04, seconds: 0.05 };
  const result = { apis: [{ operation: 'offer.detail', nextRun: 12 }], nextRun, searches: [] };
  expect(toRunForecast(result as unknown as Forecast)).toEqual({
    ...{ isGuess: false, calls: { 'offer.detail': 12 } },
    ...{ newOffers: 1.3, changedOffers: 20, seconds: 0.1 },
  });
});
