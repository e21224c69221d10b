import { expect, test } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createLogger } from '../../../src/core/log.ts';
import {
  callsLeftOf,
  listSlotsToCome,
  planSlots,
  planToday,
  type PlannedSlot,
  type PlanTodayDeps,
} from '../../../src/runs/plan-today.ts';
import type { Run } from '../../../src/model/run.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';
import { firstPrior } from '../../../src/refresh/planner/change-rate.ts';
import { firstVisibleShare, shareOf } from '../../../src/refresh/planner/visible-share.ts';
import type { KeptSchedule } from '../../../src/runs/schedule-store.ts';

/** Ten in the morning in Shanghai. */
const now = new Date('2026-11-25T02:00:00Z');
const at = (time: string) => new Date(`2026-11-25T${time}:00+08:00`);

const schedule = (name: string, cron: string): Schedule => ({
  ...{ name, cron, timezone: 'Asia/Shanghai', feeds: ['bags'], budgetCalls: null, missed: 'skip' },
});

const slot = (time: string, feeds: readonly string[], budgetCalls: number | null = null): PlannedSlot => ({
  ...{ schedule: 'one', at: at(time), feeds, budgetCalls },
});

test('the slots of the day that are still to come are those of all schedules, before midnight in Shanghai', () => {
  const schedules = [
    schedule('nightly', '30 2 * * *'),
    schedule('evening', '0 22 * * *'),
    schedule('late', '0 0,18 * * *'),
    // Cannot be read.
    { ...schedule('lunar', '0 12 * * *'), timezone: 'Moon/Tycho' },
  ];
  expect(listSlotsToCome(schedules, now).map((one) => [one.schedule, one.at])).toEqual([
    ['late', at('18:00')],
    ['evening', at('22:00')],
  ]);
});

test('the first slot of feeds takes what is due, a later one what became due since, and none more than its budget', () => {
  const forecastOf = () => ({
    'search.keyword': { nextRun: 100, perDay: 48 },
    'offer.detail': { nextRun: 300, perDay: 240 },
  });
  const planned = planSlots(
    [slot('12:00', ['bags']), slot('18:00', ['bags']), slot('20:00', ['bags', 'shoes'], 40)],
    forecastOf,
  );
  expect(planned).toEqual([
    { at: at('12:00'), calls: { 'search.keyword': 100, 'offer.detail': 300 } },
    { at: at('18:00'), calls: { 'search.keyword': 12, 'offer.detail': 60 } },
    // Shoes come first here, so all that is due is wanted: 400, of which the budget allows a tenth.
    { at: at('20:00'), calls: { 'search.keyword': 10, 'offer.detail': 30 } },
  ]);
});

test('a slot of several feeds takes what became due since the last of them was fetched', () => {
  const forecastOf = () => ({ 'offer.detail': { nextRun: 300, perDay: 240 } });
  const planned = planSlots(
    [slot('12:00', ['bags']), slot('14:00', ['shoes']), slot('18:00', ['bags', 'shoes'])],
    forecastOf,
  );
  expect(planned.at(-1)).toEqual({ at: at('18:00'), calls: { 'offer.detail': 40 } });
});

test('an active run still wants what its forecast has beyond its calls, within its budget', () => {
  const run = (callsUsed: number, budgetCalls: number | null) =>
    ({
      ...{ callsUsed, budgetCalls },
      forecast: {
        calls: { 'search.keyword': 20, 'offer.detail': 80 },
        newOffers: 0,
        changedOffers: 0,
        seconds: 1,
      },
    }) as unknown as Run;
  expect(callsLeftOf(run(50, null))).toEqual({ 'search.keyword': 10, 'offer.detail': 40 });
  expect(callsLeftOf(run(50, 60))).toEqual({ 'search.keyword': 2, 'offer.detail': 8 });
  expect(callsLeftOf(run(150, null))).toEqual({ 'search.keyword': 0, 'offer.detail': 0 });
  expect(callsLeftOf({ ...run(0, null), forecast: null })).toEqual({});
});

/** A watch list of three offers that nothing is known of yet. */
const listed = { windows: [], nodes: [], unheld: [{ feed: 'bags', offers: 3 }], sample: [] };

function planOf(schedules: readonly Partial<KeptSchedule>[], runs: readonly Partial<Run>[]) {
  const deps: PlanTodayDeps = {
    facts: { read: async () => ({ ...listed, offersPerSample: 0, callsPerSecond: null }) },
    refreshQueue: {
      planner: async () => ({
        ...{ prior: firstPrior, visibleShare: shareOf(firstVisibleShare), shown: null, meanPopularity: 1 },
      }),
    } as unknown as PlanTodayDeps['refreshQueue'],
    report: { listLimits: async () => [] },
    quota: { listHolds: async () => [], ledgerNow: async () => now },
    schedules: { list: async () => schedules as KeptSchedule[] },
    runs: { listActive: async () => runs as Run[] },
    sync: parseSyncFile('account: personal\nfeeds: [{ name: bags, offers: [1, 2, 3] }]\n', 'test'),
    log: createLogger({ level: 'silent', pretty: false }),
  };
  return planToday(deps, now);
}

const evening = { ...schedule('evening', '0 22 * * *'), pausedAt: null };
const calls = { 'offer.detail': 10 };
const active: Partial<Run> = {
  ...{ callsUsed: 4, budgetCalls: null, feedNames: ['shoes'] },
  forecast: { calls, newOffers: 0, changedOffers: 0, seconds: 1 },
};
const api = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

test('the plan of a day has what active runs and coming slots want', async () => {
  expect(await planOf([evening], [active])).toEqual({
    ...{ schedules: ['evening'], activeRuns: 1 },
    calls: [
      { api, at: now, calls: 6 },
      { api, at: at('22:00'), calls: 3 },
    ],
  });
  expect(await planOf([], [active, { forecast: null }])).toEqual({
    ...{ schedules: [], activeRuns: 1, calls: [{ api, at: now, calls: 6 }] },
  });
  const twice = { ...evening, cron: '0 20,22 * * *' };
  expect(await planOf([twice], [])).toMatchObject({ schedules: ['evening'], activeRuns: 0 });
  const night = { ...evening, cron: '0 2 * * *' };
  expect(await planOf([night], [])).toEqual({ schedules: [], activeRuns: 0, calls: [] });
});

test('what an active run will fetch is not wanted again by the next slot of its feeds', async () => {
  const slotCalls = async (run: Partial<Run>) => {
    const plan = await planOf([evening], [{ ...active, ...run }]);
    return plan?.calls.filter(({ at: time }) => time > now).reduce((sum, one) => sum + one.calls, 0);
  };
  expect(await slotCalls({ feedNames: ['bags'] })).toBeLessThan(3);
  // One with a budget leaves the rest of what is due, and one without a forecast counts for nothing.
  expect(await slotCalls({ feedNames: ['bags'], budgetCalls: 10 })).toBe(3);
  expect(await slotCalls({ feedNames: ['bags'], forecast: null })).toBe(3);
});

test('without a schedule that starts runs and a run with a forecast, a day has no plan', async () => {
  expect(await planOf([], [])).toBeNull();
  expect(await planOf([{ ...evening, pausedAt: now }], [{ forecast: null }])).toBeNull();
});
