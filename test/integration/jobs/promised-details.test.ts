import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FetchKind } from '../../../src/jobs/fetch-kinds.ts';
import type { Allowance } from '../../../src/jobs/promised-details.ts';
import type { Queues } from '../../../src/jobs/queue-backend.ts';
import { queueFetches } from '../../../src/jobs/queue-fetches.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { readSql } from '../../../src/refresh/read-sql.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { bucketOf } from '../../../src/refresh/planner/bucket.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* What promised ages do to the choice of calls. */

const hourMs = 3_600_000;
const sync = parseSyncFile(
  `account: business
feeds:
  - { name: shoes, keywords: ["鞋"], weight: 100 }
  - { name: watch, offers: [1], max_age: 6h }
  - { name: strict, offers: [2], max_age: 2h }
`,
  'test',
);
const [shoes, watch, both] = [1, 2, 3];

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    `INSERT INTO sync.feed_set (feeds) VALUES ('{shoes}'), ('{watch}'), ('{strict,watch}')`,
  );
});
afterEach(() => database.drop());

/** An offer whose detail is so many hours old (null: none), and whose row was seen just now. */
async function addOffer(id: number, hours: number | null, feedSet: number, isStale = false): Promise<void> {
  const bucket = bucketOf(1, { changes: 0, days: 0 }, isStale || hours === null);
  await database.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at, feed_set, bucket, order_at, stale_since, stale_by)
     VALUES ($1, now(), now(), now() - $2::float8 * interval '1 hour', $3, $4, now(), $5, CASE WHEN $5::timestamptz IS NOT NULL THEN 'row' END)`,
    [id, hours, feedSet, bucket, isStale ? new Date() : null],
  );
}

interface Request {
  readonly budget?: number;
  readonly feeds?: readonly string[];
  readonly allowances?: readonly Allowance[];
  readonly blocks?: Partial<Record<FetchKind, string>>;
  /** When runs come, in hours; null: nobody knows. */
  readonly nextRun?: number | null;
  readonly ranForHours?: number;
}

interface Asked {
  readonly details: string[];
  readonly pages: string[];
  readonly met: readonly string[];
}

/** What a new run asks for at once. */
async function ask(request: Request = {}): Promise<Asked> {
  const { budget = null, feeds: names = ['shoes', 'watch', 'strict'], allowances = [] } = request;
  const { pool } = database;
  const [details, pages]: [string[], string[]] = [[], []];
  const queues: Queues = {
    backend: 'postgres',
    add: async (_, jobs) => {
      for (const { data } of jobs) {
        if ('windowId' in data) pages.push(data.windowId);
        if ('offerIds' in data) details.push(...data.offerIds);
      }
    },
    count: async () => ({ active: 0, unfinished: 0 }),
    findTrouble: async () => null,
    work: () => undefined,
    stopWorkers: async () => undefined,
    close: async () => undefined,
  };
  const runs = createRunStore({ pool });
  const begun = await runs.begin({
    ...{ scope: 'all', feedNames: names, trigger: 'test', source: 'sandbox' },
    ...{ budgetCalls: budget, deadlineMs: null },
  });
  if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
  const now = new Date();
  const startedAt = new Date(now.getTime() - (request.ranForHours ?? 0) * hourMs);
  const nextRunMs = request.nextRun === null ? null : (request.nextRun ?? 1) * hourMs;
  const promised = sync.feeds.flatMap(({ name, maxAgeMs }) =>
    maxAgeMs === undefined ? [] : [{ name, maxAgeMs, nextRunMs }],
  );
  const { blocksMet } = await queueFetches(
    {
      ...{ leases: createLeaseStore({ pool }), refreshQueue: createRefreshQueue({ pool }) },
      ...{ queues, sync, listAllowances: async () => allowances, mayAskShops: async () => false },
    },
    {
      run: { ...begun.run, startedAt },
      ...{ now, promised, feeds: sync.feeds.filter(({ name }) => names.includes(name)) },
      blocks: new Map(Object.entries(request.blocks ?? {}) as [FetchKind, string][]),
      suspicion: { isListingSuspect: false, isDetailSuspect: false, isFirst: true },
      details: { loaded: 0, underWay: 0 },
    },
  );
  await runs.end(begun.run.runId, 'cancelled', 'test');
  return { details, pages, met: blocksMet };
}

const today = (spendable: number, kinds: readonly FetchKind[] = ['detail'], hours = 10): Allowance => ({
  ...{ kinds, spendable },
  dayEndsAt: new Date(Date.now() + hours * hourMs),
});

it('details that would be too old by the next run come before all others, those first that are too old first', async () => {
  for (const id of [11, 12, 13]) await addOffer(id, 2, shoes, true);
  await addOffer(21, 5, watch);
  await addOffer(22, 7, watch);
  await addOffer(23, 4.8, watch);
  await addOffer(24, null, watch);
  // Its age is two hours: it was too old two hours ago.
  await addOffer(31, 4, both);
  await addOffer(32, 1.2, both);
  const { details } = await ask();
  expect(details.slice(0, 5)).toEqual(['24', '31', '22', '32', '21']);
  expect(details.slice(5).toSorted()).toEqual(['11', '12', '13']);
});

it('of equal ones the lower id comes first, and of too few calls all go to those that are the most late', async () => {
  for (const id of [11, 12]) await addOffer(id, 2, shoes, true);
  for (const id of [25, 23, 24, 22]) await addOffer(id, 6, watch);
  await database.pool.query(
    `UPDATE sync.refresh SET detail_at = now() - interval '6 hours' WHERE feed_set = $1`,
    [watch],
  );
  await addOffer(21, 7, watch);
  expect((await ask({ budget: 3 })).details).toEqual(['21', '22', '23']);
});

it('a detail is not due that the next run can still fetch in time, nor of a feed that the run does not have', async () => {
  await addOffer(21, 4.8, watch);
  await addOffer(22, 5.5, watch);
  expect((await ask()).details).toEqual(['22']);
  expect((await ask({ nextRun: 1.5 })).details).toEqual(['22', '21']);
  expect((await ask({ nextRun: 0.1 })).details).toEqual([]);
  expect((await ask({ nextRun: null })).details).toEqual(['22', '21']);
  expect((await ask({ feeds: ['shoes'] })).details).toEqual([]);
});

it('a run does not fetch again what it has fetched, unless it lasts longer than half of the promised age', async () => {
  await addOffer(21, 2.5, watch);
  expect((await ask({ nextRun: 5, ranForHours: 1 })).details).toEqual(['21']);
  expect((await ask({ nextRun: 5, ranForHours: 2.6 })).details).toEqual([]);
  await database.pool.query(`UPDATE sync.refresh SET detail_at = now() - interval '3.1 hours'`);
  expect((await ask({ nextRun: 5, ranForHours: 9 })).details).toEqual(['21']);
});

it('calls that promised ages will take until the day ends are left for them, and the run says so', async () => {
  for (let id = 101; id < 141; id += 1) await addOffer(id, 2, shoes, true);
  for (const id of [21, 22]) await addOffer(id, 5.5, watch);
  // Fetched in an hour, and five hours later again.
  for (const id of [23, 24]) await addOffer(id, 3.9, watch);
  const { details, met } = await ask({ allowances: [today(20)] });
  expect(details.slice(0, 2)).toEqual(['21', '22']);
  // Of 20 calls, those of 21 and 22 now, in 4 h 55 min and in 9 h 50 min, and of 23 and 24 twice.
  expect(details).toHaveLength(2 + 20 - 3 * 2 - 2 * 2);
  expect(met).toEqual(['quota']);
  // In the last half hour, only what is due.
  expect((await ask({ allowances: [today(20, ['detail'], 0.5)] })).details).toHaveLength(2 + 18);
  expect((await ask({ allowances: [today(4)] })).details).toEqual(['21', '22']);
  expect((await ask()).met).toEqual([]);
});

it('pages go on while calls for details are left, unless they share a limit with them', async () => {
  await database.pool.query(
    `INSERT INTO sync.search_window (feed, keyword, language) VALUES ('shoes', '鞋', 'en')`,
  );
  await addOffer(21, 5.5, watch);
  expect(await ask({ allowances: [today(1)] })).toMatchObject({ pages: ['1'], details: ['21'] });
  const shared = [today(1, ['search', 'detail'])];
  expect(await ask({ allowances: shared })).toEqual({ pages: [], details: ['21'], met: ['quota'] });
});

it('a run whose details are blocked says so when one is due by its promised age alone', async () => {
  await addOffer(21, 5.5, watch);
  expect(await ask({ blocks: { detail: 'quota' } })).toEqual({ details: [], pages: [], met: ['quota'] });
  await database.pool.query('UPDATE sync.refresh SET detail_at = now()');
  expect((await ask({ blocks: { detail: 'quota' } })).met).toEqual([]);
});

it('what failed a moment ago waits for its next try', async () => {
  await addOffer(21, 5.5, watch);
  await database.pool.query(`UPDATE sync.refresh SET not_before = now() + interval '5 minutes'`);
  expect((await ask()).details).toEqual([]);
});

it('due offers are found by an index, however many there are', async () => {
  await database.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at, feed_set, bucket, order_at)
     SELECT i, now(), now() - i * interval '1 second', 1 + i % 3, 1, now() FROM generate_series(1, 30000) i`,
  );
  await database.pool.query('VACUUM ANALYZE sync.refresh');
  const sets = [{ feedSet: 2, maxAgeMs: 6 * hourMs, dueAgeMs: 5 * hourMs, everyMs: 5 * hourMs }];
  const plans: [name: string, parameters: readonly unknown[]][] = [
    ['list-promised-offers', [JSON.stringify(sets), 100]],
    ['count-promised-calls', [JSON.stringify(sets), new Date(), 100]],
  ];
  for (const [name, parameters] of plans) {
    const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${readSql(name)}`, [
      ...parameters,
    ]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    // In its order, so that the limit ends the scan.
    expect(plan, name).toMatch(/Limit .*\n *-> +Index Scan using refresh_detail_age/);
  }
  const queue = createRefreshQueue({ pool: database.pool });
  expect(await queue.listPromised(sets, 3)).toEqual(['29998', '29995', '29992']);
  expect(await queue.countPromisedCalls(sets, new Date(), 7)).toBe(7);
});
