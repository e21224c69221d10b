import { expect, it } from 'vitest';
import { describeBasis } from '../../../../src/cli/plan/describe-basis.ts';
import { assumedSentences } from '../../../../src/cli/format-estimate.ts';
import type { Knowledge } from '../../../../src/refresh/forecast/knowledge.ts';
import { searchGroup, somePlan } from '../../../support/forecasts.ts';

const basisOf = (known: Partial<Knowledge>, hasSchedule = true) => {
  const { knowledge } = somePlan();
  return describeBasis(somePlan({ hasSchedule, knowledge: { ...knowledge, ...known } }));
};
const searches = (windows: number, isAssumed = false) => ({ ...searchGroup, windows, isAssumed });
const offers = (count: number, isAssumed = false) => ({ feeds: ['a'], offers: count, sample: [], isAssumed });
const runs = 'Runs: once a day, as the schedules say.';
const kept =
  '5 % of the calls of each day are reserved for manual calls; the calls of a month are spread over its days.';

it('what was measured is told from what is assumed', () => {
  const measured = { searches: [searches(1200), searches(34)], offers: [offers(2000.4), offers(300)] };
  expect(basisOf(measured)).toEqual([
    'Measured: 1,234 searches and 2,300 offers, and how often offers changed.',
    runs,
    kept,
  ]);
  const both = {
    searches: [searches(2), searches(1500, true), searches(6, true)],
    offers: [offers(7), offers(1600, true), offers(1, true)],
  };
  expect(basisOf(both)).toEqual([
    'Measured: 2 searches and 7 offers, and how often offers changed.',
    'Assumed: 1,506 searches without an answer yet list as many offers as the others of their feed.',
    'Assumed: 1,601 offers that were not observed yet are typical ones.',
    runs,
    kept,
  ]);
  expect(basisOf({ offers: [offers(0.9, true)] })).toHaveLength(3);
  expect(basisOf({ offers: [offers(1, true)] })).toHaveLength(4);
});

it('one of each is said in the singular', () => {
  const one = {
    searches: [searches(1), searches(1, true)],
    offers: [offers(1.3), offers(1, true)],
  };
  expect(basisOf(one).slice(0, 3)).toEqual([
    'Measured: 1 search and 1 offer, and how often offers changed.',
    'Assumed: 1 search without an answer yet lists as many offers as the others of its feed.',
    'Assumed: 1 offer that was not observed yet is a typical one.',
  ]);
});

it('without a search that was made all of it is assumed', () => {
  expect(basisOf({ searches: [searches(3, true)], offers: [offers(5, true)] })).toEqual([
    ...assumedSentences.slice(0, 3),
    runs,
    kept,
  ]);
  expect(basisOf({})[0]).toBe('Measured: 0 searches and 0 offers, and how often offers changed.');
});

it('without a schedule a run a day is assumed', () => {
  expect(basisOf({ runEveryDays: 7 }, false)[1]).toBe(
    'Assumed: one run a day, because no schedule starts runs of these feeds.',
  );
});

it.each([
  [1 / 60, 'every 1 min'],
  [1.49, 'every 90 min'],
  [1.5, 'every 1.5 h'],
  [20, 'every 20.0 h'],
  [20.1, 'once a day'],
  [35.9, 'once a day'],
  [36, 'every 1.5 days'],
  [168, 'every 7.0 days'],
])('runs %d hours apart are %s', (hours, rhythm) => {
  expect(basisOf({ runEveryDays: hours / 24 })[1]).toBe(`Runs: ${rhythm}, as the schedules say.`);
});
