import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FetchKind } from '../../../src/jobs/fetch-kinds.ts';
import { queueFetches } from '../../../src/jobs/queue-fetches.ts';
import type { Allowance } from '../../../src/jobs/promised-details.ts';
import type { JobKind } from '../../../src/jobs/job-kinds.ts';
import type { Queues } from '../../../src/jobs/queue-backend.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import {
  createRefreshQueue,
  type RefreshQueue,
  type RunDetails,
  type Suspicion,
} from '../../../src/refresh/queue/refresh-queue.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { bucketOf } from '../../../src/refresh/planner/bucket.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* Which calls a run asks for, of all that are due. */

const sync = parseSyncFile(
  `account: business
feeds:
  - { name: shoes, keywords: ["鞋"] }
  - { name: hats, keywords: ["帽"], weight: 50 }
  - { name: gloves, keywords: ["手套"], boosts: [{ from: '2026-11-01', until: '2026-11-11', factor: 50 }] }
`,
  'test',
);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(`INSERT INTO sync.feed_set (feeds) VALUES ('{shoes}'), ('{hats}'), ('{gloves}')`);
});
afterEach(() => database.drop());

async function execute(sql: string, ...values: unknown[]): Promise<unknown[]> {
  return (await database.pool.query<object>(sql, values)).rows;
}

/** Offers that were fetched so many days ago, in set 1 (shoes) unless it says otherwise. */
async function addOffers(
  ids: readonly number[],
  days: number,
  more: { popularity?: number; isStale?: boolean; feedSet?: number } = {},
): Promise<void> {
  const { popularity = 1, isStale = false, feedSet = 1 } = more;
  await execute(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at, popularity, feed_set, bucket, order_at,
                               stale_since, stale_by)
     SELECT id, at, at, at, $3, $4, $5, at, CASE WHEN $6 THEN at END, CASE WHEN $6 THEN 'row' END
     FROM unnest($1::bigint[]) id, LATERAL (SELECT now() - $2::float8 * interval '1 day' AS at) t`,
    ...[ids, days, popularity, feedSet, bucketOf(popularity, { changes: 0, days: 0 }, isStale), isStale],
  );
}

/** A search whose last pass ended so many days ago; null: never. `value`: of one of its pages. */
async function addSearch(
  keyword: string,
  days: number | null,
  value: number,
  feed = 'shoes',
): Promise<string> {
  const [row] = (await execute(
    `INSERT INTO sync.search_window (feed, keyword, language, total_records, completed_at)
     VALUES ($1, $2, 'en', 500, now() - $3::float8 * interval '1 day') RETURNING window_id`,
    ...[feed, keyword, days],
  )) as { window_id: string }[];
  const id = row?.window_id ?? '';
  await execute(
    `INSERT INTO sync.window_value (window_id, pages, soon_value, late_value, new_offers, exposure_days)
     VALUES ($1, 10, $2::float8, $2::float8 * 8, 0, 100)`,
    ...[id, value * 10],
  );
  return id;
}

/** What a run has done before, and what is thought of its answers. */
interface Spent {
  readonly callsUsed?: number;
  readonly offerIds?: readonly string[];
  readonly windowIds?: readonly string[];
  /** Jobs of each kind that the queues still have. Default: one for each offer that is under way. */
  readonly unfinished?: number;
  /** Of `unfinished`, those at which a worker is. */
  readonly active?: number;
  readonly suspicion?: Partial<Suspicion>;
  readonly details?: RunDetails;
  readonly refreshQueue?: Partial<RefreshQueue>;
  readonly mayAskShops?: boolean;
  /** What limits have left. */
  readonly allowances?: readonly Allowance[];
  /** A kind whose queue takes nothing. */
  readonly closed?: JobKind;
}

interface Asked {
  readonly jobIds: string[];
  readonly pages: string[];
  readonly details: string[];
  readonly met: readonly string[];
}

/** What a new run of both feeds asks for at once. */
async function ask(
  budgetCalls: number | null,
  blocked: Partial<Record<FetchKind, string>> = {},
  now = new Date('2026-06-01'),
  spent: Spent = {},
): Promise<Asked> {
  const { pool } = database;
  const [jobIds, pages, details]: [string[], string[], string[]] = [[], [], []];
  const queues: Queues = {
    backend: 'postgres',
    add: async (kind, jobs) => {
      if (kind === spent.closed) throw new Error('no connection');
      await new Promise((resolve) => setImmediate(resolve));
      for (const { jobId, data } of jobs) {
        jobIds.push(jobId.slice(jobId.indexOf('-') + 1));
        if ('windowId' in data) pages.push(data.windowId);
        if ('offerIds' in data) details.push(...data.offerIds);
      }
    },
    // With none, what is under way would count as lost.
    count: async () => ({
      active: spent.active ?? 0,
      unfinished: spent.unfinished ?? spent.offerIds?.length ?? 0,
    }),
    findTrouble: async () => null,
    work: () => undefined,
    stopWorkers: async () => undefined,
    close: async () => undefined,
  };
  const runs = createRunStore({ pool });
  const begun = await runs.begin({
    ...{ scope: 'all', feedNames: ['shoes', 'hats', 'gloves'], trigger: 'test', source: 'sandbox' },
    ...{ budgetCalls, deadlineMs: null },
  });
  if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
  const deps = {
    leases: createLeaseStore({ pool }),
    refreshQueue: { ...createRefreshQueue({ pool }), ...spent.refreshQueue },
    queues,
    sync,
    listAllowances: async () => spent.allowances ?? [],
    mayAskShops: async () => spent.mayAskShops ?? false,
  };
  await deps.leases.takeOffers(begun.run.runId, spent.offerIds ?? []);
  await deps.leases.takeWindows(begun.run.runId, spent.windowIds ?? []);
  const blocks = new Map(Object.entries(blocked) as [FetchKind, string][]);
  const suspicion = { isListingSuspect: false, isDetailSuspect: false, isFirst: true, ...spent.suspicion };
  const request = {
    ...{ run: { ...begun.run, callsUsed: spent.callsUsed ?? 0 }, now, feeds: sync.feeds, blocks, suspicion },
    details: spent.details ?? { loaded: 0, underWay: 0 },
    promised: [],
  };
  const { blocksMet } = await queueFetches(deps, request);
  await runs.end(begun.run.runId, 'cancelled', 'test');
  return { jobIds, pages, details, met: blocksMet };
}
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

it('a budget goes to the offers that matter most, and of equal ones to the oldest', async () => {
  await addOffers(range(1, 40), 10);
  await addOffers(range(101, 5), 10, { popularity: 30 });
  await addOffers(range(201, 5), 40);
  const { details } = await ask(10);
  expect(details.slice(0, 5).toSorted()).toEqual(range(101, 5).map(String));
  expect(details.slice(5).toSorted()).toEqual(range(201, 5).map(String));
});

it('a feed that weighs more comes first, as soon as the sync file says so', async () => {
  await addOffers(range(1, 40), 10);
  await addOffers(range(301, 5), 10, { feedSet: 2 });
  expect((await ask(5)).details.toSorted()).toEqual(range(301, 5).map(String));
});

it('a feed that is boosted comes first on its days, as they are in Shanghai', async () => {
  await addOffers(range(1, 40), 10);
  await addOffers(range(301, 5), 10, { feedSet: 3 });
  const first = async (at: string) => (await ask(5, {}, new Date(at))).details.toSorted();
  const gloves = range(301, 5).map(String);
  expect(await first('2026-11-11T15:59:59Z')).toEqual(gloves);
  expect(await first('2026-11-11T16:00:00Z')).not.toEqual(gloves);
  expect(await first('2026-10-31T16:00:00Z')).toEqual(gloves);
});

it('details that are known to be wrong come before those that may still be right', async () => {
  await addOffers(range(1, 40), 20);
  await addOffers(range(401, 5), 0.1, { isStale: true });
  expect((await ask(5)).details.toSorted()).toEqual(range(401, 5).map(String));
});

it('details that may be right wait for pages that are worth more, also for those behind the next one', async () => {
  await addOffers(range(1, 40), 2);
  await addOffers(range(401, 5), 2, { isStale: true });
  const search = await addSearch('鞋', 2, 3);
  const { pages, details } = await ask(null);
  expect(pages).toEqual([search]);
  expect(details.toSorted()).toEqual(range(401, 5).map(String));
  await execute('UPDATE sync.search_window SET next_page = 10, pass_started_at = now()');
  expect((await ask(null)).details).toHaveLength(5);
  await execute('UPDATE sync.search_window SET completed_at = now(), pass_started_at = NULL');
  expect((await ask(null)).details).toHaveLength(45);
});

it('a page that is worth less than a detail comes after it', async () => {
  await addOffers(range(1, 40), 40);
  await addSearch('鞋', 2, 0.0001);
  const { pages, details } = await ask(20);
  expect([pages.length, details.length]).toEqual([0, 20]);
});

it('a handful of pages comes first without a budget, for rows may spare many details', async () => {
  await addOffers(range(1, 40), 40);
  await addOffers(range(401, 5), 2, { isStale: true });
  const searches = await Promise.all(range(1, 6).map((index) => addSearch(`鞋${index}`, 2, 0.0001)));
  const few = await ask(null);
  expect(few.pages.toSorted()).toEqual(searches.toSorted());
  expect(few.details.toSorted()).toEqual(range(401, 5).map(String));
  // Seventy pages are more than a handful.
  await addSearch('鞋7', 2, 0.0001);
  expect((await ask(null)).details).toHaveLength(45);
});

it('searches that were never made get half of the calls at most', async () => {
  await addOffers(range(1, 200), 10);
  for (const index of range(1, 60)) await addSearch(`鞋${index}`, null, 0);
  const { pages, details } = await ask(40);
  expect([pages.length, details.length]).toEqual([20, 20]);
});

it('an API that is held or spent leaves the calls to the others, and is named when something of it is due', async () => {
  await addOffers(range(1, 40), 2);
  const search = await addSearch('鞋', 2, 3);
  expect(await ask(12, { search: 'quota' })).toMatchObject({ pages: [], met: ['quota'] });
  expect((await ask(12, { search: 'quota' })).details).toHaveLength(12);
  expect(await ask(12, { detail: 'held' })).toEqual({
    ...{ jobIds: [`w${search}-1`], pages: [search], details: [], met: ['held'] },
  });
});

it('what was seen within the freshness age is not asked for, unless it is known to be wrong', async () => {
  await addOffers(range(1, 40), 0.5);
  await addOffers([401], 0.5, { isStale: true });
  await addSearch('鞋', 0.5, 3);
  expect(await ask(null)).toEqual({ jobIds: ['d401'], pages: [], details: ['401'], met: [] });
  // What is fresh is nothing that a block keeps from it.
  await execute('DELETE FROM sync.refresh WHERE offer_id = 401');
  expect((await ask(null, { detail: 'held', search: 'quota' })).met).toEqual([]);
});

it('a run asks for no more than its budget leaves beside the calls that it made and those under way', async () => {
  await addOffers(range(1, 60), 10);
  const now = new Date('2026-06-01');
  expect((await ask(10, {}, now)).details).toHaveLength(10);
  expect((await ask(10, {}, now, { callsUsed: 3 })).details).toHaveLength(7);
  expect((await ask(10, {}, now, { callsUsed: 3, offerIds: ['1', '2'] })).details).toHaveLength(5);
  expect((await ask(10, {}, now, { callsUsed: 9 })).details).toHaveLength(1);
  expect((await ask(10, {}, now, { callsUsed: 10 })).details).toEqual([]);
});

it('a run asks for no more details than its quota has left, so that these are the ones that are worth most', async () => {
  await addOffers(range(1, 40), 10);
  await addOffers([50], 10, { popularity: 2 });
  await addOffers([51], 1, { isStale: true, popularity: 3 });
  await addOffers([52], 1, { isStale: true });
  const now = new Date('2026-06-01');
  const allowances = [{ kinds: ['detail'] as const, spendable: 3, dayEndsAt: now }];
  expect((await ask(null, {}, now, { allowances })).details).toEqual(['51', '52', '50']);
  // What is under way takes its part.
  const asked = await ask(null, {}, now, { allowances, offerIds: ['51'] });
  expect(asked).toMatchObject({ details: ['52', '50'], met: ['quota'] });
});

it('a run has at most 128 calls under way, and chooses again when at least 32 of them have ended', async () => {
  await addOffers(range(1, 300), 10);
  const now = new Date('2026-06-01');
  const underWay = (count: number) => ({ offerIds: range(1, count).map(String) });
  expect((await ask(null, {}, now)).details).toHaveLength(128);
  expect((await ask(null, {}, now, underWay(96))).details).toHaveLength(32);
  expect((await ask(null, {}, now, underWay(97))).details).toEqual([]);
});

it('what a run has taken is asked for again as soon as the queues have nothing of it', async () => {
  await addOffers(range(1, 3), 10, { isStale: true });
  const search = await addSearch('鞋', 2, 3);
  const taken = { offerIds: ['1', '2'], windowIds: [search] };
  const now = new Date('2026-06-01');
  const again = async (spent: Spent) => {
    const { pages, details } = await ask(null, {}, now, { ...taken, ...spent });
    return [pages, details.toSorted()];
  };
  expect(await again({ unfinished: 1 })).toEqual([[], ['3']]);
  expect(await again({ unfinished: 0 })).toEqual([[search], ['1', '2', '3']]);
});

it('what waits in the queue of a kind that is blocked does not count as under way', async () => {
  await addOffers(range(1, 20), 10);
  const search = await addSearch('鞋', 2, 3);
  const taken = { offerIds: range(1, 20).map(String), unfinished: 20 };
  const pagesAsked = async (active: number) =>
    (await ask(20, { detail: 'held' }, new Date('2026-06-01'), { ...taken, active })).pages;
  expect(await pagesAsked(1)).toEqual([]);
  expect(await pagesAsked(0)).toEqual([search]);
});

it('details that are held take none of the calls from pages, whatever they would be worth', async () => {
  await addOffers(range(1, 40), 40, { isStale: true });
  const search = await addSearch('鞋', 2, 0.0001);
  expect(await ask(20, { detail: 'held' })).toMatchObject({ pages: [search], details: [], met: ['held'] });
  const tried = { suspicion: { isFirst: false }, details: { loaded: 0, underWay: 20 } };
  expect(await ask(20, {}, undefined, tried)).toMatchObject({ pages: [search], details: [], met: [] });
});

it('a run that has enough calls under way does not look which details are due', async () => {
  await addOffers(range(1, 128), 10);
  let looks = 0;
  const refreshQueue: Partial<RefreshQueue> = {
    listHeads: async (request) => {
      looks += 1;
      return createRefreshQueue({ pool: database.pool }).listHeads(request);
    },
  };
  const underWay = { offerIds: range(1, 128).map(String), unfinished: 128, active: 1, refreshQueue };
  expect(await ask(null, {}, undefined, underWay)).toMatchObject({ details: [], met: [] });
  expect(looks).toBe(0);
  // One that may ask for none says so if any is due.
  await addOffers([200], 10);
  expect((await ask(null, { detail: 'held' }, undefined, underWay)).met).toEqual(['held']);
  expect(looks).toBe(1);
});

it.each(['search', 'detail'] as const)('a queue of %s that takes nothing is a failure', async (closed) => {
  await addOffers([1], 10, { isStale: true });
  await addSearch('鞋', 2, 3);
  await expect(ask(null, {}, undefined, { closed })).rejects.toThrow('no connection');
});

it('details come in jobs of 25, each named by its first', async () => {
  await addOffers(range(1, 50), 10);
  const { jobIds, details } = await ask(null);
  expect(jobIds).toEqual([`d${details[0] ?? ''}`, `d${details[25] ?? ''}`]);
  expect(new Set(details).size).toBe(50);
});

it('a run tries twenty details before it believes them, unless a catalog has none to lose', async () => {
  await addOffers(range(1, 40), 10);
  const asks = async (suspicion: Partial<Suspicion>, loaded: number, underWay = 0) =>
    (await ask(null, {}, undefined, { suspicion, details: { loaded, underWay } })).details.length;
  const later = { isFirst: false };
  const listing = { ...later, isListingSuspect: true };
  const wrong = { ...later, isDetailSuspect: true };
  expect([await asks({}, 0), await asks({}, 5, 3)]).toEqual([40, 40]);
  expect([await asks(later, 0), await asks(later, 5, 3), await asks(later, 19)]).toEqual([20, 12, 1]);
  expect([await asks(later, 5, 15), await asks(later, 20, 3)]).toEqual([0, 40]);
  // Of lists that are suspect, those under way are awaited.
  expect([await asks(listing, 20), await asks(listing, 20, 1), await asks(listing, 15, 2)]).toEqual([
    40, 0, 3,
  ]);
  expect(await asks({ ...listing, isFirst: true }, 0)).toBe(20);
  expect([await asks(wrong, 5), await asks(wrong, 20), await asks(wrong, 25)]).toEqual([15, 0, 0]);
  expect(await asks({ ...wrong, isFirst: true }, 0)).toBe(20);
});
