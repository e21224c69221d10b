import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../../src/core/duration.ts';
import { countMinCalls, listReach, type Feeds } from '../../../../src/sandbox/control/reach.ts';
import { readStats } from '../../../../src/sandbox/control/stats.ts';
import { writeRows } from '../../../../src/sandbox/control/write-rows.ts';
import { settle } from '../../../../src/sandbox/options.ts';
import { createState } from '../../../../src/sandbox/state.ts';
import { anything, type Query } from '../../../../src/sandbox/world/search.ts';
import { createWorld } from '../../../../src/sandbox/world/world.ts';
import { startAt } from '../gateway-calls.ts';

const noFeeds: Feeds = { categories: [], keywords: [], sellers: [], images: [] };

describe('statistics', () => {
  const state = createState(settle({ offers: 100, categories: 30, startAt, clock: { now: () => startAt } }));
  /** Milliseconds after the start, API, outcome, and whether it counts. */
  const calls: readonly (readonly [number, string, string, boolean])[] = [
    [0, 'a', 'ok', true],
    [400, 'b', 'ok', true],
    [999, 'a', '401', true],
    [1000, 'a', 'ok', true],
    [1001, 'a', 'gw.SignatureInvalid', false],
    // Midnight in Shanghai is sixteen hours after the start.
    [dayMs * (2 / 3), 'a', 'ok', true],
  ];
  for (const [ms, api, outcome, isCounted] of calls) {
    const entry = state.log.open({ requestId: null, api, at: startAt.getTime() + ms });
    if (isCounted) entry.count();
    entry.end(outcome === 'ok' ? 200 : 400, outcome);
  }
  state.clock.advance(1.5 * dayMs);
  const read = (after = 0, sinceMs = -Infinity, feeds: Feeds = noFeeds) =>
    readStats(state, { feeds, after, since: startAt.getTime() + sinceMs });

  test('count calls by outcome, and those that count by API, by day and by second', () => {
    expect(read()).toMatchObject({
      now: '2026-10-11T12:00:00.000Z',
      world: { step: 1, startAt: '2026-10-10T00:00:00.000Z', stepMs: dayMs },
      ...{ total: 6, counted: 5, dropped: 0, min_calls: null },
      byOutcome: { ok: 4, '401': 1, 'gw.SignatureInvalid': 1 },
      byApi: { a: 4, b: 1 },
      byDay: { '2026-10-10': { a: 3, b: 1 }, '2026-10-11': { a: 1 } },
      busiestSecond: { at: '2026-10-10T00:00:00.000Z', calls: 3 },
    });
  });

  test('are of the calls after one, and from an instant on', () => {
    const seen = (after: number, sinceMs?: number) => read(after, sinceMs).calls.map((call) => call.sequence);
    expect([seen(0), seen(4), seen(6)]).toEqual([[1, 2, 3, 4, 5, 6], [5, 6], []]);
    expect([seen(0, 1000), seen(5, 1000)]).toEqual([[4, 5, 6], [6]]);
    expect(read(1).busiestSecond).toEqual({ at: '2026-10-10T00:00:00.400Z', calls: 3 });
    expect(read(6)).toMatchObject({ total: 0, byDay: {}, busiestSecond: { at: null, calls: 0 } });
  });

  test('hold the fewest calls where a feed is named, of whatever kind', () => {
    const { seller } = state.world.snapshot(1).entryAt(0).offer;
    const named = { categories: ['0'], keywords: ['纯棉'], sellers: [seller.id], images: ['1001'] };
    for (const [name, list] of Object.entries(named)) {
      const stats = read(0, -Infinity, { ...noFeeds, [name]: list });
      expect(stats.min_calls?.total).toBeGreaterThan(1);
    }
  });
});

describe('the fewest calls', () => {
  const world = createWorld({ seed: 1, offers: 400, categories: 60, startAt: 0, stepMs: dayMs });
  const snapshot = world.snapshot(0);
  const { all } = world.categories;
  const branch = all.find(({ level, isRetired }) => level === 3 && isRetired)?.parentId ?? '';
  const leaf =
    all.find(({ level, isRetired, weight }) => level === 3 && !isRetired && weight > 0.5)?.id ?? '';
  const found = (query: Partial<Query>) => [...snapshot.search({ ...anything, ...query })];
  const pagesOf = (query: Partial<Query>) => Math.max(1, Math.ceil(found(query).length / 50));
  const fewest = (feeds: Partial<Feeds>) => countMinCalls(world, snapshot, { ...noFeeds, ...feeds });

  test('of a leaf are itself, its pages and its offers', () => {
    const offers = found({ categoryIds: [leaf] }).length;
    const pages = pagesOf({ categoryIds: [leaf] });
    expect(fewest({ categories: [leaf] })).toEqual({
      nodes: 1,
      uploads: 0,
      pages,
      offers,
      total: 1 + pages + offers,
    });
  });

  test('of a branch are the leaves in use, an empty one too', () => {
    const below = world.categories.children(branch);
    const inUse = below.filter(({ isRetired }) => !isRetired);
    expect(inUse.length).toBeLessThan(below.length);
    const pages = inUse.reduce((sum, { id }) => sum + pagesOf({ categoryIds: [id] }), 0);
    expect(fewest({ categories: [branch] })).toMatchObject({ nodes: 1, pages });
    const branches = all.filter(({ isLeaf }) => !isLeaf).length;
    expect(fewest({ categories: ['0'] }).nodes).toBe(branches + 1);
  });

  test('count what is named twice, or found twice, once', () => {
    const once = fewest({ categories: [leaf], keywords: ['新款'], sellers: ['x'], images: ['7'] });
    const twice = {
      categories: [leaf, leaf],
      keywords: ['新款', '新款'],
      sellers: ['x', 'x'],
      images: ['7', '7'],
    };
    expect(fewest(twice)).toEqual(once);
    expect(once.uploads).toBe(1);
    const parts = [
      found({ categoryIds: [leaf] }),
      found({ keyword: '新款' }),
      found({ picture: { key: '7', offerIndex: null } }),
    ];
    expect(once.offers).toBe(new Set(parts.flat()).size);
    expect(once.pages).toBe(
      pagesOf({ categoryIds: [leaf] }) +
        pagesOf({ keyword: '新款' }) +
        1 +
        pagesOf({ picture: { key: '7', offerIndex: null } }),
    );
  });

  test('of pictures upload those that are no urls, and pass over those that 1688 can not see', () => {
    const url = 'https://cbu01.alicdn.com/x1.jpg';
    expect(fewest({ images: [url] })).toMatchObject({
      uploads: 0,
      pages: pagesOf({ picture: { key: url, offerIndex: null } }),
    });
    expect(fewest({ images: ['https://example.com/x.jpg'] })).toEqual({
      total: 0,
      nodes: 0,
      uploads: 0,
      pages: 0,
      offers: 0,
    });
  });

  test('of several feeds reach the offers of all', () => {
    const feeds = { ...noFeeds, categories: [leaf], keywords: ['纯棉'] };
    const reached = [...listReach(world, snapshot, feeds)].toSorted((a, b) => a - b);
    const expected = new Set([...found({ categoryIds: [leaf] }), ...found({ keyword: '纯棉' })]);
    expect(reached).toEqual([...expected].toSorted((a, b) => a - b));
  });
});

describe('rows in chunks', () => {
  const chunksOf = (...rows: Parameters<typeof writeRows>) => [...writeRows(...rows)];

  test('are one JSON object', () => {
    const lists = { a: [1, { b: 'x' }], none: [], c: ['y'] };
    expect(JSON.parse(chunksOf({ head: 1 }, lists).join(''))).toEqual({ head: 1, ...lists });
    expect(chunksOf({ head: 1 }, {})).toEqual(['{"head":1}']);
  });

  test('are handed on from 65,536 characters on', () => {
    const text = 'x'.repeat(20_000);
    const chunks = chunksOf({ head: 1 }, { a: [text, text, text, text, text] });
    // {"head":1,"a":[ and four rows with quotes and commas; then the fifth.
    expect(chunks.map((chunk) => chunk.length)).toEqual([15 + 4 * 20_002 + 3, 1 + 20_002 + 2]);
    expect(JSON.parse(chunks.join(''))).toEqual({ head: 1, a: [text, text, text, text, text] });
    const upTo = (length: number) => chunksOf({ h: 1 }, { a: ['x'.repeat(length - 14)] }).length;
    expect([upTo(65_535), upTo(65_536)]).toEqual([1, 2]);
  });
});
