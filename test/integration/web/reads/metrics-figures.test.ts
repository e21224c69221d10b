import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMetricsStore } from '../../../../src/web/metrics/metrics-store.ts';
import { api, appKey, openLedger, otherApi, type OpenLedger } from '../../../support/open-ledger.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* Each figure of the metrics, against rows on both sides of every edge. */

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query(
    'TRUNCATE sync.token, sync.schedule, sync.slot, sync.run, sync.notification_delivery, raw.payload CASCADE',
  );
  await at.setTime('2026-11-26T12:00:00+08:00');
});

const execute = (sql: string, ...values: unknown[]) => at.db.pool.query(sql, values);
const read = (key = appKey) => createMetricsStore({ pool: at.db.pool, appKey: key }).read();

test('calls are those of today in Shanghai, by how many bounds they took longer than', async () => {
  const more = { lane: 'manual' } as const;
  await insertCalls(at.db.pool, [
    pastCall('2026-11-25T23:59:59+08:00'),
    pastCall('2026-11-26T00:00:00+08:00', { latencyMs: 100 }),
    pastCall('2026-11-26T00:01:00+08:00', { latencyMs: 90 }),
    pastCall('2026-11-26T00:02:00+08:00', { latencyMs: 101 }),
    pastCall('2026-11-26T00:03:00+08:00', { latencyMs: 30_001, ...more }),
    pastCall('2026-11-26T00:04:00+08:00', { latencyMs: null, ...more, outcome: 'gateway_error' }),
    pastCall('2026-11-26T00:05:00+08:00', { state: 'unknown', outcome: null }),
    pastCall('2026-11-26T00:06:00+08:00', { api: otherApi }),
  ]);
  const { calls } = await read();
  expect(
    calls.map((call) => [call.api, call.lane, call.outcome, call.bound, call.calls, call.latencyMs]),
  ).toEqual(
    [
      [api, 'manual', 'gateway_error', null, 1, 0],
      [api, 'manual', 'ok', 8, 1, 30_001],
      [api, 'refresh', 'ok', 0, 2, 190],
      [api, 'refresh', 'ok', 1, 1, 101],
      [otherApi, 'refresh', 'ok', 0, 1, 100],
    ].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)),
  );
  expect((await read('7654321')).calls).toEqual([]);
});

test('a schedule has its slots by outcome, the delay of its newest run and the time of the newest that ended', async () => {
  await execute(
    `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
     SELECT name, '0 * * * *', 'Asia/Shanghai', '[]', 'skip', 'cli', now(), now(), now() FROM unnest('{b,a}'::text[]) name`,
  );
  const run = async (started: string, ended: string | null) => {
    const { rows } = await at.db.pool.query<{ id: string }>(
      `INSERT INTO sync.run (scope, trigger, source, feeds, status, started_at, ended_at)
       VALUES (gen_random_uuid()::text, 'b', 'sandbox', '[]', 'running', $1, $2) RETURNING run_id::text AS id`,
      [`2026-11-26T${started}+08:00`, ended === null ? null : `2026-11-26T${ended}+08:00`],
    );
    return rows[0]?.id ?? null;
  };
  const slot = (hour: string, outcome: string, runId: string | null = null, schedule = 'b') =>
    execute(
      'INSERT INTO sync.slot (schedule, slot_at, outcome, run_id, decided_at) VALUES ($1, $2, $3, $4, now())',
      ...[schedule, `2026-11-26T${hour}:00:00+08:00`, outcome, runId],
    );
  await slot('01', 'ran', await run('01:00:05', '01:10:05'));
  await slot('02', 'ran', await run('02:00:07', '02:20:07'));
  const active = await run('03:00:09', null);
  await slot('03', 'ran', active);
  for (const hour of ['04', '05']) await slot(hour, 'merged', active);
  for (const hour of ['06', '07', '08']) await slot(hour, 'missed');
  for (const hour of ['09', '10', '11', '12']) await slot(hour, 'skipped');
  await slot('11', 'merged', await run('11:30:00', '11:40:00'), 'b2');
  const { schedules } = await read();
  expect(schedules).toEqual([
    { schedule: 'a', ...{ ran: 0, merged: 0, missed: 0, skipped: 0, startDelayS: null, durationS: null } },
    { schedule: 'b', ...{ ran: 3, merged: 2, missed: 3, skipped: 4, startDelayS: 9, durationS: 1200 } },
  ]);
});

test('a login is needed when the tokens of this app can no longer be renewed', async () => {
  const [access, refresh] = [new Date('2026-11-26T13:00:00Z'), new Date('2027-05-01T00:00:00Z')];
  await execute(
    `INSERT INTO sync.token (app_key, access_token, access_expires_at, refresh_token, refresh_expires_at, updated_at)
     VALUES ($1, '', $2, '', $3, now()), ('7654321', '', now(), NULL, NULL, now())`,
    ...[appKey, access, refresh],
  );
  expect((await read()).state.logInBy).toEqual(refresh);
  await execute('UPDATE sync.token SET refresh_expires_at = NULL WHERE app_key = $1', appKey);
  expect((await read()).state.logInBy).toBeNull();
  await execute('UPDATE sync.token SET refresh_token = NULL WHERE app_key = $1', appKey);
  expect((await read()).state.logInBy).toEqual(access);
  const selfUse = createMetricsStore({ pool: at.db.pool, appKey, isSelfUse: true });
  expect((await selfUse.read()).state.logInBy).toBeNull();
});

test('answers that are not loaded are counted, and failed attempts to notify', async () => {
  expect((await read()).state).toMatchObject({ unloaded: 0, failedNotifications: 0 });
  await execute(
    `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at, http_status, body, body_bytes,
       body_sha256, loaded_at)
     SELECT n, '2026-11-26T11:00:00+08:00', n, 'offer.detail', '{}', '', now(), 200, '', 0, '', CASE WHEN n = 1 THEN now() END
     FROM generate_series(1, 3) n`,
  );
  await execute('INSERT INTO sync.notification_delivery (attempts) VALUES (4)');
  expect((await read()).state).toMatchObject({ unloaded: 2, failedNotifications: 4 });
});

test('limits are those of this app by API and window', async () => {
  await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 10 });
  await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 50 });
  await at.quota.setLimit({ appKey: '7654321', api, period: 'day', callLimit: 5 });
  await at.grant('a');
  const { quotas } = await read();
  expect(
    quotas.map((quota) => [
      quota.api,
      quota.period,
      quota.callLimit,
      quota.used,
      quota.remaining,
      quota.unknown,
    ]),
  ).toEqual([
    ['*', 'day', 50, 1, 49, 0],
    [api, 'day', 10, 1, 9, 0],
    [api, 'month', 100, 1, 99, 0],
  ]);
  expect(quotas[1]?.resetAt).toEqual(new Date('2026-11-26T16:00:00Z'));
});

test('paces that were found are those of this app, and a hold has its code', async () => {
  await execute(
    `INSERT INTO usage.pace (app_key, api, next_slot_at, found_per_second, changed_at)
     SELECT app_key, '*', usage.ledger_now(), 4.5, usage.ledger_now() FROM unnest('{1234567,7654321}'::text[]) app_key
     ON CONFLICT (app_key, api) DO UPDATE SET found_per_second = 4.5, changed_at = usage.ledger_now()`,
  );
  await at.quota.holdApi({ api, code: 'HELD_BY_HAND', forMs: null });
  const { paces, heldApis } = await read();
  expect(paces.map((pace) => [pace.appKey, pace.api, pace.perSecond])).toEqual([[appKey, '*', 4.5]]);
  expect(heldApis).toEqual([{ api, code: 'HELD_BY_HAND' }]);
});

test('a table without a partition for the day in a week is a gap', async () => {
  expect((await read()).partitionGaps).toBeGreaterThanOrEqual(0);
  await at.setTime('2027-03-20T12:00:00+08:00');
  await at.db.pool.query(`SELECT sync.ensure_partitions('2027-03-20T12:00:00+08:00'::timestamptz, 1)`);
  expect((await read()).partitionGaps).toBe(0);
  await at.setTime('2027-04-25T12:00:00+08:00');
  expect((await read()).partitionGaps).toBeGreaterThan(0);
});
