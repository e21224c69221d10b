import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { Queues } from '../../../src/jobs/queue-backend.ts';
import { queueFetches } from '../../../src/jobs/queue-fetches.ts';
import { bucketOf } from '../../../src/refresh/planner/bucket.ts';
import { createLeaseStore, type LeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* The lists of shops that seem to have repriced, among what a run asks for. */

const sync = parseSyncFile(
  'account: business\nfeeds:\n  - { name: shoes, keywords: ["鞋"] }\n  - { name: hats, keywords: ["帽"] }\n',
  'test',
);

let database: TestDatabase;
let leases: LeaseStore;
beforeEach(async () => {
  database = await createTestDatabase();
  leases = createLeaseStore({ pool: database.pool });
  await execute(`INSERT INTO sync.feed_set (feeds) VALUES ('{shoes}'), ('{hats}')`);
});
afterEach(() => database.drop());

async function execute(sql: string, ...values: unknown[]): Promise<unknown[]> {
  return (await database.pool.query<object>(sql, values)).rows;
}

let lastOffer = 0;

interface ShopOptions {
  readonly offers?: number;
  readonly feedSet?: number;
  readonly logOdds?: number;
  /** When the offer that changed was seen; it was seen before three days earlier. */
  readonly daysAgo?: number;
}

/** A shop of offers that were seen four days ago, and of which one was seen changed since. */
async function addShop(sellerId: string, options: ShopOptions = {}): Promise<void> {
  const { offers = 15, feedSet = 1, logOdds = 3, daysAgo = 1 } = options;
  const from = (lastOffer += offers) - offers + 1;
  await execute(
    'INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ($1, now(), 1)',
    sellerId,
  );
  await execute(
    `WITH o AS (SELECT generate_series($1::int, $2::int) AS id)
     INSERT INTO catalog.offer (offer_id, seller_id, state, subject, changed_at, call_id)
     SELECT id, $3, 'listed', 's', now(), 1 FROM o`,
    ...[from, lastOffer, sellerId],
  );
  await execute(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at, feed_set, bucket, order_at)
     SELECT id, at, at, at, $3, $4, at FROM generate_series($1::int, $2::int) id, LATERAL (SELECT now() - interval '4 days' AS at) t`,
    ...[from, lastOffer, feedSet, bucketOf(1, { changes: 0, days: 0 }, false)],
  );
  await execute(
    `INSERT INTO sync.shop_suspicion (seller_id, known_since, from_at, seen_at, log_odds, siblings)
     VALUES ($1, now() - interval '60 days', now() - ($3::float8 + 3) * interval '1 day', now() - $3::float8 * interval '1 day', $2, 2)`,
    ...[sellerId, logOdds, daysAgo],
  );
}

interface AskOptions {
  readonly feeds?: readonly string[];
  readonly budgetCalls?: number | null;
  readonly isApproved?: boolean;
  readonly blocks?: ReadonlyMap<'seller' | 'detail', string>;
  /** The run goes on. */
  readonly isOpen?: boolean;
}

/** What a run asks for at once: the shops whose lists it reads, and how many details. */
async function ask(options: AskOptions = {}) {
  const { feeds = ['shoes', 'hats'], budgetCalls = null, isApproved = true, blocks = new Map() } = options;
  const windowIds: string[] = [];
  let details = 0;
  const queues: Queues = {
    backend: 'postgres',
    add: async (kind, jobs) => {
      for (const { data } of jobs) {
        if ('windowId' in data && kind === 'seller') windowIds.push(data.windowId);
        if ('offerIds' in data) details += data.offerIds.length;
      }
    },
    count: async () => ({ active: 1, unfinished: 1 }),
    findTrouble: async () => null,
    work: () => undefined,
    stopWorkers: async () => undefined,
    close: async () => undefined,
  };
  const { pool } = database;
  const runs = createRunStore({ pool });
  const begun = await runs.begin({
    ...{ scope: feeds.join(' '), feedNames: feeds, trigger: 'test', source: 'sandbox' },
    ...{ budgetCalls, deadlineMs: null },
  });
  if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
  const { blocksMet } = await queueFetches(
    {
      ...{ leases, queues, sync, refreshQueue: createRefreshQueue({ pool }) },
      listAllowances: async () => [],
      mayAskShops: async () => isApproved,
    },
    {
      run: begun.run,
      now: new Date(),
      feeds: sync.feeds.filter(({ name }) => feeds.includes(name)),
      ...{ promised: [], blocks, details: { loaded: 0, underWay: 0 } },
      suspicion: { isListingSuspect: false, isDetailSuspect: false, isFirst: true },
    },
  );
  if (options.isOpen !== true) await runs.end(begun.run.runId, 'cancelled', 'test');
  const rows = (await execute(
    'SELECT seller_id, feed, max_pages FROM sync.search_window WHERE window_id = ANY ($1) ORDER BY 1',
    windowIds,
  )) as { seller_id: string; feed: string; max_pages: number }[];
  for (const { feed, max_pages: pages } of rows) expect([feed, pages]).toEqual(['', 1]);
  return { shops: rows.map((row) => row.seller_id), windowIds, details, blocksMet };
}

it('the list of a shop is asked for from a chance of 70 % on, for ten days', async () => {
  await addShop('likely', { logOdds: 0.85 });
  await addShop('unlikely', { logOdds: 0.84 });
  await addShop('recent', { daysAgo: 9.9 });
  await addShop('old', { daysAgo: 10.1 });
  expect((await ask()).shops).toEqual(['likely', 'recent']);
});

it('it is asked for only by runs whose feeds have offers of the shop', async () => {
  await addShop('of shoes');
  await addShop('of hats', { feedSet: 2 });
  await addShop('of no feed', { feedSet: 0 });
  expect((await ask({ feeds: ['shoes'] })).shops).toEqual(['of shoes']);
  expect((await ask({ feeds: ['hats'] })).shops).toEqual(['of hats']);
});

it('it comes before details that are worth less, within the budget', async () => {
  await addShop('s');
  expect(await ask({ budgetCalls: 1 })).toMatchObject({ shops: ['s'], details: 0 });
  // Of a shop of one offer, its list is worth no more than the others.
  await execute('DELETE FROM sync.shop_suspicion');
  await addShop('small', { offers: 1, logOdds: 0.85, daysAgo: 4 });
  expect(await ask({ budgetCalls: 1 })).toMatchObject({ shops: [], details: 1 });
});

it('it is worth less where pages of suspected shops showed few changes, and where it lists few offers of the shop', async () => {
  await addShop('s', { logOdds: 1 });
  const valued = async () => (await ask({ budgetCalls: 6 })).shops;
  // Details of offers that matter more.
  await execute(`UPDATE sync.refresh SET popularity = 1`);
  await execute(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at, popularity, feed_set, bucket, order_at)
     SELECT id, at, at, at, 20, 1, $1, at FROM generate_series(9001, 9006) id, LATERAL (SELECT now() - interval '30 days' AS at) t`,
    bucketOf(20, { changes: 0, days: 0 }, false),
  );
  expect(await valued()).toEqual(['s']);
  await execute('UPDATE sync.planner SET siblings_expected = 1000, siblings_changed = 20');
  expect(await valued()).toEqual([]);
  await execute('UPDATE sync.planner SET siblings_expected = 0, siblings_changed = 0');
  await execute("UPDATE sync.search_window SET total_records = 2000 WHERE feed = ''");
  expect(await valued()).toEqual([]);
});

it('without an approved quota, or while the API is blocked, nothing happens, and no run lacks it', async () => {
  await addShop('s');
  expect(await ask({ isApproved: false })).toMatchObject({ shops: [], blocksMet: [] });
  expect(await ask({ blocks: new Map([['seller', 'quota']]) })).toMatchObject({ shops: [], blocksMet: [] });
  expect(await execute('SELECT FROM sync.search_window')).toEqual([]);
});

it('it is asked for once: not while a run has it, nor again within the freshness age, nor by the run that read it', async () => {
  await addShop('s');
  const [windowId] = (await ask({ feeds: ['shoes'], isOpen: true })).windowIds;
  expect((await ask({ feeds: ['shoes', 'hats'] })).shops).toEqual([]);
  await execute(`UPDATE sync.run SET status = 'cancelled', ended_at = now()`);
  // It was read an hour ago, and its shop repriced again.
  const readAt = (hours: number) =>
    execute(
      `UPDATE sync.search_window SET completed_at = now() - $2 * interval '1 hour', leased_by = NULL, leased_until = NULL
       WHERE window_id = $1`,
      ...[windowId, hours],
    );
  await readAt(1);
  expect((await ask()).shops).toEqual([]);
  await readAt(30);
  expect((await ask()).windowIds).toEqual([windowId]);
});

it('an answer from before the change says nothing of it', async () => {
  await addShop('s', { daysAgo: 2 });
  const [windowId = ''] = (await ask()).windowIds;
  expect(await leases.pageStaleFromMs(windowId)).toBeCloseTo(2 * 86_400_000, -5);
  expect(await leases.searchRequest(windowId)).toMatchObject({
    operation: 'search.seller',
    sellerId: 's',
    page: 1,
  });
  await execute('DELETE FROM sync.shop_suspicion');
  expect(await leases.pageStaleFromMs(windowId)).toBeNull();
});

it('the sync file neither retires it nor waits for it', async () => {
  await addShop('s');
  const [windowId] = (await ask()).windowIds;
  await leases.ensureWindows(sync.feeds, 'en', false);
  expect(await execute('SELECT retired_at FROM sync.search_window WHERE window_id = $1', windowId)).toEqual([
    { retired_at: null },
  ]);
  expect(await leases.countDue(sync.feeds, { categoryMs: 0, searchMs: 0, detailMs: 1e12 })).toBe(2);
});
