import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { readSql } from '../../../src/refresh/read-sql.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRefreshQueue, type RefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import type { Feed } from '../../../src/model/sync-config.ts';
import { bucketOf } from '../../../src/refresh/planner/bucket.ts';
import { nothingLearned } from '../../../src/refresh/planner/change-rate.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  addWindow,
  empty,
  found,
  learnNothing,
  provenance,
  searchPage,
  searchRow,
  unusable,
} from '../../support/answers.ts';
import { listDue } from '../../support/list-due.ts';

/* The order in which offers are fetched, and which feeds reach them. */

let db: TestDatabase;
let store: CatalogStore;
let refreshQueue: RefreshQueue;
let lastId = 5000;
let lastCall = 0;
const newId = () => String(++lastId);
const newCall = (minutes: number) => provenance(minutes, String(++lastCall));
const hourMs = 3_600_000;
const foreverMs = 1e12;
const unseenBucket = bucketOf(1, nothingLearned, true);

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
  refreshQueue = createRefreshQueue({ pool: db.pool });
});
afterAll(() => db.drop());

async function select<Row>(sql: string, ...values: unknown[]): Promise<Row[]> {
  return (await db.pool.query(sql, values)).rows as Row[];
}

let feedCount = 0;
function newFeed(bound?: number): Feed {
  feedCount += 1;
  const more = bound === undefined ? '' : `, max_offers: ${bound}`;
  const text = `account: business\nfeeds:\n  - { name: feed-${feedCount}, keywords: [a]${more} }\n`;
  const [feed] = parseSyncFile(text, 'test').feeds;
  if (!feed) throw new Error('there is a feed');
  return feed;
}

/** A window of the feed. */
async function openWindow(feed: Feed): Promise<string> {
  const window = await addWindow(db.pool, `words of ${newId()}`);
  await db.pool.query('UPDATE sync.search_window SET feed = $2 WHERE window_id = $1', [window, feed.name]);
  await refreshQueue.assignFeeds([feed], unseenBucket);
  return window;
}

const list = (window: string, at: number, ids: readonly string[]) =>
  store.load([
    searchPage(
      window,
      newCall(at),
      ids.map((id, index) => searchRow(id, { rank: index + 1 })),
    ),
  ]);

async function idsOf(feeds: readonly Feed[], freshForMs = hourMs) {
  const sets = await refreshQueue.listFeedSets(feeds.map(({ name }) => name));
  const due = await listDue(refreshQueue, { feedSets: sets.map(({ feedSet }) => feedSet), freshForMs });
  return due.map(({ offerId }) => offerId).toSorted();
}
const countOf = async (feed: Feed) =>
  (await select<{ offers: number }>('SELECT offers FROM sync.feed WHERE feed = $1', feed.name))[0]?.offers;

describe('a feed', () => {
  it('has the offers that its searches list, beside those of other feeds', async () => {
    const [one, other] = [newFeed(), newFeed()];
    const [a, b, c] = [newId(), newId(), newId()];
    await list(await openWindow(one), 1, [a, b]);
    await list(await openWindow(other), 2, [b, c]);
    expect(await idsOf([one])).toEqual([a, b]);
    expect(await idsOf([other])).toEqual([b, c]);
    expect(await idsOf([one, other])).toEqual([a, b, c]);
    expect([await countOf(one), await countOf(other)]).toEqual([2, 2]);
  });

  it('with a bound keeps to those that it listed first, also when pages come at once', async () => {
    const feed = newFeed(5);
    const windows = await Promise.all([1, 2, 3].map(() => openWindow(feed)));
    await Promise.all(windows.map((window) => list(window, 1, [newId(), newId(), newId()])));
    expect(await idsOf([feed])).toHaveLength(5);
    expect(await countOf(feed)).toBe(5);
  });

  it('takes more, or fewer, when its bound changes', async () => {
    const feed = newFeed(2);
    const window = await openWindow(feed);
    const ids = [newId(), newId(), newId(), newId()];
    for (const [at, id] of ids.entries()) await list(window, at, [id]);
    expect(await idsOf([feed])).toEqual(ids.slice(0, 2));
    await refreshQueue.assignFeeds([{ ...feed, maxOffers: 3 }], unseenBucket);
    expect(await idsOf([feed])).toEqual(ids.slice(0, 3));
    await refreshQueue.assignFeeds([{ ...feed, maxOffers: 1 }], unseenBucket);
    expect(await idsOf([feed])).toEqual(ids.slice(0, 1));
    await refreshQueue.assignFeeds([{ ...feed, maxOffers: null }], unseenBucket);
    expect(await idsOf([feed])).toEqual(ids);
    expect(await countOf(feed)).toBe(4);
  });

  it('with a watch list has its offers first, also those that no search lists, until they are taken off', async () => {
    const feed = newFeed(3);
    const window = await openWindow(feed);
    const [a, b, c, d] = [newId(), newId(), newId(), newId()];
    await list(window, 1, [a, b]);
    await refreshQueue.assignFeeds([{ ...feed, offers: [b, c, d] }], unseenBucket);
    expect(await idsOf([feed], foreverMs)).toEqual([b, c, d]);
    await store.load([found(c, newCall(2))]);
    expect(await idsOf([feed], foreverMs)).toEqual([b, d]);
    await refreshQueue.assignFeeds([feed], unseenBucket);
    expect(await idsOf([feed], foreverMs)).toEqual([a, b]);
  });

  it('gives up what only a search listed that it has no more', async () => {
    const feed = newFeed();
    const [kept, ended] = [await openWindow(feed), await openWindow(feed)];
    const [a, b, c] = [newId(), newId(), newId()];
    await list(kept, 1, [a, b]);
    await list(ended, 2, [b, c]);
    await db.pool.query('UPDATE sync.search_window SET retired_at = now() WHERE window_id = $1', [ended]);
    await refreshQueue.assignFeeds([feed], unseenBucket);
    expect(await idsOf([feed])).toEqual([a, b]);
  });
});

describe('an offer', () => {
  it('is due at once before its first detail, then when it is old, and not when it is gone', async () => {
    const feed = newFeed();
    const window = await openWindow(feed);
    const id = newId();
    await list(window, 1, [id]);
    expect(await idsOf([feed], foreverMs)).toEqual([id]);
    await store.load([found(id, newCall(2))]);
    expect(await idsOf([feed], foreverMs)).toEqual([]);
    expect(await idsOf([feed])).toEqual([id]);
    await store.load([empty(id, newCall(3))]);
    expect(await idsOf([feed])).toEqual([id]);
    await store.load([empty(id, newCall(4))]);
    expect(await idsOf([feed])).toEqual([]);
  });

  it('whose detail was empty is due by the age of that observation, even if a later row lists it', async () => {
    const feed = newFeed();
    const window = await openWindow(feed);
    const id = newId();
    await list(window, 1, [id]);
    await store.load([empty(id, newCall(2))]);
    await list(window, 600, [id]);
    const [row] = await select<{ order_at: Date; detail_at: Date }>(
      'SELECT order_at, detail_at FROM sync.refresh WHERE offer_id = $1',
      id,
    );
    expect(row?.order_at).toEqual(row?.detail_at);
  });

  it('that is gone is asked for again when a search still lists it a month later', async () => {
    const feed = newFeed();
    const window = await openWindow(feed);
    const id = newId();
    await list(window, 1, [id]);
    for (const at of [2, 3, 4])
      await store.load([at === 2 ? found(id, newCall(at)) : empty(id, newCall(at))]);
    await list(window, 29 * 1440, [id]);
    expect(await idsOf([feed])).toEqual([]);
    await list(window, 31 * 1440, [id]);
    expect(await idsOf([feed], 0)).toEqual([id]);
  });

  it('whose row shows another price is due at once', async () => {
    const feed = newFeed();
    const window = await openWindow(feed);
    const [a, b] = [newId(), newId()];
    await list(window, 1, [a, b]);
    await store.load([found(a, newCall(2)), found(b, newCall(3))]);
    const rows = [searchRow(a, { rank: 1, priceCny: '77.7' }), searchRow(b, { rank: 2 })];
    await store.load([searchPage(window, newCall(60), rows)]);
    expect(await idsOf([feed], foreverMs)).toEqual([a]);
    const stale = await createLeaseStore({ pool: db.pool }).listKnownStale([a, b]);
    expect([...stale.keys()]).toEqual([a]);
    // An unreadable answer counts, too: another call at once would not help.
    await store.load([unusable(a, newCall(61))]);
    expect(await idsOf([feed], foreverMs)).toEqual([]);
  });

  it('that has a lease, or that is postponed, is not listed', async () => {
    const feed = newFeed();
    const window = await openWindow(feed);
    const [a, b, c] = [newId(), newId(), newId()];
    await list(window, 1, [a, b, c]);
    const [run] = await select<{ run_id: string }>(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds)
       VALUES ('x', 'test', 'sandbox', 'running', '[]') RETURNING run_id`,
    );
    const leases = createLeaseStore({ pool: db.pool });
    const runId = run?.run_id ?? '';
    expect(await leases.takeOffers(runId, [a])).toEqual([a]);
    expect(await leases.takeOffers(runId, [a])).toEqual([]);
    await leases.postpone('detail', [b], { code: 'GATEWAY_TIMEOUT', mayPass: true });
    expect(await idsOf([feed])).toEqual([c]);
    await db.pool.query(`UPDATE sync.run SET status = 'failed' WHERE run_id = $1`, [runId]);
    expect(await idsOf([feed])).toEqual([a, c]);
  });
});

it('what fails on is postponed for ever longer; what is refused, until the next day; a success begins anew', async () => {
  const feed = newFeed();
  const window = await openWindow(feed);
  const id = newId();
  await list(window, 1, [id]);
  const leases = createLeaseStore({ pool: db.pool });
  const postponed = async (mayPass: boolean) => {
    await leases.postpone('detail', [id], {
      code: mayPass ? 'GATEWAY_TIMEOUT' : 'GATEWAY_BUSINESS_REFUSED',
      mayPass,
    });
    const [row] = await select<{ minutes: number; tries: number; code: string }>(
      `SELECT round(extract(epoch FROM not_before - usage.ledger_now()) / 60)::int AS minutes, failed_tries AS tries,
              failure_code AS code FROM sync.refresh WHERE offer_id = ${id}`,
    );
    return row;
  };
  const waits: unknown[] = [];
  for (let n = 0; n < 7; n++) waits.push((await postponed(true))?.minutes);
  expect(waits).toEqual([2, 8, 32, 128, 512, 720, 720]);
  expect((await leases.countPostponed([feed])).targets).toBe(1);
  expect((await leases.countPostponed([newFeed()])).targets).toBe(0);
  expect(await postponed(false)).toEqual({ minutes: 720, tries: 0, code: 'GATEWAY_BUSINESS_REFUSED' });
  expect(await leases.countPostponed([feed])).toEqual({ targets: 0, nextTryAt: null });
  expect(await postponed(true)).toEqual({ minutes: 2, tries: 1, code: 'GATEWAY_TIMEOUT' });
});

it('a run gives back what it has of one kind, or only some of it', async () => {
  const feed = newFeed();
  const [word, shop] = [await openWindow(feed), await openWindow(feed)];
  await db.pool.query(`UPDATE sync.search_window SET seller_id = 's' WHERE window_id = $1`, [shop]);
  const [a, b] = [newId(), newId()];
  await list(word, 1, [a, b]);
  const [run] = await select<{ run_id: string }>(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds)
     VALUES ('y', 'test', 'sandbox', 'running', '[]') RETURNING run_id`,
  );
  const runId = run?.run_id ?? '';
  const leases = createLeaseStore({ pool: db.pool });
  await leases.takeWindows(runId, [word, shop]);
  await leases.takeOffers(runId, [a, b]);
  const kept = async () => [
    ...(await leases.keepLeased('search', runId, [word, shop])),
    ...(await leases.keepLeased('detail', runId, [a, b])),
  ];
  await leases.release('detail', runId, [a]);
  expect((await kept()).toSorted()).toEqual([word, shop, b].toSorted());
  await leases.release('seller', runId);
  expect((await kept()).toSorted()).toEqual([word, b].toSorted());
  await leases.release('detail', '0');
  await leases.release('image', runId);
  expect(await leases.countLeases(runId)).toBe(2);
  await leases.release('search', runId);
  expect(await kept()).toEqual([b]);
  await leases.release('detail', runId);
  expect(await kept()).toEqual([]);
});

it('searches by the name of a category end once, where there are any', async () => {
  const leases = createLeaseStore({ pool: db.pool });
  expect(await leases.unnameCategorySearches()).toBe(false);
  const window = await openWindow(newFeed());
  await db.pool.query('UPDATE sync.search_window SET category_id = 7 WHERE window_id = $1', [window]);
  expect([await leases.unnameCategorySearches(), await leases.unnameCategorySearches()]).toEqual([
    true,
    false,
  ]);
});

it('buckets give their oldest, and then those that follow, until there is none', async () => {
  const feed = newFeed();
  const window = await openWindow(feed);
  const ids = Array.from({ length: 7 }, newId);
  for (const [at, id] of ids.entries()) await list(window, at, [id]);
  const read: string[] = [];
  const feedSets = (await refreshQueue.listFeedSets([feed.name])).map(({ feedSet }) => feedSet);
  let offers = await refreshQueue.listHeads({ feedSets, freshForMs: hourMs });
  while (offers.length > 0) {
    read.push(...offers.map(({ offerId }) => offerId));
    const places = offers.slice(-1).map((after) => ({ after, limit: 3 }));
    offers = await refreshQueue.listFollowing(places, hourMs);
  }
  expect(read).toEqual(ids);
});

it.each<[string, unknown[]]>([
  ['list-heads', [[1, 2], hourMs]],
  [
    'list-following',
    [JSON.stringify([{ feedSet: 1, bucket: 2, orderAt: '-infinity', offerId: '0', limit: 4 }]), hourMs],
  ],
])('%s reads the index alone', async (name, given) => {
  await db.pool.query('ANALYZE sync.refresh');
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${readSql(name)}`, given);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('Seq Scan on refresh');
    expect(plan.match(/refresh_queue/g)?.length).toBeGreaterThanOrEqual(name === 'list-heads' ? 2 : 1);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});
