import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool, PoolClient } from 'pg';
import { learn } from '../../../src/refresh/learn.ts';
import { listByFeed } from '../../../src/refresh/update/join-feeds.ts';
import { lockOffers } from '../../../src/refresh/update/freshness-rows.ts';
import { beginStatsUpdate } from '../../../src/refresh/update/refresh-stats.ts';
import { advanceWindows, noteYields, type BookedPage } from '../../../src/refresh/update/search-windows.ts';
import { valueWindows } from '../../../src/refresh/update/value-windows.ts';
import { lockWindows } from '../../../src/refresh/update/window-rows.ts';
import { minute, provenance, searchPage, searchRow } from '../../support/answers.ts';
import { at, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { day, numberFrom1000, offer, searchWindow } from '../../support/refresh-rows.ts';

/* What pages do to the passes of their searches. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
  await still.read([], numberFrom1000);
});
afterAll(() => still.close());

interface Part {
  readonly windowId?: string;
  readonly page?: number;
  readonly total?: number;
  readonly isNew?: boolean;
  readonly prices?: readonly (string | null)[];
}

/** A page of two rows a page, loaded at a minute; null: it can't be read. */
function pageOf(minutes: number, ids: readonly number[] | null, part: Part = {}): BookedPage {
  const { windowId = '1', page = 1, total = ids?.length ?? 0, isNew = true, prices = [] } = part;
  const rows = (ids ?? []).map((id, index) =>
    searchRow(String(id), { rank: index + 1, priceCny: prices[index] ?? null }),
  );
  const loadable = searchPage(windowId, provenance(minutes), rows, { page, totalRecords: total });
  return { ...loadable, isNew, record: ids === null ? null : loadable.record };
}

const listed = (offerId: number, minutes: number, windowId = 1): Row => [
  'sync.window_offer',
  { window_id: windowId, offer_id: offerId, first_seen_at: minute(0), last_seen_at: minute(minutes) },
];
const state = `next_page, pass_started_at, completed_at, rows_seen, ids_listed, last_outcome`;

async function readWindow(pool: Pool, columns: string, id = '1') {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT ${columns} FROM sync.search_window WHERE window_id = $1`,
    [id],
  );
  return rows[0];
}

const advance = (rows: readonly Row[], pages: readonly BookedPage[], columns = state) =>
  still.within(rows, async (pool) => {
    const client = pool as unknown as PoolClient;
    const windows = await lockWindows(
      client,
      pages.filter(({ windowId }) => windowId !== '404'),
    );
    const changes = await advanceWindows(client, pages, windows, learn);
    const { rows: own } = await pool.query<{ id: number }>(
      'SELECT offer_id::int AS id FROM sync.window_offer ORDER BY 1',
    );
    return {
      ...changes,
      moved: changes.moved.map(({ page }) => page),
      window: await readWindow(pool, columns),
      listed: own.map(({ id }) => id),
      parts: (
        await pool.query<{ id: string; max: string | null }>(
          `SELECT window_id AS id, trim_scale(price_max_cny) AS max FROM sync.search_window
           WHERE parent_window_id = 1 AND retired_at IS NULL ORDER BY price_min_cny NULLS FIRST`,
        )
      ).rows.map(({ max }) => max),
    };
  });

describe('a page', () => {
  it('opens a pass, and the last one completes it', async () => {
    const first = pageOf(1, [1, 2], { total: 3 });
    expect(await advance([searchWindow(1)], [first])).toMatchObject({
      ...{ moved: [1], passes: [], alarms: [], listed: [1, 2] },
      window: { next_page: 2, pass_started_at: minute(1), completed_at: null, rows_seen: 2, ids_listed: 2 },
    });
    const last = pageOf(2, [3], { page: 2, total: 3 });
    expect(
      await advance([searchWindow(1)], [last, pageOf(9, [7], { windowId: '404' }), first]),
    ).toMatchObject({
      ...{ moved: [1, 2], listed: [1, 2, 3] },
      passes: [{ windowId: '1', since: minute(1), previousSince: null, provenance: last.provenance }],
      window: { next_page: 1, pass_started_at: null, completed_at: minute(2), last_outcome: 'complete' },
    });
  });

  it.each<[string, Row[1], BookedPage]>([
    ['that was booked before', {}, pageOf(1, [1, 2], { total: 3, isNew: false })],
    ['that is not waited for', {}, pageOf(1, [1, 2], { total: 3, page: 2 })],
    [
      'that was read before the last pass ended',
      { completed_at: minute(5) },
      pageOf(5, [1, 2], { total: 3 }),
    ],
  ])('%s moves nothing, and what it lists is booked', async (_, values, page) => {
    const before = { ...values, leased_by: 1, leased_until: at(9) };
    expect(await advance([searchWindow(1, before)], [page], `${state}, leased_by`)).toMatchObject({
      ...{ moved: [], passes: [], listed: [1, 2] },
      window: { next_page: 1, pass_started_at: null, rows_seen: 0, leased_by: null },
    });
  });

  it('that was read after the last pass ended opens the next, and one that continues may be older', async () => {
    const ended = { completed_at: minute(5) };
    expect(await advance([searchWindow(1, ended)], [pageOf(6, [1, 2], { total: 3 })])).toMatchObject({
      moved: [1],
    });
    const underWay = {
      completed_at: minute(9),
      pass_started_at: minute(4),
      next_page: 2,
      rows_seen: 2,
      ids_listed: 2,
      total_records: 9,
    };
    expect(
      await advance([searchWindow(1, underWay)], [pageOf(6, [3, 4], { page: 2, total: 9 })]),
    ).toMatchObject({ moved: [2] });
  });

  it('counts offers that its pass has not listed before', async () => {
    const underWay = {
      pass_started_at: minute(4),
      next_page: 2,
      rows_seen: 2,
      ids_listed: 2,
      total_records: 9,
    };
    const rows = [listed(1, 4), listed(2, 3), searchWindow(2), listed(3, 9, 2)];
    const page = pageOf(6, [1, 2, 3, 3], { page: 2, total: 9 });
    expect(
      await advance([searchWindow(1, underWay), ...rows.toSorted(([a], [b]) => a.localeCompare(b))], [page]),
    ).toMatchObject({
      window: { rows_seen: 6, ids_listed: 4 },
    });
    const opening = pageOf(6, [1, 2], { total: 3 });
    expect(await advance([searchWindow(1), listed(1, 8), listed(2, 8)], [opening])).toMatchObject({
      window: { rows_seen: 2, ids_listed: 2 },
    });
  });

  it('that cannot be read ends the pass as an empty one, which proves nothing', async () => {
    const found = await advance([searchWindow(1)], [pageOf(1, null)]);
    expect(found).toMatchObject({
      ...{ moved: [1], passes: [], listed: [] },
      window: {
        next_page: 1,
        completed_at: minute(1),
        rows_seen: 0,
        ids_listed: 0,
        last_outcome: 'unproven',
      },
    });
  });

  it('ends a pass by the newest of its pages', async () => {
    const completedAt = async (rows: readonly Row[], values: Row[1] = {}, total = 1) =>
      (await advance([searchWindow(1, values), ...rows], [pageOf(4, [1], { total })])).window?.[
        'completed_at'
      ];
    expect(await completedAt([listed(9, 8)])).toEqual(minute(8));
    expect(await completedAt([listed(9, 2)])).toEqual(minute(4));
    expect(await completedAt([])).toEqual(minute(4));
    const empty = await advance([searchWindow(1), listed(9, 2)], [pageOf(4, [])]);
    expect(empty.window?.['completed_at']).toEqual(minute(4));
    // It goes on: the pass before ended when it did.
    const before = { completed_at: minute(1), last_outcome: 'unproven' };
    expect(await completedAt([listed(9, 8)], before, 9)).toEqual(minute(1));
    expect(await completedAt([listed(9, 8)], {}, 9)).toBeNull();
  });

  it('is the end of no pass that was complete before', async () => {
    const before = { complete_since: minute(1), completed_at: minute(2), total_records: 3, last_reach: 3 };
    expect(await advance([searchWindow(1, before)], [pageOf(4, [1, 2], { total: 3 })])).toMatchObject({
      moved: [1],
      passes: [],
    });
    expect(await advance([searchWindow(1, { ...before, total_records: 1 })], [pageOf(4, [1])])).toMatchObject(
      {
        passes: [{ since: minute(4), previousSince: minute(1) }],
      },
    );
  });

  it('that shows that a list ends too early is warned of once', async () => {
    const doubted = {
      ...{
        pass_started_at: minute(1),
        next_page: 3,
        rows_seen: 3,
        ids_listed: 3,
        total_records: 30,
        is_doubted: true,
      },
    };
    const empty = pageOf(4, [], { page: 3, total: 30 });
    const alarm = { windowId: '1', feed: 'a', outcome: 'truncated', totalRecords: 30, reach: 3 };
    expect((await advance([searchWindow(1, doubted)], [empty])).alarms).toEqual([alarm]);
    const known = { ...doubted, last_outcome: 'truncated', completed_at: minute(0) };
    expect((await advance([searchWindow(1, known)], [empty])).alarms).toEqual([]);
  });
});

describe('the first page of a search', () => {
  const many = (minutes: number, prices: readonly (string | null)[], part: Part = {}) =>
    pageOf(minutes, [1, 2, 3].slice(0, prices.length), { total: 2000, prices, ...part });
  const shape = 'is_split, is_splittable, next_page';

  it('splits it by the prices that are known', async () => {
    const found = await advance([searchWindow(1)], [many(1, [null, '4', '6'])], shape);
    expect(found).toMatchObject({ window: { is_split: true, next_page: 1 }, parts: ['5', null], alarms: [] });
  });

  it('splits a part of it into parts of the same search', async () => {
    const own = searchWindow(2, { keyword: 'word 1', parent_window_id: 1, price_min_cny: 5 });
    const page = many(1, ['7', '9'], { windowId: '2' });
    expect(await advance([searchWindow(1, { is_split: true }), own], [page], shape)).toMatchObject({
      ...{ window: { is_split: true }, parts: ['8', null] },
    });
  });

  it('joins its parts when it is far smaller, and leaves one that is not split as it is', async () => {
    const rows = [
      searchWindow(1, { is_split: true }),
      searchWindow(2, { parent_window_id: 1, price_min_cny: 5 }),
    ];
    expect(await advance(rows, [many(1, ['4', '6'], { total: 1700 })], shape)).toMatchObject({
      ...{ window: { is_split: true }, parts: [null] },
    });
    expect(await advance(rows, [many(1, ['4', '6'], { total: 1000 })], shape)).toMatchObject({
      ...{ window: { is_split: false, is_splittable: true }, parts: [] },
    });
    const whole = searchWindow(1, { is_splittable: false });
    expect(await advance([whole], [many(1, ['4', '6'])], shape)).toMatchObject({
      window: { is_splittable: false },
    });
  });

  it('shows that its parts mind no bounds, which is warned of', async () => {
    const rows = [
      searchWindow(1, { is_split: true, completed_at: minute(0) }),
      searchWindow(2, { parent_window_id: 1, price_max_cny: 5 }),
    ];
    expect(await advance(rows, [many(1, ['6', '7', '1'], { windowId: '2' })], shape)).toMatchObject({
      alarms: [{ windowId: '1', feed: 'a', outcome: 'bounds_ignored', totalRecords: null, reach: null }],
      ...{ window: { is_split: false, is_splittable: false, next_page: 2 }, parts: [] },
    });
  });

  it('completes the search that it is the last part of', async () => {
    const part = (id: number, values: Row[1] = {}) =>
      searchWindow(id, { parent_window_id: 1, price_min_cny: id, ...values });
    const whole = searchWindow(1, { is_split: true, complete_since: minute(0) });
    const page = pageOf(4, [1], { windowId: '3' });
    const found = await advance(
      [whole, part(2, { complete_since: minute(3) }), part(3)],
      [page],
      'complete_since',
    );
    expect(found).toMatchObject({
      passes: [{ windowId: '1', since: minute(3), previousSince: minute(0), provenance: page.provenance }],
      window: { complete_since: minute(3) },
    });
    expect(await advance([whole, part(2), part(3)], [page], 'complete_since')).toMatchObject({
      ...{ passes: [], window: { complete_since: minute(0) } },
    });
    const both = [
      pageOf(4, [1], { windowId: '3' }),
      pageOf(5, [2], { windowId: '2' }),
      pageOf(70, [1], { windowId: '3' }),
    ];
    const twice = await advance([whole, part(2), part(3)], both, 'complete_since');
    expect(twice.passes.map(({ since, previousSince }) => [since, previousSince])).toEqual([
      [minute(4), minute(0)],
    ]);
  });
});

describe('what a page brought', () => {
  const note = (values: Row[1], page: BookedPage, rows: readonly Row[] = []) =>
    still.within([searchWindow(1, values), ...rows], async (pool) => {
      const client = pool as unknown as PoolClient;
      const windows = await lockWindows(client, [page]);
      const counters = { added: new Set(['1', '3']), changed: new Set(['2', '3']) };
      const missing = pageOf(1, [1], { windowId: '404' });
      await noteYields(client, [missing, page], windows, { counters, learn });
      const columns =
        'new_offers, changed_offers, stale_pages, completed_at, last_outcome, last_call_id::int';
      const written = await readWindow(pool, columns);
      expect(windows.get('1')?.state.newOffers).toBe(written?.['new_offers']);
      return written;
    });
  const underWay = {
    pass_started_at: minute(1),
    next_page: 5,
    new_offers: 10,
    changed_offers: 20,
    stale_pages: 2,
    total_records: 9,
  };

  it('is booked: offers that are new, and others that changed, each once', async () => {
    expect(await note(underWay, pageOf(4, [1, 2, 3, 4, 1, 2]))).toMatchObject({
      ...{ new_offers: 12, changed_offers: 21, stale_pages: 0, last_call_id: 5 },
    });
    expect(await note(underWay, pageOf(4, null))).toMatchObject({
      new_offers: 10,
      changed_offers: 20,
      stale_pages: 3,
    });
  });

  it('stops the pass where it is nothing, which ends by its newest page', async () => {
    const known = { ...underWay, last_outcome: 'complete', last_reach: 9, completed_at: minute(0) };
    expect(await note(known, pageOf(4, [7], { page: 4 }))).toMatchObject({
      last_outcome: 'stale',
      completed_at: minute(4),
    });
    expect(await note(known, pageOf(4, [7], { page: 4 }), [listed(9, 8)])).toMatchObject({
      completed_at: minute(8),
    });
    const part = { ...known, parent_window_id: 1 };
    expect(await note(part, pageOf(4, [7], { page: 4 }))).toMatchObject({ last_outcome: 'complete' });
  });

  it('is worth something for the next pass', async () => {
    const value = (values: Row[1], page: BookedPage, isKnown = true) =>
      still.within([searchWindow(1, values), offer(1, { popularity: 4 }), offer(2)], async (pool) => {
        const client = pool as unknown as PoolClient;
        const windows = isKnown ? await lockWindows(client, [page]) : new Map();
        const sightings = ['1', '2'].map((offerId) => ({ offerId, provenance: provenance(0) }));
        const freshness = await lockOffers(client, sightings);
        const isNew = (offerId: string) => offerId !== '2';
        await valueWindows(
          client,
          { pages: [page], windows, freshness, isNew },
          await beginStatsUpdate(client, learn),
        );
        const { rows } = await pool.query<unknown[]>({
          text: 'SELECT pages, new_offers, exposure_days, soon_value > 0, late_value > soon_value FROM sync.window_value',
          rowMode: 'array',
        });
        return rows[0];
      });
    const yesterday = { completed_at: minute(-24 * 60) };
    expect(await value(yesterday, pageOf(0, [1, 2, 3]))).toEqual([1, 2, 1, true, true]);
    expect(await value(yesterday, pageOf(0, [1, 2, 3], { page: 2 }))).toEqual([1, 2, 0, true, true]);
    expect(await value({}, pageOf(0, [1, 2, 3]))).toEqual([1, 0, 0, true, true]);
    expect(await value({ completed_at: minute(day) }, pageOf(0, [2, 3]))).toEqual([1, 1, 0, true, true]);
    expect(await value(yesterday, pageOf(0, [9]))).toEqual([1, 1, 1, false, false]);
    expect(await value(yesterday, pageOf(0, null))).toBeUndefined();
    expect(await value(yesterday, pageOf(0, [1]), false)).toBeUndefined();
  });

  it('belongs to the feeds of its searches, in the order of their lists', async () => {
    const rows = [searchWindow(1), searchWindow(2, { feed: 'b' }), searchWindow(3)];
    const pages = [
      pageOf(1, [2, 1, 2]),
      pageOf(1, [7], { windowId: '2' }),
      pageOf(1, [1, 3], { windowId: '3' }),
      pageOf(1, null, { windowId: '3' }),
      pageOf(1, [9], { windowId: '404' }),
    ];
    const lists = await still.within(rows, async (pool) => {
      const windows = await lockWindows(pool as unknown as PoolClient, pages.slice(0, 3));
      return listByFeed(pages, windows);
    });
    expect([...lists]).toEqual([
      ['a', ['2', '1', '3']],
      ['b', ['7']],
    ]);
  });
});
