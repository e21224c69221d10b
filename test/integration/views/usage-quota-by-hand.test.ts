import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStillLedger, type StillLedger } from '../../support/still-ledger.ts';

/* What is left of limits, row by row, at noon of Shanghai of the 25th of November. Times of calls are ages. */

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

/** Limits of every kind, windows that are used in part, and calls around the minute, the hour and the day before now. */
const world = `
  CREATE TEMP TABLE clock ON COMMIT DROP AS SELECT usage.ledger_now() AS noon;
  SET LOCAL TIME ZONE 'Asia/Shanghai';
  INSERT INTO usage.quota_limit (app_key, api, period_kind, reset, call_limit, source, is_assumed, valid_from, created_at)
  SELECT k, a, p, r, n, 'configured', false, '-infinity', '2026-10-01' FROM (VALUES
    ('k', 'a:one:1', 'minute', 'calendar', 8), ('k', 'a:one:1', 'day', 'calendar', 100), ('k', 'a:one:1', 'month', 'calendar', 1000), ('k', 'a:two:1', 'day', 'rolling', 48), ('k', '*', 'day', 'calendar', 200), ('k', '@g', 'day', 'calendar', 150),
    ('k', 'a:three:1', 'second', 'calendar', 3), ('k', 'a:four:1', 'day', 'calendar', 7), ('k', 'a:five:1', 'day', 'calendar', 5), ('k2', 'a:one:1', 'day', 'rolling', 24), ('k2', 'a:six:1', 'minute', 'calendar', 9)) v (k, a, p, r, n);
  INSERT INTO usage.api_group (app_key, name, api) VALUES ('k', '@g', 'a:one:1'), ('k', '@g', 'a:two:1'), ('k', '@h', 'a:three:1'), ('k2', '@g', 'a:six:1');
  INSERT INTO usage.quota_period (period_id, app_key, api, period_kind, starts_at, ends_at, call_limit, granted, refunded, "unknown", external, day_starts_at, used_before_day) OVERRIDING SYSTEM VALUE
  SELECT i, k, a, p, noon + s::interval, noon + e::interval, 1000000, g, r, u, x, noon - interval '12:00', b FROM clock, (VALUES
    (1, 'k', 'a:one:1', 'minute', '0', '1 minute', 8, 1, 0, 0, 0), (2, 'k', 'a:one:1', 'day', '-12:00', '12:00', 51, 3, 2, 5, 0), (3, 'k', 'a:one:1', 'month', '-588:00', '132:00', 988, 0, 4, 0, 980),
    (4, 'k', 'a:two:1', 'day', '-1:00', '0:00', 39, 0, 0, 0, 0), (5, 'k', '*', 'day', '-12:00', '12:00', 184, 0, 0, 0, 0), (6, 'k', '@g', 'day', '-12:00', '12:00', 66, 0, 0, 0, 0), (7, 'k', 'a:five:1', 'day', '-12:00', '12:00', 6, 0, 0, 0, 0),
    (8, 'k2', 'a:six:1', 'minute', '0', '1 minute', 8, 0, 0, 0, 0)) v (i, k, a, p, s, e, g, r, u, x, b);
  INSERT INTO usage.in_flight (call_id, granted_at, app_key, quota_period_ids, send_by)
  SELECT c, noon, 'k', q::bigint[], noon FROM clock, (VALUES (901, '{1,2,3}'), (902, '{2,3}'), (903, '{3}'), (904, '{4,5}')) v (c, q);
  INSERT INTO usage.api_call (call_id, granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids, state, send_at, send_by, outcome)
  SELECT row_number() OVER (), noon - d::interval, k, a, 'o', '{}', sha256(d::bytea), 'refresh', s = 'exempt', '{}', CASE s WHEN 'refunded' THEN s ELSE 'committed' END, noon, noon, CASE s WHEN 'refunded' THEN 'not_sent' ELSE 'ok' END
  FROM clock, (VALUES ('k', 'a:one:1', '30 seconds', 'ok'), ('k', 'a:one:1', '59.999 seconds', 'ok'), ('k', 'a:one:1', '30 seconds', 'exempt'), ('k', 'a:one:1', '30 seconds', 'refunded'), ('k', 'a:one:1', '60 seconds', 'ok'), ('k', 'a:one:1', '00:59:59.999', 'ok'),
    ('k', 'a:one:1', '60 minutes', 'ok'), ('k', 'a:one:1', '2 hours', 'exempt'), ('k', 'a:one:1', '2 hours', 'refunded'), ('k', 'a:one:1', '23:59:59.999', 'ok'), ('k', 'a:one:1', '24 hours', 'ok'), ('k', 'a:two:1', '5 minutes', 'ok'), ('k', 'a:two:1', '6 minutes', 'ok'), ('k', 'a:two:1', '7 minutes', 'ok'),
    ('k', 'a:three:1', '8 minutes', 'ok'), ('k2', 'a:one:1', '9 minutes', 'ok'), ('k2', 'a:six:1', '10 seconds', 'ok')) v (k, a, d, s);
  INSERT INTO usage.api_hold (api, code, held_at, held_until) SELECT a, c, noon - interval '1 hour', noon + u::interval FROM clock, (VALUES ('a:two:1', 'past', '0'), ('a:four:1', 'open', NULL), ('a:one:1', 'own', '0.001 seconds')) v (a, c, u);`;

const ask = (columns: string, after = '') =>
  ledger.read(
    [],
    world + after,
    `SELECT app_key, api, period_kind, ${columns} FROM usage.quota_status ORDER BY app_key, api COLLATE "C", period_kind`,
  );

it('a limit has what is left of it, and ends at the pace of the last minute, hour or day', async () => {
  expect(
    await ask(
      `reset, used, reserved, "unknown", external, remaining, to_char(projected_exhaustion_at, 'DD HH24:MI:SS') AS ends`,
    ),
  ).toEqual([
    // Eight calls an hour of the app: two hours. Seven of the group: twelve, when the day begins again. None is left of a:five.
    ['k', '*', 'day', 'calendar', 184, 1, 0, 0, 16, '25 14:00:00'],
    ['k', '@g', 'day', 'calendar', 66, 0, 0, 0, 84, null],
    ['k', 'a:five:1', 'day', 'calendar', 6, 0, 0, 0, 0, '25 12:00:00'],
    ['k', 'a:four:1', 'day', 'calendar', 0, 0, 0, 0, 7, null],
    // Four an hour, two a minute, six a day.
    ['k', 'a:one:1', 'day', 'calendar', 53, 2, 2, 5, 47, '25 23:45:00'],
    ['k', 'a:one:1', 'minute', 'calendar', 7, 1, 0, 0, 1, '25 12:00:30'],
    ['k', 'a:one:1', 'month', 'calendar', 988, 3, 4, 0, 12, '27 12:00:00'],
    // Three an hour are more than 48 a day; one an hour is all of 24.
    ['k', 'a:two:1', 'day', 'rolling', 39, 1, 0, 0, 9, '25 15:00:00'],
    ['k2', 'a:one:1', 'day', 'rolling', 0, 0, 0, 0, 24, null],
    // The last one of the minute would be granted as it ends.
    ['k2', 'a:six:1', 'minute', 'calendar', 8, 0, 0, 0, 1, null],
  ]);
});

it('what is held until later, or until further notice, can not be spent, the hold of an API before that of all', async () => {
  const all = `INSERT INTO usage.api_hold (api, code, held_at) VALUES ('*', 'all', '2026-11-25 11:30')`;
  const columns = `spendable_now, manual_reserve, used_today, month_share, hold_code, to_char(held_at, 'HH24:MI') AS since`;
  expect(await ask(columns)).toEqual([
    // Of limits, five percent less: ten of 200, seven of 150, none of seven.
    ['k', '*', 'day', 6, 10, null, null, null, null],
    ['k', '@g', 'day', 6, 7, null, null, null, null],
    ['k', 'a:five:1', 'day', 0, 0, null, null, null, null],
    ['k', 'a:four:1', 'day', 0, 0, null, null, 'open', '11:00'],
    ['k', 'a:one:1', 'day', 0, 5, null, null, 'own', '11:00'],
    ['k', 'a:one:1', 'minute', 0, 0, null, null, 'own', '11:00'],
    // A sixth of 20 that were left as the day began, whole.
    ['k', 'a:one:1', 'month', 0, 0, 8, 4, 'own', '11:00'],
    ['k', 'a:two:1', 'day', 6, 2, null, null, null, null],
    // A hold is of the API, whatever the app.
    ['k2', 'a:one:1', 'day', 0, 1, null, null, 'own', '11:00'],
    ['k2', 'a:six:1', 'minute', 1, 0, null, null, null, null],
  ]);
  expect((await ask('hold_code, spendable_now', all)).map((row) => row.slice(1).join(' '))).toEqual([
    '* day all 0',
    '@g day all 0',
    'a:five:1 day all 0',
    'a:four:1 day open 0',
    'a:one:1 day own 0',
    'a:one:1 minute own 0',
    'a:one:1 month own 0',
    'a:two:1 day all 0',
    'a:one:1 day own 0',
    'a:six:1 minute all 0',
  ]);
});
