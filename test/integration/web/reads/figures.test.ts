import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createMetricsStore } from '../../../../src/web/metrics/metrics-store.ts';
import { createOverviewPages } from '../../../../src/web/reads/overview-pages.ts';
import { createProblemPages } from '../../../../src/web/reads/problem-pages.ts';
import { createRunPages } from '../../../../src/web/reads/run-pages.ts';
import { createWorkerPages } from '../../../../src/web/reads/worker-pages.ts';
import { api, appKey, openLedger, otherApi, type OpenLedger } from '../../../support/open-ledger.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* Each figure of the first page, the runs, the problems and the metrics once, against rows from which it can be counted by
   hand: one on each side of every edge. */

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query(
    `TRUNCATE sync.quarantine, sync.drift, sync.refresh, sync.search_window, sync.category_visit, sync.worker, sync.feed,
              sync.feed_set, sync.token, sync.observation_stat, catalog.offer, catalog.category, catalog.seller, catalog.sku CASCADE`,
  );
});

const execute = (sql: string, ...values: unknown[]) => at.db.pool.query(sql, values);
const overview = () => createOverviewPages(at.db.pool, appKey);
const runPages = () => createRunPages(at.db.pool);

/** A run, with what a test says of it. */
async function addRun(columns: string, values: string): Promise<string> {
  const { rows } = await at.db.pool.query<{ run_id: string }>(
    `INSERT INTO sync.run (scope, trigger, source, feeds, ${columns}) VALUES (gen_random_uuid()::text, 'cli', 'sandbox', '[]', ${values})
     RETURNING run_id::text`,
  );
  return rows[0]?.run_id ?? '';
}

it('the first page counts what the last day brought into quarantine and drift, and what waits after an error', async () => {
  const ages = `unnest(ARRAY['1 minute', '23 hours 59 minutes', '24 hours 1 minute']::interval[]) WITH ORDINALITY AS a (age, n)`;
  await execute(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, observed_at)
     SELECT n, n, 'offer.detail', 'a', 'b', now() - age FROM ${ages}`,
  );
  await execute(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
     SELECT 'offer.detail', n::text, 'unknown', 1, now() - interval '9 days', now() - age, 1 FROM ${ages} WHERE n > 1`,
  );
  await execute(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, not_before)
     VALUES (1, now(), now() + interval '1 hour'), (2, now(), now() + interval '2 hours'), (3, now(), now() - interval '1 minute'),
            (4, now(), NULL)`,
  );
  await execute(
    `INSERT INTO sync.search_window (feed, keyword, language, not_before)
     VALUES ('a', 'x', 'en', now() + interval '3 hours'), ('a', 'y', 'en', now() - interval '1 minute')`,
  );
  // The sync file does not have it any more: there is no next try.
  await execute(
    `INSERT INTO sync.search_window (feed, keyword, language, not_before, retired_at)
     VALUES ('a', 'z', 'en', now() + interval '3 hours', now())`,
  );
  await execute(
    `INSERT INTO sync.category_visit (category_id, not_before) VALUES (5, now() + interval '4 hours'), (6, now() - interval '1 minute')`,
  );
  expect(await overview().readOverview()).toMatchObject({
    source: 'sandbox',
    quarantined1d: 2,
    drifts1d: 1,
    unloaded: 0,
    givenUp: 4,
  });
  const givenUp = await createProblemPages(at.db.pool).listGivenUp(3);
  expect(
    givenUp.map(({ operation, kind, id, ofOperation, ofAll }) => [operation, kind, id, ofOperation, ofAll]),
  ).toEqual([
    ['offer.detail', 'detail', '1', 2, 4],
    ['offer.detail', 'detail', '2', 2, 4],
    ['search.keyword', 'keyword', givenUp[2]?.id, 1, 4],
  ]);
  expect(givenUp[2]?.name).toBe('a x');
});

it('the catalog is counted by state and by the age of its newest details', async () => {
  await execute(
    `INSERT INTO catalog.offer (offer_id, state, changed_at, call_id)
     SELECT n, CASE WHEN n <= 5 THEN 'listed' ELSE 'gone' END, now(), 1 FROM generate_series(1, 7) n`,
  );
  // Hours: 1, 23, 25, 167, 169; the sixth never, the seventh without a row.
  await execute(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at)
     SELECT n, now(), now() - make_interval(hours => h) FROM unnest('{1,23,25,167,169,NULL}'::int[]) WITH ORDINALITY AS o (h, n)`,
  );
  await execute(
    `INSERT INTO catalog.category (category_id, level, path, name_zh, is_leaf, first_seen_at, call_id)
     VALUES (1, 1, '1', 'a', true, now(), 1), (2, 1, '2', 'b', true, now(), 1)`,
  );
  await execute(
    `INSERT INTO catalog.seller (seller_id, changed_at, call_id) SELECT n::text, now(), 1 FROM generate_series(1, 3) n`,
  );
  await execute(
    `INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, changed_at, call_id)
     SELECT 1, n, 'listed', '[]', now(), 1 FROM generate_series(1, 4) n`,
  );
  const { at: _at, medianAgeH, ...counted } = await overview().countCatalog();
  expect(_at).toBeInstanceOf(Date);
  expect(counted).toEqual({
    ...{ offers: 7, listed: 5, neverDetailed: 2, within1d: 2, within7d: 4 },
    ...{ categories: 2, sellers: 3, skus: 4 },
  });
  expect(medianAgeH).toBeCloseTo(25, 1);
});

it('calls of today are those of the day in Shanghai by hour, of this app, and without refunded and exempt ones', async () => {
  await at.setTime('2026-11-26T02:20:00+08:00');
  await insertCalls(at.db.pool, [
    pastCall('2026-11-25T23:59:00+08:00'),
    pastCall('2026-11-26T00:01:00+08:00'),
    pastCall('2026-11-26T00:59:00+08:00', { state: 'unknown', outcome: null }),
    pastCall('2026-11-26T00:30:00+08:00', { isExempt: true }),
    pastCall('2026-11-26T01:10:00+08:00', { isExempt: true }),
    pastCall('2026-11-26T01:30:00+08:00', { state: 'refunded', outcome: 'not_sent' }),
    pastCall('2026-11-26T02:10:00+08:00', { api: otherApi }),
  ]);
  expect(await overview().listHoursToday()).toEqual(
    [
      { api: otherApi, hour: 2, calls: 1 },
      { api, hour: 0, calls: 2 },
    ].toSorted((a, b) => (a.api < b.api ? -1 : 1)),
  );
  expect(await createOverviewPages(at.db.pool, '7654321').listHoursToday()).toEqual([]);
});

it('quotas of today are limits of a day, the one that is used most by share first', async () => {
  await at.setTime('2026-11-25T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 10 });
  await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
  await at.quota.setLimit({ appKey, api: otherApi, period: 'day', callLimit: 4 });
  await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 1_000 });
  await at.quota.setLimit({ appKey: '7654321', api, period: 'day', callLimit: 5 });
  for (const name of ['a', 'b', 'c']) await at.grant(name);
  for (const name of ['d', 'e']) await at.grant(name, { api: otherApi });
  const quotas = await overview().listDayQuotas();
  expect(quotas.map(({ api: of, callLimit, used, remaining }) => [of, callLimit, used, remaining])).toEqual([
    [otherApi, 4, 2, 2],
    [api, 10, 3, 7],
    ['*', 1_000, 5, 995],
  ]);
});

it('a limit of a day has its hold, what is left of its month, and the members of its group', async () => {
  await at.setTime('2026-11-25T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 10 });
  await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
  await at.quota.setLimit({ appKey, api: '@both', period: 'day', callLimit: 50 });
  await execute(
    `INSERT INTO usage.api_group (app_key, name, api) VALUES ($1, '@both', $2), ($1, '@both', $3)`,
    ...[appKey, api, otherApi],
  );
  await at.grant('a');
  await at.quota.holdApi({ api, code: 'GATEWAY_PACKAGE_USED_UP', forMs: 3_600_000 });
  const quotas = await overview().listDayQuotas();
  await execute('DELETE FROM usage.api_group');
  const members = [api, otherApi].toSorted();
  expect(quotas).toMatchObject([
    {
      ...{ api, used: 1, holdCode: 'GATEWAY_PACKAGE_USED_UP', probeAfter: null, members: [] },
      ...{ heldUntil: expect.any(Date) as Date, monthLimit: 100, monthRemaining: 99 },
    },
    {
      api: '@both',
      used: 1,
      holdCode: null,
      heldUntil: null,
      monthLimit: null,
      monthRemaining: null,
      members,
    },
  ]);
});

it('usual hours are means of seven days, or of those since the first call, without today', async () => {
  await at.setTime('2026-11-26T02:20:00+08:00');
  await insertCalls(at.db.pool, [
    pastCall('2026-11-24T23:59:00+08:00'),
    pastCall('2026-11-25T00:01:00+08:00'),
    pastCall('2026-11-25T00:30:00+08:00', { isExempt: true }),
    pastCall('2026-11-25T05:30:00+08:00', { isExempt: true }),
    pastCall('2026-11-25T23:59:00+08:00', { state: 'unknown', outcome: null }),
    pastCall('2026-11-26T00:01:00+08:00'),
  ]);
  expect(await overview().listUsualHours()).toEqual([
    { api, hour: 0, calls: 0.5, days: 2 },
    { api, hour: 23, calls: 1, days: 2 },
  ]);
  await at.setTime('2026-12-02T02:20:00+08:00');
  expect(await overview().listUsualHours()).toEqual([
    { api, hour: 0, calls: 2 / 7, days: 7 },
    { api, hour: 23, calls: 1 / 7, days: 7 },
  ]);
  expect(await createOverviewPages(at.db.pool, '7654321').listUsualHours()).toEqual([]);
});

it('the mark of runs changes when one begins, loads something or ends, and not otherwise', async () => {
  const marks = [await runPages().readMark()];
  const runId = await addRun('status', `'running'`);
  marks.push(await runPages().readMark());
  await execute('UPDATE sync.run SET offers_new = 7 WHERE run_id = $1', runId);
  marks.push(await runPages().readMark());
  await execute('UPDATE sync.run SET heartbeat_at = now(), calls_used = 9 WHERE run_id = $1', runId);
  expect(await runPages().readMark()).toBe(marks[2]);
  await execute('UPDATE sync.run SET ended_at = now() WHERE run_id = $1', runId);
  marks.push(await runPages().readMark());
  expect(new Set(marks).size).toBe(4);
});

it('a run is driven while its heartbeat is younger than 15 s and that of some worker younger than a minute', async () => {
  const beat = async (seconds: number) => {
    await execute('DELETE FROM sync.worker');
    await execute(
      `INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at)
       SELECT gen_random_uuid(), h, now(), clock_timestamp() - $1::float8 * interval '1 s' FROM unnest('{a,b,b}'::text[]) h`,
      seconds,
    );
  };
  const aged = (seconds: number) => `clock_timestamp() - interval '${String(seconds)} seconds'`;
  const young = await addRun('status, heartbeat_at', `'running', ${aged(10)}`);
  const old = await addRun('status, heartbeat_at', `'running', ${aged(16)}`);
  const ended = await addRun('status, heartbeat_at, ended_at', `'succeeded', ${aged(0)}, now()`);
  const driven = async () =>
    (await runPages().listRuns(null, 10)).map(({ runId, isDriven }) => [runId, isDriven]);
  await beat(55);
  expect(await driven()).toEqual([
    [ended, false],
    [old, false],
    [young, true],
  ]);
  expect(await createWorkerPages(at.db.pool).listWorkers()).toEqual([
    { host: 'b', workers: 2 },
    { host: 'a', workers: 1 },
  ]);
  await beat(61);
  expect(await driven()).toEqual([
    [ended, false],
    [old, false],
    [young, false],
  ]);
  expect(await createWorkerPages(at.db.pool).listWorkers()).toEqual([]);
  expect((await runPages().listRuns(ended, 1)).map(({ runId }) => runId)).toEqual([old]);
});

it('the calls of a run are in the part of its time in which they were granted, the last one at its end included', async () => {
  const runId = await addRun(
    'status, started_at, ended_at',
    `'succeeded', '2026-11-25T12:00:00+08:00', '2026-11-25T12:10:00+08:00'`,
  );
  // Parts of two and a half minutes.
  await insertCalls(at.db.pool, [
    pastCall('2026-11-25T12:00:00+08:00'),
    pastCall('2026-11-25T12:02:29+08:00', { outcome: 'gateway_error', latencyMs: 301 }),
    pastCall('2026-11-25T12:02:30+08:00', { state: 'unknown', outcome: null, latencyMs: null }),
    pastCall('2026-11-25T12:05:00+08:00', { state: 'refunded', outcome: 'not_sent', latencyMs: null }),
    pastCall('2026-11-25T12:10:00+08:00', { latencyMs: 200 }),
  ]);
  await execute('UPDATE usage.api_call SET run_id = $1', runId);
  await insertCalls(at.db.pool, [pastCall('2026-11-25T12:06:00+08:00')]);
  expect(await runPages().readTimeline(runId, 4)).toEqual([
    { operation: 'offer.detail', part: 0, calls: 2 },
    { operation: 'offer.detail', part: 1, calls: 1 },
    { operation: 'offer.detail', part: 2, calls: 1 },
    { operation: 'offer.detail', part: 3, calls: 1 },
  ]);
  const calls = await runPages().listCalls(runId);
  expect(calls.map(({ outcome, calls: count, averageMs }) => [outcome, count, averageMs])).toEqual([
    ['ok', 2, 150],
    ['gateway_error', 1, 301],
    ['refunded', 1, null],
    ['unknown', 1, null],
  ]);
});

it('a call of a run that has no answer yet is granted', async () => {
  const runId = await addRun('status, started_at', `'running', '2026-11-25T12:00:00+08:00'`);
  await at.setTime('2026-11-25T12:10:00+08:00');
  await insertCalls(at.db.pool, [
    pastCall('2026-11-25T12:09:00+08:00', { state: 'reserved', outcome: null, latencyMs: null }),
    pastCall('2026-11-25T12:09:01+08:00', { state: 'unknown', outcome: null, latencyMs: null }),
  ]);
  await execute('UPDATE usage.api_call SET run_id = $1', runId);
  expect(await runPages().readTimeline(runId, 2)).toEqual([{ operation: 'offer.detail', part: 1, calls: 2 }]);
});

it('errors are those of the last days of Shanghai, today included', async () => {
  await at.setTime('2026-11-26T00:20:00+08:00');
  const failed = { outcome: 'gateway_error', gatewayCode: 'gw.APIACLDecline', httpStatus: 400 } as const;
  await insertCalls(at.db.pool, [
    pastCall('2026-11-24T23:59:00+08:00', failed),
    pastCall('2026-11-25T00:01:00+08:00', failed),
    pastCall('2026-11-26T00:10:00+08:00', failed),
    pastCall('2026-11-26T00:11:00+08:00'),
  ]);
  const counted = async (days: number) =>
    (await createProblemPages(at.db.pool).listErrors(days)).map(({ code, calls }) => [code, calls]);
  expect(await counted(1)).toEqual([['GATEWAY_NO_GRANT', 1]]);
  expect(await counted(2)).toEqual([['GATEWAY_NO_GRANT', 2]]);
  expect(await counted(3)).toEqual([['GATEWAY_NO_GRANT', 3]]);
});

it('the metrics have the newest good answer, the processes, the runs and the fields that are not as known', async () => {
  const read = () => createMetricsStore({ pool: at.db.pool, appKey }).read();
  expect((await read()).state).toMatchObject({
    ...{ workers: 0, workerAt: null, activeRuns: 0, answeredAt: null, logInBy: null },
    ...{ unknownFields: 0, missingFields: 0, retypedFields: 0 },
  });
  await at.setTime('2026-11-26T12:00:00+08:00');
  await insertCalls(at.db.pool, [
    pastCall('2026-10-26T11:50:00+08:00'),
    pastCall('2026-11-26T11:00:00+08:00', { outcome: 'gateway_error' }),
    pastCall('2026-11-26T11:30:00+08:00', { isExempt: true }),
  ]);
  // 31 days and ten minutes ago is too long.
  expect((await read()).state.answeredAt).toBeNull();
  await insertCalls(at.db.pool, [
    pastCall('2026-10-26T12:10:00+08:00'),
    pastCall('2026-11-20T12:10:00+08:00'),
  ]);
  await execute(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
     SELECT 'offer.detail', n::text, CASE WHEN n <= 3 THEN 'unknown' WHEN n <= 5 THEN 'missing' ELSE 'retyped' END, 1, now(), now(), 1
     FROM generate_series(1, 6) n`,
  );
  await execute(
    `INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at)
     SELECT gen_random_uuid(), 'a', now(), clock_timestamp() - s * interval '1 s' FROM unnest('{50,55,61}'::int[]) s`,
  );
  for (const status of ['queued', 'running', 'succeeded', 'failed']) await addRun('status', `'${status}'`);
  expect((await read()).state).toMatchObject({
    ...{ workers: 2, activeRuns: 2, answeredAt: new Date('2026-11-20T12:10:00+08:00') },
    ...{ unknownFields: 3, missingFields: 2, retypedFields: 1 },
  });
});

it('a feed has the offer that waits longest of all its sets and buckets, and today is a day of Shanghai', async () => {
  await execute(
    `INSERT INTO sync.feed (feed, offers, assigned_at) VALUES ('a', 3, now()), ('b', 2, now()), ('none', 0, now());
     INSERT INTO sync.feed_set (feed_set, feeds) OVERRIDING SYSTEM VALUE VALUES (101, '{a}'), (102, '{a,b}'), (103, '{none}');
     INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set, bucket, order_at)
     VALUES (1, now(), 101, 1, '2026-11-03T00:00Z'), (2, now(), 101, 7, '2026-11-02T00:00Z'), (3, now(), 102, 2, '2026-11-05T00:00Z'),
            (4, now(), 102, 2, '2026-11-04T00:00Z'), (5, now(), 101, NULL, NULL)`,
  );
  await at.setTime('2026-11-26T00:20:00+08:00');
  await execute(
    `INSERT INTO sync.observation_stat (date_day, source, hint, decile, observations, expected, changed)
     VALUES ('2026-11-26', 'detail', 'none', 1, 5, 1, 2), ('2026-11-26', 'detail', 'row', 1, 7, 1, 3),
            ('2026-11-25', 'detail', 'none', 1, 100, 1, 50), ('2026-11-25', 'search', 'none', 1, 100, 1, 50)`,
  );
  const { feeds, observations } = await createMetricsStore({ pool: at.db.pool, appKey }).read();
  expect(feeds).toEqual([
    { feed: 'a', offers: 3, oldestObservationAt: new Date('2026-11-02T00:00:00Z') },
    { feed: 'b', offers: 2, oldestObservationAt: new Date('2026-11-04T00:00:00Z') },
    { feed: 'none', offers: 0, oldestObservationAt: null },
  ]);
  expect(observations).toEqual([
    { source: 'detail', observations: 12, changed: 5 },
    { source: 'search', observations: 0, changed: 0 },
  ]);
});
