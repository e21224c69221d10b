import type { CallMetrics, DatabaseMetrics } from './metrics-store.ts';
import { findUndecidedSlot } from '../../runs/due-slots.ts';
import { secondsOf, type Family, type Sample } from './metric-table.ts';

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  ...{ type: 'gauge', name, help, samples },
});
const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
  ...{ type: 'counter', name, help, samples },
});
const one = (value: number | null): Sample[] => [{ value }];

function quotaFamilies({ quotas }: DatabaseMetrics): Family[] {
  const each = (read: (quota: (typeof quotas)[number]) => number | null) =>
    quotas.map((quota) => ({ labels: { api: quota.api, period: quota.period }, value: read(quota) }));
  return [
    gauge(
      'quota_limit_calls',
      'Calls that may be made within the window.',
      each((quota) => quota.callLimit),
    ),
    gauge(
      'quota_used_calls',
      'Calls that count against the limit.',
      each((quota) => quota.used),
    ),
    gauge(
      'quota_remaining_calls',
      'Calls that are left.',
      each((quota) => quota.remaining),
    ),
    gauge(
      'quota_unknown_calls',
      'Used calls with an unknown outcome.',
      each((quota) => quota.unknown),
    ),
    gauge(
      'quota_reset_timestamp_seconds',
      'When the limit resets; for a rolling limit, when its oldest calls stop counting.',
      each((quota) => secondsOf(quota.resetAt)),
    ),
    gauge(
      'quota_exhaustion_timestamp_seconds',
      'When no call will be left at the present rate; absent: not before the reset.',
      each((quota) => secondsOf(quota.exhaustedAt)),
    ),
  ];
}

/** Sums over latency, which the histogram has. */
function callSamples(calls: readonly CallMetrics[]): Sample[] {
  const sums = new Map<string, { labels: Record<string, string>; value: number }>();
  for (const { api, lane, outcome, calls: count } of calls) {
    const key = `${api} ${lane} ${outcome}`;
    const sum = sums.get(key) ?? { labels: { api, lane, outcome }, value: 0 };
    sums.set(key, { ...sum, value: sum.value + count });
  }
  return [...sums.values()];
}

function scheduleFamilies({ schedules, kept, state }: DatabaseMetrics): Family[] {
  const next = kept.map((schedule) => ({
    labels: { schedule: schedule.name },
    slot: findUndecidedSlot(schedule),
  }));
  const lateness = (slot: Date | null) =>
    slot === null ? null : Math.max(0, (state.now.getTime() - slot.getTime()) / 1000);
  const outcomes = ['ran', 'merged', 'missed', 'skipped'] as const;
  const each = (read: (row: (typeof schedules)[number]) => number | null) =>
    schedules.map((row) => ({ labels: { schedule: row.schedule }, value: read(row) }));
  return [
    gauge(
      'schedule_next_slot_timestamp_seconds',
      'The first slot that has no outcome yet.',
      next.map(({ labels, slot }) => ({ labels, value: secondsOf(slot) })),
    ),
    gauge(
      'schedule_lateness_seconds',
      'How long that slot is overdue.',
      next.map(({ labels, slot }) => ({ labels, value: lateness(slot) })),
    ),
    counter(
      'schedule_slots_total',
      'Slots, by outcome.',
      schedules.flatMap((row) =>
        outcomes.map((outcome) => ({ labels: { schedule: row.schedule, outcome }, value: row[outcome] })),
      ),
    ),
    gauge(
      'run_start_delay_seconds',
      'From its slot to the start of the newest run.',
      each((row) => row.startDelayS),
    ),
    gauge(
      'run_duration_seconds',
      'Duration of the newest run that ended.',
      each((row) => row.durationS),
    ),
  ];
}

function observationFamilies({ feeds, observations, state, partitionGaps }: DatabaseMetrics): Family[] {
  const ofFeeds = (read: (feed: (typeof feeds)[number]) => number | null) =>
    feeds.map((feed) => ({ labels: { feed: feed.feed }, value: read(feed) }));
  const ofObservations = (read: (observation: (typeof observations)[number]) => number) =>
    observations.map((observation) => ({ labels: { source: observation.source }, value: read(observation) }));
  const drifts = { unknown: state.unknownFields, missing: state.missingFields, retyped: state.retypedFields };
  return [
    gauge(
      'feed_offers',
      'Offers of the feed.',
      ofFeeds(({ offers }) => offers),
    ),
    gauge(
      'feed_oldest_observation_timestamp_seconds',
      'The oldest time of a last observation.',
      ofFeeds(({ oldestObservationAt }) => secondsOf(oldestObservationAt)),
    ),
    counter(
      'observations_total',
      'Observations of known offers on the current day of Shanghai.',
      ofObservations((observation) => observation.observations),
    ),
    counter(
      'observations_changed_total',
      'Those that showed a change.',
      ofObservations((observation) => observation.changed),
    ),
    gauge(
      'drift_fields',
      'Fields of answers that differ from the known schema.',
      Object.entries(drifts).map(([kind, value]) => ({ labels: { kind }, value })),
    ),
    gauge('partition_gaps', 'Tables that have no partition for the date in one week.', one(partitionGaps)),
  ];
}

/** The metrics of the database. */
export function databaseFamilies(read: DatabaseMetrics): Family[] {
  const { state, calls, heldApis, paces } = read;
  return [
    ...quotaFamilies(read),
    counter('calls_total', 'Calls of the current day of Shanghai with a known outcome.', callSamples(calls)),
    gauge(
      'api_held',
      'Calls of the API are held; the code is in docs/errors.md.',
      heldApis.map((labels) => ({ labels: { ...labels }, value: 1 })),
    ),
    gauge(
      'pace_found_calls_per_second',
      'What 1688 was found to allow; not there: the declared pace holds.',
      paces.map(({ api, perSecond }) => ({ labels: { api }, value: perSecond })),
    ),
    ...scheduleFamilies(read),
    ...observationFamilies(read),
    gauge('runs_active', 'Active runs.', one(state.activeRuns)),
    gauge('workers', 'Worker processes with a heartbeat within a minute.', one(state.workers)),
    gauge(
      'worker_heartbeat_timestamp_seconds',
      'The newest heartbeat of any of them.',
      one(secondsOf(state.workerAt)),
    ),
    gauge('unloaded_answers', 'Stored answers that are not in the catalog yet.', one(state.unloaded)),
    gauge(
      'answer_timestamp_seconds',
      'When the request of the newest good answer was sent.',
      one(secondsOf(state.answeredAt)),
    ),
    gauge(
      'log_in_timestamp_seconds',
      'When the stored tokens expire, so that a new login at 1688 is needed.',
      one(secondsOf(state.logInBy)),
    ),
    gauge(
      'notifications_failing',
      'Failed attempts to send a notification since the last success.',
      one(state.failedNotifications),
    ),
  ];
}
