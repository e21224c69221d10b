import { describe, expect, it } from 'vitest';
import type {
  ForecastFacts,
  NodeFacts,
  OfferFacts,
  WindowFacts,
} from '../../../../src/model/forecast-facts.ts';
import { buildKnowledge } from '../../../../src/refresh/forecast/build-knowledge.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';

const nothing: ForecastFacts = {
  ...{ windows: [], nodes: [], unheld: [], sample: [], offersPerSample: 0, callsPerSecond: null },
};

const known: WindowFacts = {
  ...{ feed: 'a', kind: 'keyword', term: 'x', label: 'X', windows: 1, pages: 20, nextPage: 1, ageDays: 2 },
  ...{ isPostponed: false, reach: 1000, mayStop: false, worth: null },
};
const never: Partial<WindowFacts> = { pages: null, ageDays: null, reach: null };

const offer: OfferFacts = {
  ...{ feeds: ['a'], popularity: 2, changes: 0.1, days: 20, summaryAgeDays: 2, detailAgeDays: 3 },
  ...{ hasDetail: true, isStale: false, isPostponed: false },
};

/** What is known of one feed, `a`, and those that follow it. */
function build(facts: Partial<ForecastFacts>, feed = 'keywords: [x]', others = '') {
  const text = `account: business\nfeeds: [{ name: a, ${feed} }${others}]\nfreshness: { category: 7d, search: 2d, detail: 3d }\n`;
  const planner = { prior: { changes: 0.2, days: 10 }, visibleShare: 0.7, shown: null, meanPopularity: 4 };
  const surroundings = { planner, limits: [], runEveryDays: 1, callsPerSecond: 3 };
  return buildKnowledge(parseSyncFile(text, 'test'), { ...nothing, ...facts }, surroundings);
}
const feedOf = (...given: Parameters<typeof build>) => build(...given).feeds[0];
const searchesOf = (...given: Parameters<typeof build>) =>
  build(...given).searches.map(({ operation, label, windows, pages, pagesToFirstPass }) => [
    ...[operation, label, windows, pages, pagesToFirstPass],
  ]);

describe('what is known of searches', () => {
  it('is what the database knows of them', () => {
    const { searches } = build({ windows: [{ ...known, nextPage: 5, mayStop: true, isPostponed: true }] });
    expect(searches).toEqual([
      {
        ...{ feed: 'a', operation: 'search.keyword', label: 'X', windows: 1, pages: 20, ageDays: 2 },
        ...{ isPostponed: true, mayStop: true, worth: null, pagesPassed: 4, pagesToFirstPass: 0 },
        isAssumed: false,
      },
    ]);
  });

  it.each([
    [1, 20],
    [5, 16],
    [20, 1],
    [30, 1],
  ])('of a first pass that waits for page %i is that %i pages are left', (nextPage, pagesToFirstPass) => {
    const [search] = build({ windows: [{ ...known, ageDays: null, nextPage }] }).searches;
    expect(search).toMatchObject({ pagesToFirstPass, isAssumed: false });
  });

  it('that were never made is taken from those of their feed, or from the bounds', () => {
    const feed = 'keywords: [x, y], max_pages: 7';
    const others = ', { name: b, keywords: [z] }';
    const foreign = { ...known, feed: 'b', term: 'z', label: 'z', pages: 3 };
    const ofB = ['search.keyword', 'z', 1, 3, 0];
    expect(searchesOf({ windows: [known, foreign] }, feed, others)).toEqual([
      ['search.keyword', 'X', 1, 20, 0],
      ['search.keyword', 'y', 1, 20, 20],
      ofB,
    ]);
    const asked = [
      known,
      { ...known, label: 'W', term: 'w', pages: 5 },
      { ...known, ...never, label: 'V', term: 'v' },
    ];
    expect(searchesOf({ windows: asked }, feed)).toEqual([
      ['search.keyword', 'X', 1, 20, 0],
      ['search.keyword', 'W', 1, 5, 0],
      ['search.keyword', 'V', 1, 12.5, 12.5],
      ['search.keyword', 'y', 1, 12.5, 12.5],
    ]);
    expect(searchesOf({ windows: [foreign] }, feed, others).slice(0, 2)).toEqual([
      ['search.keyword', 'x', 1, 7, 7],
      ['search.keyword', 'y', 1, 7, 7],
    ]);
    expect(searchesOf({}, 'keywords: [x]')).toEqual([['search.keyword', 'x', 1, 40, 40]]);
    expect(build({}).searches[0]).toMatchObject({
      isAssumed: true,
      pagesPassed: 0,
      ageDays: null,
      feed: 'a',
    });
  });

  it('has an API for each kind, and the terms of one kind are none of another', () => {
    const feed =
      'keywords: [x, s], sellers: [s, x], images: ["https://cbu01.alicdn.com/b.jpg"], max_pages: 1';
    const seller = { ...known, kind: 'seller', term: 's', label: 'S' } as const;
    const category = { ...known, kind: 'category', term: '54', label: 'Bags' } as const;
    const names = searchesOf({ windows: [known, seller, category] }, feed).map((row) => row.slice(0, 2));
    expect(names).toEqual([
      ['search.keyword', 'X'],
      ['search.seller', 'S'],
      ['search.keyword', 'Bags'],
      ['search.keyword', 's'],
      ['search.seller', 'x'],
      ['search.image', 'https://cbu01.alicdn.com/b.jpg'],
    ]);
  });

  it('of very many of a kind stands for those of them that are not in the sample', () => {
    const sampled = [known, { ...known, term: 'w', label: 'W', windows: 2.5 }];
    const labels = (windows: readonly WindowFacts[]) =>
      build({ windows }, 'keywords: [x, y], sellers: [s]').searches.map(({ label }) => label);
    expect(labels(sampled)).toEqual(['X', 'W', 's']);
    expect(labels([known])).toEqual(['X', 'y', 's']);
  });
});

describe('what is known of categories', () => {
  const node = (level: number, part: Partial<NodeFacts> = {}): NodeFacts => ({
    ...{ feed: 'a', level, nodes: 0, unvisited: 0, due: 0, ...part },
  });
  const counts = (...nodes: readonly NodeFacts[]) => {
    const { feeds, searches } = build(
      { nodes },
      'categories: ["54"], max_pages: 1',
      ', { name: b, keywords: [z], max_pages: 1 }',
    );
    const of = feeds.map(({ nodes: all, nodesToFirstPass, nodesDue }) => [all, nodesToFirstPass, nodesDue]);
    return [...(of[0] ?? []), searches.find(({ feed }) => feed === 'a')?.windows];
  };

  it.each<[string, NodeFacts, readonly (number | undefined)[]]>([
    ['is what was visited', node(2, { nodes: 7, due: 3 }), [7, 0, 3, undefined]],
    ['is eight leaves below a branch', node(2, { nodes: 7, unvisited: 3, due: 4 }), [7, 3, 4, 24]],
    ['is 20 branches below a root', node(1, { nodes: 5, unvisited: 2, due: 1 }), [45, 42, 21, 320]],
    [
      'is 50 roots below the whole tree',
      node(0, { nodes: 1, unvisited: 1, due: 1 }),
      [1051, 1051, 1051, 8000],
    ],
    ['is nothing below a leaf', node(3, { nodes: 4, unvisited: 4, due: 4 }), [4, 4, 4, undefined]],
    [
      'is nothing of another feed',
      node(1, { feed: 'b', nodes: 5, unvisited: 2, due: 1 }),
      [0, 0, 0, undefined],
    ],
  ])('%s', (_, facts, expected) => {
    expect(counts(facts)).toEqual(expected);
  });

  it('adds up over levels', () => {
    const levels = [node(1, { nodes: 5, unvisited: 2, due: 1 }), node(2, { nodes: 7, unvisited: 3, due: 4 })];
    expect(counts(...levels)).toEqual([52, 45, 25, 344]);
  });
});

describe('what is known of offers', () => {
  const other = ', { name: b, keywords: [z] }';
  const full = { windows: [{ ...known, reach: 1000 }], offersPerSample: 10 };

  it('is a sample of each set of feeds, which stands for all', () => {
    const sample = [
      offer,
      { ...offer, feeds: ['ended', 'a'] },
      { ...offer, feeds: ['a', 'b'], popularity: 3 },
    ];
    const { offers } = build({ ...full, sample }, 'keywords: [x]', other);
    const { feeds, changes, days, ...rest } = offer;
    const one = { ...rest, learned: { changes, days } };
    expect(offers.slice(0, 2)).toEqual([
      { feeds, offers: 20, sample: [one, one], isAssumed: false },
      { feeds: ['a', 'b'], offers: 10, sample: [{ ...one, popularity: 3 }], isAssumed: false },
    ]);
  });

  it.each<[string, Partial<ForecastFacts>, string, number]>([
    [
      'is how many of its rows list different ones',
      { ...full, sample: Array.from({ length: 30 }, () => offer) },
      '',
      0.3,
    ],
    [
      'counts the rows of all windows',
      { ...full, windows: [{ ...known, windows: 2, reach: 200 }], sample: [offer, offer] },
      '',
      0.05,
    ],
    [
      'counts those that were read',
      {
        ...full,
        windows: [
          { ...known, reach: 40 },
          { ...known, reach: null },
        ],
        sample: [offer, offer],
      },
      '',
      0.5,
    ],
    ['is a twentieth at least', { ...full, sample: [offer] }, '', 0.05],
    ['is 1 at most', { ...full, windows: [{ ...known, reach: 5 }], sample: [offer] }, '', 1],
    ['is 1 where nothing was read', { ...full, windows: [{ ...known, reach: 0 }], sample: [offer] }, '', 1],
    ['is 1 where the feed is full', { ...full, sample: [offer] }, ', max_offers: 10', 1],
    [
      'is that of its rows where the feed is not full',
      { ...full, sample: Array.from({ length: 30 }, () => offer) },
      ', max_offers: 301',
      0.3,
    ],
    [
      'is that of its own windows',
      {
        ...full,
        windows: [
          { ...known, reach: 100 },
          { ...known, feed: 'b', reach: 900 },
        ],
        sample: [offer, { ...offer, feeds: ['b'] }, offer],
      },
      '',
      0.2,
    ],
  ])('the novelty of a feed %s', (_, facts, bound, novelty) => {
    const { feeds } = build(facts, `keywords: [x]${bound}`, other);
    expect(feeds[0]?.novelty).toBeCloseTo(novelty, 9);
  });

  const assumed = (...given: Parameters<typeof build>) =>
    build(...given)
      .offers.filter(({ isAssumed }) => isAssumed)
      .map(({ feeds, offers }) => [feeds, offers]);

  it('is assumed of those that searches will list', () => {
    const first = { ...known, ...never, pages: 3 };
    expect(assumed({})).toEqual([[['a'], 2000]]);
    expect(assumed({ windows: [first] })).toEqual([[['a'], 150]]);
    expect(assumed({ windows: [{ ...first, windows: 2 }] })).toEqual([[['a'], 300]]);
    expect(assumed({ windows: [known] })).toEqual([]);
    // Of 1000 rows, 300 are different: so are 45 of 150.
    const sample = Array.from({ length: 30 }, () => offer);
    const second = { ...first, term: 'y' };
    expect(assumed({ ...full, sample, windows: [known, second] }, 'keywords: [x, y]')).toEqual([
      [['a'], expect.closeTo(45, 9)],
    ]);
  });

  it('is assumed of a watch list, which takes its room from what searches list', () => {
    const ids = Array.from({ length: 40 }, (_, index) => String(610_000_000_000 + index));
    const feed = (max: number) => `keywords: [x], offers: [${ids.join(', ')}], max_offers: ${String(max)}`;
    const facts = {
      ...full,
      windows: [{ ...known, ...never }],
      sample: [offer],
      unheld: [{ feed: 'a', offers: 40 }],
    };
    // 100 - 10 - 40 from searches.
    expect(assumed(facts, feed(100))).toEqual([[['a'], 90]]);
    expect(assumed(facts, feed(45))).toEqual([[['a'], 40]]);
    expect(
      assumed({ ...facts, windows: [known], unheld: [{ feed: 'b', offers: 9 }] }, feed(100), other),
    ).toEqual([[['b'], 2009]]);
    const typical = build({}).offers[0]?.sample;
    expect(typical).toEqual([
      {
        ...{ popularity: 1, learned: { changes: 0, days: 0 }, summaryAgeDays: 0, detailAgeDays: 0 },
        ...{ hasDetail: false, isStale: true, isPostponed: false },
      },
    ]);
  });
});

describe('of a feed with a bound below what it has', () => {
  const rest = ', { name: b, keywords: [y] }';
  const facts = {
    ...{ windows: [known], offersPerSample: 10 },
    sample: [offer, { ...offer, feeds: ['a', 'b'] }, { ...offer, feeds: ['b'] }],
  };
  const groups = (max: number, others = rest) =>
    build(facts, `keywords: [x], max_offers: ${String(max)}`, others)
      .offers.filter(({ isAssumed }) => !isAssumed)
      .map(({ feeds, offers }) => [feeds.join('+'), offers]);

  it('a share stays, and the others are those of other feeds alone', () => {
    expect(groups(5)).toEqual([
      ...[
        ['a', 2.5],
        ['a+b', 2.5],
        ['b', 7.5],
      ],
      ['b', 10],
    ]);
    expect(groups(20)).toEqual([
      ...[
        ['a', 10],
        ['a+b', 10],
      ],
      ['b', 10],
    ]);
    const both = groups(5, ', { name: b, keywords: [y], max_offers: 10 }');
    expect(both).toEqual([
      ['a', 2.5],
      ['a+b', 1.25],
      ['a', 1.25],
      ['b', 3.75],
      ['b', 5],
    ]);
  });

  it('new offers of its watch list come in place of others', () => {
    const membersOf = (max: number) => {
      const given = { ...facts, unheld: [{ feed: 'a', offers: 4 }] };
      const { offers, feeds } = build(given, `keywords: [x], max_offers: ${String(max)}`, rest);
      const own = offers.filter((group) => group.feeds.includes('a'));
      return [own.reduce((sum, group) => sum + group.offers, 0), feeds[0]?.novelty];
    };
    // It has 20.
    for (const max of [4, 15, 20, 22]) expect(membersOf(max)).toEqual([max, 1]);
    expect(membersOf(30)[0]).toBe(24);
  });

  it('it is full', () => {
    // Sums of shares of thirds miss 1 by the last digit.
    const sample = ['b', 'c', 'd', 'e', 'f'].map((feed) => ({ ...offer, feeds: ['a', feed] }));
    const others = ['b', 'c', 'd', 'e', 'f'].map((name) => `, { name: ${name}, keywords: [y] }`).join('');
    for (const max of [1, 7, 13, 29])
      expect(
        build({ ...facts, sample, offersPerSample: 7.3 }, `keywords: [x], max_offers: ${String(max)}`, others)
          .feeds[0]?.novelty,
      ).toBe(1);
  });
});

describe('what is known of all', () => {
  it('is that a search has one new offer a day, until others were seen', () => {
    expect(build({}).arrivalsPerDay).toBe(1);
    const worth = { pages: 1, soonValue: 0, lateValue: 0, newOffers: 12, exposureDays: 3.5 };
    // 3 and twice 12, in 3 and twice 3.5 days.
    const seen = [{ ...known, windows: 2, worth }, known];
    expect(build({ windows: seen }).arrivalsPerDay).toBeCloseTo(2.7, 9);
  });

  it('is the popularity of offers, where there are any', () => {
    expect(build({ sample: [offer], offersPerSample: 1 }).meanPopularity).toBe(4);
    expect(build({}).meanPopularity).toBe(1);
  });

  it('is the pace of runs, if they were slower than the app may be', () => {
    expect([null, 2, 9].map((callsPerSecond) => build({ callsPerSecond }).callsPerSecond)).toEqual([3, 2, 3]);
  });

  it('is what the sync file says', () => {
    expect(build({})).toMatchObject({
      ...{ freshness: { category: 7, search: 2, detail: 3 }, pageSize: 50, runEveryDays: 1, limits: [] },
      ...{ prior: { changes: 0.2, days: 10 }, visibleShare: 0.7, shown: null },
    });
    const bounded = 'keywords: [x], max_offers: 9, weight: 3';
    expect(feedOf({ unheld: [{ feed: 'a', offers: 4 }] }, bounded)).toMatchObject({
      ...{ name: 'a', weight: 3, maxOffers: 9, unheld: 4 },
    });
    expect(feedOf({})?.unheld).toBe(0);
  });
});
