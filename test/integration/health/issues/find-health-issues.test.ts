import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { findHealthIssues } from '../../../../src/health/issues/find-health-issues.ts';
import { createHealthStore, type HealthStoreParts } from '../../../../src/health/issues/health-store.ts';
import { shanghaiDay } from '../../../../src/core/shanghai-time.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { describeCause } from '../../../../src/health/issues/describe-cause.ts';
import type { HealthIssue } from '../../../../src/model/health-issue.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

const appKey = '1000000';
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  database.pool.query(
    `TRUNCATE sync.run, sync.schedule, sync.slot, sync.token, sync.drift, sync.api_permission, sync.notification_delivery, sync.worker, sync.category_visit,
              usage.api_hold, usage.quota_limit, usage.quota_period, usage.api_call, usage.hour_total, raw.payload RESTART IDENTITY`,
  ),
);

const change = (sql: string, params: readonly unknown[] = []) => database.pool.query(sql, [...params]);

async function observation(given: Partial<HealthStoreParts> = {}): Promise<HealthIssue[]> {
  const facts = await createHealthStore({ pool: database.pool, appKey, feeds: [], ...given }).read();
  return findHealthIssues(facts, findRemedy);
}

/** Severity and key of each, in their order. */
const found = async () => (await observation()).map(({ severity, key }) => `${severity} ${key}`);

/** The part of a key that is the day on which a process was heard last. */
const daySince = async () => shanghaiDay((await observation())[0]?.since ?? new Date(0));

type End = readonly [status: string, cause: string | null, hoursAgo?: number];

const addRun = (scope: string, feeds: readonly string[], [end, cause, hoursAgo = 1]: End) =>
  change(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, cause, started_at, ended_at, errors, last_error_code)
     VALUES ($1, 'test', 'live', $2, $3, $4, now(), now() - $5 * interval '1 hour',
             CASE $4 WHEN 'targets_failed' THEN 2 ELSE 0 END, CASE $4 WHEN 'targets_failed' THEN 'GATEWAY_TIMEOUT' END)`,
    [scope, end, JSON.stringify(feeds), cause, hoursAgo],
  );

const addAnswer = (hoursAgo: number) =>
  change(
    `INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
                                 state, send_at, send_by, outcome)
     SELECT at, $1, $2, 'search.keyword', '{}', '\\x00', 'refresh', false, '{}', 'committed', at, at, 'ok'
     FROM (SELECT now() - $3 * interval '1 hour' AS at) t`,
    [appKey, searchApi, hoursAgo],
  );

it('an empty database is no issue', async () => {
  expect(await found()).toEqual([]);
});

it('a run that went wrong is one until a later run of its feeds has ended', async () => {
  await addAnswer(1);
  await addRun('all', ['bags', 'shoes'], ['partial_error', 'targets_failed']);
  await addRun('feed:bags', ['bags'], ['failed', 'AUTH_REJECTED']);
  expect(await found()).toEqual(['act run:feed:bags:AUTH_REJECTED', 'act run:all:GATEWAY_TIMEOUT']);
  const [, incomplete] = await observation();
  expect(incomplete).toMatchObject({
    kind: 'state',
    summary: 'Run 1 (all) is incomplete because of `GATEWAY_TIMEOUT`: 2 targets failed.',
    remedy: findRemedy('GATEWAY_TIMEOUT')?.remedy,
    path: '/runs/1',
  });
  await addRun('feed:bags', ['bags'], ['cancelled', 'operator']);
  await addRun('feed:bags', ['bags'], ['partial_quota', 'quota']);
  expect(await found()).toEqual(['act run:all:GATEWAY_TIMEOUT']);
  await addRun('all', ['bags', 'shoes'], ['succeeded', null]);
  expect(await found()).toEqual([]);
});

it('a run that left targets to a later try says how many and when, and needs nobody', async () => {
  await addAnswer(1);
  await addRun('all', ['bags'], ['partial_error', 'targets_postponed']);
  await change(
    `UPDATE sync.run SET postponed = 31, next_try_at = '2099-01-01 00:00Z', last_error_code = 'GATEWAY_TIMEOUT'`,
  );
  expect(await observation()).toMatchObject([
    {
      severity: 'warn',
      key: 'run:all:GATEWAY_TIMEOUT:later',
      summary:
        'Run 1 (all) postponed 31 targets because of `GATEWAY_TIMEOUT`; the first is due from 2099-01-01 08:00.',
      remedy: expect.stringContaining('`catalog-sync retry`') as string,
    },
  ]);
  await change(`UPDATE sync.run SET cause = 'GATEWAY_UNAVAILABLE', postponed = 0, next_try_at = NULL`);
  expect(await found()).toEqual(['warn run:all:GATEWAY_UNAVAILABLE:later']);
});

it('a refusal of the gateway has its remedy, and says when it is tried again and how to do that at once', async () => {
  await change(
    `INSERT INTO usage.api_hold (api, code, held_at, probe_after) VALUES ($1, 'gw.APIACLDecline', now(), '2099-01-01 00:00Z')`,
    [searchApi],
  );
  const [hold] = await observation();
  expect(hold?.summary).toBe(
    'Calls of `product.search.keywordQuery` are held because of `gw.APIACLDecline`, until a test call succeeds, the next from 2099-01-01 08:00.',
  );
  expect(hold?.remedy).toBe(
    `${findRemedy('GATEWAY_NO_GRANT')?.remedy ?? ''} To resume them at once: \`catalog-sync quota resume product.search.keywordQuery\`.`,
  );
});

it('an active run is one when it has no driver', async () => {
  await addRun('all', ['bags'], ['running', null]);
  await change('UPDATE sync.run SET ended_at = NULL, heartbeat_at = now()');
  expect(await found()).toEqual([]);
  await change("UPDATE sync.run SET heartbeat_at = now() - interval '1 minute'");
  expect(await found()).toEqual(['act run-alone:1']);
});

it('a refusal that was declared is only noted, with the run that it cuts short', async () => {
  await addAnswer(1);
  await change(
    `INSERT INTO usage.api_hold (api, code, held_at, probe_after) VALUES ($1, 'gw.APIACLDecline', now(), now())`,
    [searchApi],
  );
  await addRun('all', ['bags'], ['partial_error', 'gw.APIACLDecline']);
  const held = `hold:${searchApi}:gw.APIACLDecline`;
  expect(await found()).toEqual(['act run:all:gw.APIACLDecline', `act ${held}`]);
  await change(
    `INSERT INTO sync.api_permission (app_key, api, observed, declared, declared_at) VALUES ($1, $2, 'denied', 'pending', now())`,
    [appKey, searchApi],
  );
  expect(await found()).toEqual(['note run:all:gw.APIACLDecline', `note ${held}`]);
});

it('a hold with an end is less than one without, and has the reason of the operator', async () => {
  await change(
    `INSERT INTO usage.api_hold (api, code, held_at, held_until, reason)
     VALUES ('*', 'HELD_BY_HAND', now(), NULL, 'a sale'), ($1, 'GATEWAY_TOO_FAST', now(), '2099-01-01 00:00Z', NULL)`,
    [searchApi],
  );
  expect((await observation()).map(({ severity, summary }) => [severity, summary])).toEqual([
    ['act', 'Calls of all APIs are held because of `HELD_BY_HAND` (a sale), until a person resumes them.'],
    [
      'warn',
      'Calls of `product.search.keywordQuery` are held because of `GATEWAY_TOO_FAST`, until 2099-01-01 08:00.',
    ],
  ]);
});

it('a schedule is one while its slot waits, and for a day after a slot was missed', async () => {
  await change(
    `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
     VALUES ('often', '*/10 * * * *', 'UTC', '["bags"]', 'skip', 'file', now() - interval '10 minutes', now(), now())`,
  );
  expect(await found()).toEqual([]);
  await change("UPDATE sync.schedule SET counts_from = now() - interval '30 minutes'");
  expect(await found()).toEqual(['act run-late:often']);
  await change(
    `INSERT INTO sync.slot (schedule, slot_at, outcome, decided_at)
     SELECT 'often', now() - n * interval '10 minutes', 'missed', now() FROM generate_series(0, 2) n`,
  );
  expect(await observation()).toMatchObject([
    {
      kind: 'event',
      severity: 'warn',
      summary: expect.stringMatching(/^3 runs of schedule often did not/) as string,
    },
  ]);
  await change("UPDATE sync.slot SET decided_at = now() - interval '25 hours'");
  expect(await found()).toEqual([]);
  await change("UPDATE sync.schedule SET counts_from = now() - interval '1 hour', paused_at = now()");
  await change('TRUNCATE sync.slot');
  expect(await found()).toEqual([]);
});

it('a limit nearly spent is one while much is to come: of a month, or of a day that still has a slot', async () => {
  await change(
    `INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, reset, valid_from, created_at)
     SELECT $1, $2, kind, 100, 'configured', false, 'rolling', now() - interval '90 days', now()
     FROM unnest(ARRAY['day', 'month']) kind`,
    [appKey, searchApi],
  );
  await change(
    `INSERT INTO usage.quota_period (app_key, api, period_kind, starts_at, ends_at, call_limit, granted)
     SELECT $1, $2, kind, date_trunc('hour', now()), date_trunc('hour', now()) + interval '1 hour', 100, 91
     FROM unnest(ARRAY['day', 'month']) kind`,
    [appKey, searchApi],
  );
  expect(await found()).toEqual([`warn quota-low:month:${searchApi}`]);
  await change(
    `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
     VALUES ('often', '*/10 * * * *', 'UTC', '["bags"]', 'skip', 'file', now(), now(), now())`,
  );
  expect(await found()).toEqual([`warn quota-low:day:${searchApi}`, `warn quota-low:month:${searchApi}`]);
  await change('TRUNCATE sync.schedule');
  await change('UPDATE usage.quota_period SET is_assumed_spent = true');
  expect(await found()).toEqual(['act quota-unknown']);
  await change('UPDATE usage.quota_period SET is_assumed_spent = false, granted = 90, unknown = 25');
  expect(await found()).toEqual([expect.stringMatching(`^warn calls-unknown:${searchApi}:20`)]);
  await change('UPDATE usage.quota_period SET unknown = 24');
  expect(await found()).toEqual([]);
});

it('silence is one, unless runs have nothing to ask for', async () => {
  await addAnswer(49);
  await addRun('all', ['bags'], ['succeeded', null, 60]);
  await addRun('all', ['bags'], ['partial_quota', 'quota', 49]);
  expect(await found()).toEqual([]);
  await change("UPDATE usage.api_call SET granted_at = granted_at - interval '2 hours'");
  expect((await observation()).map(({ summary }) => summary)).toEqual([
    '1688 has sent no good answer in the last 31 days.',
  ]);
  await change(
    `INSERT INTO usage.hour_total (hour, app_key, api, state, outcome, is_exempt, calls, timed_calls)
     VALUES ('2026-01-01 00:00Z', $1, 'a', 'committed', 'ok', false, 1, 0),
            (date_trunc('hour', now() - interval '51 hours'), $1, 'a', 'committed', 'ok', false, 1, 0)`,
    [appKey],
  );
  expect((await observation())[0]?.summary).toMatch(
    /^1688 has sent no good answer since 20\d\d-\d\d-\d\d \d\d:00\.$/,
  );
  expect(await observation()).toMatchObject([
    { key: 'no-answers', remedy: expect.stringContaining('Runs end') as string },
  ]);
  await change("UPDATE sync.run SET ended_at = ended_at - interval '2 hours'");
  expect(await observation()).toMatchObject([
    { key: 'no-answers', remedy: expect.stringContaining('cron') as string },
  ]);
  await addRun('all', ['bags'], ['succeeded', null]);
  expect(await found()).toEqual([]);
});

it('tokens are one a week before they end', async () => {
  const keep = `INSERT INTO sync.token (app_key, access_token, refresh_token, refresh_expires_at, updated_at)
    VALUES ($1, '\\x00', '\\x00', now() + $2 * interval '1 day', now())
    ON CONFLICT (app_key) DO UPDATE SET refresh_expires_at = excluded.refresh_expires_at`;
  await change(keep, [appKey, 8]);
  expect(await found()).toEqual([]);
  await change(keep, [appKey, 6]);
  expect(await found()).toEqual(['act log-in']);
});

it('answers that are not loaded are one after a quarter of an hour', async () => {
  await change(
    `INSERT INTO raw.payload (call_id, operation, request, request_hash, observed_at, stored_at, http_status, body, body_bytes, body_sha256)
     VALUES (1, 'offer.detail', '{}', '\\x00', now(), now() - interval '14 minutes', 200, '\\x00', 1, '\\x00')`,
  );
  expect(await found()).toEqual([]);
  await change("UPDATE raw.payload SET stored_at = now() - interval '16 minutes'");
  expect(await found()).toEqual(['act answers-unloaded']);
});

it('fields that answers did not have are one for a day', async () => {
  await change(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
     VALUES ('offer.detail', '$.a', 'unknown', 1, now() - interval '25 hours', now(), 1)`,
  );
  expect(await found()).toEqual([]);
  await change("UPDATE sync.drift SET first_seen_at = now() - interval '23 hours'");
  expect(await observation()).toMatchObject([
    { kind: 'event', key: expect.stringMatching(/^drift:20/) as string },
  ]);
});

it('notifications that do not arrive are one, as long as a process sends them', async () => {
  await change(
    `INSERT INTO sync.notification_delivery (attempts, failing_since, attempted_at, error_code, error)
     VALUES (1, now(), now(), 'NOTIFY_REFUSED', 'the receiver answered HTTP 500')`,
  );
  expect(await found()).toEqual([]);
  await change('UPDATE sync.notification_delivery SET attempts = 2');
  expect(await observation()).toMatchObject([
    {
      key: 'undelivered',
      summary: expect.stringMatching(/`NOTIFY_REFUSED`\): the receiver answered HTTP 500/) as string,
    },
  ]);
  await change("UPDATE sync.notification_delivery SET attempted_at = now() - interval '27 hours'");
  expect(await found()).toEqual([]);
});

const addWorker = (host: string, pid: number | null, [beatAgoS, code]: readonly [number, string | null]) =>
  change(
    `INSERT INTO sync.worker (worker_id, host, pid, started_at, heartbeat_at, failing_code, failing_since)
     VALUES (gen_random_uuid(), $1, $2, now() - interval '1 hour', now() - $3 * interval '1 second', $4,
             CASE WHEN $4::text IS NOT NULL THEN now() - interval '3 minutes' END)`,
    [host, pid, beatAgoS, code],
  );

it('processes that can do no work are one for each code, with its cause and remedy', async () => {
  await addWorker('a', 1, [1, null]);
  await addWorker('a', 2, [1, 'REDIS_UNREACHABLE']);
  await addWorker('b', 3, [1, 'REDIS_UNREACHABLE']);
  const issues = await observation();
  expect(issues).toMatchObject([
    {
      ...{
        id: 'worker-failing',
        key: 'worker-failing:REDIS_UNREACHABLE',
        severity: 'act',
        origin: 'operator',
      },
      ...{ code: 'REDIS_UNREACHABLE', healsItself: true, healsAt: null, since: expect.any(Date) as Date },
      summary: expect.stringMatching(
        /^No work is possible on a, b since .*: `REDIS_UNREACHABLE`\.$/,
      ) as string,
      remedy: expect.stringContaining(findRemedy('REDIS_UNREACHABLE')?.remedy ?? '') as string,
    },
  ]);
});

it('a tick that failed once is no issue: work that fails for ten seconds is', async () => {
  await addWorker('a', 1, [1, 'DATABASE_LOCKED']);
  await change("UPDATE sync.worker SET failing_since = now() - interval '6 seconds'");
  expect(await found()).toEqual([]);
  await change("UPDATE sync.worker SET failing_since = now() - interval '11 seconds'");
  expect(await found()).toEqual(['act worker-failing:DATABASE_LOCKED']);
});

it('a process without a heartbeat was killed, unless another one began on its host, or it is of the release before', async () => {
  await addWorker('a', 1, [29, null]);
  await addWorker('b', null, [3600, null]);
  expect(await found()).toEqual([]);
  await addWorker('c', 3, [31, 'REDIS_UNREACHABLE']);
  const key = `worker-lost:c:3:${await daySince()}`;
  expect(await observation()).toMatchObject([
    { key, kind: 'event', severity: 'warn', origin: 'operator', path: '/workers' },
  ]);
  await addWorker('c', 4, [1, null]);
  await change("UPDATE sync.worker SET started_at = now() - interval '5 seconds' WHERE pid = 4");
  expect(await found()).toEqual([`note ${key}`]);
  await change('UPDATE sync.worker SET is_service = true WHERE pid = 3');
  expect(await found()).toEqual([`warn ${key}`]);
  await change('UPDATE sync.worker SET ended_at = now() WHERE pid = 3');
  expect(await found()).toEqual([]);
});

it('a category that a feed names and 1688 does not have is one, by its feeds', async () => {
  await change(
    'INSERT INTO sync.category_visit (category_id, visited_at) VALUES (999, now()), (54, now()), (998, now())',
  );
  await change(
    "INSERT INTO catalog.category (category_id, path, first_seen_at, call_id) VALUES (54, '54', now(), 1) ON CONFLICT DO NOTHING",
  );
  const { feeds } = parseSyncFile(
    "account: personal\nfeeds: [{ name: bags, categories: ['54', '999'] }, { name: shoes, categories: ['999'] }]\n",
    'test',
  );
  expect(await observation({ feeds })).toMatchObject([
    {
      ...{
        key: 'category-unknown:999',
        origin: 'operator',
        healsItself: false,
        since: expect.any(Date) as Date,
      },
      summary:
        '1688 has no category 999, which catalog-sync.yaml names in bags, shoes: nothing of it is fetched.',
    },
  ]);
  expect(await found()).toEqual([]);
});

it('without an App Key the first thing to do is to set one, but not for the data of a sandbox', async () => {
  expect(await observation({ appKey: '' })).toMatchObject([
    { key: 'setup', severity: 'act', code: 'CREDENTIALS_MISSING', path: '/api-status' },
  ]);
  await change("UPDATE sync.database_identity SET source = 'sandbox'");
  expect(await observation({ appKey: '' })).toEqual([]);
  await change('UPDATE sync.database_identity SET source = NULL');
});

it('an issue says who can end it, since when it is, and whether it passes', async () => {
  await change(
    `INSERT INTO usage.api_hold (api, code, held_at, held_until, probe_after)
     VALUES ('a', 'gw.APIACLDecline', '2026-01-01 00:00Z', NULL, '2099-01-01 00:00Z'),
            ('b', 'GATEWAY_UNREACHABLE', '2026-01-01 00:00Z', '2099-01-02 00:00Z', NULL),
            ('c', 'HELD_BY_HAND', '2026-01-01 00:00Z', NULL, NULL)`,
  );
  const byKey = new Map((await observation()).map((issue) => [issue.key, describeCause(issue)]));
  expect(Object.fromEntries(byKey)).toEqual({
    'hold:a:gw.APIACLDecline':
      'Cause: your settings, servers or permissions, since 2026-01-01 08:00. It can end by itself, from 2099-01-01 08:00 at the earliest.',
    'hold:b:GATEWAY_UNREACHABLE':
      'Cause: the network, since 2026-01-01 08:00. It can end by itself, from 2099-01-02 08:00 at the earliest.',
    'hold:c:HELD_BY_HAND':
      'Cause: your settings, servers or permissions, since 2026-01-01 08:00. It stays until a person acts.',
  });
});
