import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { askAfter } from './ask-after.ts';

/* What calls did, row by row, of days in March. Times are of Shanghai. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Calls of two runs, one of each end; two hours that are totalled, one of which still has a call; limits that came and ended. */
const calls = `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-12 12:30+08' - clock_timestamp();
  INSERT INTO sync.run (run_id, scope, trigger, source, status, feeds, requested_at, started_at, ended_at, forecast) OVERRIDING SYSTEM VALUE VALUES
    (1, 'all', 'cli', 'sandbox', 'succeeded', '["w"]', '2026-03-10 07:00+08', '2026-03-10 07:00+08', '2026-03-10 07:10:01+08', '{"calls": {"offer.detail": 4, "search.keyword": 3, "category": 0, "seller": 2}, "newOffers": 6, "changedOffers": 7, "seconds": 8}'),
    (2, 'all', 'cli', 'sandbox', 'running', '["w"]', '2026-03-12 12:00+08', '2026-03-12 12:00+08', NULL, NULL);
  INSERT INTO usage.api_call (call_id, granted_at, app_key, api, operation, request, request_hash, lane, run_id, is_exempt, quota_period_ids, state, send_at, send_by, outcome,
    latency_ms, response_bytes, rows_loaded, offers_new, offers_completed, offers_changed, prices_changed, stock_changed, prompted_by)
  SELECT c, ('2026-03-' || d || '+08')::timestamptz, k, a, o, '{}', sha256(q::bytea), l, r, e, '{}', s, now(), now(), u, t, b, n, f[1], f[2], f[3], f[4], f[5], p
  FROM (VALUES
    (1, '10 07:05', 'k', 'a:one:1', 'offer.detail', 'A', 'refresh', 1, false, 'committed', 'ok', 100, 10, 1, '{1,0,2,3,1}'::int[], 'row'),
    (2, '10 07:15', 'k', 'a:one:1', 'offer.detail', 'B', 'refresh', 1, false, 'committed', 'ok', 301, 20, 2, '{0,1,1,1,2}', NULL),
    (3, '10 07:25', 'k', 'a:one:1', 'offer.detail', 'B', 'refresh', 1, false, 'committed', 'business_error', 50, 5, 0, NULL, 'due'),
    (4, '10 07:35', 'k', 'a:one:1', 'search.keyword', 'C', 'discovery', 1, false, 'committed', 'gateway_error', NULL, NULL, NULL, NULL, NULL),
    (5, '10 07:36', 'k', 'a:one:1', 'search.keyword', 'D', 'discovery', 1, false, 'committed', 'transport_error', NULL, NULL, NULL, NULL, NULL),
    (6, '10 07:37', 'k', 'a:one:1', 'search.keyword', 'E', 'discovery', 1, false, 'committed', 'invalid_answer', NULL, NULL, NULL, NULL, NULL),
    (7, '10 07:38', 'k', 'a:one:1', 'search.keyword', 'F', 'discovery', 1, false, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL),
    (8, '10 07:39', 'k', 'a:one:1', 'search.keyword', 'G', 'discovery', 1, false, 'refunded', 'not_sent', NULL, NULL, NULL, '{9,9,9,9,9}', NULL),
    (9, '10 07:40', 'k', 'a:one:1', 'search.keyword', 'H', 'discovery', 1, false, 'reserved', NULL, NULL, NULL, NULL, NULL, NULL),
    (10, '10 07:41', 'k', 'a:one:1', 'token', 'I', 'manual', 1, true, 'committed', 'ok', 9, 9, 9, '{8,8,8,8,8}', NULL),
    (11, '10 07:42', 'k', 'a:one:1', 'token', 'J', 'manual', NULL, true, 'refunded', 'not_sent', NULL, NULL, NULL, NULL, NULL),
    (21, '10 07:43', 'k', 'a:one:1', 'token', 'O', 'manual', NULL, true, 'refunded', 'not_sent', NULL, NULL, NULL, NULL, NULL),
    (27, '10 07:43', 'k', 'a:one:1', 'token', 'T', 'manual', NULL, true, 'refunded', 'not_sent', NULL, NULL, NULL, NULL, NULL),
    (22, '10 07:44', 'k', 'a:one:1', 'offer.detail', 'P', 'manual', NULL, true, 'committed', 'ok', NULL, NULL, NULL, '{7,7,7,7,7}', NULL),
    (23, '10 07:45', 'k', 'a:one:2', 'offer.detail', 'Q', 'refresh', 1, false, 'committed', 'ok', NULL, NULL, NULL, '{1,1,0,0,0}', NULL),
    (24, '10 07:46', 'k', 'a:one:2', 'offer.detail', 'R', 'refresh', 1, false, 'committed', 'ok', NULL, NULL, NULL, '{1,0,1,0,0}', NULL),
    (25, '10 07:47', 'k', 'a:one:2', 'offer.detail', 'S', 'refresh', 1, false, 'committed', 'ok', NULL, NULL, NULL, '{1,0,0,1,0}', NULL),
    (12, '10 08:10', 'k', 'a:one:1', 'search.shop', 'K', 'discovery', NULL, false, 'committed', 'ok', 10, 10, 10, '{0,0,0,0,0}', NULL),
    (13, '10 10:00', 'k', 'a:one:1', 'search.shop', 'K', 'discovery', NULL, false, 'committed', 'ok', 20, 30, 3, '{2,0,0,0,0}', NULL),
    (14, '10 10:59:59.999', 'k', 'a:one:1', 'search.shop', 'K', 'discovery', NULL, false, 'committed', 'ok', 40, 30, 3, '{0,0,0,0,0}', NULL),
    (15, '10 23:30', 'k', 'a:one:1', 'offer.detail', 'L', 'refresh', NULL, false, 'committed', 'ok', 40, 30, 3, '{0,0,0,0,4}', 'absence'),
    (16, '11 00:00', 'k', 'a:one:1', 'offer.detail', 'L', 'refresh', NULL, false, 'committed', 'ok', 40, 30, 3, '{0,0,5,0,0}', 'modify_date'),
    (17, '11 01:00', 'k', 'a:one:1', 'offer.detail', 'L', 'refresh', NULL, false, 'committed', 'ok', 40, 30, 3, '{0,0,1,0,0}', 'new'),
    (18, '11 01:30', 'k2', 'a:one:1', 'offer.detail', 'L', 'refresh', NULL, false, 'committed', 'ok', 40, 30, 3, '{0,0,0,1,0}', 'new'),
    (19, '11 02:00', 'k', 'a:one:1', 'category', 'M', 'refresh', NULL, false, 'committed', 'ok', 40, 30, 3, '{0,0,0,0,0}', NULL),
    (20, '12 14:10', 'k', 'a:one:1', 'offer.detail', 'N', 'refresh', 2, false, 'committed', 'ok', 40, 30, 3, '{0,0,0,0,0}', NULL)
  ) v (c, d, k, a, o, q, l, r, e, s, u, t, b, n, f, p);
  INSERT INTO usage.totalled_hour (hour) VALUES ('2026-03-10 06:00+08'), ('2026-03-10 08:00+08');
  INSERT INTO usage.hour_total (hour, app_key, api, state, outcome, is_exempt, lane, calls, timed_calls, total_latency_ms, max_latency_ms, response_bytes, rows_loaded) VALUES
    ('2026-03-10 06:00+08', 'k', 'a:one:1', 'committed', 'ok', false, 'refresh', 2, 2, 50, 30, 11, 4),
    ('2026-03-10 08:00+08', 'k', 'a:one:1', 'committed', 'ok', false, 'refresh', 30, 20, 4000, 900, 111, 44),
    ('2026-03-10 08:00+08', 'k', 'a:one:1', 'committed', 'ok', false, 'discovery', 3, 1, 100, 100, 1, 4),
    ('2026-03-10 09:00+08', 'k', 'a:one:1', 'committed', 'ok', false, 'refresh', 500, 0, NULL, NULL, NULL, NULL);
  INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, valid_from, valid_to, created_at) VALUES
    ('k', 'a:two:1', 'day', 5, 'configured', false, '2026-03-10 09:00+08', '2026-03-10 10:00+08', '2026-03-10 09:00+08'),
    ('k', 'a:two:1', 'day', 6, 'configured', false, '2026-03-10 10:00+08', '2026-03-10 11:00+08', '2026-03-10 10:00+08'),
    ('k', 'a:three:1', 'day', 7, 'configured', false, '2026-03-12 10:30+08', NULL, '2026-03-12 10:30+08'),
    ('k', '*', 'day', 8, 'configured', false, '2026-03-12 10:30+08', NULL, '2026-03-12 10:30+08'), ('k', '@g', 'day', 9, 'configured', false, '2026-03-12 10:30+08', NULL, '2026-03-12 10:30+08');`;

it('an hour counts its calls by state and end, from totals where it has them, while an API has a limit or calls', async () => {
  expect(
    await askAfter(
      db,
      calls,
      `SELECT to_char(hour, 'DD HH24') AS at, app_key, api, calls, reserved, committed, "unknown", refunded, exempt, ok, business_error,
          gateway_error, transport_error, invalid_answer, not_sent, timed_calls, total_latency_ms, average_latency_ms, max_latency_ms,
          response_bytes, rows_loaded
        FROM usage.hourly ORDER BY hour, app_key, api`,
    ),
  ).toEqual([
    ['10 06', 'k', 'a:one:1', 2, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, '50', 25, 30, '11', '4'],
    ['10 07', 'k', 'a:one:1', 10, 1, 8, 1, 4, 2, 4, 1, 1, 1, 1, 4, 4, '460', 115, 301, '44', '12'],
    ['10 07', 'k', 'a:one:2', 3, 0, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, '0', null, null, '0', '0'],
    ['10 08', 'k', 'a:one:1', 33, 0, 33, 0, 0, 0, 33, 0, 0, 0, 0, 0, 21, '4100', 195, 900, '112', '48'],
    ['10 09', 'k', 'a:two:1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', null, null, '0', '0'],
    ['10 10', 'k', 'a:one:1', 2, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, '60', 30, 40, '60', '6'],
    ['10 10', 'k', 'a:two:1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', null, null, '0', '0'],
    ['10 11', 'k', 'a:two:1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', null, null, '0', '0'],
    ['10 23', 'k', 'a:one:1', 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, '40', 40, 40, '30', '3'],
    ['11 00', 'k', 'a:one:1', 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, '40', 40, 40, '30', '3'],
    ['11 01', 'k', 'a:one:1', 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, '40', 40, 40, '30', '3'],
    ['11 01', 'k2', 'a:one:1', 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, '40', 40, 40, '30', '3'],
    ['11 02', 'k', 'a:one:1', 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, '40', 40, 40, '30', '3'],
    ['12 10', 'k', 'a:three:1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', null, null, '0', '0'],
    ['12 11', 'k', 'a:three:1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', null, null, '0', '0'],
    ['12 12', 'k', 'a:three:1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', null, null, '0', '0'],
    ['12 14', 'k', 'a:one:1', 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, '40', 40, 40, '30', '3'],
  ]);
});

it('hours begin with the first call where nothing is totalled', async () => {
  expect(
    await askAfter(
      db,
      `${calls} DELETE FROM usage.totalled_hour`,
      `SELECT to_char(hour, 'DD HH24') AS at, api, calls FROM usage.hourly ORDER BY hour, app_key, api`,
    ),
  ).toEqual([
    ['10 07', 'a:one:1', 10],
    ['10 07', 'a:one:2', 3],
    ['10 08', 'a:one:1', 1],
    ['10 09', 'a:two:1', 0],
    ['10 10', 'a:one:1', 2],
    ['10 10', 'a:two:1', 0],
    ['10 11', 'a:two:1', 0],
    ['10 23', 'a:one:1', 1],
    ['11 00', 'a:one:1', 1],
    ['11 01', 'a:one:1', 1],
    ['11 01', 'a:one:1', 1],
    ['11 02', 'a:one:1', 1],
    ['12 10', 'a:three:1', 0],
    ['12 11', 'a:three:1', 0],
    ['12 12', 'a:three:1', 0],
    ['12 14', 'a:one:1', 1],
  ]);
});

it('hours begin with the first limit where nothing was called', async () => {
  expect(
    await askAfter(
      db,
      `${calls} DELETE FROM usage.totalled_hour; DELETE FROM usage.api_call`,
      `SELECT to_char(hour, 'DD HH24') AS at, api, calls FROM usage.hourly ORDER BY hour, app_key, api`,
    ),
  ).toEqual([
    ['10 09', 'a:two:1', 0],
    ['10 10', 'a:two:1', 0],
    ['10 11', 'a:two:1', 0],
    ['12 10', 'a:three:1', 0],
    ['12 11', 'a:three:1', 0],
    ['12 12', 'a:three:1', 0],
  ]);
});

it('a lane counts its calls by state and end, from totals where an hour has them', async () => {
  expect(
    await askAfter(
      db,
      calls,
      `SELECT to_char(hour, 'DD HH24') AS at, app_key, lane, calls, reserved, ok, failed, "unknown", refunded
        FROM usage.lanes ORDER BY hour, app_key, lane, api`,
    ),
  ).toEqual([
    ['10 06', 'k', 'refresh', 2, 0, 2, 0, 0, 0],
    ['10 07', 'k', 'discovery', 5, 1, 0, 3, 1, 1],
    ['10 07', 'k', 'manual', 2, 0, 2, 0, 0, 3],
    ['10 07', 'k', 'refresh', 3, 0, 2, 1, 0, 0],
    ['10 07', 'k', 'refresh', 3, 0, 3, 0, 0, 0],
    ['10 08', 'k', 'discovery', 3, 0, 3, 0, 0, 0],
    ['10 08', 'k', 'refresh', 30, 0, 30, 0, 0, 0],
    ['10 10', 'k', 'discovery', 2, 0, 2, 0, 0, 0],
    ['10 23', 'k', 'refresh', 1, 0, 1, 0, 0, 0],
    ['11 00', 'k', 'refresh', 1, 0, 1, 0, 0, 0],
    ['11 01', 'k', 'refresh', 1, 0, 1, 0, 0, 0],
    ['11 01', 'k2', 'refresh', 1, 0, 1, 0, 0, 0],
    ['11 02', 'k', 'refresh', 1, 0, 1, 0, 0, 0],
    ['12 14', 'k', 'refresh', 1, 0, 1, 0, 0, 0],
  ]);
});

it('hours of lanes begin with the first call where nothing is totalled', async () => {
  expect(
    await askAfter(
      db,
      `${calls} DELETE FROM usage.totalled_hour`,
      `SELECT to_char(hour, 'DD HH24') AS at, lane, calls FROM usage.lanes ORDER BY hour, api, lane LIMIT 4`,
    ),
  ).toEqual([
    ['10 07', 'discovery', 5],
    ['10 07', 'manual', 2],
    ['10 07', 'refresh', 3],
    ['10 07', 'refresh', 3],
  ]);
});

it('hours of lanes end with the last total where no call is kept', async () => {
  expect(
    await askAfter(
      db,
      `${calls} DELETE FROM usage.api_call`,
      `SELECT to_char(hour, 'DD HH24') AS at, lane, calls FROM usage.lanes ORDER BY hour, app_key, lane, api`,
    ),
  ).toEqual([
    ['10 06', 'refresh', 2],
    ['10 08', 'discovery', 3],
    ['10 08', 'refresh', 30],
  ]);
});

it('calls of a run and day count by what they were made for, each changed offer once', async () => {
  expect(
    await askAfter(
      db,
      calls,
      `SELECT to_char(day, 'DD') AS on_day, run_id, source, calls, offers_new, offers_completed, offers_changed, prices_changed,
          stock_changed, changes, changes_per_100_calls
        FROM analytics.fct_source_yield ORDER BY day, run_id, source`,
    ),
  ).toEqual([
    ['10', '1', 'detail_due', 1, 0, 0, 0, 0, 0, 0, '0.00'],
    ['10', '1', 'detail_prompted', 1, 1, 0, 2, 3, 1, 2, '200.00'],
    ['10', '1', 'detail_unread', 4, 3, 2, 2, 2, 2, 3, '75.00'],
    ['10', '1', 'search', 5, 0, 0, 0, 0, 0, 0, '0.00'],
    ['10', null, 'detail_prompted', 1, 0, 0, 0, 0, 4, 4, '400.00'],
    ['10', null, 'search', 3, 2, 0, 0, 0, 0, 0, '0.00'],
    ['11', null, 'detail_new', 2, 0, 0, 1, 1, 0, 1, '50.00'],
    ['11', null, 'detail_prompted', 1, 0, 0, 5, 0, 0, 5, '500.00'],
    ['12', '2', 'detail_unread', 1, 0, 0, 0, 0, 0, 0, '0.00'],
  ]);
});

it('a call is wasted by its error, by repeating one of the hour before, or without anything new', async () => {
  expect(
    await askAfter(
      db,
      calls,
      `SELECT to_char(day, 'DD') AS on_day, operation, calls, wasted, offers_new, offers_completed, offers_changed, prices_changed,
          business_error, gateway_error, transport_error, invalid_answer, "unknown", repeated, no_yield
        FROM usage.yield ORDER BY day, operation`,
    ),
  ).toEqual([
    ['10', 'offer.detail', 7, 1, 4, 2, 4, 5, 1, 0, 0, 0, 0, 0, 0],
    ['10', 'search.keyword', 5, 4, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0],
    ['10', 'search.shop', 3, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
    ['11', 'category', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ['11', 'offer.detail', 3, 0, 0, 0, 6, 1, 0, 0, 0, 0, 0, 0, 0],
    ['12', 'offer.detail', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  ]);
});

it('a run lasts to its end or to now, and has the calls of its own', async () => {
  expect(
    await askAfter(
      db,
      calls,
      `SELECT run_id, duration_s, attempts, ok, failed, "unknown", refunded, reserved, rows_loaded, response_bytes, average_latency_ms,
          planned_calls, planned_offers_new
        FROM usage.by_run ORDER BY run_id`,
    ),
  ).toEqual([
    ['1', 601, 13, 6, 4, 1, 1, 1, '12', '44', 115, '9', '6'],
    ['2', 1800, 1, 1, 0, 0, 0, 0, '3', '30', 40, null, null],
  ]);
});

it('each call that counts is in one of ok, the failures, unknown and in flight, in every view', async () => {
  const ends = `
    SELECT sync.ensure_partitions('2026-03-01', 1);
    UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-12 12:30+08' - clock_timestamp();
    INSERT INTO sync.run (run_id, scope, trigger, source, status, feeds, requested_at) OVERRIDING SYSTEM VALUE VALUES (1, 'all', 'cli', 'sandbox', 'running', '["w"]', now());
    INSERT INTO usage.api_call (call_id, granted_at, app_key, api, operation, request, request_hash, lane, run_id, is_exempt, quota_period_ids, state, send_at, send_by, outcome)
    SELECT n, '2026-03-12 12:00+08', 'k', 'a:one:1', 'o', '{}', sha256(n::text::bytea), 'refresh', 1, false, '{}', s, now(), now(), u FROM (VALUES
      (1, 'committed', 'ok'), (2, 'committed', 'ok'), (3, 'committed', 'ok'), (4, 'committed', 'ok'), (5, 'unknown', 'transport_error'), (6, 'refunded', 'transport_error')) v (n, s, u);`;
  const failed = 'business_error + gateway_error + transport_error + invalid_answer';
  expect(
    await askAfter(
      db,
      ends,
      `SELECT 'hourly', calls, ok, ${failed} AS failed, "unknown", refunded FROM usage.hourly
        UNION ALL SELECT 'daily', calls, ok, ${failed}, "unknown", refunded FROM usage.daily
        UNION ALL SELECT 'lanes', calls, ok, failed, "unknown", refunded FROM usage.lanes
        UNION ALL SELECT 'by_run', attempts - refunded, ok, failed, "unknown", refunded FROM usage.by_run
        UNION ALL SELECT 'yield', calls, calls - wasted, ${failed}, "unknown", 1 FROM usage.yield`,
    ),
  ).toEqual(['hourly', 'daily', 'lanes', 'by_run', 'yield'].map((view) => [view, 5, 4, 0, 1, 1]));
});

it('what was planned stands beside the calls that count, also where there was one of the two', async () => {
  expect(
    await askAfter(
      db,
      calls,
      `SELECT run_id, operation, api, planned_calls, used_calls, excess_calls
        FROM usage.plan_against_actual ORDER BY run_id, operation`,
    ),
  ).toEqual([
    ['1', 'offer.detail', 'a:one:2', '4', 6, '2'],
    ['1', 'search.keyword', 'a:one:1', '3', 5, '2'],
    ['1', 'seller', null, '2', 0, '-2'],
    ['2', 'offer.detail', 'a:one:1', null, 1, null],
  ]);
});

/** Limits of a day and a month that came, ended and are shared, calls at midnights, and calls of others. */
const months = `
  SELECT sync.ensure_partitions('2026-02-01', 2);
  UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-12 12:30+08' - clock_timestamp();
  INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, valid_from, valid_to, created_at) VALUES
    ('k', 'a:one:1', 'day', 10, 'configured', false, '-infinity', '2026-03-05 12:00+08', '2026-02-27 09:00+08'),
    ('k', 'a:one:1', 'day', 5, 'configured', false, '2026-03-05 12:00+08', NULL, '2026-03-05 12:00+08'),
    ('k', 'a:one:1', 'month', 19, 'configured', false, '-infinity', '2026-03-01 00:00+08', '2026-02-26 09:00+08'),
    ('k', 'a:one:1', 'month', 100, 'configured', false, '2026-03-01 00:00+08', NULL, '2026-03-01 00:00+08'),
    ('k', 'a:one:1', 'minute', 2, 'configured', false, '-infinity', NULL, '2026-02-20 09:00+08'),
    ('k', 'a:two:1', 'day', 1, 'configured', false, '-infinity', NULL, '2026-03-10 23:59:59.999+08'),
    ('k', 'a:four:1', 'month', 3, 'configured', false, '-infinity', '2026-03-06 00:00+08', '2026-02-28 09:00+08'), ('k', 'a:four:1', 'month', 8, 'configured', false, '2026-03-06 00:00+08', NULL, '2026-03-06 00:00+08'),
    ('k', 'a:six:1', 'second', 3, 'configured', false, '-infinity', NULL, '2026-02-28 09:00+08'),
    ('k', '*', 'day', 40, 'configured', false, '-infinity', NULL, '2026-03-11 09:00+08'), ('k', '@g', 'month', 50, 'configured', false, '-infinity', NULL, '2026-03-01 09:00+08'),
    ('k', '@fast', 'second', 50, 'configured', false, '-infinity', NULL, '2026-03-01 09:00+08'),
    ('k2', '@g', 'month', 60, 'configured', false, '-infinity', NULL, '2026-03-01 09:00+08'), ('k2', '@h', 'month', 70, 'configured', false, '-infinity', NULL, '2026-03-01 09:00+08');
  INSERT INTO usage.api_group (app_key, name, api) VALUES ('k', '@g', 'a:one:1'), ('k', '@g', 'a:four:1'), ('k2', '@g', 'a:one:1'), ('k2', '@h', 'a:nine:1'), ('k', '@fast', 'a:one:1'), ('k2', '@g', 'a:seven:1');
  INSERT INTO usage.quota_period (app_key, api, period_kind, starts_at, ends_at, call_limit, external) VALUES
    ('k', 'a:one:1', 'day', '2026-03-01 00:00+08', '2026-03-02 00:00+08', 10, 7), ('k', 'a:one:1', 'day', '2026-03-05 00:00+08', '2026-03-06 00:00+08', 10, 5),
    ('k', 'a:one:1', 'month', '2026-03-01 00:00+08', '2026-04-01 00:00+08', 100, 9), ('k', 'a:one:1', 'day', '2026-02-28 00:00+08', '2026-03-01 00:00+08', 10, 4),
    ('k', 'a:one:1', 'day', '2026-04-01 00:00+08', '2026-04-02 00:00+08', 10, 1000), ('k2', 'a:one:1', 'day', '2026-03-02 00:00+08', '2026-03-03 00:00+08', 10, 3),
    ('k', 'a:two:1', 'day', '2026-03-02 00:00+08', '2026-03-03 00:00+08', 10, 2);
  INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids, state, send_at, send_by, outcome)
  SELECT ('2026-' || d || '+08')::timestamptz, k, a, 'o', '{}', sha256(d::bytea), 'refresh', e, '{}', 'committed', now(), now(), 'ok' FROM (VALUES
    ('02-28 23:59', 'k', 'a:one:1', false), ('03-01 00:00', 'k', 'a:one:1', false), ('03-02 00:00', 'k', 'a:one:1', false), ('03-02 00:01', 'k', 'a:one:1', true),
    ('03-02 00:00', 'k', 'a:four:1', false), ('03-03 00:00', 'k', 'a:four:1', false), ('03-04 00:00', 'k', 'a:four:1', false), ('03-05 00:00', 'k', 'a:four:1', false),
    ('03-02 00:00', 'k2', 'a:one:1', false), ('03-02 00:00', 'k', 'a:five:1', true), ('03-03 00:00', 'k', 'a:seven:1', false), ('03-03 01:00', 'k2', 'a:nine:1', false), ('03-03 02:00', 'k2', 'a:nine:1', false)) v (d, k, a, e);`;

it('a month approves its last limit or the sum of its days, whichever is less, of calls of ours and of others', async () => {
  expect(
    await askAfter(
      db,
      months,
      `SELECT to_char(month, 'MM') AS month, app_key, api, approved_calls, to_char(approved_since, 'MM-DD HH24') AS since, used_calls,
          external_calls, remaining_calls, share_used
        FROM usage.monthly m ORDER BY m.month, app_key, api COLLATE "C"`,
    ),
  ).toEqual([
    ['02', 'k', '*', null, null, 1, 0, null, null],
    ['02', 'k', '@g', null, null, 1, 0, null, null],
    ['02', 'k', 'a:four:1', 3, '02-28 09', 0, 0, 3, '0.0000'],
    ['02', 'k', 'a:one:1', 19, '02-26 09', 5, 4, 14, '0.2632'],
    ['03', 'k', '*', 840, '03-11 09', 7, 0, 833, '0.0083'],
    ['03', 'k', '@g', 50, '03-01 09', 6, 0, 44, '0.1200'],
    ['03', 'k', 'a:four:1', 8, '02-28 09', 4, 0, 4, '0.5000'],
    ['03', 'k', 'a:one:1', 100, '02-27 09', 14, 12, 86, '0.1400'],
    ['03', 'k', 'a:seven:1', null, null, 1, 0, null, null],
    ['03', 'k', 'a:two:1', 22, '03-10 23', 2, 2, 20, '0.0909'],
    ['03', 'k2', '@g', 60, '03-01 09', 1, 0, 59, '0.0167'],
    ['03', 'k2', '@h', 70, '03-01 09', 2, 0, 68, '0.0286'],
    ['03', 'k2', 'a:nine:1', null, null, 2, 0, null, null],
    ['03', 'k2', 'a:one:1', null, null, 4, 3, null, null],
  ]);
});

/** Searches that were read whole, less, more or never, and two that are read in parts, of which some are retired. */
const windows = `
  UPDATE usage.ledger_clock SET "offset" = timestamptz '2026-03-12 12:30+08' - clock_timestamp();
  INSERT INTO sync.search_window (window_id, feed, keyword, price_min_cny, language, parent_window_id, is_split, retired_at, total_records, last_reach, last_new, last_changed, last_outcome, completed_at, full_pass_at, saved_calls, is_splittable) OVERRIDING SYSTEM VALUE
  SELECT w, 'w', k, l, 'en', p, s, ('2026-03-' || r || '+08')::timestamptz, t, a, n, c, o, ('2026-03-' || d || '+08')::timestamptz, ('2026-03-' || f || '+08')::timestamptz, v, true FROM (VALUES
    (1, 'whole', NULL::int, NULL::int, false, NULL, 100, 100, 3, 4, 'complete', '01 09:00', '02 09:00', 5),
    (2, 'less', NULL, NULL, false, NULL, 300, 200, 1, 2, 'truncated', '01 09:00', NULL, 0),
    (3, 'more', NULL, NULL, false, NULL, 100, 101, 1, 2, 'capped', NULL, NULL, 0),
    (4, 'unread', NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0),
    (5, 'over', NULL, NULL, true, NULL, 999, 998, 97, 96, 'split', '09 09:00', '09 10:00', 7),
    (6, 'over', 1, 5, false, NULL, 60, 50, 1, 3, 'complete', '03 09:00', '04 09:00', 2),
    (7, 'over', 2, 5, false, NULL, 70, 70, 2, 5, 'page_repeated', '05 09:00', '06 09:00', 1),
    (8, 'over', 3, 5, false, '07 09:00', 500, NULL, 50, 50, 'capped', '01 09:00', '01 09:00', 4),
    (14, 'over', 4, 5, false, '07 09:00', 500, 7, 50, 50, 'capped', NULL, NULL, 0),
    (15, 'empty', NULL, NULL, false, NULL, 0, 0, 0, 0, 'complete', NULL, NULL, 0),
    (9, 'gone', NULL, NULL, false, '07 09:00', 1, 1, 1, 1, 'complete', NULL, NULL, 0),
    (10, 'half', NULL, NULL, true, NULL, 1, 1, 1, 1, 'split', '09 09:00', '09 10:00', 0),
    (11, 'half', 1, 10, false, NULL, 60, 50, 1, 1, 'capped', '03 09:00', '04 09:00', 0),
    (12, 'half', 2, 10, false, NULL, 80, NULL, NULL, NULL, 'stale', NULL, NULL, 0),
    (13, 'bare', NULL, NULL, true, NULL, 1, 1, 1, 1, 'split', '09 09:00', '09 10:00', 3)
  ) v (w, k, l, p, s, r, t, a, n, c, o, d, f, v);`;

it('a search that is read in parts has the numbers of those that are not retired, once all have them', async () => {
  expect(
    await askAfter(
      db,
      windows,
      `SELECT window_id, parts, troubled_parts, total_records, reach, is_capped, coverage, offers_new, offers_changed, last_outcome,
          saved_calls, to_char(completed_at, 'DD HH24:MI') AS completed, to_char(full_pass_at, 'DD HH24:MI') AS full_pass
        FROM usage.search_coverage ORDER BY window_id`,
    ),
  ).toEqual([
    ['1', 0, 0, 100, 100, false, '1.0000', 3, 4, 'complete', 5, '01 09:00', '02 09:00'],
    ['2', 0, 0, 300, 200, false, '0.6667', 1, 2, 'truncated', 0, '01 09:00', null],
    ['3', 0, 0, 100, 101, true, null, 1, 2, 'capped', 0, null, null],
    ['4', 0, 0, null, null, false, null, null, null, null, 0, null, null],
    ['5', 2, 1, 130, 120, false, '0.9231', 3, 8, 'split', 14, '03 09:00', '04 09:00'],
    ['6', 0, 0, 60, 50, false, '0.8333', 1, 3, 'complete', 2, '03 09:00', '04 09:00'],
    ['7', 0, 0, 70, 70, false, '1.0000', 2, 5, 'page_repeated', 1, '05 09:00', '06 09:00'],
    ['10', 2, 1, null, 50, true, null, 1, 1, 'split', 0, null, null],
    ['11', 0, 0, 60, 50, true, null, 1, 1, 'capped', 0, '03 09:00', '04 09:00'],
    ['12', 0, 0, 80, null, false, null, null, null, 'stale', 0, null, null],
    ['13', 0, 0, null, null, false, null, null, null, 'split', 3, null, null],
    ['15', 0, 0, 0, 0, false, '1.0000', 0, 0, 'complete', 0, null, null],
  ]);
});
