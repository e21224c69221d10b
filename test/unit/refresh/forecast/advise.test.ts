import { describe, expect, it } from 'vitest';
import type { ApiOperation } from '../../../../src/model/known-apis.ts';
import { advise } from '../../../../src/refresh/forecast/advise.ts';
import { forecast, type Forecast } from '../../../../src/refresh/forecast/forecast.ts';
import type { Knowledge } from '../../../../src/refresh/forecast/knowledge.ts';
import type { SteadySearch } from '../../../../src/refresh/forecast/steady-state-searches.ts';
import { knowledge, search } from './known-world.ts';

const world = forecast(knowledge);

/** What is advised where an API has so many calls a day of those that it wants. */
function settingsOf(
  operation: ApiOperation,
  [perDay, wantedPerDay]: readonly [number, number],
  { known = {}, expected = {} }: { known?: Partial<Knowledge>; expected?: Partial<Forecast> } = {},
) {
  const api = { operation, perDay, wantedPerDay, nextRun: 0, due: 0, toFirstPass: 0 };
  const all = advise({ ...knowledge, ...known }, { ...world, searches: [], ...expected, apis: [api] });
  for (const advice of all) expect(advice).toMatchObject({ operation, perDay, wantedPerDay });
  return all.map(({ setting, to, feed }) => (feed === null ? [setting, to] : [setting, to, feed]));
}

describe('advice', () => {
  it.each([
    [106, 0],
    [106.01, 3],
  ])('on %d wanted calls of 100 has %i settings: a twentieth is within the error', (wanted, settings) => {
    expect(settingsOf('search.keyword', [100, wanted])).toHaveLength(settings);
  });

  it('is none on categories, whose calls no setting makes fewer', () => {
    expect(settingsOf('category.children', [1, 99])).toEqual([]);
  });

  it('is on each API that lacks calls', () => {
    const apis = world.apis.map((api) => ({ ...api, perDay: api.wantedPerDay / 2 }));
    const operations = advise(knowledge, { ...world, apis }).map(({ operation }) => operation);
    expect([...new Set(operations)]).toEqual(['search.keyword', 'offer.detail']);
  });
});

describe('advice on searches', () => {
  const image = { ...search, operation: 'search.image', windows: 90, pages: 40 } as const;

  it('is the most pages, the least age and the most searches for which calls suffice', () => {
    // Four searches: of six pages every two days, or of ten every four.
    expect(settingsOf('search.keyword', [12, 20], { known: { searches: [search, image] } })).toEqual([
      ['max_pages', '6'],
      ['freshness.search', '4d'],
      ['searches', '2 of 4'],
    ]);
    expect(settingsOf('search.keyword', [20, 40])[1]).toEqual(['freshness.search', '3d']);
    expect(settingsOf('search.keyword', [10, 20])).toEqual([
      ['max_pages', '5'],
      ['freshness.search', '4d'],
      ['searches', '2 of 4'],
    ]);
  });

  it('leaves searches with fewer pages as they are', () => {
    const small = { ...search, pages: 2 };
    // Four of two pages and four of six take 16 a day.
    const known = { searches: [search, small] };
    expect(settingsOf('search.keyword', [16, 24], { known })[0]).toEqual(['max_pages', '6']);
  });

  it('cuts a part of a page first', () => {
    const known = { searches: [{ ...search, pages: 12.5 }] };
    expect(settingsOf('search.keyword', [24, 25], { known })).toEqual([]);
    expect(settingsOf('search.keyword', [20, 25], { known })[0]).toEqual(['max_pages', '10']);
    expect(settingsOf('search.keyword', [22.8, 25], { known })[0]).toEqual(['max_pages', '11']);
    const known7 = { searches: [{ ...search, pages: 7.5, windows: 40 }] };
    expect(settingsOf('search.keyword', [140, 150], { known: known7 })[0]).toEqual(['max_pages', '7']);
  });

  it('is no number of pages, and no age, with which they do not suffice', () => {
    const known = { searches: [{ ...search, pages: 1 }] };
    expect(settingsOf('search.keyword', [0.5, 2], { known })).toEqual([
      ['freshness.search', '10d'],
      ['searches', '1 of 4'],
    ]);
    expect(settingsOf('search.keyword', [0.001, 20])).toEqual([['searches', '0 of 4']]);
  });

  it.each([
    [4000, 1234, '240 of 4,000'],
    [4000, 20_000 / 44, '90 of 4,000'],
    [90, 19, '3 of 90'],
    [9_999_999, 123_456, '24,000 of 9,999,999'],
    [12.4, 10, '6 of 12'],
  ])('names as many of %d searches as %d calls suffice for, in two digits', (windows, perDay, to) => {
    const known = { searches: [{ ...search, windows }] };
    const wanted = windows === 12.4 ? 20 : windows * 5;
    const settings = settingsOf('search.keyword', [perDay, wanted], { known });
    expect(settings.at(-1)).toEqual(['searches', to]);
  });

  const steady = (label: string, worthPerCall: number, everyDays = 1, part = {}): SteadySearch => ({
    ...{ search: { ...search, label, feed: `of ${label}`, ...part }, everyDays, callsPerDay: 1 },
    worthPerCall,
  });
  const dropped = (...searches: readonly SteadySearch[]) =>
    settingsOf('search.keyword', [12, 20], { expected: { searches } })
      .slice(3)
      .map(([setting, label, feed]) => {
        expect([setting, feed]).toEqual(['drop', `of ${String(label)}`]);
        return label;
      });
  const equal = (count: number, worth = 1) =>
    Array.from({ length: count }, (_, index) => steady(`w${String(index)}`, worth));

  it('names a quarter of them that is worth least, for a call of a day', () => {
    const rare = steady('rare', 2, 10);
    const poor = steady('poor', 0.5);
    expect(dropped(...equal(6), poor, rare)).toEqual(['rare', 'poor']);
    expect(dropped(...equal(5), poor, rare)).toEqual(['rare']);
    expect(dropped(...equal(2), rare)).toEqual([]);
  });

  it('names five at most', () => {
    const poor = Array.from({ length: 24 }, (_, index) => steady(`p${String(index)}`, index / 100));
    expect(dropped(...poor, ...equal(4))).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
  });

  it('names those that are worth 0.7 of the best or less, and none where all are worth more', () => {
    expect(dropped(...equal(3), steady('poor', 0.7))).toEqual(['poor']);
    expect(dropped(...equal(3), steady('fair', 0.71))).toEqual([]);
    expect(dropped()).toEqual([]);
  });

  it('names none of another API, and none of which nothing is known', () => {
    const others = [
      steady('image', 0, 1, { operation: 'search.image' }),
      steady('assumed', 0, 1, { isAssumed: true }),
    ];
    expect(dropped(...equal(6), ...others)).toEqual([]);
    expect(dropped(...equal(6), ...others, steady('poor', 0.1))).toEqual(['poor']);
  });

  it('takes what is passed all the time for worth nothing', () => {
    expect(dropped(...equal(2, 10), steady('always', 99, 0), steady('poor', 1))).toEqual(['always']);
  });
});

describe('advice on details', () => {
  const feedOf = (feed: string, offers: number, meanDays: number) => ({
    ...(world.feeds[0] ?? expect.unreachable()),
    ...{ feed, offers, rows: { meanDays, medianDays: meanDays, p90Days: meanDays } },
  });
  const of = (
    perDay: number,
    wanted: number,
    feeds = [feedOf('a', 100, 1)],
    known: Partial<Knowledge> = {},
  ) => settingsOf('offer.detail', [perDay, wanted], { known, expected: { feeds } });

  it('is the least age with which calls suffice, by the rows of the feeds', () => {
    // With rows of two days, five days come after nine: 100 / 9 calls a day.
    expect(of(13, 20)).toEqual([
      ['max_offers', '65', 'a'],
      ['freshness.detail', '5d'],
    ]);
    expect(of(20, 40)[1]).toEqual(['freshness.detail', '4d']);
    // Every run renews its rows: four days come after eight.
    expect(of(13, 20, [feedOf('a', 100, 0.2)])[1]).toEqual(['freshness.detail', '4d']);
  });

  it('is that age up to the last call', () => {
    const offers = [{ ...(knowledge.offers[0] ?? expect.unreachable()), offers: 90 }];
    const runEveryDays = 1;
    expect(of(10, 18, undefined, { offers, runEveryDays })[1]).toEqual(['freshness.detail', '5d']);
  });

  it('is no age with which they do not suffice', () => {
    expect(of(0.01, 20)).toEqual([['max_offers', '1', 'a']]);
  });

  it('bounds each feed by the same part, but those of one offer', () => {
    const feeds = [feedOf('a', 1000, 1), feedOf('one', 1, 1), feedOf('two', 2, 1), feedOf('b', 777, 1)];
    expect(of(40, 100, feeds).filter(([setting]) => setting === 'max_offers')).toEqual([
      ['max_offers', '400', 'a'],
      ['max_offers', '1', 'two'],
      ['max_offers', '310', 'b'],
    ]);
  });
});
