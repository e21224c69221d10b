import { describe, expect, it } from 'vitest';
import type { Knowledge, OfferGroup, SearchGroup } from '../../../../src/refresh/forecast/knowledge.ts';
import { forecastRun } from '../../../../src/refresh/forecast/next-run.ts';
import { feed, knowledge, limitOf, offer, search } from './known-world.ts';

const group: OfferGroup = { feeds: ['a'], offers: 100, sample: [offer], isAssumed: false };
const run = (part: Partial<Knowledge>) => forecastRun({ ...knowledge, ...part });
const detailsOf = (part: Partial<Knowledge>) => {
  const { due, changedOffers } = run(part);
  return [due.get('offer.detail'), changedOffers];
};

/** Rows show half of all changes, and no search brings new offers. */
const seeing: Partial<Knowledge> = { visibleShare: 0.5, arrivalsPerDay: 1e-9 };
const read: SearchGroup = { ...search, mayStop: false };
const of = (part: Partial<typeof offer>): OfferGroup[] => [{ ...group, sample: [{ ...offer, ...part }] }];

describe('a run', () => {
  it('makes the calls that are due, and lasts as long as they take', () => {
    const { calls, due, newOffers, changedOffers, seconds } = run({});
    expect([...due]).toEqual([
      ['category.children', 2],
      ['search.keyword', 40],
      // 50 new offers a day of four searches in three days, half of which others list too.
      ['offer.detail', 300],
    ]);
    expect(calls).toEqual(due);
    expect([newOffers, changedOffers, seconds]).toEqual([300, 0, 114]);
  });

  it('adds up the calls of feeds and of searches of one API', () => {
    const feeds = [feed, { ...feed, name: 'b', nodesDue: 5 }];
    const seller = { ...search, operation: 'search.seller', feed: 'b', windows: 1 } as const;
    const { due, newOffers } = run({ feeds, searches: [search, { ...search, feed: 'b' }, seller] });
    expect([...due.values()]).toEqual([7, 80, 10, 675]);
    expect(newOffers).toBeCloseTo(675, 9);
  });

  it('makes no more calls than limits leave of the present day', () => {
    const limits = [limitOf('search.keyword', 999, 10), limitOf('offer.detail', 999, 15)];
    const { calls, due, newOffers, seconds } = run({ limits });
    // A quarter of the pages shows a quarter of the new offers.
    expect([...due.values()]).toEqual([2, 40, 75]);
    expect([...calls.values()]).toEqual([2, 10, 15]);
    expect([newOffers, seconds]).toEqual([75, 9]);
  });
});

describe('the pages of a search that are due', () => {
  it.each<[string, Partial<SearchGroup>, number, number]>([
    ['are all when the last pass is old enough', { ageDays: 2 }, 40, 200],
    ['are none when it is not', { ageDays: 1.99 }, 0, 0],
    ['are none when it failed', { isPostponed: true }, 0, 0],
    ['are those left of a pass under way, with their part of what is new', { pagesPassed: 4 }, 24, 180],
    ['are those of a recent one as well, once a pass is under way', { pagesPassed: 4, ageDays: 1 }, 24, 60],
    ['are one at least', { pagesPassed: 12 }, 4, 30],
    ['are those of the first pass, on which half of all rows are new', { pagesToFirstPass: 3 }, 12, 300],
    ['are none without a pass that ended, or that is to end', { ageDays: null }, 0, 0],
  ])('%s', (_, part, pages, newOffers) => {
    const found = run({ searches: [{ ...search, ...part }] });
    expect(found.due.get('search.keyword')).toBe(pages);
    expect(found.newOffers).toBeCloseTo(newOffers, 9);
  });

  it('are fewer where a pass may stop early', () => {
    const pagesOf = (mayStop: boolean) =>
      run({ arrivalsPerDay: 0.5, searches: [{ ...search, ageDays: 2, mayStop }] }).due.get('search.keyword');
    // With 0.1 new offers a page, three quiet pages come after 3.676.
    expect(pagesOf(true)).toBeCloseTo(14.705_7, 3);
    expect(pagesOf(false)).toBe(40);
  });
});

describe('details that are due', () => {
  const bare: Partial<Knowledge> = { ...seeing, searches: [] };

  it('are those that are old enough, as far as rows do not vouch for them', () => {
    const offers = of({ summaryAgeDays: 1, detailAgeDays: 10 });
    const withAge = (detail: number) =>
      detailsOf({ ...bare, offers, freshness: { ...knowledge.freshness, detail } });
    // 0.75 of one day and 0.25 of ten; 1 - 1 / 1.5 of them changed where rows do not show it.
    expect(withAge(3.25)).toEqual([100, expect.closeTo(100 / 3, 9)]);
    expect(withAge(3.26)).toEqual([0, 0]);
  });

  it.each([
    ['those that are known to be wrong', { isStale: true }, [100, 100]],
    ['those that are not there yet, which are no changes', { isStale: true, hasDetail: false }, [100, 0]],
    ['none that failed', { isStale: true, isPostponed: true }, [0, 0]],
  ])('are %s', (_, part, expected) => {
    expect(detailsOf({ ...bare, offers: of(part) })).toEqual(expected);
  });

  it('count each of a sample for as many offers as it stands for', () => {
    const sample = [offer, { ...offer, isStale: true }, { ...offer, isStale: true }, offer];
    expect(detailsOf({ ...bare, offers: [{ ...group, sample }] })).toEqual([50, 50]);
  });

  it('are not counted of offers that are only assumed', () => {
    const offers = [{ ...group, sample: [{ ...offer, isStale: true }], isAssumed: true }];
    expect(detailsOf({ ...bare, offers })).toEqual([0, 0]);
  });

  const rowsFirst: Partial<Knowledge> = { ...seeing, searches: [read] };

  it('are prompted by the rows that the run reads before', () => {
    // One in three rows of ten days shows a change; without one, they vouch for all but a quarter of the age.
    const prompted = detailsOf({ ...rowsFirst, offers: of({ summaryAgeDays: 10, detailAgeDays: 11 }) });
    expect(prompted).toEqual([expect.closeTo(100 / 3, 4), expect.closeTo(100 / 3, 4)]);
    const old = detailsOf({ ...rowsFirst, offers: of({ summaryAgeDays: 10, detailAgeDays: 12 }) });
    // Of the other two thirds, 1 - 1 / 1.6 changed where rows do not show it.
    expect(old).toEqual([expect.closeTo(100, 4), expect.closeTo(100 / 3 + 25, 4)]);
  });

  it('are prompted as far as pages are read', () => {
    const offers = of({ summaryAgeDays: 10, detailAgeDays: 11 });
    const freshness = { ...knowledge.freshness, detail: 99 };
    const limits = [limitOf('search.keyword', 99, 20)];
    const part = { ...rowsFirst, offers, freshness };
    expect(detailsOf({ ...part, limits })).toEqual([expect.closeTo(50 / 3, 4), expect.closeTo(50 / 3, 4)]);
    const recent = { ...read, ageDays: 1 };
    expect(detailsOf({ ...part, searches: [read, recent] })[0]).toBeCloseTo(50 / 3, 4);
    // Searches of other feeds, and first passes, renew nothing.
    const others = [
      { ...read, feed: 'b' },
      { ...read, pagesToFirstPass: 2 },
    ];
    const feeds = [{ ...feed, novelty: 0 }];
    expect(detailsOf({ ...part, feeds, searches: others })[0]).toBe(0);
    const both = [{ ...offers[0], feeds: ['b', 'a'] } as OfferGroup];
    expect(detailsOf({ ...part, offers: both })[0]).toBeCloseTo(100 / 3, 4);
  });

  it('have rows of the run by the part that it reads of what its passes read in the mean', () => {
    const quiet = { ...search, ageDays: 2 };
    const offers = of({ summaryAgeDays: 10, detailAgeDays: 11 });
    const dueAt = (detail: number) => {
      const freshness = { ...knowledge.freshness, detail };
      return detailsOf({ arrivalsPerDay: 0.5, searches: [quiet], offers, freshness })[0];
    };
    // 3.6764 of 6.8382 pages: 0.5 * 10 * (1 - 0.5376) and 0.5 * 11 days count. Two new offers are due anyway.
    expect([dueAt(7.811), dueAt(7.813)]).toEqual([expect.closeTo(102, 6), expect.closeTo(2, 6)]);
  });
});

describe('new offers', () => {
  const first = { ...search, pagesToFirstPass: 3 };

  it('are taken in until the feed is full, and its watch list comes first', () => {
    const full = { ...feed, maxOffers: 150, unheld: 20 };
    const assumed = { ...group, offers: 1000, isAssumed: true };
    const foreign = { ...group, feeds: ['b'], offers: 1000 };
    const { due, newOffers } = run({
      ...{ feeds: [full], searches: [first], offers: [...of({}), assumed, foreign] },
    });
    // 150 - 100 - 20 of those that are listed, and the 20.
    expect(due.get('offer.detail')).toBe(50);
    expect(newOffers).toBe(320);
    expect(run({ feeds: [{ ...full, maxOffers: 110 }], searches: [first] }).due.get('offer.detail')).toBe(20);
  });

  it('of a watch list are there as far as details are fetched', () => {
    const limits = [limitOf('offer.detail', 999, 30)];
    const { newOffers, changedOffers } = run({
      ...{ feeds: [{ ...feed, unheld: 20 }], searches: [], limits, offers: of({ isStale: true }) },
    });
    expect([newOffers, changedOffers]).toEqual([5, 25]);
  });
});
