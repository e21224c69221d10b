import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { tick, type Blocks, type TickDeps } from '../../../src/jobs/tick.ts';
import type { Run } from '../../../src/model/run.ts';
import type { SyncConfig } from '../../../src/model/sync-config.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { beginRun, createTickDeps, tickSync } from '../../support/tick-deps.ts';

/* With which status and cause a run ends at which nothing is under way, and when it does not end. */

const minuteMs = 60_000;
const now = new Date('2026-06-01T12:00:00Z');
const fromNow = (ms: number) => new Date(now.getTime() + ms);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
const forget = () =>
  database.pool.query('TRUNCATE sync.run, sync.search_window, sync.refresh, sync.category_visit CASCADE');
beforeEach(forget);

interface World {
  /** Columns of the run. */
  readonly run?: Readonly<Record<string, unknown>>;
  /** The one search was passed just now. Default: it is due. */
  readonly isPassed?: boolean;
  /** When its next try is, after one that failed. */
  readonly nextTryAt?: Date;
  readonly blocks?: Blocks;
  /** A call of it was not answered. */
  readonly hasAsked?: boolean;
  readonly sync?: SyncConfig;
}

/** The tree of a category is due, beside the search. */
const withTree = parseSyncFile(
  `account: business\nfeeds: [{ name: shoes, keywords: ["鞋"], categories: ['54'] }]\n`,
  'test',
);

/** The run after a tick. */
async function tickOver({
  run = {},
  isPassed = false,
  nextTryAt,
  blocks = new Map(),
  hasAsked = false,
  sync = tickSync,
}: World): Promise<Run | null> {
  const { pool } = database;
  const deps: TickDeps = createTickDeps(pool, {
    ...{ ledgerNow: async () => now, listBlocks: async () => blocks, sync },
  });
  const runId = await beginRun(deps.runs, 'all');
  for (const [column, value] of Object.entries({ started_at: fromNow(-minuteMs), ...run }))
    await pool.query(`UPDATE sync.run SET ${column} = $1`, [value]);
  if (hasAsked)
    await pool.query(
      `INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
                                   state, outcome, send_at, send_by, run_id)
       SELECT t, '1', 'a', 'offer.detail', '{}', '\\x00', 'refresh', false, '{}', 'committed', 'gateway_error', t, t, $1
       FROM usage.ledger_now() t`,
      [runId],
    );
  await deps.leases.ensureWindows(sync.feeds, 'en', false);
  if (isPassed) await pool.query('UPDATE sync.search_window SET completed_at = now()');
  if (nextTryAt) {
    const { leases } = deps;
    await pool.query(
      `UPDATE sync.search_window SET not_before = now() + interval '1 day', failed_tries = 1, failure_code = 'X'`,
    );
    // The time that a tick is given is not that of the database.
    const waiting = async (...given: Parameters<typeof leases.countPostponed>) => {
      const left = await leases.countPostponed(...given);
      return left.nextTryAt === null ? left : { ...left, nextTryAt };
    };
    await tick({ ...deps, leases: { ...leases, countPostponed: waiting } });
  } else await tick(deps);
  return deps.runs.read(runId);
}

const endOf = async (world: World) => {
  const run = await tickOver(world);
  return [run?.status, run?.cause];
};

it('a run that has made all calls of its budget asks for nothing more', async () => {
  expect(await endOf({ run: { budget_calls: 5, calls_used: 4 } })).toEqual(['running', null]);
  await forget();
  expect(await endOf({ run: { budget_calls: 5, calls_used: 5 } })).toEqual(['partial_quota', 'budget']);
});

it('a run asks for nothing more from the moment of its deadline', async () => {
  expect(await endOf({ run: { deadline_at: fromNow(1) } })).toEqual(['running', null]);
  await forget();
  expect(await endOf({ run: { deadline_at: now } })).toEqual(['partial_quota', 'deadline']);
});

it('a run that had no answer until its deadline says why', async () => {
  const run = { deadline_at: now, last_error_code: 'GATEWAY_UNAVAILABLE' };
  expect(await endOf({ run })).toEqual(['partial_quota', 'deadline']);
  await forget();
  expect(await endOf({ run, hasAsked: true })).toEqual(['partial_error', 'GATEWAY_UNAVAILABLE']);
  await forget();
  const spent = { budget_calls: 5, calls_used: 5, last_error_code: 'GATEWAY_UNAVAILABLE' };
  expect(await endOf({ run: spent, hasAsked: true })).toEqual(['partial_quota', 'budget']);
});

it.each<[string, object, Blocks]>([
  ['a budget', { budget_calls: 5, calls_used: 5 }, new Map()],
  ['a quota', {}, new Map([['search', { reason: 'quota', isHeld: false }]])],
])('%s that is used up hides no run whose targets were all given up', async (_, bound, blocks) => {
  const run = { ...bound, errors: 5, last_error_code: 'GATEWAY_BUSINESS_REFUSED' };
  expect(await endOf({ run, blocks, hasAsked: true })).toEqual(['partial_error', 'GATEWAY_BUSINESS_REFUSED']);
});

it.each([
  ['a budget', { budget_calls: 5, calls_used: 5 }],
  ['a deadline', { deadline_at: now }],
])('%s that is reached hides no hold', async (_, run) => {
  const blocks: Blocks = new Map([['search', { reason: 'GATEWAY_NO_GRANT', isHeld: true }]]);
  expect(await endOf({ run, blocks })).toEqual(['partial_error', 'GATEWAY_NO_GRANT']);
});

it('a run that has reached its budget asks for no test call of a held API', async () => {
  const blocks: Blocks = new Map([['search', { reason: null, isHeld: true }]]);
  const run = { budget_calls: 5, calls_used: 5 };
  expect(await endOf({ run, blocks })).toEqual(['partial_quota', 'budget']);
});

it('a bound that is reached is no cause where nothing is due', async () => {
  const run = { budget_calls: 5, calls_used: 5, deadline_at: now };
  expect(await endOf({ run, isPassed: true })).toEqual(['succeeded', null]);
});

it.each([
  ['quota', 'partial_quota'],
  ['GATEWAY_NO_GRANT', 'partial_error'],
])('a run whose searches are kept from it by %s ends as %s', async (reason, status) => {
  const blocks: Blocks = new Map([['search', { reason, isHeld: reason !== 'quota' }]]);
  expect(await endOf({ blocks })).toEqual([status, reason]);
});

it('a run ends while categories are due only if they are kept from it, and says by what', async () => {
  expect(await endOf({ isPassed: true, sync: withTree })).toEqual(['running', null]);
  await forget();
  const blocks: Blocks = new Map([['category', { reason: 'quota', isHeld: false }]]);
  expect(await endOf({ isPassed: true, sync: withTree, blocks })).toEqual(['partial_quota', 'quota']);
});

it('a hold is the cause of a run that a quota kept from something, too', async () => {
  const blocks: Blocks = new Map([
    ['category', { reason: 'quota', isHeld: false }],
    ['search', { reason: 'GATEWAY_NO_GRANT', isHeld: true }],
  ]);
  expect(await endOf({ sync: withTree, blocks })).toEqual(['partial_error', 'GATEWAY_NO_GRANT']);
});

it('a run of which a target failed for good does not succeed', async () => {
  expect(await endOf({ isPassed: true, run: { errors: 1 } })).toEqual(['partial_error', 'targets_failed']);
});

it('a run waits a quarter of an hour for the next try of a target, unless its deadline is before that', async () => {
  const patience = 15 * minuteMs;
  const world = async (nextTryAt: Date, run = {}) => {
    await forget();
    return endOf({ nextTryAt, run });
  };
  const postponed = ['partial_error', 'targets_postponed'];
  expect(await world(fromNow(patience))).toEqual(['running', null]);
  expect(await world(fromNow(patience + 1))).toEqual(postponed);
  expect(await world(fromNow(minuteMs), { deadline_at: fromNow(minuteMs + 1) })).toEqual(['running', null]);
  expect(await world(fromNow(minuteMs), { deadline_at: fromNow(minuteMs) })).toEqual(postponed);
});

/** A tick over a run of which nothing is due. */
async function tickOverDone(
  given: (deps: TickDeps, runId: string) => Partial<TickDeps>,
): Promise<Run | null> {
  const deps = createTickDeps(database.pool, {});
  const runId = await beginRun(deps.runs, 'all');
  await deps.leases.ensureWindows(tickSync.feeds, 'en', false);
  await database.pool.query('UPDATE sync.search_window SET completed_at = now()');
  await tick({ ...deps, ...given(deps, runId) });
  return deps.runs.read(runId);
}

it('a run does not end while a call of it is granted and has no answer', async () => {
  const withCalls = (calls: number) => {
    return tickOverDone(({ runs }) => ({ runs: { ...runs, countReserved: async () => calls } }));
  };
  expect(await withCalls(1)).toMatchObject({ status: 'running' });
  await forget();
  expect(await withCalls(0)).toMatchObject({ status: 'succeeded' });
});

it('a run that another sync file takes over during a tick is not ended by it', async () => {
  const run = await tickOverDone(({ runs, leases }, runId) => ({
    leases: {
      ...leases,
      countPostponed: async (feeds) => {
        await runs.adopt(runId, 'other file');
        return leases.countPostponed(feeds);
      },
    },
  }));
  expect(run).toMatchObject({ status: 'running', syncFileHash: 'other file' });
});
