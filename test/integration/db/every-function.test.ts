import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/*
 * Each function of `migrations/functions` is called here at least once, with its result, in a transaction of its own that
 * is rolled back. How they behave in full is tested where they are used; a function without a case here fails.
 */

const folder = new URL('../../../migrations/functions/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));

/** Noon of 15 June 2031 in Shanghai; an app with 100 calls a day and 10 a second, and a run. */
const world = `
UPDATE usage.ledger_clock SET "offset" = timestamptz '2031-06-15 04:00:00+00' - clock_timestamp();
SELECT sync.ensure_partitions('2031-06-15 04:00:00+00', 0);
INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, valid_from, created_at)
VALUES ('app', 'api', 'day', 100, 'configured', false, '2031-01-01', '2031-01-01'),
       ('app', '*', 'second', 10, 'configured', false, '2031-01-01', '2031-01-01');
INSERT INTO sync.run (scope, trigger, source, feeds, budget_calls) VALUES ('all', 'test', 'sandbox', '[]', 50);
INSERT INTO catalog.offer (offer_id, state, subject, unit, quote_type, min_order_quantity, changed_at, call_id)
VALUES (7, 'listed', '红色水杯', '件', 0, 1, '2031-06-10', 1);
INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
VALUES (7, 'list', 1, 9.5, '2031-06-10', 1);
INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, min_price_cny, loaded_at)
VALUES (7, '2031-06-15 01:00:00+00', 'detail', 1, true, false, 9.5, '2031-06-15 01:00:00+00');
`;

const reserve = `SELECT r.* FROM usage.reserve('app', 'api', 'offer.detail', '{}', '\\x01', 'manual',
  (SELECT max(run_id) FROM sync.run), 'job', NULL, '0', '5 seconds', '1 minute', false, NULL) r`;
const oneCall = `CREATE TEMP TABLE granted ON COMMIT DROP AS ${reserve}`;
const period = `INSERT INTO usage.quota_period (app_key, api, period_kind, starts_at, ends_at, call_limit, granted)
  VALUES ('app', 'api', 'day', '2031-06-14 16:00:00+00', '2031-06-15 16:00:00+00', 100,`;
const noon = `timestamptz '2031-06-15 04:00:00+00'`;

interface Case {
  /** What is done before. */
  readonly before?: string;
  /** One row with one column, `result`: of a call of the function, or of what a trigger did. */
  readonly call: string;
  readonly gives: unknown;
}

/** By the name of the file. */
const cases: Readonly<Record<string, Case>> = {
  'analytics-average-prices.sql': {
    call: `SELECT average_cny AS result FROM analytics.average_prices(${noon} - interval '1 day')`,
    gives: '9.5000',
  },
  'analytics-change-rates.sql': {
    before: `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, stock, loaded_at)
      VALUES (7, '2031-06-13 01:00:00+00', 'detail', 2, true, false, 5, now()),
             (7, '2031-06-14 01:00:00+00', 'detail', 3, true, false, 4, now())`,
    call: `SELECT ARRAY[pairs, changes] AS result FROM analytics.change_rates() WHERE category_id IS NULL AND figure = 'stock'`,
    gives: ['2', '1'],
  },
  'analytics-chance-held.sql': {
    call: 'SELECT analytics.chance_held(2, 10, 10) AS result',
    gives: 0.25,
  },
  'analytics-lowest-price.sql': {
    call: 'SELECT concat_ws($$ $$, price_cny, reason) AS result FROM analytics.lowest_price(7, days => 1)',
    gives: '9.5000',
  },
  'analytics-price-as-of.sql': {
    call: `SELECT amount_cny AS result FROM analytics.price_as_of(${noon}) WHERE offer_id = 7`,
    gives: '9.5000',
  },
  'analytics-price-at.sql': {
    call: 'SELECT total_cny AS result FROM analytics.price_at(7, quantity => 2)',
    gives: '19.0000',
  },
  'analytics-price-index.sql': {
    before: `UPDATE catalog.price SET valid_from = '2031-06-15 01:00:00+00', amount_cny = 10;
      INSERT INTO catalog.price_history (offer_id, kind, min_quantity, valid_from, valid_to, amount_cny, next_amount_cny, call_id, closed_by_call_id)
      VALUES (7, 'list', 1, '2031-06-10', '2031-06-15 01:00:00+00', 9.5, 10, 1, 1)`,
    call: `SELECT ARRAY[carried_points, offers, changed_pairs] AS result FROM analytics.price_index(1)`,
    gives: [105.263, 1, 1],
  },
  'analytics-price-list-at.sql': {
    call: 'SELECT effective_price_cny AS result FROM analytics.price_list_at(2)',
    gives: '9.5000',
  },
  'analytics-search-offers.sql': {
    call: `SELECT offer_id AS result FROM analytics.search_offers('水杯')`,
    gives: '7',
  },
  'catalog-bigrams.sql': {
    call: `SELECT catalog.bigrams('水杯 ab') AS result`,
    gives: ['水', '杯', '水杯', 'ab'],
  },
  'catalog-note-deleted.sql': {
    before: `SET LOCAL TimeZone = 'Asia/Shanghai';
      INSERT INTO catalog.seller_history (seller_id, valid_from, call_id) VALUES ('店', '2031-06-10 08:00:00+08', 1);
      DELETE FROM catalog.seller_history`,
    call: `SELECT ARRAY[fact, key ->> 'seller_hash', key ->> 'valid_from', key ->> 'call_id'] AS result FROM catalog.deleted_row`,
    gives: [
      'seller_history',
      'aaded36a83022ef18af29e2b7a071df36cb61067799cc6f6f7a7327768cede6f',
      '2031-06-10T00:00:00+00:00',
      '1',
    ],
  },
  'catalog-name-paths.sql': {
    before: `INSERT INTO catalog.category (category_id, path, name_zh, first_seen_at, call_id) VALUES (1, '1', '包', now(), 1);
      INSERT INTO catalog.category (category_id, parent_id, path, name_zh, first_seen_at, call_id) VALUES (2, 1, '1/2', NULL, now(), 1);
      UPDATE catalog.category SET name_zh = '箱包', name_translated = 'Bags' WHERE category_id = 1`,
    call: 'SELECT ARRAY[path_names_zh, path_names_translated] AS result FROM catalog.category WHERE category_id = 2',
    gives: ['箱包 > 2', 'Bags > 2'],
  },
  'catalog-search-text.sql': { call: `SELECT catalog.search_text('Ａ1', 'Cup') AS result`, gives: 'a1\ncup' },
  'sync-app-fingerprint.sql': {
    call: `SELECT sync.app_fingerprint('1234567') AS result`,
    gives: createHash('sha256').update('catalog-sync app 1234567').digest('hex').slice(0, 16),
  },
  'sync-removed-feeds.sql': {
    before: `INSERT INTO sync.run (scope, trigger, source, status, feeds, ended_at)
      VALUES ('feed:old', 'test', 'sandbox', 'failed', '["old"]', now()), ('all', 'test', 'sandbox', 'succeeded', '["new"]', now())`,
    call: 'SELECT sync.removed_feeds() AS result',
    gives: ['old'],
  },
  'sync-ensure-partitions.sql': {
    call: `SELECT array_agg(name ORDER BY name) AS result FROM sync.ensure_partitions('2032-01-31', 0) name`,
    gives: [
      'catalog.observation_2032_01',
      'catalog.search_hit_2032_01',
      'raw.payload_2032_01',
      'usage.api_call_2032_01',
    ],
  },
  'sync-grant-readers.sql': {
    before: `REVOKE ALL ON analytics.clock FROM catalog_analyst; SELECT sync.grant_readers()`,
    call: `SELECT has_table_privilege('catalog_analyst', 'analytics.clock', 'SELECT') AS result`,
    gives: true,
  },
  'sync-lock-table.sql': {
    call: `SELECT sync.lock_table('sync.erased_seller', 'ROW SHARE', 0) AS result`,
    gives: true,
  },
  'sync-refuse-lock.sql': {
    before: `CREATE TEMP TABLE refused (code text) ON COMMIT DROP;
      DO $body$ BEGIN PERFORM sync.refuse_lock('tick', '{}');
      EXCEPTION WHEN lock_not_available THEN INSERT INTO refused VALUES (SQLERRM); END $body$`,
    call: 'SELECT code AS result FROM refused',
    gives: 'the lock tick was not free in time',
  },
  'usage-check-epoch.sql': {
    before: `UPDATE usage.ledger_epoch SET epoch = 'another'; SELECT usage.check_epoch()`,
    call: `SELECT external AS result FROM usage.quota_period WHERE api = 'api' AND is_assumed_spent`,
    gives: 100,
  },
  'usage-current-epoch.sql': {
    call: `SELECT usage.current_epoch() ~ '^[0-9]*/[0-9A-F]{8}/[0-9]+$' AS result`,
    gives: true,
  },
  'usage-declared-pace.sql': {
    call: `SELECT round(usage.declared_pace('app', 'api', ${noon})::numeric, 2) AS result`,
    // 10 a second over 1.24.
    gives: '8.06',
  },
  'usage-count-failure.sql': {
    before: `SELECT count(usage.count_failure('app', 'api', ${noon}, ${noon}, 'GATEWAY_UNAVAILABLE')) FROM generate_series(1, 4)`,
    call: `SELECT ARRAY[failures, extract(epoch FROM pause)::int] AS result FROM usage.backoff`,
    gives: [4, 0],
  },
  'usage-first-pause.sql': {
    call: `SELECT usage.first_pause() = interval '2 seconds' AS result`,
    gives: true,
  },
  'usage-forget-total.sql': {
    before: `INSERT INTO usage.totalled_hour VALUES ('2031-06-15 00:00:00+00'), ('2031-06-15 01:00:00+00');
      INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt,
        quota_period_ids, send_at, send_by)
      VALUES ('2031-06-15 00:30:00+00', 'app', 'api', 'offer.detail', '{}', '\\x01', 'manual', false, '{}', now(), now())`,
    call: `SELECT array_agg(extract(hour FROM hour AT TIME ZONE 'UTC')::int) AS result FROM usage.totalled_hour`,
    gives: [1],
  },
  'usage-is-proven.sql': {
    before: `INSERT INTO sync.api_permission (app_key, api, observed) VALUES ('app', 'api', 'allowed')`,
    call: `SELECT ARRAY[usage.is_proven('app', 'api'), usage.is_proven('app', 'other')] AS result`,
    gives: [true, false],
  },
  'usage-ledger-now.sql': {
    call: `SELECT usage.ledger_now() - ${noon} < interval '1 minute' AS result`,
    gives: true,
  },
  'usage-limits-in-effect.sql': {
    call: `SELECT array_agg(concat_ws(' ', api, period_kind, call_limit) ORDER BY api) AS result
      FROM usage.limits_in_effect('app', 'api', ${noon})`,
    gives: ['* second 10', 'api day 100'],
  },
  'usage-lock-app.sql': {
    before: `SELECT usage.lock_app('app')`,
    call: `SELECT mode AS result FROM pg_locks WHERE relation = 'sync.ledger_lock'::regclass AND pid = pg_backend_pid()`,
    gives: 'ShareUpdateExclusiveLock',
  },
  'usage-lower-pace.sql': {
    before: `SELECT usage.lower_pace('app', 'api', 1, ${noon}, ${noon})`,
    call: `SELECT round((found_per_second / usage.declared_pace('app', 'api', ${noon}))::numeric, 2) AS result
      FROM usage.pace WHERE api = 'api'`,
    gives: '0.97',
  },
  'usage-mark-sent.sql': {
    before: oneCall,
    call: 'SELECT ARRAY[usage.mark_sent(call_id), usage.mark_sent(call_id)] AS result FROM granted',
    gives: [true, false],
  },
  'usage-need-partition.sql': {
    before: `SELECT usage.need_partition('usage.api_call', '2033-03-01')`,
    call: `SELECT to_regclass('usage.api_call_2033_03')::text AS result`,
    gives: 'usage.api_call_2033_03',
  },
  'usage-next-day.sql': {
    call: `SELECT usage.next_day('app', 'api', ${noon}) AS result`,
    gives: new Date('2031-06-15T16:00:00Z'),
  },
  'usage-observe.sql': {
    before: `SELECT usage.observe('app', 'api', 1, ${noon}, 'denied', 'gw.APIACLDecline')`,
    call: `SELECT h.code || ' ' || p.observed AS result
      FROM usage.api_hold h JOIN sync.api_permission p USING (api)`,
    gives: 'gw.APIACLDecline denied',
  },
  'usage-observe-token.sql': {
    before: `SELECT usage.observe_token('app', '\\x01', 1, ${noon}, true)`,
    call: 'SELECT is_refused AS result FROM usage.access_token',
    gives: true,
  },
  'usage-pace-slack.sql': { call: 'SELECT usage.pace_slack() AS result', gives: 1.24 },
  'usage-pace-step.sql': { call: 'SELECT usage.pace_step() AS result', gives: 0.03 },
  'usage-probe-wait.sql': {
    call: `SELECT array_agg(usage.probe_wait(${noon} - held, ${noon})::text) AS result
      FROM unnest(ARRAY[interval '1 minute', '3 hours', '2 days']) held`,
    gives: ['01:00:00', '03:00:00', '08:00:00'],
  },
  'usage-periods-touched.sql': {
    call: `SELECT starts_at AS result FROM usage.periods_touched('day', 'calendar', 'Asia/Shanghai', ${noon}, ${noon})`,
    gives: new Date('2031-06-14T16:00:00Z'),
  },
  'usage-quota-periods.sql': {
    before: `${period} 3)`,
    call: `SELECT concat_ws('/', used, call_limit) AS result FROM usage.quota_periods('app', 'api', ${noon}, ${noon})`,
    gives: '3/100',
  },
  'usage-raise-pace.sql': {
    before: `INSERT INTO usage.pace (app_key, api, next_slot_at, found_per_second, raise_after, calls_since)
      VALUES ('app', 'api', ${noon}, 2, ${noon}, 40), ('app', '*', ${noon}, 3, ${noon}, 39);
      SELECT usage.raise_pace('app', 'api', ${noon})`,
    call: 'SELECT array_agg(round(found_per_second::numeric, 2)::text ORDER BY api) AS result FROM usage.pace',
    gives: ['3.00', '2.06'],
  },
  'usage-reconcile.sql': {
    before: `${period} 3)`,
    call: `SELECT ARRAY[usage.reconcile('app', 'api', 'day', 40), usage.reconcile('app', 'api', 'month', 1)] AS result`,
    gives: [40, null],
  },
  'usage-record-external.sql': {
    before: `SELECT usage.record_external('app', 'api', 5)`,
    call: `SELECT external AS result FROM usage.quota_period`,
    gives: 5,
  },
  'usage-recount.sql': {
    before: `${period} 3);
      SELECT usage.recount('app', max(run_id), (SELECT array_agg(period_id) FROM usage.quota_period), 1, 2) FROM sync.run`,
    call: `SELECT ARRAY[refunded, unknown] AS result FROM usage.quota_period`,
    gives: [1, 2],
  },
  'usage-refuse-overdraft.sql': {
    before: `CREATE FUNCTION pg_temp.try() RETURNS text LANGUAGE plpgsql AS $$
      BEGIN ${period} 101); RETURN 'granted'; EXCEPTION WHEN check_violation THEN RETURN SQLERRM; END $$`,
    call: 'SELECT pg_temp.try() AS result',
    gives: 'a grant beyond the limit of 100 calls a day was refused for api',
  },
  'usage-refusing-period.sql': {
    before: `${period} 100)`,
    call: `SELECT period_kind AS result FROM usage.refusing_period('app', 'api', 'manual', ${noon}, ${noon}, ${noon})`,
    gives: 'day',
  },
  'usage-reserve.sql': {
    call: reserve
      .replace('r.*', `concat_ws(' ', kind, send_after_ms) AS result`)
      .replace('NULL) r', `'\\x02') r`),
    gives: 'granted 0',
  },
  'usage-run-allowance.sql': {
    call: `SELECT concat_ws('/', spent, share, kept, kept_now, spendable) AS result
      FROM usage.run_allowance('day', 'calendar', 100, 30, 0, ${noon} - '12 hours'::interval, ${noon} + '1 hour'::interval,
        ${noon} + '1 hour'::interval, ${noon})`,
    // Of a reserve of 5, half is released in the middle of the last two hours; what is kept is rounded up.
    gives: '30/100/5/3/67',
  },
  'usage-refuses-all.sql': {
    call: `SELECT usage.refuses_all('app', 'api', ${noon}) AS result`,
    gives: false,
  },
  'usage-settle.sql': {
    before: oneCall,
    call: `SELECT is_known AND s.raw_id IS NOT NULL AS result FROM granted CROSS JOIN LATERAL usage.settle(
      call_id, 'committed', 'ok', NULL, 200, 10, 2, '\\x7b7d', 2, '\\x01', 'allowed') s`,
    gives: true,
  },
  'usage-slow-down.sql': {
    before: `SELECT usage.slow_down('app', 'api', ${noon}, ${noon}, 'gw.QosAppFrequencyLimit')`,
    call: `SELECT pause = usage.first_pause() AS result FROM usage.backoff`,
    gives: true,
  },
  'usage-sweep.sql': {
    before: `${oneCall}; UPDATE usage.ledger_clock SET "offset" = "offset" + '1 minute'`,
    call: `SELECT ARRAY[refunded, "unknown"] AS result FROM usage.sweep('1 minute')`,
    gives: [1, 0],
  },
  'usage-take.sql': {
    call: `SELECT cardinality(usage.take('app', 'api', ${noon}, ${noon})) AS result`,
    gives: 1,
  },
  'usage-total-hours.sql': {
    before: `${oneCall}; UPDATE usage.ledger_clock SET "offset" = "offset" + '4 hours'`,
    call: 'SELECT usage.total_hours(10) AS result',
    // Those of 12 and 13 o'clock; the one that ended an hour ago is not due yet.
    gives: 2,
  },
  'usage-wait-ms.sql': {
    call: `SELECT ARRAY[usage.wait_ms(${noon}, ${noon} + interval '2 seconds'), usage.wait_ms(${noon}, ${noon})] AS result`,
    gives: ['2000', '1'],
  },
};

/** Those that only a trigger calls. */
const triggers = new Set([
  'catalog-name-paths.sql',
  'catalog-note-deleted.sql',
  'usage-forget-total.sql',
  'usage-refuse-overdraft.sql',
]);

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('has a case for each function, and for no other', () => {
  expect(Object.keys(cases).sort()).toEqual(files.toSorted());
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const made = [...text.matchAll(/^CREATE (OR REPLACE )?FUNCTION (\w+\.\w+)\(/gm)].map((found) => found[2]);

  it('makes the one function that it is named after, and says its purpose, parameters and result', () => {
    const name = file.replace(/(--\w+)?\.sql$/, '').replaceAll('-', '_');
    expect(made.map((one) => one?.replace('.', '_'))).toEqual([name]);
    expect(text).toContain(`CREATE OR REPLACE FUNCTION ${String(made[0])}(`);
    expect(text).toMatch(/^-- Purpose: .+\n(-- .+\n)*-- Params: .+\n(-- .+\n)*-- Returns: .+\n/);
  });

  it('is called, and gives what it should', async () => {
    const { before = 'SELECT', call, gives } = cases[file] ?? { call: '', gives: null };
    if (!triggers.has(file)) expect(`${before} ${call}`).toContain(`${String(made[0])}(`);
    const client = await db.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(world);
      await client.query(before);
      const { rows } = await client.query<{ result: unknown }>(call);
      expect(rows.map(({ result }) => result)).toEqual([gives]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});
