import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHealthStore } from '../../../../src/health/issues/health-store.ts';
import { ensurePartitions } from '../../../../src/db/partitions.ts';
import { createQuotaStore } from '../../../../src/ledger/quota-store.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

const appKey = '1000000';
const { feeds } = parseSyncFile(
  "account: personal\nfeeds: [{ name: bags, categories: ['54', '55'] }, { name: cups, categories: ['55', '56', '57', '0'] }]\n",
  'test',
);

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() =>
  change(
    `TRUNCATE sync.run, sync.schedule, sync.slot, sync.token, sync.drift, sync.notification_delivery, sync.worker,
              sync.category_visit, catalog.category, usage.quota_limit, usage.quota_period, usage.api_call, usage.hour_total,
              raw.payload RESTART IDENTITY CASCADE`,
  ),
);

const change = (sql: string, params: readonly unknown[] = []) => db.pool.query(sql, [...params]);
const read = () => createHealthStore({ pool: db.pool, appKey, feeds }).read();
const state = async () => (await read()).state;
const hoursAgo = (hours: number) => `(clock_timestamp() - interval '${String(hours)} hours')`;

describe('the state', () => {
  it('of a new database is empty', async () => {
    const { now, ...rest } = await state();
    expect(now).toBeInstanceOf(Date);
    expect(rest).toEqual({
      ...{ source: null, logInBy: null, answeredAt: null, firstRunAt: null, lastRunAt: null },
      ...{ lastRunStatus: null, unloaded: 0, unloadedSince: null, newDrifts: 0, newestDriftAt: null },
    });
  });

  const addCall = (granted: string, outcome: string, isExempt = false) =>
    change(
      `INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
                                   state, send_at, send_by, outcome)
       SELECT at, '1', 'a', 'search.keyword', '{}', '\\x00', 'refresh', $2, '{}', 'committed', at, at, $1
       FROM (SELECT ${granted} AS at) t`,
      [outcome, isExempt],
    );
  const ageOf = async () => {
    const { now, answeredAt } = await state();
    return answeredAt && Math.round((now.getTime() - answeredAt.getTime()) / 3_600_000);
  };

  it('has the newest good answer that counts', async () => {
    await addCall(hoursAgo(1), 'gateway_error');
    await addCall(hoursAgo(2), 'ok', true);
    await addCall(hoursAgo(4), 'ok');
    await addCall(hoursAgo(3), 'ok');
    expect(await ageOf()).toBe(3);
  });

  it('has an older one to the hour, of a month at most', async () => {
    await addCall(hoursAgo(52), 'ok');
    const addHour = (age: number, outcome: string, isExempt = false) =>
      change(
        `INSERT INTO usage.hour_total (hour, app_key, api, state, outcome, is_exempt, calls, timed_calls)
         VALUES (date_trunc('hour', ${hoursAgo(age)}), '1', 'a', 'a', $1, $2, 1, 0)`,
        [outcome, isExempt],
      );
    await addHour(31 * 24 + 1, 'ok');
    expect(await ageOf()).toBeNull();
    await addHour(60, 'gateway_error');
    await addHour(65, 'ok', true);
    await addHour(90, 'ok');
    await addHour(80, 'ok');
    const age = (await ageOf()) ?? 0;
    expect([80, 81]).toContain(age);
  });

  it('has the first run that ended, and the newest that ended by itself', async () => {
    const run = (status: string, ended: string) =>
      change(
        `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at, ended_at)
         VALUES (gen_random_uuid()::text, 'test', 'live', $1, '[]', now(), ${ended})`,
        [status],
      );
    await run('running', 'NULL');
    await run('succeeded', "'2026-01-03'");
    await run('partial_quota', "'2026-01-02'");
    await run('failed', "'2026-01-01'");
    await run('cancelled', "'2026-01-04'");
    await run('running', 'NULL');
    expect(await state()).toMatchObject({
      ...{ firstRunAt: new Date('2026-01-03'), lastRunAt: new Date('2026-01-01'), lastRunStatus: 'failed' },
    });
  });

  it('has answers that are not loaded, fields of a day, and when tokens end', async () => {
    await change(
      `INSERT INTO raw.payload (call_id, operation, request, request_hash, observed_at, stored_at, http_status, body, body_bytes,
                                body_sha256, loaded_at)
       SELECT n, 'offer.detail', '{}', '\\x00', now(), date_trunc('month', now()) + n * interval '1 hour', 200, '\\x00', 1, '\\x00',
              CASE n WHEN 1 THEN now() END FROM generate_series(1, 3) n`,
    );
    await change(
      `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
       SELECT 'offer.detail', n::text, 'unknown', 1, ${hoursAgo(0)} - n * interval '11 hours', now(), 1 FROM generate_series(1, 3) n`,
    );
    const { rows } = await change("SELECT date_trunc('month', now()) + interval '2 hours' AS at");
    const { now, newestDriftAt, ...found } = await state();
    expect(found).toMatchObject({ unloaded: 2, unloadedSince: (rows[0] as { at: Date }).at, newDrifts: 2 });
    expect(Math.round((now.getTime() - (newestDriftAt?.getTime() ?? 0)) / 3_600_000)).toBe(11);
    const keep = (key: string, access: string, refresh: string | null) =>
      change(
        `INSERT INTO sync.token (app_key, access_token, access_expires_at, refresh_expires_at, updated_at)
         VALUES ($1, '\\x00', $2, $3, now()) ON CONFLICT (app_key) DO UPDATE SET refresh_expires_at = excluded.refresh_expires_at`,
        [key, access, refresh],
      );
    await keep('another', '2026-03-03', null);
    await keep(appKey, '2026-01-01', null);
    expect((await state()).logInBy).toEqual(new Date('2026-01-01T00:00:00Z'));
    await keep(appKey, '2026-01-01', '2026-02-02');
    expect((await state()).logInBy).toEqual(new Date('2026-02-02T00:00:00Z'));
    // One of ALIBABA_REFRESH_TOKEN, whose end no answer has said: it still renews the access token.
    await keep(appKey, '2026-01-01', null);
    await change("UPDATE sync.token SET refresh_token = '\\x00'");
    expect((await state()).logInBy).toBeNull();
    await keep(appKey, '2026-01-01', '2026-02-02');
    const selfUse = createHealthStore({ pool: db.pool, appKey, feeds, isSelfUse: true });
    expect((await selfUse.read()).state.logInBy).toBeNull();
  });
});

describe('runs that went wrong', () => {
  const addRun = (scope: string, status: string, ended: string, runFeeds: readonly string[] = [scope]) =>
    change(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, requested_at, started_at, ended_at, errors, postponed, next_try_at,
                             cause, last_error_code)
       VALUES ($1, 'test', 'live', $2, $3, clock_timestamp(), now(), ${ended}, 2, 3, '2099-01-01', 'C', 'E')`,
      [scope, status, JSON.stringify(runFeeds)],
    );
  const scopes = async () => (await read()).runs.map(({ scope }) => scope);

  it('are those of a week, the newest first, with what is known of them', async () => {
    await addRun('a', 'failed', hoursAgo(1));
    await addRun('b', 'partial_error', hoursAgo(7 * 24 - 1));
    await addRun('c', 'failed', hoursAgo(7 * 24 + 1));
    await addRun('d', 'succeeded', hoursAgo(1));
    await addRun('e', 'partial_quota', hoursAgo(1));
    expect(await scopes()).toEqual(['b', 'a']);
    expect((await read()).runs[0]).toMatchObject({
      ...{ runId: '2', scope: 'b', status: 'partial_error', cause: 'C', lastErrorCode: 'E', errors: 2 },
      ...{ postponed: 3, nextTryAt: new Date('2099-01-01T00:00:00Z') },
    });
  });

  it('are over when a later run of all their feeds has ended by itself', async () => {
    await addRun('both', 'failed', hoursAgo(1), ['a', 'b']);
    await addRun('one', 'succeeded', hoursAgo(1), ['a']);
    await addRun('stopped', 'cancelled', hoursAgo(1), ['a', 'b']);
    await addRun('active', 'running', 'NULL', ['a', 'b']);
    await change("UPDATE sync.run SET heartbeat_at = clock_timestamp() WHERE scope = 'active'");
    expect(await scopes()).toEqual(['both']);
    await addRun('all', 'failed', hoursAgo(1), ['a', 'b', 'c']);
    expect(await scopes()).toEqual(['all']);
  });

  it('are over when a later run of all feeds has ended, also of feeds that the sync file no longer has', async () => {
    await addRun('all', 'failed', hoursAgo(2), ['a', 'b']);
    await addRun('feed:b', 'failed', hoursAgo(2), ['b']);
    await addRun('feed:a', 'failed', hoursAgo(2), ['a']);
    await addRun('all', 'failed', hoursAgo(1), ['a']);
    expect((await read()).runs.map(({ runId }) => runId)).toEqual(['4']);
    await addRun('all', 'succeeded', hoursAgo(1), ['a']);
    expect(await scopes()).toEqual([]);
  });

  it('are not over when a run of all feeds of another sync file has ended, which takes turns with theirs', async () => {
    const addOf = async (file: string, status: string, runFeeds: readonly string[]) => {
      await addRun('all', status, hoursAgo(1), runFeeds);
      await change(
        'UPDATE sync.run SET sync_file_hash = $1 WHERE run_id = (SELECT max(run_id) FROM sync.run)',
        [file],
      );
    };
    const ids = async () => (await read()).runs.map(({ runId }) => runId);
    await addOf('one', 'succeeded', ['a']);
    await addOf('other', 'succeeded', ['b']);
    await addOf('one', 'failed', ['a']);
    await addOf('other', 'succeeded', ['b']);
    expect(await ids()).toEqual(['3']);
    // A feed is added, and taken away again: its run went wrong, and no later one can be of it.
    await addOf('longer', 'failed', ['a', 'c']);
    expect(await ids()).toEqual(['5']);
    await addOf('one', 'succeeded', ['a']);
    expect(await ids()).toEqual([]);
  });

  it('are not over by a run before them', async () => {
    await addRun('before', 'succeeded', hoursAgo(1), ['a']);
    await addRun('after', 'failed', hoursAgo(2), ['a']);
    expect(await scopes()).toEqual(['after']);
  });

  it('are also those that are active, without a process for half a minute', async () => {
    for (const scope of ['new', 'driven', 'silent', 'unheard']) await addRun(scope, 'running', 'NULL');
    await change(
      `UPDATE sync.run SET requested_at = clock_timestamp() - CASE scope WHEN 'new' THEN 0 ELSE 60 END * interval '1 second',
              heartbeat_at = clock_timestamp() - CASE scope WHEN 'driven' THEN 0 WHEN 'silent' THEN 35 END * interval '1 second'`,
    );
    expect(await scopes()).toEqual(['unheard', 'silent']);
  });

  it('are looked for in the newest two hundred', async () => {
    await addRun('old', 'failed', hoursAgo(1), ['x']);
    await change(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, ended_at)
       SELECT n::text, 'test', 'live', 'succeeded', '["y"]', now() FROM generate_series(1, 199) n`,
    );
    expect(await scopes()).toEqual(['old']);
    await addRun('more', 'succeeded', hoursAgo(1), ['y']);
    expect(await scopes()).toEqual([]);
  });
});

describe('processes', () => {
  const addWorker = (host: string, pid: number | null, beat: number, parts = '') =>
    change(
      `INSERT INTO sync.worker (worker_id, host, pid, started_at, heartbeat_at)
       VALUES (gen_random_uuid(), $1, $2, clock_timestamp() - interval '1 hour', clock_timestamp() - $3 * interval '1 second')`,
      [host, pid, beat],
    ).then(() =>
      parts === ''
        ? null
        : change(`UPDATE sync.worker SET ${parts} WHERE host = $1 AND pid = $2`, [host, pid]),
    );
  const lines = async () =>
    (await read()).workers.map(
      ({ host, pid, code, isReplaced }) => `${host} ${String(pid)} ${code ?? 'lost'} ${String(isReplaced)}`,
    );
  const failing = (code: string, seconds: number) =>
    `failing_code = '${code}', failing_since = clock_timestamp() - interval '${String(seconds)} seconds'`;

  it('that are lost or fail come in the order of time, host and number', async () => {
    await addWorker('b', 2, 40);
    await addWorker('a', 9, 100);
    await addWorker('c', 1, 0, failing('X', 60));
    await addWorker('d', 1, 0);
    await addWorker('e', 1, 50, failing('X', 90));
    expect(await lines()).toEqual(['a 9 lost false', 'c 1 X false', 'e 1 lost false', 'b 2 lost false']);
    await change("UPDATE sync.worker SET heartbeat_at = '2026-01-01'");
    await addWorker('a', 3, 0);
    await change("UPDATE sync.worker SET heartbeat_at = '2026-01-01'");
    expect((await lines()).map((line) => line.slice(0, 3))).toEqual([
      'a 3',
      'a 9',
      'b 2',
      'c 1',
      'd 1',
      'e 1',
    ]);
  });

  it('that ended, or do not say their number, are left out', async () => {
    await addWorker('a', 1, 100, 'ended_at = now()');
    await addWorker('b', null, 100);
    await addWorker('c', 1, 0, `ended_at = now(), ${failing('X', 60)}`);
    expect(await lines()).toEqual([]);
  });

  it('are replaced by one of their host that began since, and does no less', async () => {
    await addWorker('a', 1, 100);
    await addWorker('b', 2, 0, 'started_at = clock_timestamp()');
    expect(await lines()).toEqual(['a 1 lost false']);
    await addWorker('a', 2, 0);
    expect(await lines()).toEqual(['a 1 lost false']);
    await change(
      "UPDATE sync.worker SET started_at = (SELECT min(heartbeat_at) FROM sync.worker) WHERE host = 'a' AND pid = 2",
    );
    expect(await lines()).toEqual(['a 1 lost false']);
    await change("UPDATE sync.worker SET started_at = clock_timestamp() WHERE host = 'a' AND pid = 2");
    expect(await lines()).toEqual(['a 1 lost true']);
    await change("UPDATE sync.worker SET is_service = true WHERE host = 'a'");
    expect(await lines()).toEqual(['a 1 lost true']);
    await change("UPDATE sync.worker SET is_service = false WHERE host = 'a' AND pid = 2");
    expect(await lines()).toEqual(['a 1 lost false']);
    await change("UPDATE sync.worker SET is_service = (pid = 2) WHERE host = 'a'");
    expect(await lines()).toEqual(['a 1 lost true']);
  });
});

describe('slots that were missed', () => {
  const missed = async () =>
    (await read()).missed.map(({ schedule, missed: slots }) => `${schedule} ${String(slots)}`);

  it('are those that were decided within a day, of a week back', async () => {
    await change(
      `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
       SELECT name, '0 0 1 1 *', 'UTC', '["bags"]', 'skip', 'file', now(), now(), now() FROM unnest(ARRAY['b', 'a', 'c']) name`,
    );
    await change(
      `INSERT INTO sync.slot (schedule, slot_at, outcome, decided_at)
       SELECT name, now() - age * interval '1 hour', outcome, now() - decided * interval '1 hour'
       FROM (VALUES ('b', 1, 'missed', 1), ('b', 2, 'missed', 23), ('b', 3, 'skipped', 1), ('b', 4, 'missed', 25),
                    ('a', 191, 'missed', 1), ('a', 193, 'missed', 1), ('c', 1, 'skipped', 1)) AS v (name, age, outcome, decided)`,
    );
    expect(await missed()).toEqual(['a 1', 'b 2']);
    const { rows } = await change(
      "SELECT max(slot_at) AS at FROM sync.slot WHERE schedule = 'b' AND outcome = 'missed'",
    );
    expect((await read()).missed[1]?.newestAt).toEqual((rows[0] as { at: Date }).at);
  });
});

describe('limits', () => {
  it('are those of this app by day and month, each once, in the order of API and period', async () => {
    const limits: readonly (readonly [string, string, string])[] = [
      [appKey, 'b', 'month'],
      [appKey, 'b', 'day'],
      [appKey, 'a', 'day'],
      [appKey, 'a', 'second'],
      [appKey, '*', 'day'],
      ['another', 'c', 'day'],
    ];
    for (const [key, api, kind] of limits)
      await change(
        `INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, reset, valid_from, created_at)
         VALUES ($1, $2, $3, 100, 'configured', false, 'rolling', now() - interval '90 days', now())`,
        [key, api, kind],
      );
    await change(
      `INSERT INTO usage.quota_period (app_key, api, period_kind, starts_at, ends_at, call_limit, granted, unknown)
       VALUES ($1, 'b', 'day', date_trunc('hour', now()), date_trunc('hour', now()) + interval '1 hour', 100, 9, 4)`,
      [appKey],
    );
    const found = (await read()).limits;
    expect(found.map(({ api, period }) => `${api} ${period}`)).toEqual([
      '* day',
      'a day',
      'b day',
      'b month',
    ]);
    expect(found[2]).toMatchObject({ callLimit: 100, used: 9, unknown: 4, isAssumedSpent: false });
  });
});

describe('categories', () => {
  it('that feeds name and 1688 does not have are those that it was asked for', async () => {
    await change(
      `INSERT INTO sync.category_visit (category_id, visited_at)
       VALUES (0, now()), (57, now()), (54, now()), (55, '2026-01-01'), (56, NULL), (99, now())`,
    );
    await change(
      "INSERT INTO catalog.category (category_id, path, first_seen_at, call_id) VALUES (54, '54', now(), 1)",
    );
    expect((await read()).unknownCategories).toMatchObject([
      { categoryId: '55', seenAt: new Date('2026-01-01T00:00:00Z'), feeds: ['bags', 'cups'] },
      { categoryId: '57', feeds: ['cups'] },
    ]);
  });
});

describe('a missing partition', () => {
  it('is one of the date in one week, by the clock of the ledger', async () => {
    await ensurePartitions(db.pool, new Date('2033-01-15T00:00:00Z'));
    await change("UPDATE sync.database_identity SET source = 'sandbox'");
    const quota = createQuotaStore({ pool: db.pool });
    const gapsAt = async (time: string) => {
      await quota.setLedgerOffset(0);
      const { now } = await state();
      await quota.setLedgerOffset(new Date(time).getTime() - now.getTime());
      return (await read()).partitionGaps;
    };
    await change('DROP TABLE raw.payload_2033_02');
    expect(await gapsAt('2033-01-23T00:00:00Z')).toEqual([]);
    expect(await gapsAt('2033-01-26T00:00:00Z')).toEqual(['raw.payload']);
    await quota.setLedgerOffset(0);
    await change('UPDATE sync.database_identity SET source = NULL');
  });
});
