import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool, PoolClient } from 'pg';
import { applySql, runSql } from '../../../src/db/sql-file.ts';
import { readSql } from '../../../src/refresh/read-sql.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { forgetShop } from '../../../src/refresh/update/forget-offers.ts';
import { recordVisits } from '../../../src/refresh/update/record-visits.ts';
import { listInWindow, lockWindows, writeWindow } from '../../../src/refresh/update/window-rows.ts';
import type { LoadableCategory } from '../../../src/model/catalog.ts';
import { minute, provenance, searchPage } from '../../support/answers.ts';
import { at, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { category, hour, numberFrom1000, searchWindow, visit } from '../../support/refresh-rows.ts';

/* What becomes of searches and categories: their rows, one by one. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
  await still.read([], numberFrom1000);
});
afterAll(() => still.close());

const hourMs = hour * 1000;
const lease = { leased_by: 1, leased_until: at(1) };
const part = (windowId: number, values: Row[1] = {}) =>
  searchWindow(windowId, { keyword: 'word 1', parent_window_id: 1, price_min_cny: windowId, ...values });

async function readWindows(pool: Pool, columns: string): Promise<unknown[][]> {
  const text = `SELECT ${columns} FROM sync.search_window ORDER BY window_id`;
  return (await pool.query<unknown[]>({ text, rowMode: 'array' })).rows;
}

describe('a search that is read in parts', () => {
  const complete = (windowId: number, seconds: number, values: Row[1] = {}) =>
    part(windowId, { complete_since: at(seconds), ...values });
  const since = (rows: readonly Row[], whole: Row[1] = {}, others: readonly Row[] = []) =>
    still.within([searchWindow(1, { is_split: true, ...whole }), ...rows, ...others], async (pool) => {
      const found = await runSql<{ completeSince: Date }>(pool, readSql('complete-split-window'), [
        '1',
        hourMs,
      ]);
      const [kept] = await readWindows(pool, 'complete_since');
      if (found.length > 0) expect(kept).toEqual([found[0]?.completeSince]);
      return found.map(({ completeSince }) => completeSince.toISOString());
    });

  it.each<[string, readonly Row[], Row[1], readonly string[]]>([
    ['since the first of its parts', [complete(2, -50), complete(3, -90)], {}, [at(-90)]],
    ['where they lie an hour apart', [complete(2, 0), complete(3, -hour)], {}, [at(-hour)]],
    ['not where they lie further apart', [complete(2, 0), complete(3, -hour - 1)], {}, []],
    ['not while one of them is not', [complete(2, 0), part(3)], {}, []],
    ['whatever one that ended is', [complete(2, 0), part(3, { retired_at: at(0) })], {}, [at(0)]],
    ['not without parts', [], {}, []],
    ['not when it is read as one', [complete(2, 0)], { is_split: false }, []],
    ['once', [complete(2, 0)], { complete_since: at(0) }, []],
    ['again, later', [complete(2, 0)], { complete_since: at(-1) }, [at(0)]],
  ])('is complete %s', async (_, rows, whole, expected) => {
    const others = [searchWindow(8, { is_split: true }), searchWindow(9, { parent_window_id: 8 })];
    expect(await since(rows, whole, others)).toEqual(expected);
  });

  it('is read as one again, and its parts end with their leases', async () => {
    const rows = [
      searchWindow(1, { is_split: true, next_page: 3, completed_at: at(-9) }),
      part(2, lease),
      part(3, { retired_at: at(-50), ...lease }),
      searchWindow(8, lease),
    ];
    const columns =
      'is_split, is_splittable, next_page, pass_started_at, retired_at, leased_by, leased_until';
    const join = (maySplit: boolean) =>
      still.within(rows, async (pool) => {
        await applySql(pool, readSql('join-search-window'), ['1', maySplit]);
        return readWindows(pool, columns);
      });
    const parts = [
      [false, true, 1, null, new Date(at(0)), null, null],
      [false, true, 1, null, new Date(at(-50)), '1', new Date(at(1))],
      [false, true, 1, null, null, '1', new Date(at(1))],
    ];
    expect(await join(true)).toEqual([[false, true, 3, null, null, null, null], ...parts]);
    expect(await join(false)).toEqual([[false, false, 2, new Date(at(-9)), null, null, null], ...parts]);
  });

  it('is locked with what it is a part of', async () => {
    const rows = [
      searchWindow(1, { is_split: true, price_max_cny: 9.5, category_id: 7 }),
      part(2, { max_pages: 3 }),
      part(3, { retired_at: at(0) }),
      searchWindow(4, { keyword: '', image: 'x' }),
      searchWindow(5, { is_splittable: false }),
      searchWindow(6),
    ];
    const shapes = (...ids: readonly string[]) =>
      still.within(rows, async (pool) => {
        const pages = ids.map((id) => searchPage(id, provenance(0), []));
        const locked = await lockWindows(pool as unknown as PoolClient, [...pages, ...pages]);
        return [...locked].map(([id, { shape, categoryId }]) => [
          id,
          shape.isPart,
          shape.isSplit,
          shape.isSplittable,
          categoryId,
          shape.band,
        ]);
      });
    const open = { minCny: null, maxCny: null };
    expect(await shapes('2', '4')).toEqual([
      ['1', false, true, true, '7', { minCny: null, maxCny: '9.5' }],
      ['2', true, false, false, '0', { minCny: '2', maxCny: null }],
      ['4', false, false, false, '0', open],
    ]);
    expect((await shapes('3', '5', '6')).map(([id, , , isSplittable]) => [id, isSplittable])).toEqual([
      ['1', true],
      ['3', false],
      ['5', false],
      ['6', true],
    ]);
  });
});

describe('searches that list far less than they did', () => {
  const shrunk = (id: number, values: Row[1] = {}) =>
    searchWindow(id, { total_records: 10, last_outcome: 'unproven', last_reach: 6, ...values });
  const whole = (id: number, values: Row[1] = {}) =>
    searchWindow(id, { total_records: 10, last_reach: 10, ...values });
  const several = (count: number, make: typeof shrunk, from: number, values: Row[1] = {}) =>
    Array.from({ length: count }, (_, index) => make(from + index, values));
  const isSuspect = (rows: readonly Row[]) =>
    still.within(rows, async (pool) => (await createRefreshQueue({ pool }).suspicion()).isListingSuspect);

  it.each<[string, readonly Row[], boolean]>([
    ['none', [], false],
    ['three, a tenth of all', [...several(3, shrunk, 1), ...several(27, whole, 10)], true],
    ['three, less than a tenth of all', [...several(3, shrunk, 1), ...several(28, whole, 10)], false],
    ['two', [...several(2, shrunk, 1), ...several(3, whole, 10)], false],
    ['three that are just too long', several(3, shrunk, 1, { last_reach: 7 }), false],
    ['three short ones', several(3, shrunk, 1, { last_outcome: 'short' }), true],
    ['three that say otherwise', several(3, shrunk, 1, { last_outcome: 'complete' }), false],
    ['three that ended', several(3, shrunk, 1, { retired_at: at(0) }), false],
    ['three of five records', several(3, shrunk, 1, { total_records: 5, last_reach: 3 }), true],
    ['three of four records', several(3, shrunk, 1, { total_records: 4, last_reach: 2 }), false],
    [
      'three parts',
      [searchWindow(9, { is_split: true }), ...several(3, shrunk, 1, { parent_window_id: 9 })],
      false,
    ],
    ['twenty records, two fifths of all', [shrunk(1, { total_records: 40, last_reach: 20 }), whole(2)], true],
    ['just two fifths', [shrunk(1, { total_records: 40, last_reach: 20 }), whole(2)], true],
    [
      'less than two fifths',
      [shrunk(1, { total_records: 40, last_reach: 20 }), whole(2, { total_records: 11 })],
      false,
    ],
    ['nineteen records', [shrunk(1, { total_records: 39, last_reach: 20 })], false],
  ])('are not believed: %s', async (_, rows, expected) => {
    expect(await isSuspect(rows)).toBe(expected);
  });
});

describe('a search of a category that needs a keyword', () => {
  const refused = searchWindow(1, {
    keyword: '',
    category_id: 7,
    price_min_cny: 5,
    max_pages: 3,
    is_split: true,
    ...lease,
  });
  const name = (rows: readonly Row[], windowId = '1') =>
    still.within([category(50, { parent_id: null }), ...rows], async (pool) => {
      const isNamed = await createLeaseStore({ pool }).nameCategorySearch(windowId);
      return [
        isNamed,
        await readWindows(
          pool,
          'keyword, category_id::int, price_min_cny::int, max_pages, is_split, retired_at, leased_by',
        ),
      ];
    });
  const bags = category(7, { name_zh: '包' });
  const ended = ['', 7, 5, 3, false, new Date(at(0)), null];
  const named = ['包', 7, 5, 3, false, null, null];

  it('ends, and one with the name of the category is in its place', async () => {
    expect(await name([bags, refused, searchWindow(2, { keyword: '', category_id: 50 })])).toEqual([
      true,
      [ended, ['', 50, null, null, false, null, null], named],
    ]);
  });

  it('goes on where such a one was before', async () => {
    const before = searchWindow(2, {
      keyword: '包',
      category_id: 7,
      price_min_cny: 5,
      max_pages: 4,
      retired_at: at(-9),
    });
    expect(await name([bags, refused, before])).toEqual([true, [ended, ['包', 7, 5, 4, false, null, null]]]);
  });

  it('ends with the search that it is a part of', async () => {
    const own = searchWindow(2, { keyword: '', category_id: 7, price_min_cny: 6, parent_window_id: 1 });
    expect(await name([bags, refused, own], '2')).toEqual([
      true,
      [ended, ['', 7, 6, null, false, null, null], named],
    ]);
  });

  it.each<[string, Row, Row]>([
    ['has a keyword', bags, searchWindow(1, { category_id: 7 })],
    ['has a category without a name', category(7, { name_zh: '' }), refused],
    [
      'has a category with a name in another language alone',
      category(7, { name_translated: 'bags' }),
      refused,
    ],
  ])('stays as it is where it %s', async (_, own, window) => {
    const [isNamed, windows] = await name([own, window]);
    expect([isNamed, windows]).toMatchObject([false, [{ length: 7 }]]);
    expect((windows as unknown[][])[0]?.[5]).toBeNull();
  });

  it('is made without one again, once 1688 answers that', async () => {
    const rows = [
      searchWindow(1, { category_id: 7, is_split: true, ...lease }),
      searchWindow(2, lease),
      searchWindow(3, { keyword: '', category_id: 7, ...lease }),
      searchWindow(4, { category_id: 8, retired_at: at(-9), ...lease }),
    ];
    const found = await still.within(rows, async (pool) => {
      const count = await applySql(pool, readSql('unname-category-searches'));
      return [count, ...(await readWindows(pool, 'retired_at, is_split, leased_by, leased_until IS NULL'))];
    });
    expect(found).toEqual([
      1,
      [new Date(at(0)), false, null, true],
      [null, false, '1', false],
      [null, false, '1', false],
      [new Date(at(-9)), false, '1', false],
    ]);
  });

  it('ends with its seller, whose id is not kept', async () => {
    const of = (id: number, values: Row[1]) =>
      searchWindow(id, { keyword: '', seller_id: 's', ...lease, ...values });
    const rows = [of(1, {}), of(2, { feed: 'b', retired_at: at(-9) }), of(3, { seller_id: 't' })];
    const found = await still.within(rows, async (pool) => {
      await forgetShop(pool, 's');
      return readWindows(pool, 'seller_id, retired_at, leased_by, leased_until IS NULL');
    });
    expect(found).toEqual([
      ['erased-1', new Date(at(0)), null, true],
      ['erased-2', new Date(at(-9)), null, true],
      ['t', null, '1', false],
    ]);
  });
});

describe('what a page showed', () => {
  it('is booked of each offer by its first and its last time', async () => {
    const listed = (offerId: number, first: number, last: number): Row => [
      'sync.window_offer',
      { window_id: 1, offer_id: offerId, first_seen_at: minute(first), last_seen_at: minute(last) },
    ];
    const rows = [searchWindow(1), searchWindow(2), listed(1, 5, 6), listed(2, 3, 9), listed(3, 1, 4)];
    const found = await still.within(rows, async (pool) => {
      await listInWindow(
        pool as unknown as PoolClient,
        { windowId: '1', feed: 'a' },
        ['1', '2', '3', '4'],
        minute(4),
      );
      const { rows: all } = await pool.query<{ id: string; a: Date; b: Date }>(
        'SELECT offer_id AS id, first_seen_at AS a, last_seen_at AS b FROM sync.window_offer ORDER BY 1',
      );
      const count = async (id: string, since: number) =>
        runSql(pool, readSql('count-listed-offers'), [id, ['1', '3', '4'], minute(since)]);
      return [all, await count('1', 4), await count('1', 5), await count('2', 0)];
    });
    expect(found).toEqual([
      [
        { id: '1', a: minute(4), b: minute(6) },
        { id: '2', a: minute(3), b: minute(9) },
        { id: '3', a: minute(1), b: minute(4) },
        { id: '4', a: minute(4), b: minute(4) },
      ],
      [{ listed: 3 }],
      [{ listed: 1 }],
      [{ listed: 0 }],
    ]);
  });

  it('is worth something for the next pass, and half of what was new is forgotten in 90 days', async () => {
    const found = await still.within([searchWindow(1), searchWindow(2)], async (pool) => {
      const book = (windowId: string, isFirst: boolean, ...values: readonly number[]) =>
        applySql(pool, readSql('upsert-window-value'), [windowId, isFirst, ...values]);
      const read = async () =>
        (
          await pool.query<unknown[]>({
            text: 'SELECT * FROM sync.window_value WHERE window_id = 1',
            rowMode: 'array',
          })
        ).rows[0];
      await book('2', true, 9, 9, 9, 9);
      await book('1', true, 1, 2, 8, 4);
      await book('1', false, 3, 4, 2, 0);
      const first = await read();
      await book('1', true, 5, 6, 7, 90);
      return [first, await read()];
    });
    expect(found).toEqual([
      ['1', 2, 4, 6, 10, 4],
      ['1', 1, 5, 6, 12, 92],
    ]);
  });

  it('frees its search, whose tries begin anew, and nothing is written that is known', async () => {
    const waits = { not_before: at(9), failed_tries: 3, failure_code: 'X' };
    const write = (values: Row[1], change = {}) =>
      still.within([searchWindow(1, values), searchWindow(2, lease)], async (pool) => {
        const client = pool as unknown as PoolClient;
        const window = (await lockWindows(client, [searchPage('1', provenance(0), [])])).get('1');
        if (!window) throw new Error('it is there');
        const after = { ...window, state: { ...window.state, ...change } };
        await writeWindow(client, after, '77');
        return readWindows(
          pool,
          'next_page, last_call_id, leased_by, leased_until IS NULL, not_before, failed_tries, failure_code',
        );
      });
    const other = [1, null, '1', false, null, 0, null];
    const done = [1, '77', null, true, null, 0, null];
    expect(await write({ ...lease, ...waits })).toEqual([done, other]);
    expect(await write({ leased_by: 1 })).toEqual([done, other]);
    expect(await write({ leased_until: at(1) })).toEqual([done, other]);
    expect(await write({ not_before: at(9) })).toEqual([done, other]);
    expect(await write({}, { nextPage: 2 })).toEqual([[2, '77', null, true, null, 0, null], other]);
    expect(await write({})).toEqual([[1, null, null, true, null, 0, null], other]);
  });
});

it('a category that was fetched is free, and has the newest time of all', async () => {
  const answer = (categoryId: string, minutes: number): LoadableCategory => ({
    ...({ kind: 'category', categoryId, provenance: provenance(minutes) } as unknown as LoadableCategory),
  });
  const held = { ...lease, not_before: at(9), failed_tries: 2, failure_code: 'X' };
  const rows = [
    visit(1, { ...held, visited_at: minute(1), last_call_id: 90 }),
    visit(2, { ...held, visited_at: minute(8), last_call_id: 91 }),
    visit(3, { visited_at: minute(8), last_call_id: 92, failed_tries: 1 }),
    visit(4, { visited_at: minute(4), last_call_id: 93 }),
    visit(5, { visited_at: minute(8), last_call_id: 94, not_before: at(9) }),
    visit(6, { visited_at: minute(8), last_call_id: 95, leased_until: at(9) }),
    visit(7, { last_call_id: 96 }),
  ];
  const found = await still.within(rows, async (pool) => {
    const answers = ['1', '2', '3', '4', '5', '6', '7', '8'].map((id) => answer(id, 4));
    await recordVisits(pool as unknown as PoolClient, [answer('8', 6), ...answers, answer('1', 3)]);
    const text = `SELECT category_id::int, visited_at, last_call_id::int, leased_by, leased_until, not_before, failed_tries, failure_code
                  FROM sync.category_visit ORDER BY 1`;
    return (await pool.query<unknown[]>({ text, rowMode: 'array' })).rows;
  });
  const free = [null, null, null, 0, null];
  expect(found).toEqual([
    [1, minute(4), 5, ...free],
    [2, minute(8), 91, ...free],
    [3, minute(8), 92, null, null, null, 1, null],
    [4, minute(4), 93, ...free],
    [5, minute(8), 94, ...free],
    [6, minute(8), 95, ...free],
    [7, minute(4), 5, ...free],
    [8, minute(6), 7, ...free],
  ]);
});
