import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { createLogger } from '../../../src/core/log.ts';
import { tick, type TickDeps } from '../../../src/jobs/tick.ts';
import type { StoredAnswer } from '../../../src/model/ledger.ts';
import { rawErrors } from '../../../src/raw/errors.ts';
import { createRawStore } from '../../../src/raw/raw-store.ts';
import { createRefreshQueue, type RefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { beginRun, createBusyQueues, createTickDeps, tickSync } from '../../support/tick-deps.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** What the load of the last search page does: the window is done, and an offer is there to look at. */
async function loadLastPage(): Promise<void> {
  await database.pool.query(
    `WITH done AS (
       UPDATE sync.search_window SET completed_at = now(), leased_by = NULL, leased_until = NULL
       WHERE leased_by IS NOT NULL RETURNING window_id
     ), listed AS (
       INSERT INTO sync.window_offer (window_id, offer_id, first_seen_at, last_seen_at)
       SELECT window_id, 7, now(), now() FROM done
     ), reached AS (
       INSERT INTO sync.feed_set (feeds) VALUES ('{shoes}')
       ON CONFLICT (feeds) DO UPDATE SET feeds = excluded.feeds RETURNING feed_set
     )
     INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set, bucket, order_at)
     SELECT 7, now(), feed_set, -1, now() FROM done, reached`,
  );
}

const createDeps = (changes: Partial<TickDeps>) => createTickDeps(database.pool, changes);

it('a run does not end while a page is loaded that brings something new', async () => {
  const { pool } = database;
  const real = createRefreshQueue({ pool });
  let isLoading = false;
  const refreshQueue: RefreshQueue = {
    ...real,
    listFeedSets: async (feeds) => {
      const sets = await real.listFeedSets(feeds);
      if (isLoading) await loadLastPage();
      isLoading = false;
      return sets;
    },
  };
  const added: string[] = [];
  const deps = createDeps({ refreshQueue, queues: createBusyQueues(added) });
  const { runs } = deps;
  const runId = await beginRun(runs, 'all');

  await tick(deps);
  expect(added).toEqual(['search']);
  isLoading = true;
  await tick(deps);
  expect(await runs.read(runId)).toMatchObject({ status: 'running' });
  await tick(deps);
  expect(added).toEqual(['search', 'detail']);

  await pool.query(
    'UPDATE sync.refresh SET detail_at = now(), bucket = 1, order_at = now(), leased_by = NULL, leased_until = NULL',
  );
  await tick(deps);
  expect(await runs.read(runId)).toMatchObject({ status: 'succeeded' });
});

it('a run does not end while the next try of a target comes', async () => {
  const { pool } = database;
  const real = createRefreshQueue({ pool });
  // Once the tick has looked for pages that are due.
  const refreshQueue: RefreshQueue = {
    ...real,
    listFeedSets: async (feeds) => {
      await pool.query(`UPDATE sync.search_window SET not_before = now() - interval '1 ms'`);
      return real.listFeedSets(feeds);
    },
  };
  const deps = createDeps({ refreshQueue });
  const { runs, leases } = deps;
  const runId = await beginRun(runs, 'all');
  await leases.ensureWindows(tickSync.feeds, 'en', false);
  await pool.query(
    `UPDATE sync.search_window SET not_before = now() + interval '1 minute', failed_tries = 1, failure_code = 'X'`,
  );
  await tick(deps);
  expect(await runs.read(runId)).toMatchObject({ status: 'running' });
  await runs.end(runId, 'cancelled', 'signal');
});

it('what a tick takes for a run that has ended meanwhile is free for the next run', async () => {
  const added: string[] = [];
  const deps = createDeps({ queues: createBusyQueues(added) });
  const { runs, leases } = deps;
  const ended = await beginRun(runs, 'all');
  const lease = { runId: ended, feeds: tickSync.feeds, freshForMs: 0 };
  await leases.ensureWindows(tickSync.feeds, 'en', false);
  await runs.end(ended, 'failed', 'GATEWAY_SIGNATURE_REFUSED');
  // The tick had listed it as active before it ended.
  const due = await leases.listDueWindows(['search'], lease);
  const [taken] = await leases.takeWindows(
    ended,
    due.map(({ windowId }) => windowId),
  );
  expect(await leases.keepLeased('search', ended, [taken?.windowId ?? ''])).toEqual([]);

  const next = await beginRun(runs, 'all');
  await tick(deps);
  expect(added).toContain('search');
  expect(await runs.read(next)).toMatchObject({ status: 'running' });
  await runs.end(next, 'cancelled', 'signal');
});

it('a run does not succeed while another one is still at what its feeds reach', async () => {
  const deps = createDeps({});
  const { runs, leases } = deps;
  const other = await beginRun(runs, 'other');
  await leases.ensureWindows(tickSync.feeds, 'en', false);
  const lease = { runId: other, feeds: tickSync.feeds, freshForMs: 0 };
  const [due] = await leases.listDueWindows(['search'], lease);
  expect(await leases.takeWindows(other, [due?.windowId ?? ''])).toHaveLength(1);
  await loadLastPage();
  expect(await leases.takeOffers(other, ['7'])).toEqual(['7']);

  const runId = await beginRun(runs, 'all');
  await tick(deps);
  expect(await runs.read(runId)).toMatchObject({ status: 'running' });
  await database.pool.query(
    'UPDATE sync.refresh SET detail_at = now(), bucket = 1, order_at = now(), leased_by = NULL, leased_until = NULL',
  );
  await tick(deps);
  expect(await runs.read(runId)).toMatchObject({ status: 'succeeded' });
});

it('a tick is a heartbeat of the runs that it drives, so that no other process takes them over', async () => {
  const deps = createDeps({});
  const { runs } = deps;
  const runId = await beginRun(runs, 'all');
  await database.pool.query(`UPDATE sync.run SET heartbeat_at = heartbeat_at - interval '16 seconds'`);
  await tick(deps);
  const again = { scope: 'all', feedNames: ['shoes'], trigger: 'cli', source: 'sandbox' } as const;
  expect(await runs.begin({ ...again, budgetCalls: null, deadlineMs: null })).toEqual({
    ...{ kind: 'active', runId, silentMs: null },
  });
});

it('a tick keeps the promised ages of the sync file, also of feeds that its runs do not have', async () => {
  const { pool } = database;
  await pool.query(
    `INSERT INTO sync.feed (feed, max_age, assigned_at) VALUES ('others', '3 hours', now()), ('removed', '2 hours', now())`,
  );
  const feeds = '[{ name: shoes, offers: [1], max_age: 6h }, { name: others, offers: [2] }]';
  const deps = createDeps({ sync: parseSyncFile(`account: business\nfeeds: ${feeds}\n`, 'test') });
  const read = async () =>
    (
      await pool.query<{ feed: string; hours: number | null }>(
        'SELECT feed, (extract(epoch FROM max_age) / 3600)::int AS hours FROM sync.feed ORDER BY feed',
      )
    ).rows.map(({ feed, hours }) => [feed, hours]);
  await tick(deps);
  expect(await read()).toEqual([
    ['others', 3],
    ['removed', 2],
  ]);
  await beginRun(deps.runs, 'details');
  await tick(deps);
  expect(await read()).toEqual([
    ['others', null],
    ['removed', null],
    ['shoes', 6],
  ]);
});

it('what a run gives back is free, and what another run has taken stays taken', async () => {
  const deps = createDeps({});
  const { runs, leases } = deps;
  const [one, other] = [await beginRun(runs, 'one'), await beginRun(runs, 'other')];
  await database.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set, bucket, order_at)
     SELECT n, now(), 0, -1, now() FROM generate_series(1, 4) n`,
  );
  expect((await leases.takeOffers(one, ['1', '2', '3'])).toSorted()).toEqual(['1', '2', '3']);
  expect(await leases.takeOffers(other, ['3', '4'])).toEqual(['4']);
  await leases.release('detail', one, ['1', '4']);
  expect([await leases.countLeases(one), await leases.countLeases(other)]).toEqual([2, 1]);
  await leases.release('detail', one);
  expect([await leases.countLeases(one), await leases.countLeases(other)]).toEqual([0, 1]);
  expect(await leases.keepLeased('detail', other, ['4'])).toEqual(['4']);
  await leases.release('detail', other);
  expect(await leases.countLeases(other)).toBe(0);
});

it('an offer is taken when nobody has it, its lease has run out, or its run has ended, and not while it is loaded', async () => {
  const { runs, leases } = createDeps({});
  const [one, other, ended] = [
    await beginRun(runs, 'one'),
    await beginRun(runs, 'other'),
    await beginRun(runs, 'ended'),
  ];
  await runs.end(ended, 'cancelled', 'signal');
  await database.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set, bucket, order_at, leased_by, leased_until)
     VALUES (1, now(), 0, -1, now(), NULL, NULL), (2, now(), 0, -1, now(), $1, now() - interval '1 second'),
            (3, now(), 0, -1, now(), $1, now() + interval '1 minute'), (4, now(), 0, -1, now(), $2, now() + interval '1 minute'),
            (5, now(), 0, -1, now(), NULL, NULL)`,
    [other, ended],
  );
  const loading = await database.pool.connect();
  try {
    await loading.query('BEGIN; SELECT FROM sync.refresh WHERE offer_id = 5 FOR NO KEY UPDATE');
    const taken = await leases.takeOffers(one, ['1', '2', '3', '4', '5']);
    expect(taken.toSorted()).toEqual(['1', '2', '4']);
  } finally {
    loading.release(true);
  }
});

it.each([
  [false, false, { status: 'succeeded', cause: null }],
  [true, false, { status: 'partial_error', cause: 'ANSWERS_SUSPECT' }],
  [false, true, { status: 'partial_error', cause: 'ANSWERS_SUSPECT' }],
])(
  'a run at whose end lists are suspect (%s), or details (%s), ends so',
  async (isListingSuspect, isDetailSuspect, ends) => {
    const refreshQueue: RefreshQueue = {
      ...createRefreshQueue({ pool: database.pool }),
      suspicion: async () => ({ isListingSuspect, isDetailSuspect, isFirst: false }),
    };
    const deps = createDeps({ refreshQueue });
    const runId = await beginRun(deps.runs, 'all');
    await deps.leases.ensureWindows(tickSync.feeds, 'en', false);
    await database.pool.query('UPDATE sync.search_window SET completed_at = now()');
    await tick(deps);
    expect(await deps.runs.read(runId)).toMatchObject(ends);
  },
);

it.each([
  [false, ['0']],
  [true, ['0', '54']],
])(
  'where the tree is held (%s), categories that nobody has fetched are searched as they are',
  async (isHeld, all) => {
    const feeds = `[{ name: shoes, keywords: ["鞋"], categories: ['54'] }]`;
    const deps = createDeps({
      sync: parseSyncFile(`account: business\nfeeds: ${feeds}\n`, 'test'),
      listBlocks: async () => new Map([['category', { reason: 'GATEWAY_NO_GRANT', isHeld }]]),
    });
    await beginRun(deps.runs, 'all');
    await tick(deps);
    const { rows } = await database.pool.query<{ category: string }>(
      'SELECT category_id::text AS category FROM sync.search_window ORDER BY 1',
    );
    expect(rows.map(({ category }) => category)).toEqual(all);
  },
);

it('an answer that cannot be loaded is set aside, and no other', async () => {
  const answer = { rawId: '7' } as StoredAnswer;
  const error = new AppError(rawErrors.RAW_DAMAGED, 'no');
  const aside: string[][] = [];
  const deps = createDeps({
    raw: {
      ...createRawStore({ pool: database.pool }),
      listUnloaded: async () => [answer, { ...answer, rawId: '8' }],
      setAside: async (...told) => void aside.push(told),
    },
    loader: { load: async () => [], loadStored: async () => [{ rawId: '7', error }] },
  });
  await tick(deps);
  expect(aside).toEqual([['7', 'RAW_DAMAGED']]);
});

it('a tick says how many answers it loaded that had lost their job, where there were any', async () => {
  const lines: object[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as object) };
  const lost = ['7', '8', '9'].map((rawId) => ({ rawId }) as StoredAnswer);
  const raw = createRawStore({ pool: database.pool });
  const error = new AppError(rawErrors.RAW_DAMAGED, 'no');
  const deps = createDeps({
    raw: { ...raw, listUnloaded: async () => lost.splice(0), setAside: async () => undefined },
    loader: { load: async () => [], loadStored: async () => [{ rawId: '7', error }] },
    log: createLogger({ level: 'info', pretty: false, stream }),
  });
  await tick(deps);
  expect(lines).toMatchObject([{ rawId: '7' }, { answers: 2 }]);
  await tick(deps);
  expect(lines).toHaveLength(2);
});

const fails = () => Promise.reject(new Error('no connection'));
type Stores = Pick<TickDeps, 'raw' | 'runs' | 'leases' | 'refreshQueue'>;

it.each<[string, (stores: Stores) => Partial<TickDeps>]>([
  ['sweeps no calls', () => ({ sweep: fails })],
  ['looks for no lost answers', ({ raw }) => ({ raw: { ...raw, listUnloaded: fails } })],
  ['looks after nothing', () => ({ maintain: fails })],
  ['starts no runs', () => ({ startScheduledRuns: fails })],
  ['keeps no run alive', ({ runs }) => ({ runs: { ...runs, heartbeat: fails } })],
  ['makes no searches', ({ leases }) => ({ leases: { ...leases, ensureWindows: fails } })],
  ['assigns no feeds', ({ refreshQueue }) => ({ refreshQueue: { ...refreshQueue, assignFeeds: fails } })],
  [
    'notes no promised ages',
    ({ refreshQueue }) => ({ refreshQueue: { ...refreshQueue, notePromisedAges: fails } }),
  ],
])('a tick that %s has failed', async (_, breakOne) => {
  const stores = createDeps({});
  const deps = createDeps(breakOne(stores));
  const runId = await beginRun(stores.runs, 'all');
  await expect(tick(deps)).rejects.toThrow('no connection');
  await stores.runs.end(runId, 'cancelled', 'signal');
});

it('an answer that cannot even be read is set aside, and the others are looked for again', async () => {
  const damaged = new AppError(rawErrors.RAW_DAMAGED, 'no', { facts: { rawId: '7' } });
  const aside: string[][] = [];
  let asked = 0;
  const deps = createDeps({
    raw: {
      ...createRawStore({ pool: database.pool }),
      listUnloaded: async () => {
        asked += 1;
        if (asked === 1) throw damaged;
        return [];
      },
      setAside: async (...told) => void aside.push(told),
    },
  });
  await tick(deps);
  expect({ asked, aside }).toEqual({ asked: 2, aside: [['7', 'RAW_DAMAGED']] });
});
