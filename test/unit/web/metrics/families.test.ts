import { expect, test } from 'vitest';
import { catalogFamilies } from '../../../../src/web/metrics/catalog-families.ts';
import { databaseFamilies } from '../../../../src/web/metrics/database-families.ts';
import { healthFamily } from '../../../../src/web/metrics/health-families.ts';
import { toRegistry, type Family } from '../../../../src/web/metrics/metric-table.ts';
import type { CallMetrics, DatabaseMetrics } from '../../../../src/web/metrics/metrics-store.ts';
import { poolFamilies } from '../../../../src/web/metrics/process-families.ts';
import { StoredHistogram } from '../../../../src/web/metrics/stored-histogram.ts';
import type { HealthIssue } from '../../../../src/model/health-issue.ts';

const second = (n: number) => new Date(n * 1000);
/** Samples as they are read, without help and type. */
async function expose(families: readonly Family[]): Promise<string[]> {
  const text = await toRegistry(families).metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('what is not known is left out, with its family where nothing of it is', async () => {
  const families: Family[] = [
    {
      type: 'gauge',
      name: 'a',
      help: 'A.',
      samples: [
        { labels: { x: '1' }, value: 2 },
        { labels: { x: '2' }, value: null },
      ],
    },
    { type: 'counter', name: 'b', help: 'B.', samples: [{ value: 3 }] },
    { type: 'gauge', name: 'c', help: 'C.', samples: [{ value: null }] },
    { type: 'gauge', name: 'd', help: 'D.', samples: [] },
  ];
  expect(await toRegistry(families).metrics()).toBe(
    '# HELP catalogsync_a A.\n# TYPE catalogsync_a gauge\ncatalogsync_a{x="1"} 2\n\n# HELP catalogsync_b B.\n# TYPE catalogsync_b counter\ncatalogsync_b 3\n',
  );
});

test('a catalog has its counts, and a median age where it has a detail', async () => {
  const counted = {
    ...{ at: second(100), offers: 9, listed: 8, neverDetailed: 7, within1d: 5, within7d: 6 },
    ...{ medianAgeH: 1.5, categories: 1, sellers: 1, skus: 1 },
  };
  expect(await expose(catalogFamilies(counted))).toEqual([
    'catalogsync_counted_timestamp_seconds 100',
    'catalogsync_offers 9',
    'catalogsync_listed_offers 8',
    'catalogsync_never_detailed_offers 7',
    'catalogsync_fresh_offers{within="1d"} 5',
    'catalogsync_fresh_offers{within="7d"} 6',
    'catalogsync_detail_age_median_seconds 5400',
  ]);
  expect((await expose(catalogFamilies({ ...counted, medianAgeH: null }))).join(' ')).not.toContain('median');
});

test('issues are counted by id and severity, notes are none, and a database that is silent is one', async () => {
  const issue = (severity: HealthIssue['severity']) => ({ id: 'hold', severity }) as HealthIssue;
  const shown = await expose([healthFamily([issue('act'), issue('act'), issue('warn'), issue('note')])]);
  expect(shown.filter((line) => !line.endsWith(' 0'))).toEqual([
    'catalogsync_health_issue{id="hold",severity="act"} 2',
    'catalogsync_health_issue{id="hold",severity="warn"} 1',
  ]);
  expect(shown.length).toBeGreaterThan(10);
  expect(await expose([healthFamily(null)])).toEqual([
    'catalogsync_health_issue{id="database",severity="act"} 1',
  ]);
});

test('a pool has what is in use, what is idle and what waits', async () => {
  const pool = { options: { max: 10 }, totalCount: 7, idleCount: 3, waitingCount: 2 };
  expect(await expose(poolFamilies({ web: pool }))).toEqual([
    'catalogsync_pool_limit_connections{pool="web"} 10',
    'catalogsync_pool_used_connections{pool="web"} 4',
    'catalogsync_pool_idle_connections{pool="web"} 3',
    'catalogsync_pool_waiting_requests{pool="web"} 2',
  ]);
});

const call = (
  bound: number | null,
  calls: number,
  latencyMs: number,
  more: Partial<CallMetrics> = {},
): CallMetrics => ({
  ...{ api: 'a', lane: 'refresh', outcome: 'ok', bound, calls, latencyMs },
  ...more,
});

test('a histogram has the calls within each bound, of those that were timed', async () => {
  const calls = [
    call(0, 2, 150),
    call(2, 3, 1200),
    call(8, 1, 40_000),
    call(null, 5, 9),
    call(1, 7, 700, { api: 'b' }),
  ];
  const { values } = await new StoredHistogram(calls).getForPromString();
  const read = (api: string) =>
    values
      .filter(({ labels }) => labels.api === api)
      .map(({ metricName, labels, value }) => [
        metricName.replace('catalogsync_gateway_latency_seconds_', ''),
        'le' in labels ? labels.le : '',
        value,
      ]);
  expect(read('a')).toEqual([
    ...[
      ['bucket', 0.1, 2],
      ['bucket', 0.25, 2],
      ['bucket', 0.5, 5],
      ['bucket', 1, 5],
      ['bucket', 2.5, 5],
    ],
    ...[
      ['bucket', 5, 5],
      ['bucket', 10, 5],
      ['bucket', 30, 5],
      ['bucket', '+Inf', 6],
      ['sum', '', 41.35],
      ['count', '', 6],
    ],
  ]);
  expect(read('b').slice(0, 2)).toEqual([
    ['bucket', 0.1, 0],
    ['bucket', 0.25, 7],
  ]);
});

/** At the full hour. */
const nothing: DatabaseMetrics = {
  state: {
    ...{
      now: second(1_764_000_000),
      unloaded: 1,
      workers: 2,
      workerAt: second(3),
      activeRuns: 4,
      answeredAt: second(5),
    },
    ...{ logInBy: second(6), failedNotifications: 7, unknownFields: 8, missingFields: 9, retypedFields: 10 },
  },
  ...{ quotas: [], calls: [], paces: [], heldApis: [], schedules: [], kept: [], feeds: [], observations: [] },
  partitionGaps: 11,
};

test('the state of the sync has each of its figures', async () => {
  expect(await expose(databaseFamilies(nothing))).toEqual([
    'catalogsync_drift_fields{kind="unknown"} 8',
    'catalogsync_drift_fields{kind="missing"} 9',
    'catalogsync_drift_fields{kind="retyped"} 10',
    'catalogsync_partition_gaps 11',
    'catalogsync_runs_active 4',
    'catalogsync_workers 2',
    'catalogsync_worker_heartbeat_timestamp_seconds 3',
    'catalogsync_unloaded_answers 1',
    'catalogsync_answer_timestamp_seconds 5',
    'catalogsync_log_in_timestamp_seconds 6',
    'catalogsync_notifications_failing 7',
  ]);
});

test('limits, calls, schedules, feeds and observations have each of their figures', async () => {
  const shown = await expose(
    databaseFamilies({
      ...nothing,
      quotas: [
        {
          api: 'a',
          period: 'day',
          callLimit: 9,
          used: 5,
          remaining: 4,
          unknown: 1,
          resetAt: second(20),
          exhaustedAt: null,
        },
      ],
      calls: [
        call(0, 2, 1),
        call(1, 3, 1),
        call(1, 4, 1, { outcome: 'gateway_error' }),
        call(1, 5, 1, { lane: 'manual' }),
      ],
      heldApis: [{ api: 'a', code: 'HELD_BY_HAND' }],
      schedules: [{ schedule: 's', ran: 1, merged: 2, missed: 3, skipped: 4, startDelayS: 5, durationS: 6 }],
      feeds: [{ feed: 'f', offers: 7, oldestObservationAt: second(8) }],
      observations: [{ source: 'detail', observations: 9, changed: 10 }],
    }),
  );
  expect(
    shown.filter((line) => !/drift|gaps|active|workers|worker_|unloaded|answer|log_in|notif/.test(line)),
  ).toEqual([
    'catalogsync_quota_limit_calls{api="a",period="day"} 9',
    'catalogsync_quota_used_calls{api="a",period="day"} 5',
    'catalogsync_quota_remaining_calls{api="a",period="day"} 4',
    'catalogsync_quota_unknown_calls{api="a",period="day"} 1',
    'catalogsync_quota_reset_timestamp_seconds{api="a",period="day"} 20',
    'catalogsync_calls_total{api="a",lane="refresh",outcome="ok"} 5',
    'catalogsync_calls_total{api="a",lane="refresh",outcome="gateway_error"} 4',
    'catalogsync_calls_total{api="a",lane="manual",outcome="ok"} 5',
    'catalogsync_api_held{api="a",code="HELD_BY_HAND"} 1',
    'catalogsync_schedule_slots_total{schedule="s",outcome="ran"} 1',
    'catalogsync_schedule_slots_total{schedule="s",outcome="merged"} 2',
    'catalogsync_schedule_slots_total{schedule="s",outcome="missed"} 3',
    'catalogsync_schedule_slots_total{schedule="s",outcome="skipped"} 4',
    'catalogsync_run_start_delay_seconds{schedule="s"} 5',
    'catalogsync_run_duration_seconds{schedule="s"} 6',
    'catalogsync_feed_offers{feed="f"} 7',
    'catalogsync_feed_oldest_observation_timestamp_seconds{feed="f"} 8',
    'catalogsync_observations_total{source="detail"} 9',
    'catalogsync_observations_changed_total{source="detail"} 10',
  ]);
});

test('a schedule is late by the first slot that nobody decided, and not while it is paused', async () => {
  const schedule = (name: string, secondsAgo: number, pausedAt: Date | null = null) => ({
    ...{
      name,
      cron: '0 * * * *',
      timezone: 'Asia/Shanghai',
      feeds: [],
      budgetCalls: null,
      missed: 'skip' as const,
    },
    ...{ origin: 'file' as const, pausedAt, createdAt: second(1), lastSlot: null },
    countsFrom: second(1_764_000_000 - secondsAgo),
  });
  const kept = [schedule('late', 5400), schedule('soon', -10), schedule('paused', 5400, second(1))];
  const shown = await expose(databaseFamilies({ ...nothing, kept }));
  expect(shown.filter((line) => line.includes('schedule'))).toEqual([
    'catalogsync_schedule_next_slot_timestamp_seconds{schedule="late"} 1763996400',
    'catalogsync_schedule_next_slot_timestamp_seconds{schedule="soon"} 1764003600',
    'catalogsync_schedule_lateness_seconds{schedule="late"} 3600',
    'catalogsync_schedule_lateness_seconds{schedule="soon"} 0',
  ]);
});
