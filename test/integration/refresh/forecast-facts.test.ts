import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSql } from '../../../src/db/sql-file.ts';
import { createForecastStore } from '../../../src/refresh/queue/forecast-store.ts';
import { readSql } from '../../../src/refresh/read-sql.ts';
import type { WindowFacts } from '../../../src/model/forecast-facts.ts';
import { at, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { category, day, feedSets, offer, searchWindow } from '../../support/refresh-rows.ts';
import { feedOf } from '../../support/feeds.ts';

/* What the database knows of searches, offers and runs, as far as a forecast needs it. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const ages = { searchMs: 0, detailMs: 0, categoryMs: 0 };
const read = (rows: readonly Row[], names = ['a']) =>
  still.within([...feedSets, ...rows], (pool) =>
    createForecastStore({ pool }).read(
      names.map((name) => feedOf(name)),
      ages,
    ),
  );
const windowsOf = async (...rows: readonly Row[]) => (await read(rows)).windows;

describe('searches', () => {
  it('have what they search by, and what is shown of that', async () => {
    const rows = [
      category(50, { parent_id: null }),
      category(7, { name_zh: '包', name_translated: 'bags' }),
      category(8, { name_zh: '鞋' }),
      category(9),
      searchWindow(1, { keyword: 'cup' }),
      searchWindow(2, { keyword: '', category_id: 7 }),
      searchWindow(3, { keyword: '', category_id: 8 }),
      searchWindow(4, { keyword: '', category_id: 9 }),
      searchWindow(5, { keyword: '包', category_id: 7 }),
      searchWindow(6, { keyword: '', seller_id: 's' }),
      searchWindow(7, { keyword: '', image: 'i' }),
      searchWindow(8, { retired_at: at(0) }),
      searchWindow(9, { feed: 'b' }),
    ];
    const found = await windowsOf(...rows);
    expect(found.map(({ kind, term, label, windows }) => [kind, term, label, windows])).toEqual([
      ['keyword', 'cup', 'cup', 1],
      ['category', '7', 'bags', 1],
      ['category', '8', '鞋', 1],
      ['category', '9', '9', 1],
      ['keyword', '包', '包', 1],
      ['seller', 's', 's', 1],
      ['image', 'i', 'i', 1],
    ]);
  });

  it.each<[string, Row[1], Partial<WindowFacts>]>([
    [
      'nobody knows how many pages before the first',
      {},
      { pages: null, ageDays: null, nextPage: 1, worth: null, reach: null },
    ],
    ['as many pages as hold their records', { total_records: 101 }, { pages: 3 }],
    ['no more pages than 1688 shows', { total_records: 9000 }, { pages: 40 }],
    ['no more pages than their bound', { total_records: 9000, max_pages: 7 }, { pages: 7 }],
    ['one page at least', { total_records: 0 }, { pages: 1 }],
    ['one page where parts have the others', { total_records: 2000, is_split: true }, { pages: 1 }],
    ['one page where parts have the others, of whatever total', { is_split: true }, { pages: 1 }],
    [
      'an age since their last pass',
      { completed_at: at(-3 * day), last_reach: 17 },
      { ageDays: 3, reach: 17 },
    ],
    ['no age below 0', { completed_at: at(9), next_page: 4 }, { ageDays: 0, nextPage: 4 }],
    ['to wait for their next try', { not_before: at(1) }, { isPostponed: true }],
    ['not to wait for one that has come', { not_before: at(0) }, { isPostponed: false }],
    ['not to wait without one', {}, { isPostponed: false }],
  ])('have %s', async (_, values, expected) => {
    expect(await windowsOf(searchWindow(1, values))).toMatchObject([expected]);
  });

  it.each([
    ['complete', true],
    ['unproven', true],
    ['capped', true],
    ['short', true],
    ['max_pages', true],
    ['stale', false],
    ['split', false],
    ['truncated', false],
    [null, false],
  ])('whose last pass was %s may stop early: %s', async (outcome, mayStop) => {
    const values = { last_outcome: outcome };
    const found = await windowsOf(
      searchWindow(1, values),
      searchWindow(2, { ...values, parent_window_id: 1 }),
      searchWindow(3, { ...values, is_split: true }),
    );
    expect(found.map((window) => window.mayStop)).toEqual([mayStop, false, false]);
  });

  it('have what their passes learned of their worth', async () => {
    const value = { pages: 3, soon_value: 1.5, late_value: 2.5, new_offers: 4, exposure_days: 5 };
    const found = await windowsOf(searchWindow(1), searchWindow(2), [
      'sync.window_value',
      { window_id: 2, ...value },
    ]);
    expect(found.map(({ worth }) => worth)).toEqual([
      null,
      { pages: 3, soonValue: 1.5, lateValue: 2.5, newOffers: 4, exposureDays: 5 },
    ]);
  });

  it('of very many of a kind are a sample, which stands for all', async () => {
    const rows = [
      ...Array.from({ length: 5 }, (_, index) => searchWindow(index + 1)),
      searchWindow(6, { keyword: '', seller_id: 's' }),
      ...[7, 8, 9].map((id) => searchWindow(id, { feed: 'b' })),
    ];
    const found = await still.within(rows, (pool) =>
      runSql<WindowFacts>(pool, readSql('sample-windows'), [['a', 'b'], 2]),
    );
    expect(found.map(({ feed, kind, windows }) => [feed, kind, windows])).toEqual([
      ['a', 'keyword', 2.5],
      ['a', 'keyword', 2.5],
      ['a', 'seller', 1],
      ['b', 'keyword', 1.5],
      ['b', 'keyword', 1.5],
    ]);
  });
});

describe('offers', () => {
  const sampleOf = async (...rows: readonly Row[]) => (await read(rows)).sample;

  it('have the ages of what was seen of them last', async () => {
    const rows = [
      offer(1, { summary_at: at(-2 * day), detail_at: at(-day) }),
      offer(2, { summary_at: at(-day), detail_at: at(-3 * day) }),
      offer(3, { summary_at: at(-4 * day) }),
      offer(4),
      offer(5, { summary_at: at(day), detail_at: at(day) }),
    ];
    const found = await sampleOf(...rows);
    const of = found.map(({ summaryAgeDays, detailAgeDays, hasDetail }) => [
      summaryAgeDays,
      detailAgeDays,
      hasDetail,
    ]);
    expect(of.toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
      [0, 0, true],
      [1, 1, true],
      [1, 3, true],
      [4, 4, false],
      [9, 9, false],
    ]);
  });

  it.each<[string, Row[1], object]>([
    [
      'have what was learned of them',
      { popularity: 3, rate_changes: 2, rate_days: 8 },
      { popularity: 3, changes: 2, days: 8 },
    ],
    ['are known to be wrong below bucket 0', { bucket: -1 }, { isStale: true }],
    ['are not known to be wrong in bucket 0', { bucket: 0 }, { isStale: false }],
    ['wait for their next try', { not_before: at(1) }, { isPostponed: true }],
    ['do not wait for one that has come', { not_before: at(0) }, { isPostponed: false }],
    ['do not wait without one', {}, { isPostponed: false }],
    ['belong to feeds', { feed_set: 3 }, { feeds: ['a', 'b'] }],
  ])('%s', async (_, values, expected) => {
    expect(await sampleOf(offer(1, values))).toMatchObject([expected]);
  });

  it('are those of the feeds that are fetched at all', async () => {
    const rows = [
      offer(1),
      offer(2, { feed_set: 2 }),
      offer(3, { bucket: null, order_at: null }),
      offer(4, { feed_set: 0 }),
    ];
    expect(await read(rows)).toMatchObject({ sample: { length: 1 }, offersPerSample: 1 });
    expect((await read(rows, ['b', 'a'])).sample).toHaveLength(2);
    expect(await read([])).toMatchObject({ sample: [], offersPerSample: 0 });
  });

  it('are a sample of so many at most, and about so many', async () => {
    const rows = [...feedSets, ...[1, 2, 3, 4, 5].map((id) => offer(id))];
    const found = await still.within(rows, (pool) =>
      runSql<{ sample: unknown[]; offers: number }>(pool, readSql('sample-refresh-queue'), [['a'], 2]),
    );
    expect(found).toMatchObject([{ sample: { length: 2 }, offers: 5 }]);
  });
});

describe('the pace of runs', () => {
  const run = (runId: number, calls: number, seconds: number | null): Row => [
    'sync.run',
    {
      ...{ run_id: runId, scope: 'x', trigger: 't', source: 'sandbox', status: 'succeeded', feeds: [] },
      ...{ calls_used: calls, requested_at: at(0), started_at: at(0) },
      ended_at: seconds === null ? null : at(seconds),
    },
  ];
  const slow = Array.from({ length: 10 }, (_, index) => run(index + 11, 50, 50));

  it.each<[string, readonly Row[], number | null]>([
    ['is nothing without runs', [], null],
    ['is that of the fastest', [run(1, 100, 50), run(2, 60, 20), run(3, 50, 50)], 3],
    ['is that of runs with fifty calls', [run(1, 49, 1), run(2, 50, 25)], 2],
    ['is that of runs that ended', [run(1, 100, null), run(2, 50, 25), run(3, 99, 0)], 2],
    ['is that of the last ten of these', [run(1, 900, 1), ...slow], 1],
    ['is that of the tenth last, too', [run(1, 900, 1), ...slow.slice(1)], 900],
  ])('%s', async (_, rows, callsPerSecond) => {
    expect((await read(rows)).callsPerSecond).toBe(callsPerSecond);
  });
});
