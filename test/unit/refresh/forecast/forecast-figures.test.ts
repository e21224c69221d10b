import { describe, expect, it } from 'vitest';
import { forecast } from '../../../../src/refresh/forecast/forecast.ts';
import { isGuess } from '../../../../src/refresh/forecast/is-guess.ts';
import type { FeedKnowledge, Knowledge, OfferGroup } from '../../../../src/refresh/forecast/knowledge.ts';
import { feed, knowledge, limitOf, offer, search } from './known-world.ts';

const group: OfferGroup = { feeds: ['a'], offers: 100, sample: [offer], isAssumed: false };
const of = (part: Partial<Knowledge> = {}) => forecast({ ...knowledge, ...part });
const withFeed = (part: Partial<FeedKnowledge>) => of({ feeds: [{ ...feed, ...part }] });
const near = (value: number): unknown => expect.closeTo(value, 5);

describe('a forecast of a world without limits', () => {
  const world = of();

  it('has the calls of each API that has any', () => {
    expect(world.apis).toEqual([
      {
        ...{ operation: 'category.children', nextRun: 2, due: 2, perDay: 2, wantedPerDay: 2, toFirstPass: 3 },
      },
      {
        ...{ operation: 'search.keyword', nextRun: 40, due: 40, perDay: 20, wantedPerDay: 20 },
        toFirstPass: 0,
      },
      {
        // 20 of known offers, each every five days, and 100 of new ones.
        ...{ operation: 'offer.detail', nextRun: 300, due: 300, perDay: 120, wantedPerDay: 120 },
        toFirstPass: 0,
      },
    ]);
    expect([world.firstPassDays, world.nextRun.seconds]).toEqual([1, 114]);
  });

  it('has the ages of rows and details of each feed', () => {
    // 2 ln 1.5: the mean of 1 / (1 + t / 10) over five days.
    const details = { ages: { meanDays: near(2.5), medianDays: near(2.5), p90Days: near(4.5) } };
    const fresh: unknown = expect.closeTo(0.810_93, 3);
    expect(world.details).toEqual({ ...details, callsPerDay: 20, fresh });
    expect(world.feeds).toEqual([
      {
        ...{ feed: 'a', offers: 100, newPerDay: 100, detailsPerDay: 20, fresh, details: details.ages },
        rows: { meanDays: 1, medianDays: near(1), p90Days: near(1.8) },
      },
    ]);
    expect(world.searches).toMatchObject([{ search, everyDays: 2 }]);
  });

  it.each<[string, Partial<FeedKnowledge>]>([
    ['nodes in the long run', { nodes: 7 }],
    ['nodes until all were fetched once', { nodesToFirstPass: 3 }],
    ['nodes that are due', { nodesDue: 2 }],
  ])('names an API for %s', (_, part) => {
    const none = { nodes: 0, nodesToFirstPass: 0, nodesDue: 0 };
    const operations = (its: Partial<FeedKnowledge>) =>
      withFeed({ ...none, ...its }).apis.map(({ operation }) => operation);
    expect(operations(part)).toContain('category.children');
    expect(operations({})).not.toContain('category.children');
  });
});

describe('new offers of a feed', () => {
  it.each([
    [null, 100],
    [101, 100],
    [100, 0],
  ])('whose bound is %s are %i a day', (maxOffers, newPerDay) => {
    const foreign = { ...group, feeds: ['b'], offers: 1000 };
    const world = of({ feeds: [{ ...feed, maxOffers }], offers: [group, foreign] });
    expect(world.feeds[0]?.newPerDay).toBe(newPerDay);
    const ofFeed = world.apis.find(({ operation }) => operation === 'offer.detail');
    expect(ofFeed?.wantedPerDay).toBeCloseTo(20 + 1000 / 3 + newPerDay, 9);
  });
});

describe('a forecast of a world that lacks calls', () => {
  it.each([
    ['for some of the known offers', 110, { perDay: 110, known: 20 }],
    ['but for the three tenths of those that are overdue', 60, { perDay: 60, known: 18 }],
    ['for known offers, as far as they are left by new ones', 109, { perDay: 109, known: 20 }],
    ['for anything', 0, { perDay: 0, known: 0 }],
  ])('of details %s', (_, calls, { perDay, known }) => {
    const { apis, details } = of({ limits: [limitOf('offer.detail', calls)] });
    expect(apis.at(-1)).toMatchObject({ wantedPerDay: 120, perDay: near(perDay) });
    expect(details.callsPerDay).toBeCloseTo(known, 5);
  });

  it('gives known offers what new ones leave', () => {
    // 10 of 20: those of a feed of novelty 0.05 take ten.
    const world = of({ feeds: [{ ...feed, novelty: 0.05 }], limits: [limitOf('offer.detail', 20)] });
    expect(world.details.callsPerDay).toBeCloseTo(10, 5);
    expect(world.apis.at(-1)).toMatchObject({ wantedPerDay: 30, perDay: near(20) });
  });

  it('of searches has older rows, and older details with them', () => {
    const { apis, feeds } = of({ limits: [limitOf('search.keyword', 10)] });
    expect(apis[1]).toMatchObject({ wantedPerDay: 20, perDay: near(10), nextRun: 10, due: 40 });
    // A row is three days old when a run chooses: it counts for all of the age that makes a detail due.
    expect(feeds[0]).toMatchObject({
      rows: { meanDays: near(2), medianDays: near(2), p90Days: near(3.6) },
      details: { p90Days: near(2.7) },
    });
  });

  it('shares a limit among all that are under it by what each wants', () => {
    const shared = { operations: ['search.keyword', 'offer.detail'] as const, perDay: 70, left: 70 };
    const { apis } = of({ limits: [shared] });
    expect(apis.map(({ perDay }) => perDay)).toEqual([2, near(10), near(60)]);
  });
});

describe('a forecast of two feeds', () => {
  const seller = { ...search, operation: 'search.seller', windows: 2 } as const;
  const b = { ...feed, name: 'b', nodes: 0, novelty: 0 };
  const world = of({
    feeds: [feed, b],
    searches: [search, seller],
    offers: [group, { ...group, feeds: ['b'], offers: 10 }, { ...group, feeds: ['a', 'b'], offers: 20 }],
    limits: [limitOf('search.keyword', 10)],
  });

  it('has rows by the pages of their searches', () => {
    // 40 pages every four days, and 20 every two: a page every three days in the mean.
    expect(world.feeds[0]?.rows.meanDays).toBeCloseTo((40 * 2 + 20) / 60, 6);
    expect(world.feeds[0]?.rows.medianDays).toBeCloseTo(1.5, 6);
    // With rows of two days, (3 - 0.5 * 2) / 0.5.
    expect(world.feeds[0]?.detailsPerDay).toBeCloseTo(120 / 4, 6);
    expect(world.feeds[1]?.rows).toEqual({ meanDays: Infinity, medianDays: Infinity, p90Days: Infinity });
  });

  it('counts an offer of both for each of them, and once for all', () => {
    expect(world.feeds.map(({ offers }) => offers)).toEqual([120, 30]);
    expect(world.feeds[1]?.detailsPerDay).toBeCloseTo(20 / 4 + 10 / 3, 6);
    expect(world.details.callsPerDay).toBeCloseTo(120 / 4 + 10 / 3, 6);
    expect(world.details.ages.meanDays).toBeCloseTo((120 * 2 + 10 * 1.5) / 130, 6);
  });

  it('has the calls of each API', () => {
    expect(world.apis.map(({ operation, perDay }) => [operation, perDay])).toEqual([
      ['category.children', 2],
      ['search.keyword', near(10)],
      ['search.seller', 10],
      ['offer.detail', near(30 + 10 / 3 + 150)],
    ]);
  });
});

it('a forecast of nothing has no ages, and no calls', () => {
  const { apis, feeds, details } = of({ searches: [], offers: [], feeds: [{ ...feed, name: 'b' }] });
  const never = { meanDays: Infinity, medianDays: Infinity, p90Days: Infinity };
  expect(apis.map(({ operation }) => operation)).toEqual(['category.children']);
  expect(details).toEqual({ ages: never, callsPerDay: 0, fresh: 0 });
  expect(feeds).toMatchObject([{ offers: 0, newPerDay: 0, rows: never, details: never, detailsPerDay: 0 }]);
});

it('a forecast is a guess while all of its searches are assumed, and it has any', () => {
  const searches = (...assumed: readonly boolean[]) =>
    of({ searches: assumed.map((isAssumed) => ({ ...search, isAssumed })) });
  expect([[], [true], [true, false], [true, true]].map((all) => isGuess(searches(...all)))).toEqual([
    ...[false, true, false, true],
  ]);
});
