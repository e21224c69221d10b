import { describe, expect, test } from 'vitest';
import type { ForecastFacts, OfferFacts, WindowFacts } from '../../../../src/model/forecast-facts.ts';
import type { ApiOperation } from '../../../../src/model/known-apis.ts';
import { buildKnowledge } from '../../../../src/refresh/forecast/build-knowledge.ts';
import type { CallLimit } from '../../../../src/refresh/forecast/knowledge.ts';
import { forecastRun } from '../../../../src/refresh/forecast/next-run.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';

const keyword: WindowFacts = {
  ...{ feed: 'a', kind: 'keyword', term: 'x', label: 'x', windows: 1 },
  ...{ pages: 20, nextPage: 1, ageDays: 2, isPostponed: false, reach: 1000, mayStop: false, worth: null },
};

const offer: OfferFacts = {
  ...{ feeds: ['a'], popularity: 1, changes: 0.1, days: 20 },
  ...{ summaryAgeDays: 2, detailAgeDays: 3, hasDetail: true, isStale: false, isPostponed: false },
};

const known: ForecastFacts = {
  ...{ windows: [keyword], nodes: [], unheld: [], sample: Array.from({ length: 1000 }, () => offer) },
  ...{ offersPerSample: 1, callsPerSecond: null },
};

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(610_000_000_000 + index));

/** The next run of feed `a`, with so many calls left of some APIs. */
function runOf(
  facts: ForecastFacts,
  left: Partial<Record<ApiOperation, number>> = {},
  feed = 'keywords: [x]',
) {
  const sync = parseSyncFile(`account: business\nfeeds: [{ name: a, ${feed} }]\n`, 'test');
  const limits = Object.entries(left).map(([operation, calls]): CallLimit => ({
    ...{ operations: [operation as ApiOperation], perDay: 1000, left: calls },
  }));
  const planner = { prior: { changes: 0.2, days: 10 }, visibleShare: 0.7, shown: null, meanPopularity: 1 };
  const { calls, due, newOffers } = forecastRun(
    buildKnowledge(sync, facts, { planner, limits, runEveryDays: 1, callsPerSecond: 3 }),
  );
  const get = (of: typeof calls, operation: ApiOperation) => of.get(operation) ?? 0;
  return {
    newOffers,
    calls: (operation: ApiOperation) => get(calls, operation),
    due: (operation: ApiOperation) => get(due, operation),
  };
}

describe('rows that no search of the run renews', () => {
  test.each([0.01, 0])('spare no details: %s calls are left for searches', (left) => {
    expect(runOf(known).calls('offer.detail')).toBeLessThan(50);
    expect(runOf(known, { 'search.keyword': left }).calls('offer.detail')).toBeGreaterThan(990);
  });

  test('are those of an API that is held, even if the others are not', () => {
    const seller: WindowFacts = { ...keyword, kind: 'seller', term: 'b2b-1' };
    const facts = {
      ...known,
      windows: [
        { ...seller, pages: 15 },
        { ...keyword, pages: 5 },
      ],
    };
    const feed = 'keywords: [x], sellers: [b2b-1]';
    expect(runOf(facts, {}, feed).calls('offer.detail')).toBeLessThan(50);
    expect(runOf(facts, { 'search.seller': 0 }, feed).calls('offer.detail')).toBeGreaterThan(990);
  });
});

describe('offers of a watch list that are new', () => {
  const facts = { ...known, unheld: [{ feed: 'a', offers: 40 }] };

  test('are due beside what searches list, each for one call', () => {
    expect(runOf(facts).due('offer.detail') - runOf(known).due('offer.detail')).toBeCloseTo(40, 6);
    expect(runOf(facts).newOffers - runOf(known).newOffers).toBeCloseTo(40, 6);
    expect(runOf(facts, { 'offer.detail': 0 }).newOffers).toBe(runOf(known).newOffers);
  });

  test('come before those of searches where a feed is bounded, and push others out of a full one', () => {
    const never = { ...known, ...facts, windows: [{ ...keyword, pages: null, ageDays: null }], sample: [] };
    const feed = (max: number) =>
      `keywords: [x], offers: [${ids(40).join(', ')}], max_offers: ${String(max)}`;
    expect(runOf(never, {}, feed(90)).due('offer.detail')).toBe(90);
    expect(runOf(never, {}, feed(40)).due('offer.detail')).toBe(40);
    const full = runOf(facts, {}, feed(1000)).due('offer.detail');
    expect(full).toBeGreaterThan(40);
    expect(full).toBeLessThan(runOf(facts).due('offer.detail') + 1);
  });
});

describe('the next run asks for', () => {
  const pages = (window: Partial<WindowFacts>) =>
    runOf({ ...known, windows: [{ ...keyword, ...window }] }).due('search.keyword');

  test('the pages that a pass under way has left, and continues it even if the last pass is recent', () => {
    expect(pages({})).toBe(20);
    expect(pages({ nextPage: 16 })).toBe(5);
    expect(pages({ nextPage: 16, ageDays: 0.1 })).toBe(5);
    expect(pages({ nextPage: 1, ageDays: 0.1 })).toBe(0);
    // The list got shorter, and the end of it was not seen yet.
    expect(pages({ nextPage: 30 })).toBe(1);
    expect(pages({ nextPage: 16, ageDays: null })).toBe(5);
  });

  test('nothing that was postponed', () => {
    expect(pages({ isPostponed: true })).toBe(0);
    expect(pages({ isPostponed: true, ageDays: null })).toBe(0);
    const sample = known.sample.map((one, index) => ({ ...one, isStale: true, isPostponed: index < 400 }));
    const { due, newOffers } = runOf({ ...known, sample });
    expect(due('offer.detail') - newOffers).toBe(600);
    const nodes = [{ feed: 'a', level: 1, nodes: 8, unvisited: 2, due: 1 }];
    expect(runOf({ ...known, nodes }).due('category.children')).toBe(21);
  });
});
