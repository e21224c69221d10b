import { describe, expect, it } from 'vitest';
import {
  arrivalsOf,
  newOffersPerPage,
  steadyStateSearches,
  wholeRuns,
} from '../../../../src/refresh/forecast/steady-state-searches.ts';
import type { Knowledge } from '../../../../src/refresh/forecast/knowledge.ts';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';
import { pageValues } from '../../../../src/refresh/planner/page-value.ts';
import { feed, knowledge, search } from './known-world.ts';

const worth = { pages: 2, soonValue: 0.5, lateValue: 4, newOffers: 0, exposureDays: 27 };
type RoomOf = Parameters<typeof steadyStateSearches>[1];
const steady = (part: Partial<Knowledge>, roomOf: RoomOf = (wanted) => wanted) =>
  steadyStateSearches({ ...knowledge, ...part }, roomOf);

it('what may become so old is fetched after whole intervals between runs', () => {
  expect(
    [
      [20 / 24, 1],
      [1, 1],
      [1.001, 1],
      [2 + 1e-12, 1],
      [0.1, 0.5],
      [1.1, 0.5],
    ].map(([age = 0, every = 0]) => wholeRuns(age, every)),
  ).toEqual([1, 1, 2, 2, 0.5, 1.5]);
});

describe('new offers of a search', () => {
  it('are those that it was seen to have, or those of others', () => {
    expect(arrivalsOf(knowledge, search)).toBe(50);
    const seen = { ...search, worth: { ...worth, newOffers: 7, exposureDays: 8.5 } };
    expect(arrivalsOf({ ...knowledge, arrivalsPerDay: 2 }, seen)).toBe(1);
  });

  it('stand on its pages beside the offers that rows show changed', () => {
    // Half of 50 changed visibly in ten days' worth; 40 new ones are on ten pages.
    const seeing = { ...knowledge, visibleShare: 0.5, arrivalsPerDay: 2 };
    expect(newOffersPerPage(seeing, search, 20)).toBeCloseTo(25 + 4, 9);
  });
});

describe('a search in the long run', () => {
  it('is passed as often as its rows may become old, where nothing is short', () => {
    const { searches, wanted } = steady({});
    expect(searches).toMatchObject([{ everyDays: 2, callsPerDay: 20 }]);
    expect([...wanted]).toEqual([['search.keyword', 20]]);
  });

  it('is stopped early in every second pass where it shows little that is new', () => {
    // 0.1 a page: 3.6764 pages until three were quiet, and ten in every other pass.
    expect(steady({ arrivalsPerDay: 0.5 }).searches[0]?.callsPerDay).toBeCloseTo((4 * 6.838_2) / 2, 3);
  });

  it('is worth a call for what its pages show and for new offers, by the weight of its feed', () => {
    const known = { ...search, worth };
    const part = { meanPopularity: 2, freshness: { ...knowledge.freshness, search: 4 } };
    // After four days: 4 of popularity 2, and 0.1 * 4 ** 2 / 2 new ones; on two pages.
    const of = (weight: number, name = 'a') =>
      steady({ ...part, searches: [known], feeds: [{ ...feed, name, weight }] }).searches[0]?.worthPerCall;
    expect(of(1)).toBeCloseTo(1.4, 9);
    expect(of(3)).toBeCloseTo(4.2, 9);
    expect(of(3, 'other')).toBeCloseTo(1.4, 9);
  });

  it.each([null, { ...worth, pages: 0 }])(
    'that was never passed is worth what typical ones are: %j',
    (none) => {
      const unknown = { ...search, pages: 2, worth: none };
      const freshness = { ...knowledge.freshness, search: 0.5 };
      const part = {
        runEveryDays: 0.5,
        freshness,
        meanPopularity: 9,
        visibleShare: 0.5,
        searches: [unknown],
      };
      const typical = {
        weight: 1,
        rate: knowledge.prior,
        summaryAgeDays: 0,
        detailAgeDays: 0,
        isStale: false,
      };
      const { soon } = pageValues([typical], { objective: defaultObjective, visibleShare: 0.5 });
      expect(soon).toBeGreaterThan(0);
      const { worthPerCall } = steady(part).searches[0] ?? expect.unreachable();
      expect(worthPerCall).toBeCloseTo((100 * soon + 0.125) / 2, 9);
    },
  );

  it('is passed as often as its API has calls', () => {
    const seller = { ...search, operation: 'search.seller', windows: 2 } as const;
    const { searches, wanted } = steady(
      { searches: [search, seller] },
      () => new Map([['search.keyword', 5]]),
    );
    expect([...wanted.values()]).toEqual([20, 10]);
    expect(searches[0]?.everyDays).toBeCloseTo(8, 6);
    expect(searches[1]?.everyDays).toBe(2);
  });

  it('gets no calls where there are none', () => {
    const [none] = steady({}, () => new Map([['search.keyword', 0]])).searches;
    expect(none).toEqual({ search, everyDays: Infinity, callsPerDay: 0, worthPerCall: 0 });
  });
});
