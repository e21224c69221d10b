import { expect, test } from 'vitest';
import { callsLeftOf, listSlotsToCome, planSlots, type PlannedSlot } from '../../../src/runs/plan-today.ts';
import type { Run } from '../../../src/model/run.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';

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
