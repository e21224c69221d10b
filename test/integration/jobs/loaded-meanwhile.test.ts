import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { createProcessor, type ProcessDeps } from '../../../src/jobs/process-job.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/open-ledger.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const hourMs = 3_600_000;

/** Another job whose queue was lost loads the answer for the same offer while this one begins. */
async function loadDetail(): Promise<void> {
  await db.pool.query(
    'UPDATE sync.refresh SET detail_at = usage.ledger_now(), leased_by = NULL, leased_until = NULL WHERE offer_id = 7',
  );
}

async function beginRun() {
  const runs = createRunStore({ pool: db.pool });
  const request = { scope: 'all', feedNames: ['all'], trigger: 'test', source: 'sandbox' } as const;
  const begun = await runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
  if (begun.kind !== 'started') throw new Error(begun.kind);
  return { runs, runId: begun.run.runId };
}

async function insertOffer(detailAge: string | null): Promise<void> {
  await db.pool.query('DELETE FROM sync.refresh');
  await db.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set, bucket, order_at, detail_at)
     VALUES (7, now(), 0, -1, now(), usage.ledger_now() - $1::interval)`,
    [detailAge],
  );
}

test('an offer whose detail the run loads after it was chosen is not taken, unless there is a new reason', async () => {
  const leases = createLeaseStore({ pool: db.pool });
  const { runs, runId } = await beginRun();
  await insertOffer(null);
  await loadDetail();
  expect(await leases.takeOffers(runId, ['7'])).toEqual([]);
  expect(await leases.takeOffers(runId, ['7'], ['7'])).toEqual(['7']);
  await leases.release('detail', runId);
  await db.pool.query(`UPDATE sync.refresh SET stale_since = usage.ledger_now(), stale_by = 'row'`);
  expect(await leases.takeOffers(runId, ['7'])).toEqual(['7']);
  await runs.end(runId, 'cancelled', 'signal');
});

test.each([
  ['of an offer without a detail', null, 20 * hourMs],
  ['of one whose detail is two hours old', '2 hours', 2 * hourMs],
])('an answer that is loaded as a job begins is not asked for again: %s', async (_, age, atLeastMs) => {
  const leases = createLeaseStore({ pool: db.pool });
  const { runs, runId } = await beginRun();
  await insertOffer(age);
  expect(await leases.takeOffers(runId, ['7'])).toEqual(['7']);
  const freshForMs: number[] = [];
  const deps: ProcessDeps = {
    ...{ runs, clock: systemClock, log: silentLog, callConcurrency: 1, language: 'en', apis: {}, feeds: [] },
    freshness: { categoryMs: hourMs, searchMs: hourMs, detailMs: 20 * hourMs },
    ...{ drain: new AbortController().signal, stopNow: new AbortController().signal },
    leases: {
      ...leases,
      keepLeased: async (...given) => {
        const held = await leases.keepLeased(...given);
        await loadDetail();
        return held;
      },
    },
    gateway: {
      call: async (_asked, context) => {
        freshForMs.push(context.freshForMs);
        throw new Error('as far as this test goes');
      },
    },
    loader: { load: async () => [], loadStored: async () => [] },
    uploadQueryImage: () => Promise.reject(new Error('not a picture')),
  };
  const job = {
    ...{ id: '1', data: { runId, offerIds: ['7'] }, attemptsMade: 0, opts: {} },
    moveToDelayed: async () => undefined,
  };
  await createProcessor(deps, 'detail')(job, 'token', { rateLimit: async () => undefined });
  expect(freshForMs[0]).toBeGreaterThanOrEqual(atLeastMs);
  await runs.end(runId, 'cancelled', 'signal');
});
