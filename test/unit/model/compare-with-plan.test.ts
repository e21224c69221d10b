import { describe, expect, test } from 'vitest';
import { approvedCalls } from '../../../src/model/approved-calls.ts';
import { compareWithPlan, type ComparedRun } from '../../../src/model/compare-with-plan.ts';
import { postponeWithinMs } from '../../../src/model/token.ts';

const forecast = {
  calls: { 'offer.detail': 30, 'search.keyword': 12, 'search.seller': 0 },
  newOffers: 500,
  changedOffers: 20,
  seconds: 90,
};
const run: ComparedRun = {
  forecast,
  callsUsed: 17,
  startedAt: new Date('2026-11-25T04:00:00Z'),
  endedAt: new Date('2026-11-25T04:01:30.500Z'),
  counts: { offersNew: 400, offersChanged: 0 },
};
const now = new Date('2026-11-25T04:00:10Z');

describe('a run beside its plan', () => {
  test('has each figure as it was planned and as it came', () => {
    expect(compareWithPlan(run, { 'offer.detail': 16, 'category.children': 1 }, now)).toEqual({
      plannedName: 'planned',
      calls: { actual: 17, planned: 42 },
      byOperation: [
        { operation: 'category.children', actual: 1, planned: 0 },
        { operation: 'search.keyword', actual: 0, planned: 12 },
        { operation: 'offer.detail', actual: 16, planned: 30 },
      ],
      seconds: { actual: 90.5, planned: 90 },
      newOffers: { actual: 400, planned: 500 },
      changedOffers: { actual: 0, planned: 20 },
    });
  });

  test('without a plan has only what came', () => {
    expect(compareWithPlan({ ...run, forecast: null }, { 'offer.detail': 17 }, now)).toEqual({
      plannedName: 'planned',
      calls: { actual: 17, planned: null },
      byOperation: [{ operation: 'offer.detail', actual: 17, planned: null }],
      seconds: { actual: 90.5, planned: null },
      newOffers: { actual: 400, planned: null },
      changedOffers: { actual: 0, planned: null },
    });
  });

  test.each([
    [true, 'at most'],
    [false, 'planned'],
  ])('whose forecast is a guess (%s) says "%s"', (isGuess, name) => {
    expect(compareWithPlan({ ...run, forecast: { ...forecast, isGuess } }, {}, now).plannedName).toBe(name);
  });

  test.each([
    ['goes on lasts until now', { endedAt: null }, 10],
    ['has not begun lasts no time', { startedAt: null, endedAt: null }, 0],
    [
      'began after now, by another clock, lasts no time',
      { startedAt: new Date(now.getTime() + 1), endedAt: null },
      0,
    ],
  ])('that %s', (_, times, seconds) => {
    expect(compareWithPlan({ ...run, ...times }, {}, now).seconds.actual).toBe(seconds);
  });
});

test('what 1688 approved is what the file says, number by number, and else what was declared', () => {
  const declared = { approvedDaily: 100, approvedMonthly: 3000 };
  expect(approvedCalls({ daily: 5, monthly: null }, declared)).toEqual({ daily: 5, monthly: 3000 });
  expect(approvedCalls(undefined, declared)).toEqual({ daily: 100, monthly: 3000 });
  expect(approvedCalls(undefined, undefined)).toEqual({ daily: null, monthly: null });
});

test('a refresh token is postponed within 30 days of its end', () => {
  expect(postponeWithinMs).toBe(2_592_000_000);
});
