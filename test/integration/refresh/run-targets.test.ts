import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLeaseStore, freeLeases, type TargetKind } from '../../../src/refresh/queue/lease-store.ts';
import { retryGivenUp } from '../../../src/refresh/queue/retry-given-up.ts';
import type { GivenUpChoice } from '../../../src/model/given-up.ts';
import type { PoolClient } from 'pg';
import { at, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { feedSets, hour, offer, runs, searchWindow, visit } from '../../support/refresh-rows.ts';
import { feedOf } from '../../support/feeds.ts';

/* What runs have taken, what waits for its next try, and what is due at all. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const base = [...runs, ...feedSets];
const a = feedOf('a');
type Store = ReturnType<typeof createLeaseStore>;
const ask = <T>(rows: readonly Row[], work: (store: Store) => Promise<T>) =>
  still.within([...base, ...rows], (pool) => work(createLeaseStore({ pool })));

describe('the leases of a run', () => {
  const held = { leased_by: 1, leased_until: at(1) };
  const over = { leased_by: 1, leased_until: at(0) };
  const others = { leased_by: 2, leased_until: at(1) };

  it.each<[string, readonly Row[], number]>([
    ['categories', [visit(1, held), visit(2, held), visit(3, over), visit(4, others)], 2],
    [
      'searches',
      [searchWindow(1, held), searchWindow(2, held), searchWindow(3, over), searchWindow(4, others)],
      2,
    ],
    ['offers', [offer(1, held), offer(2, held), offer(3, over), offer(4, others)], 2],
    ['all of them', [visit(1, held), searchWindow(2, held), offer(3, held), offer(4, held)], 4],
    ['nothing', [], 0],
  ])('are counted while they last: %s', async (_, rows, leases) => {
    expect(await ask(rows, (store) => store.countLeases('1'))).toBe(leases);
  });

  it('end with it, and those of others do not', async () => {
    const rows = [visit(1, held), visit(2, others), searchWindow(1, held), searchWindow(2, others)];
    const offers = [offer(1, held), offer(2, others), offer(3)];
    const left = await still.within([...base, ...rows, ...offers], async (pool) => {
      await freeLeases(pool as unknown as PoolClient, '1');
      const { rows: found } = await pool.query<Record<string, unknown>>(
        `SELECT 'category' AS kind, category_id AS id, leased_by, leased_until IS NULL AS free FROM sync.category_visit
         UNION ALL SELECT 'search', window_id, leased_by, leased_until IS NULL FROM sync.search_window
         UNION ALL SELECT 'offer', offer_id, leased_by, leased_until IS NULL FROM sync.refresh ORDER BY 1, 2`,
      );
      return found.map(({ kind, id, leased_by: by, free }) => [kind, id, by, free]);
    });
    expect(left).toEqual([
      ['category', '1', null, true],
      ['category', '2', '2', false],
      ['offer', '1', null, true],
      ['offer', '2', '2', false],
      ['offer', '3', null, true],
      ['search', '1', null, true],
      ['search', '2', '2', false],
    ]);
  });

  it.each<[string, Row, boolean]>([
    ['a category', visit(1, others), true],
    ['a category whose lease is over', visit(1, { ...others, leased_until: at(0) }), false],
    ['a search of the feed', searchWindow(1, others), true],
    ['a search whose lease is over', searchWindow(1, { ...others, leased_until: at(0) }), false],
    ['a search of another feed', searchWindow(1, { ...others, feed: 'b' }), false],
    ['an offer of the feed', offer(1, others), true],
    ['an offer of the feed and another', offer(1, { ...others, feed_set: 3 }), true],
    ['an offer of another feed', offer(1, { ...others, feed_set: 2 }), false],
    ['an offer whose lease is over', offer(1, { ...others, leased_until: at(0) }), false],
    ['an offer that a queued run has', offer(1, { ...others, leased_by: 3 }), true],
    ['an offer that a run had which has ended', offer(1, { ...others, leased_by: 9 }), false],
    ['an offer that the run itself has', offer(1, held), false],
    ['a search that the run itself has', searchWindow(1, held), false],
    ['a category that the run itself has', visit(1, held), false],
  ])('are waited for by others that reach the same: %s', async (_, row, isAwaiting) => {
    expect(await ask([row], (store) => store.isAwaitingOthers('1', [a]))).toBe(isAwaiting);
  });

  it.each<[TargetKind, (id: number, values: Row[1]) => Row]>([
    ['category', visit],
    ['search', searchWindow],
    ['detail', offer],
  ])('are kept of each %s until the run ends, or its time is up', async (kind, make) => {
    const timed = (runId: number, deadline: string): Row => [
      'sync.run',
      {
        ...{
          run_id: runId,
          scope: `x${runId}`,
          trigger: 't',
          source: 'sandbox',
          status: 'running',
          feeds: [],
        },
        ...{ requested_at: at(0), calls_used: 0, deadline_at: deadline },
      },
    ];
    const rows = [
      timed(4, at(0)),
      timed(5, at(1)),
      make(1, held),
      make(2, others),
      make(3, { leased_by: 3, leased_until: at(1) }),
      make(4, { leased_by: 4, leased_until: at(1) }),
      make(5, { leased_by: 5, leased_until: at(1) }),
      make(9, { leased_by: 9, leased_until: at(1) }),
      make(10, held),
    ];
    const ids = ['1', '2', '3', '4', '5', '9'];
    const kept = (runId: string) => ask(rows, (store) => store.keepLeased(kind, runId, ids));
    expect(await kept('1')).toEqual(['1']);
    expect(await kept('3')).toEqual(['3']);
    expect(await kept('4')).toEqual([]);
    expect(await kept('5')).toEqual(['5']);
    expect(await kept('9')).toEqual([]);
  });
});

describe('what is due', () => {
  const ages = { searchMs: hour * 1000, detailMs: 2 * hour * 1000, categoryMs: 0 };

  it.each<[string, Row, number]>([
    ['an offer that is old enough', offer(1, { order_at: at(-2 * hour) }), 1],
    ['not one that is younger', offer(1, { order_at: at(-2 * hour + 1) }), 0],
    ['one that is known to be wrong', offer(1, { bucket: -1, order_at: at(0) }), 1],
    ['not one of bucket 0 for that', offer(1, { bucket: 0, order_at: at(0) }), 0],
    ['not one that is gone', offer(1, { bucket: null, order_at: null }), 0],
    ['not one of another feed', offer(1, { feed_set: 2 }), 0],
    ['one of the feed and another', offer(1, { feed_set: 3 }), 1],
    ['a search that was never passed', searchWindow(1), 1],
    ['one that was passed long ago', searchWindow(1, { completed_at: at(-hour) }), 1],
    ['not one that was passed since', searchWindow(1, { completed_at: at(-hour + 1) }), 0],
    ['one that is being passed', searchWindow(1, { completed_at: at(0), pass_started_at: at(0) }), 1],
    ['not one that ended', searchWindow(1, { retired_at: at(0) }), 0],
    ['not one of another feed', searchWindow(1, { feed: 'b' }), 0],
  ])('counts as a call: %s', async (_, row, due) => {
    expect(await ask([row], (store) => store.countDue([a], ages))).toBe(due);
  });

  it('is the sum of both', async () => {
    const rows = [offer(1), offer(2), searchWindow(1), searchWindow(2), searchWindow(3)];
    expect(await ask(rows, (store) => store.countDue([a], ages))).toBe(5);
  });
});

describe('what waits for its next try', () => {
  const waits = { not_before: at(5), failed_tries: 1 };
  const count = (rows: readonly Row[], categories: readonly string[] = []) =>
    ask(rows, (store) => store.countPostponed([feedOf('x'), feedOf('a', { categories })]));
  const none = { targets: 0, nextTryAt: null };
  const one = { targets: 1, nextTryAt: new Date(at(5)) };

  it.each<[string, Row, typeof none | typeof one]>([
    ['an offer', offer(1, waits), one],
    ['one of the feed and another', offer(1, { ...waits, feed_set: 3 }), one],
    ['not one of another feed', offer(1, { ...waits, feed_set: 2 }), none],
    ['not one whose try has come', offer(1, { ...waits, not_before: at(0) }), none],
    ['not one that was refused', offer(1, { ...waits, failed_tries: 0 }), none],
    ['a search', searchWindow(1, waits), one],
    ['not one of another feed', searchWindow(1, { ...waits, feed: 'b' }), none],
    ['not one that ended', searchWindow(1, { ...waits, retired_at: at(0) }), none],
    ['not one whose try has come', searchWindow(1, { ...waits, not_before: at(0) }), none],
    ['not one that was refused', searchWindow(1, { ...waits, failed_tries: 0 }), none],
    ['not a category where feeds have none', visit(1, waits), none],
  ])('is %s', async (_, row, expected) => {
    expect(await count([row])).toEqual(expected);
  });

  it('is a category where a feed has some', async () => {
    expect(await count([visit(1, waits)], ['7'])).toEqual(one);
    expect(await count([visit(1, { ...waits, not_before: at(0) })], ['7'])).toEqual(none);
    expect(await count([visit(1, { ...waits, failed_tries: 0 })], ['7'])).toEqual(none);
  });

  it('is counted together, and comes at the first time of all', async () => {
    const rows = [offer(1, waits), searchWindow(1, { ...waits, not_before: at(3) }), visit(1, waits)];
    expect(await count(rows, ['7'])).toEqual({ targets: 3, nextTryAt: new Date(at(3)) });
  });

  const rows = [
    offer(1, waits),
    offer(2, waits),
    offer(3, { ...waits, not_before: at(0) }),
    searchWindow(1, waits),
    searchWindow(2, { ...waits, keyword: '', seller_id: 's' }),
    searchWindow(3, { ...waits, keyword: '', image: 'i' }),
    searchWindow(4, { ...waits, keyword: '', category_id: 4 }),
    searchWindow(5, { ...waits, not_before: at(0) }),
    searchWindow(6, { ...waits, keyword: 'retired', retired_at: at(-1) }),
    visit(1, waits),
    visit(3, { ...waits, not_before: at(0) }),
  ];

  it.each<[GivenUpChoice, readonly string[]]>([
    [{ operation: null, id: null }, ['c1', 'o1', 'o2', 's1', 's2', 's3', 's4']],
    [{ operation: null, id: '1' }, ['c1', 'o1', 's1']],
    [{ operation: 'offer.detail', id: null }, ['o1', 'o2']],
    [{ operation: 'offer.detail', id: '2' }, ['o2']],
    [{ operation: 'search.keyword', id: null }, ['s1', 's4']],
    [{ operation: 'search.seller', id: null }, ['s2']],
    [{ operation: 'search.image', id: null }, ['s3']],
    [{ operation: 'search.image', id: '1' }, []],
    [{ operation: 'category.children', id: null }, ['c1']],
    [{ operation: 'category.children', id: '2' }, []],
  ])('is due at once when it is chosen: %j', async (choice, due) => {
    const found = await still.within([...base, ...rows], async (pool) => {
      const count = await retryGivenUp(pool, choice);
      const { rows: left } = await pool.query<{ id: string }>(
        `SELECT kind || id AS id FROM (
           SELECT 'c' AS kind, category_id AS id, not_before, failed_tries FROM sync.category_visit
           UNION ALL SELECT 's', window_id, not_before, failed_tries FROM sync.search_window
           UNION ALL SELECT 'o', offer_id, not_before, failed_tries FROM sync.refresh) t
         WHERE not_before IS NULL AND failed_tries = 0 ORDER BY 1`,
      );
      return { count, ids: left.map(({ id }) => id) };
    });
    expect(found).toEqual({ count: due.length, ids: due });
  });
});

describe('the ages of what is known of offers', () => {
  const rows = [
    offer(1, { detail_at: at(-60), stale_since: at(-9), stale_by: 'row' }),
    offer(2, { detail_at: at(60) }),
    offer(3, { stale_since: at(60), stale_by: 'absence' }),
    offer(4, { detail_at: at(-60), stale_since: at(-9), stale_by: 'row' }),
  ];

  it('are those of their details, and of the time since these are known to be wrong', async () => {
    const ids = ['1', '2', '3'];
    expect([...(await ask(rows, (store) => store.listDetailAges(ids)))]).toEqual([
      ['1', 60_000],
      ['2', 0],
    ]);
    expect([...(await ask(rows, (store) => store.listKnownStale(ids)))]).toEqual([
      ['1', 9000],
      ['3', 0],
    ]);
  });
});

describe('the page of a search that is next', () => {
  const again = { pass_started_at: at(-50), is_doubted: true, rows_seen: 51, next_page: 2 };
  const listed = (seconds: number): Row => [
    'sync.window_offer',
    { window_id: 1, offer_id: 9 + seconds, first_seen_at: at(-100), last_seen_at: at(seconds) },
  ];
  const staleFrom = (values: Row[1], seconds = -30) =>
    ask([searchWindow(1, values), searchWindow(2), listed(-40), listed(seconds)], (store) =>
      store.pageStaleFromMs('1'),
    );

  it('is out of date by what the pass showed, where the pass reads its pages again', async () => {
    expect(await staleFrom(again)).toBe(30_000);
    expect(await staleFrom(again, 30)).toBe(0);
    expect(await staleFrom({ ...again, is_doubted: false })).toBeNull();
    expect(await staleFrom({ ...again, rows_seen: 50 })).toBeNull();
    expect(await ask([], (store) => store.pageStaleFromMs('1'))).toBeNull();
  });

  it.each<[string, Row[1], unknown]>([
    [
      'a keyword',
      { price_min_cny: '5.5000', next_page: 3 },
      {
        operation: 'search.keyword',
        keyword: 'word 1',
        categoryId: null,
        priceMinCny: '5.5',
        priceMaxCny: null,
        page: 3,
      },
    ],
    [
      'a category',
      { keyword: '', category_id: 7 },
      { operation: 'search.keyword', keyword: '', categoryId: '7', page: 1 },
    ],
    ['a seller', { keyword: '', seller_id: 's' }, { operation: 'search.seller', sellerId: 's' }],
    [
      'a picture',
      { keyword: '', image: 'x.jpg' },
      { operation: 'search.image', image: 'x.jpg', pageSize: 50, language: 'en' },
    ],
  ])('is asked for by %s', async (_, values, query) => {
    expect(await ask([searchWindow(1, values)], (store) => store.searchRequest('1'))).toMatchObject(
      query as object,
    );
  });

  it('is none of a search that ended', async () => {
    expect(
      await ask([searchWindow(1, { retired_at: at(0) })], (store) => store.searchRequest('1')),
    ).toBeNull();
  });
});
