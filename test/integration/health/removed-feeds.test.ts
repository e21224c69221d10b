import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { listGivenUp } from '../../../src/health/list-given-up.ts';
import { retryGivenUp } from '../../../src/refresh/queue/retry-given-up.ts';
import { createOverviewPages } from '../../../src/web/reads/overview-pages.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* Targets that wait for a later try, after their feed was removed from the sync file. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query(
    'TRUNCATE sync.run, sync.worker, sync.refresh, sync.search_window, sync.feed_set CASCADE',
  );
  await database.pool.query(
    `INSERT INTO sync.feed_set (feed_set, feeds) OVERRIDING SYSTEM VALUE VALUES (1, '{bags}'), (2, '{hats}'), (3, '{bags,hats}')`,
  );
  await database.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set, not_before)
     SELECT n, now(), n, now() + interval '1 hour' FROM generate_series(0, 3) n`,
  );
  await database.pool.query(
    `INSERT INTO sync.search_window (feed, keyword, language, not_before)
     SELECT feed, 'of', 'en', now() + interval '2 hours' FROM unnest('{"",bags,hats}'::text[]) feed`,
  );
});

const addRun = async (feeds: string, hash: string, scope = 'all', status = 'succeeded') => {
  await database.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, sync_file_hash, ended_at)
     VALUES ($1, 'test', 'sandbox', $2, to_jsonb(string_to_array($3, ' ')), $4,
             CASE WHEN $2 NOT IN ('queued', 'running') THEN now() END)`,
    [scope, status, feeds, hash],
  );
};

/** The names of what waits; the first page counts as many. */
async function waiting(): Promise<string[]> {
  const rows = await listGivenUp(database.pool, 100);
  const { givenUp } = await createOverviewPages(database.pool, 'app').readOverview();
  expect(givenUp).toBe(rows.length);
  return rows.map(({ kind, id, name }) => (kind === 'detail' ? id : (name ?? id)));
}

const all = ['0', '1', '2', '3', 'of', 'bags of', 'hats of'];

it('do not wait once a run of all feeds has ended without it, also for a retry', async () => {
  await addRun('bags hats', 'before');
  expect(await waiting()).toEqual(all);
  await addRun('bags', 'after', 'all', 'running');
  expect(await waiting()).toEqual(all);
  await database.pool.query(`UPDATE sync.run SET status = 'partial_error', ended_at = now()`);
  const left = ['0', '1', '3', 'of', 'bags of'];
  expect(await waiting()).toEqual(left);
  expect(await retryGivenUp(database.pool, { operation: null, id: null })).toBe(left.length);
});

it('wait again when it is back', async () => {
  await addRun('bags hats', 'before');
  await addRun('bags', 'after');
  await addRun('hats', 'before', 'feed:hats', 'queued');
  expect(await waiting()).toEqual(all);
});

it('wait while the runs without it are of some feeds, or were cancelled', async () => {
  await addRun('bags hats', 'before');
  await addRun('bags', 'after', 'feed:bags');
  await addRun('bags', 'after', 'all', 'cancelled');
  expect(await waiting()).toEqual(all);
});

it('wait where two sync files take turns', async () => {
  for (let turn = 0; turn < 2; turn += 1) {
    await addRun('bags hats', 'one');
    await addRun('shoes', 'other');
  }
  expect(await waiting()).toEqual(all);
});

it('wait while a process works by the sync file that has it', async () => {
  await addRun('bags hats', 'one');
  await addRun('shoes', 'other');
  await database.pool.query(
    `INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at, sync_file_hash)
     VALUES (gen_random_uuid(), 'a', clock_timestamp(), clock_timestamp() - interval '50 seconds', 'one')`,
  );
  expect(await waiting()).toEqual(all);
  await database.pool.query(`UPDATE sync.worker SET heartbeat_at = heartbeat_at - interval '20 seconds'`);
  expect(await waiting()).toEqual(['0', 'of']);
});
