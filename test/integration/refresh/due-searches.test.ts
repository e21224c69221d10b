import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchKind } from '../../../src/refresh/queue/due-windows.ts';
import { createForecastStore } from '../../../src/refresh/queue/forecast-store.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { at, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { category, day, holds, hour, runs, searchWindow, tries, visit } from '../../support/refresh-rows.ts';
import { feedOf } from '../../support/feeds.ts';

/* Which searches and categories are due, second by second. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const hourMs = hour * 1000;
const a = feedOf('a');
const numbers = (from: number, states: typeof holds, isIn: (isFree: boolean) => boolean) =>
  states.flatMap(([, isFree], index) => (isIn(isFree) ? [String(from + index)] : []));
const free = (from: number, states: typeof holds) => numbers(from, states, (isFree) => isFree);

describe('searches that are due', () => {
  const list = (
    rows: readonly Row[],
    kinds: readonly SearchKind[] = ['search', 'seller', 'image'],
    runId = '1',
  ) =>
    still.within([...runs, ...rows], (pool) =>
      createLeaseStore({ pool }).listDueWindows(kinds, { runId, feeds: [a], freshForMs: hourMs }),
    );
  const idsOf = async (...given: Parameters<typeof list>) =>
    (await list(...given)).map(({ windowId }) => windowId);

  it('were never passed, or so long ago, or are being passed', async () => {
    const rows = [
      searchWindow(1),
      searchWindow(2, { completed_at: at(-hour) }),
      searchWindow(3, { completed_at: at(-hour + 1) }),
      searchWindow(4, { completed_at: at(0), pass_started_at: at(0) }),
      searchWindow(5, { retired_at: at(0) }),
      searchWindow(6, { feed: 'b' }),
      ...tries.map(([state], index) => searchWindow(10 + index, state)),
    ];
    expect(await idsOf(rows)).toEqual(['1', '2', '4', ...free(10, tries)]);
  });

  it('are free, or those that the run itself has taken', async () => {
    const rows = [
      ...holds.map(([state], index) => searchWindow(10 + index, state)),
      searchWindow(20, { leased_by: 1, leased_until: at(1) }),
    ];
    const found = await list(rows);
    expect(found.map(({ windowId, isFree }) => [windowId, isFree])).toEqual([
      ...free(10, holds).map((id) => [id, true]),
      ['20', false],
    ]);
  });

  it('are of the kinds that were asked for', async () => {
    const rows = [
      searchWindow(1),
      searchWindow(2, { keyword: '', category_id: 7 }),
      searchWindow(3, { keyword: '', seller_id: 's' }),
      searchWindow(4, { keyword: '', image: 'x.jpg' }),
    ];
    const found = await list(rows);
    expect(found.map(({ kind }) => kind)).toEqual(['search', 'search', 'seller', 'image']);
    expect(await idsOf(rows, ['search'])).toEqual(['1', '2']);
    expect(await idsOf(rows, ['seller'])).toEqual(['3']);
    expect(await idsOf(rows, ['image', 'seller'])).toEqual(['3', '4']);
  });

  it.each<[string, Row[1], number]>([
    ['all of a list of unknown length', {}, 40],
    ['those that its total fills', { total_records: 101 }, 3],
    ['no more than 1688 shows', { total_records: 9000 }, 40],
    ['no more than its bound', { total_records: 9000, max_pages: 7 }, 7],
    ['no more than its bound of a list of unknown length', { max_pages: 7 }, 7],
    ['those behind what its pass has read', { total_records: 500, next_page: 4 }, 7],
    ['one at least', { total_records: 0, next_page: 9 }, 1],
    ['one where parts have the others', { total_records: 2000, is_split: true }, 1],
  ])('have pages left: %s', async (_, values, pages) => {
    expect(await list([searchWindow(1, values)])).toMatchObject([{ pagesLeft: pages }]);
  });

  it('have an age, a next page and what they are worth, as far as that is known', async () => {
    const value: Row = [
      'sync.window_value',
      { window_id: 2, pages: 3, soon_value: 1.5, late_value: 2.5, new_offers: 4, exposure_days: 5 },
    ];
    const rows = [
      searchWindow(1),
      searchWindow(2, { completed_at: at(-3 * day), next_page: 2, pass_started_at: at(0) }),
      searchWindow(3, { completed_at: at(hour), pass_started_at: at(0) }),
      value,
    ];
    expect(await list(rows)).toMatchObject([
      { ageDays: null, page: 1, worth: null, feed: 'a' },
      {
        ...{ ageDays: 3, page: 2 },
        worth: { pages: 3, soonValue: 1.5, lateValue: 2.5, newOffers: 4, exposureDays: 5 },
      },
      { ageDays: 0 },
    ]);
  });

  it('are taken for ten minutes, those that are free', async () => {
    const rows = [
      ...holds.map(([state], index) => searchWindow(10 + index, { ...state, next_page: index + 1 })),
      searchWindow(20, { retired_at: at(0) }),
      searchWindow(21),
    ];
    const ids = [10, 11, 12, 13, 14, 20].map(String);
    await still.within([...runs, ...rows], async (pool) => {
      const taken = await createLeaseStore({ pool }).takeWindows('1', ids);
      expect(taken.toSorted((x, y) => x.page - y.page)).toEqual([
        { windowId: '10', page: 1 },
        { windowId: '11', page: 2 },
        { windowId: '14', page: 5 },
      ]);
      const { rows: leased } = await pool.query(
        `SELECT window_id, leased_by, extract(epoch FROM leased_until - '${noon}')::int AS seconds
         FROM sync.search_window WHERE leased_by = 1 ORDER BY window_id LIMIT 1`,
      );
      expect(leased).toEqual([{ window_id: '10', leased_by: '1', seconds: 600 }]);
    });
  });
});

/** Root 50 with branches 51, of which leaf 52 is one, and 53, which is retired with 54 below it; and root 60. */
const tree: readonly Row[] = [
  category(0, { parent_id: null, level: 0, is_leaf: false }),
  category(50, { parent_id: null, level: 1, is_leaf: false }),
  category(51, { is_leaf: false }),
  category(52, { parent_id: 51, level: 3 }),
  category(53, { is_leaf: false, is_retired: true }),
  category(54, { parent_id: 53, level: 3, is_leaf: false }),
  category(55, { is_leaf: null }),
  category(60, { parent_id: null, level: 1, is_leaf: false }),
];

describe('categories that are due', () => {
  const lease = (rows: readonly Row[], categories: readonly string[], limit = 99) =>
    still.within([...runs, ...tree, ...rows], async (pool) => {
      const feeds = [
        feedOf('a', { categories: categories.slice(0, 1) }),
        feedOf('b', { categories: categories.slice(1) }),
      ];
      const request = { runId: '1', feeds, freshForMs: hourMs, limit };
      const ids = await createLeaseStore({ pool }).leaseCategories(request);
      const { rows: leased } = await pool.query<{ id: string; seconds: number }>(
        `SELECT category_id AS id, extract(epoch FROM leased_until - '${noon}')::int AS seconds
         FROM sync.category_visit WHERE leased_by = 1 AND leased_until > '${at(9)}' ORDER BY visited_at, category_id`,
      );
      expect(leased.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      for (const { seconds } of leased) expect(seconds).toBe(600);
      return ids.toSorted((x, y) => Number(x) - Number(y));
    });

  it.each([
    [['50'], ['50', '51', '55']],
    [['0'], ['0', '50', '51', '55', '60']],
    [['52'], ['52']],
    [['53'], ['53', '54']],
    [
      ['51', '60'],
      ['51', '60'],
    ],
    [
      ['51', '50'],
      ['50', '51', '55'],
    ],
    [['99'], ['99']],
    [[], []],
  ])('of roots %j are %j: those that are no leaves, and not below a retired one', async (roots, ids) => {
    expect(await lease([], roots)).toEqual(ids);
  });

  it('were visited long ago, and are free', async () => {
    const roots = [70, 71, 72, 73, 74, 75, 80, 81, 82, 83, 84, 90, 91].map(String);
    const rows = [
      visit(70, { visited_at: at(-hour) }),
      visit(71, { visited_at: at(-hour + 1) }),
      visit(72),
      ...holds.map(([state], index) => visit(80 + index, state)),
      ...tries.map(([state], index) => visit(90 + index, state)),
    ];
    const others = ['73', '74', '75'];
    expect(await lease(rows, roots)).toEqual(['70', '72', ...others, ...free(80, holds), ...free(90, tries)]);
  });

  it('come one after the other, those first that were never visited, then the oldest', async () => {
    const rows = [
      visit(70, { visited_at: at(-2 * hour) }),
      visit(71, { visited_at: at(-3 * hour) }),
      visit(73),
      visit(72, { visited_at: at(-2 * hour) }),
    ];
    const roots = ['72', '73', '71', '70', '74'];
    expect(await lease(rows, roots, 1)).toEqual(['73']);
    expect(await lease(rows, roots, 2)).toEqual(['73', '74']);
    expect(await lease(rows, roots, 3)).toEqual(['71', '73', '74']);
    expect(await lease(rows, roots, 4)).toEqual(['70', '71', '73', '74']);
  });
});

describe('categories of feeds', () => {
  const count = (rows: readonly Row[], categories: Readonly<Record<string, readonly string[]>>) =>
    still.within([...tree, ...rows], async (pool) => {
      const feeds = Object.entries(categories).map(([name, own]) =>
        feedOf(name, { categories: own, keywords: [] }),
      );
      const ages = { searchMs: 0, detailMs: 0, categoryMs: hourMs };
      const { nodes } = await createForecastStore({ pool }).read(feeds, ages);
      return nodes.map(({ feed, level, nodes: all, unvisited, due }) => [feed, level, all, unvisited, due]);
    });

  it('are counted level by level, for each feed', async () => {
    expect(await count([], { a: ['0'], b: ['50'] })).toEqual([
      ['a', 0, 1, 1, 1],
      ['a', 1, 2, 2, 2],
      ['a', 2, 2, 2, 2],
      ['b', 1, 1, 1, 1],
      ['b', 2, 2, 2, 2],
    ]);
    // A leaf counts as a root, and one that nobody knows as one of the first level; the branch that is retired does not.
    expect(await count([], { a: ['52', '99'], b: ['53'] })).toEqual([
      ['a', 1, 1, 1, 1],
      ['a', 3, 1, 1, 1],
      ['b', 2, 1, 1, 1],
      ['b', 3, 1, 1, 1],
    ]);
  });

  it('are the whole tree even before anything is known of it', async () => {
    const nodes = await still.within([], async (pool) =>
      createForecastStore({ pool }).read([feedOf('a', { categories: ['0'] })], {
        ...{ searchMs: 0, detailMs: 0, categoryMs: hourMs },
      }),
    );
    expect(nodes.nodes).toEqual([{ feed: 'a', level: 0, nodes: 1, unvisited: 1, due: 1 }]);
  });

  it('are due when they were visited long ago, and are not postponed', async () => {
    const rows = [
      visit(50, { visited_at: at(-hour) }),
      visit(51, { visited_at: at(-hour + 1) }),
      visit(55, { not_before: at(1) }),
      visit(60, { visited_at: at(-day), not_before: at(0) }),
    ];
    expect(await count(rows, { a: ['50', '60'] })).toEqual([
      ['a', 1, 2, 0, 2],
      ['a', 2, 2, 1, 0],
    ]);
  });
});
