import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPromtool, runPromtool } from '../../support/promtool.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

const promtool = findPromtool();

let stack: TestStack;
let world: WebWorld;
let text: string;
let metrics: ReadonlyMap<string, number>;
beforeAll(async () => {
  stack = await openTestStack({ backend: 'postgres' });
  await stack.run();
  await stack.query(
    `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
     VALUES ('hourly', '0 * * * *', 'Asia/Shanghai', '["all"]', 'skip', 'cli', usage.ledger_now() - interval '3 hours', now(), now());`,
  );
  await stack.query(
    `INSERT INTO sync.slot (schedule, slot_at, outcome, decided_at)
     VALUES ('hourly', date_trunc('hour', usage.ledger_now()) - interval '2 hours', 'missed', now())`,
  );
  await stack.query(
    `INSERT INTO sync.observation_stat (date_day, source, hint, decile, observations, expected, changed)
     SELECT (usage.ledger_now() AT TIME ZONE 'Asia/Shanghai')::date - ago, 'detail', 'none', 1, 5, 1, 2
     FROM generate_series(0, 1) ago`,
  );
  await stack.query(
    `UPDATE usage.pace SET found_per_second = 4.5, changed_at = usage.ledger_now() WHERE api = '*'`,
  );
  world = await openWebWorld({ database: stack.database, env: stack.env });
  text = await world.get('/metrics');
  metrics = readExposition(text);
}, 60_000);
afterAll(async () => {
  await world.close();
  await stack.close();
});

const nameForm = /^# (HELP|TYPE) (catalogsync_[a-z_]+) (.+)$/;
const sampleForm =
  /^(catalogsync_[a-z_]+(?:\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})?) (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

/** Reads every line of an exposition; one that is nothing of it is an error. */
function readExposition(exposition: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    if (line === '' || nameForm.test(line)) continue;
    const [, key, value] = sampleForm.exec(line) ?? [];
    if (key === undefined || samples.has(key)) throw new Error(`no sample, or for the second time: ${line}`);
    samples.set(key, Number(value));
  }
  return samples;
}

const sumOf = (name: string, label = '') =>
  [...metrics]
    .filter(([key]) => key.startsWith(`catalogsync_${name}{`) && key.includes(label))
    .reduce((sum, [, value]) => sum + value, 0);
const valueOf = (key: string) => metrics.get(`catalogsync_${key}`);

describe('after a sync', () => {
  test('calls are those of the ledger, by API, lane and outcome, and so is the histogram', async () => {
    const [ledger] = await stack.query<{ calls: number; timed: number; seconds: number }>(
      `SELECT count(*)::int AS calls, count(latency_ms)::int AS timed, sum(latency_ms) / 1000.0::float8 AS seconds
       FROM usage.api_call`,
    );
    expect(ledger?.calls).toBeGreaterThan(30);
    expect(sumOf('calls_total')).toBe(ledger?.calls);
    expect(sumOf('calls_total', 'lane="refresh",outcome="ok"')).toBeGreaterThan(0);
    expect(sumOf('gateway_latency_seconds_count')).toBe(ledger?.timed);
    expect(sumOf('gateway_latency_seconds_bucket', 'le="+Inf"')).toBe(ledger?.timed);
    expect(sumOf('gateway_latency_seconds_sum')).toBeCloseTo(ledger?.seconds ?? NaN, 6);
    const bounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30].map((le) =>
      sumOf('gateway_latency_seconds_bucket', `le="${String(le)}"`),
    );
    expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
  });

  test('a pace that was found is a metric, and on the usage page', async () => {
    expect(valueOf('pace_found_calls_per_second{api="*"}')).toBe(4.5);
    const page = await world.get('/usage');
    expect(page).toContain('1688 allows less than the declared pace');
    expect(page).toContain('4.5 of 806.5 calls a second');
  });

  test('what is left of a limit is what the ledger says', async () => {
    const rows = await stack.query<{ api: string; remaining: number; call_limit: number; reset: number }>(
      `SELECT api, remaining, call_limit, extract(epoch FROM reset_at)::float8 AS reset
       FROM usage.quota_status WHERE period_kind = 'day' AND used > 0`,
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { api, remaining, call_limit: limit, reset } of rows) {
      const labels = `{api="${api}",period="day"}`;
      expect(valueOf(`quota_limit_calls${labels}`)).toBe(limit);
      expect(valueOf(`quota_remaining_calls${labels}`)).toBe(remaining);
      expect(valueOf(`quota_unknown_calls${labels}`)).toBe(0);
      expect(valueOf(`quota_reset_timestamp_seconds${labels}`)).toBeCloseTo(reset, 3);
    }
  });

  test('the working process has a heartbeat, all is loaded, and no run is active', async () => {
    const [offers] = await stack.query<{ count: number }>('SELECT count(*)::int FROM catalog.offer');
    expect(valueOf('workers')).toBe(1);
    expect(valueOf('runs_active')).toBe(0);
    expect(valueOf('unloaded_answers')).toBe(0);
    expect(valueOf('partition_gaps')).toBe(0);
    expect(valueOf('database_up')).toBe(1);
    expect(valueOf('queue_up')).toBe(1);
    expect(valueOf('queue_jobs{queue="detail",state="waiting"}')).toBe(0);
    expect(valueOf('pool_limit_connections{pool="web"}')).toBe(10);
    expect(valueOf('feed_offers{feed="all"}')).toBe(offers?.count);
    expect(valueOf('observations_total{source="detail"}')).toBe(5);
    expect(valueOf('observations_changed_total{source="detail"}')).toBe(2);
    expect(valueOf('observations_total{source="search"}')).toBe(0);
    const [fetched] = await stack.query<{ at: number }>(
      'SELECT extract(epoch FROM min(order_at))::float8 AS at FROM sync.refresh WHERE bucket IS NOT NULL',
    );
    expect(valueOf('feed_oldest_observation_timestamp_seconds{feed="all"}')).toBeCloseTo(
      fetched?.at ?? NaN,
      2,
    );
  });

  test('offers are counted as they are, with the time of the count', async () => {
    const [row] = await stack.query<Record<'offers' | 'listed' | 'never' | 'day' | 'week' | 'now', number>>(
      `SELECT count(*)::int AS offers, count(*) FILTER (WHERE state = 'listed')::int AS listed,
              count(*) FILTER (WHERE detail_at IS NULL)::int AS never,
              count(*) FILTER (WHERE detail_at > usage.ledger_now() - interval '1 day')::int AS day,
              count(*) FILTER (WHERE detail_at > usage.ledger_now() - interval '7 days')::int AS week,
              extract(epoch FROM usage.ledger_now())::float8 AS now
       FROM catalog.offer LEFT JOIN sync.refresh USING (offer_id)`,
    );
    expect(row?.day).toBeGreaterThan(0);
    expect(valueOf('offers')).toBe(row?.offers);
    expect(valueOf('listed_offers')).toBe(row?.listed);
    expect(valueOf('never_detailed_offers')).toBe(row?.never);
    expect(valueOf('fresh_offers{within="1d"}')).toBe(row?.day);
    expect(valueOf('fresh_offers{within="7d"}')).toBe(row?.week);
    expect(Math.abs((valueOf('counted_timestamp_seconds') ?? 0) - (row?.now ?? NaN))).toBeLessThan(300);
  });

  test('an undecided slot makes its schedule late', async () => {
    const [clock] = await stack.query<{ slot: number; now: number }>(
      `SELECT extract(epoch FROM date_trunc('hour', now) - interval '1 hour')::float8 AS slot,
              extract(epoch FROM now)::float8 AS now FROM usage.ledger_now() now`,
    );
    expect(valueOf('schedule_next_slot_timestamp_seconds{schedule="hourly"}')).toBe(clock?.slot);
    expect(valueOf('schedule_lateness_seconds{schedule="hourly"}')).toBeGreaterThanOrEqual(3600);
    expect(valueOf('schedule_slots_total{schedule="hourly",outcome="missed"}')).toBe(1);
    expect(valueOf('schedule_slots_total{schedule="hourly",outcome="ran"}')).toBe(0);
  });

  test('no label names an offer, a seller or the app', async () => {
    const labels = new Set([...text.matchAll(/[{,]([a-z]+)="/g)].map(([, label]) => label));
    expect([...labels].toSorted()).toEqual([
      'api',
      'feed',
      'id',
      'kind',
      'lane',
      'le',
      'outcome',
      'period',
      'pool',
      'queue',
      'schedule',
      'severity',
      'source',
      'state',
      'within',
    ]);
    const ids = await stack.query<{ id: string }>(
      'SELECT offer_id::text AS id FROM catalog.offer UNION ALL SELECT seller_id FROM catalog.seller',
    );
    expect(ids.filter(({ id }) => text.includes(id))).toEqual([]);
    expect(text).not.toContain(`"${stack.sandbox.appKey}"`);
  });

  test('no statement reads the tables of the catalog', async () => {
    const folder = new URL('../../../src/web/sql/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.startsWith('metric-'));
    expect(files).toHaveLength(6);
    for (const file of files) expect(readFileSync(new URL(file, folder), 'utf8')).not.toMatch(/catalog\./);
  });

  test.skipIf(promtool === null)('promtool finds nothing to lint', () => {
    expect(runPromtool(promtool ?? '', ['check', 'metrics'], text)).toEqual({ status: 0, output: '' });
  });
});

describe('who may read', () => {
  const token = 'a-token-for-prometheus';
  const ask = async (env: Record<string, string>, authorization?: string, path = '/metrics') => {
    const other = await openWebWorld({ database: stack.database, env: { ...stack.env, ...env } });
    const response = await other.request(
      path,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    // Before the server closes: it does not wait for who still reads.
    const body = await response.text();
    await other.close();
    return new Response(body, response);
  };

  test('without METRICS_TOKEN: no access where the pages need a token, and none with theirs', async () => {
    const webToken = 'a-token-for-people';
    for (const authorization of [undefined, `Bearer ${webToken}`, 'Bearer '])
      expect((await ask({ WEB_TOKEN: webToken }, authorization)).status).toBe(401);
  });

  test('with it: access only for requests that send it, on this machine too', async () => {
    for (const env of [{}, { WEB_TOKEN: 'a-token-for-people' }]) {
      const settings = { ...env, METRICS_TOKEN: token };
      for (const wrong of [undefined, token, `bearer ${token}x`, 'Bearer a-token-for-people']) {
        const refused = await ask(settings, wrong);
        expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
        expect(await refused.text()).toBe('send METRICS_TOKEN as a bearer token\n');
      }
      const answered = await ask(settings, `Bearer ${token}`);
      expect([answered.status, answered.headers.get('content-type')]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ]);
      expect(readExposition(await answered.text()).get('catalogsync_database_up')).toBe(1);
    }
  });

  test('it opens no page', async () => {
    const settings = { WEB_TOKEN: 'a-token-for-people', METRICS_TOKEN: token };
    expect((await ask(settings, `Bearer ${token}`, '/usage')).status).toBe(303);
  });
});

test('a database that fails is said, with what the process itself knows', async () => {
  const store = { read: () => Promise.reject(new Error('away')) };
  const deps = { metrics: { ...world.deps.metrics, store } };
  const other = await openWebWorld({ database: stack.database, env: stack.env, deps });
  const read = readExposition(await other.get('/metrics'));
  await other.close();
  expect(read.get('catalogsync_database_up')).toBe(0);
  expect(read.get('catalogsync_queue_up')).toBe(1);
  expect(read.get('catalogsync_pool_limit_connections{pool="web"}')).toBe(10);
  expect(read.has('catalogsync_unloaded_answers')).toBe(false);
});
