import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOverviewPages } from '../../../../src/web/reads/overview-pages.ts';
import { createProblemPages } from '../../../../src/web/reads/problem-pages.ts';
import { createRunPages, type RunFilter } from '../../../../src/web/reads/run-pages.ts';
import { api, appKey, openLedger, otherApi, type OpenLedger } from '../../../support/open-ledger.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* How long lists are, in which order, and what each filter lets through. */

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
  await at.setTime('2026-11-26T12:00:00+08:00');
  await at.db.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, feeds, status, requested_at, started_at)
     VALUES ('all', 'cli', 'sandbox', '["bags"]', 'failed', '2026-11-20T00:00Z', '2026-11-21T00:00Z'),
            ('feed:bags', 'nightly', 'sandbox', '["toys"]', 'succeeded', '2026-11-22T00:00Z', NULL),
            ('all', 'nightly', 'sandbox', '["bags"]', 'succeeded', '2026-11-20T00:00Z', '2026-11-23T00:00Z')`,
  );
});
afterAll(() => at.db.drop());

const everyRun: RunFilter = { status: null, scope: null, trigger: null, from: null, before: null };

test.each<[Partial<RunFilter>, string[]]>([
  [{}, ['3', '2', '1']],
  [{ status: 'succeeded' }, ['3', '2']],
  [{ scope: 'all' }, ['3', '1']],
  [{ trigger: 'nightly' }, ['3', '2']],
  [{ from: new Date('2026-11-22T00:00Z') }, ['3', '2']],
  [{ from: new Date('2026-11-22T00:00:00.001Z') }, ['3']],
  [{ before: new Date('2026-11-22T00:00Z') }, ['1']],
  [{ before: new Date('2026-11-23T00:00Z') }, ['2', '1']],
  [{ scope: 'all', trigger: 'nightly' }, ['3']],
])('%j lets through the runs %j', async (filter, ids) => {
  const pages = createRunPages(at.db.pool);
  const listed = await pages.listRuns(null, 9, { ...everyRun, ...filter });
  expect(listed.map(({ runId }) => runId)).toEqual(ids);
  const older = await pages.listRuns('3', 1, { ...everyRun, ...filter });
  expect(older.map(({ runId }) => runId)).toEqual(ids.filter((id) => id !== '3').slice(0, 1));
});

test('a run is read by its id alone', async () => {
  const pages = createRunPages(at.db.pool);
  expect((await pages.readRun('2'))?.scope).toBe('feed:bags');
  expect(await pages.readRun('4')).toBeNull();
  await at.db.pool.query('DELETE FROM sync.run WHERE run_id = 2');
  expect(await pages.readRun('2')).toBeNull();
});

test('of fifty-one causes, the fifty with most calls are listed', async () => {
  const failed = (n: number) =>
    ({ outcome: 'gateway_error', gatewayCode: `gw.odd${String(n)}`, httpStatus: 400, runId: '1' }) as const;
  const calls = Array.from({ length: 51 }, (_, n) => pastCall('2026-11-26T10:00:00+08:00', failed(n + 1)));
  await insertCalls(at.db.pool, [...calls, ...calls.slice(30)]);
  for (const rows of [
    await createProblemPages(at.db.pool).listErrors(1),
    await createRunPages(at.db.pool).listErrors('1'),
  ]) {
    expect(rows).toHaveLength(50);
    expect(rows.map(({ calls: own }) => own)).toEqual([
      ...Array.from({ length: 21 }, () => 2),
      ...Array.from({ length: 29 }, () => 1),
    ]);
  }
  expect(await createRunPages(at.db.pool).listErrors('3')).toEqual([]);
});

test('calls of a run that are as many are in the order of their API and outcome', async () => {
  await insertCalls(
    at.db.pool,
    [
      ['b', 'ok'],
      ['a', 'transport_error'],
      ['a', 'ok'],
    ].map(([api = '', outcome]) =>
      pastCall('2026-11-26T10:00:00+08:00', {
        api,
        outcome: outcome as 'ok',
        runId: '3',
        question: `${api} ${outcome ?? ''}`,
      }),
    ),
  );
  const rows = await createRunPages(at.db.pool).listCalls('3');
  expect(rows.map(({ api, outcome }) => `${api} ${outcome}`)).toEqual(['a ok', 'a transport_error', 'b ok']);
});

test('promised ages are those of the feeds of the run, by name', async () => {
  await at.db.pool.query(
    `INSERT INTO sync.feed (feed, offers, assigned_at, max_age)
     VALUES ('toys', 1, now(), '6 hours'), ('bags', 1, now(), '24 hours'), ('all', 1, now(), '1 hour'), ('free', 1, now(), NULL)`,
  );
  await at.db.pool.query(
    `INSERT INTO sync.feed_set (feed_set, feeds) OVERRIDING SYSTEM VALUE VALUES (101, '{all,bags,free,toys}')`,
  );
  // One was fetched ten hours ago, two never.
  await at.db.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set, bucket, order_at, detail_at)
     VALUES (1, now(), 101, 1, now(), usage.ledger_now() - interval '10 hours'), (2, now(), 101, 1, now(), NULL), (3, now(), 101, 1, now(), NULL)`,
  );
  await at.db.pool.query(
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
     VALUES (1, usage.ledger_now() - interval '10 hours', 'detail', 1, true, false, now())`,
  );
  await at.db.pool.query(`UPDATE sync.run SET feeds = '["toys", "bags", "free"]' WHERE run_id = 3`);
  const rows = await createRunPages(at.db.pool).listPromisedAges('3');
  const tenths = (value: number | null) => Math.round((value ?? 0) * 10) / 10;
  expect(
    rows.map(({ highestHours, p95Hours, shareInTime, ...rest }) => [
      ...Object.values(rest),
      ...[highestHours, p95Hours, shareInTime].map(tenths),
    ]),
  ).toEqual([
    ['bags', 24, 3, 2, 10, 10, 1],
    ['toys', 6, 3, 3, 10, 10, 0.6],
  ]);
});

test('limits of which the same share is used are in the order of their use, and then of their name', async () => {
  await at.reset();
  await at.setTime('2026-11-26T12:00:00+08:00');
  for (const [of, callLimit] of [
    [api, 10],
    [otherApi, 20],
    ['@b', 5],
    ['@a', 5],
  ] as const)
    await at.quota.setLimit({ appKey, api: of, period: 'day', callLimit });
  await at.grant('a');
  for (const name of ['b', 'c']) await at.grant(name, { api: otherApi });
  const quotas = await createOverviewPages(at.db.pool, appKey).listDayQuotas();
  expect(quotas.map((quota) => [quota.api, quota.used])).toEqual([
    [otherApi, 2],
    [api, 1],
    ['@a', 0],
    ['@b', 0],
  ]);
});
