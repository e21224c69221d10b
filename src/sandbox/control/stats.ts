import type { LoggedCall } from '../call-log.ts';
import { createCalendar } from '../calendar.ts';
import type { SandboxState } from '../state.ts';
import { countMinCalls, type Feeds, type MinCalls } from './reach.ts';

export interface StatsQuery {
  readonly feeds: Feeds;
  /** Only calls with a higher sequence number. */
  readonly after: number;
  /** Only calls at or after this instant, in milliseconds. */
  readonly since: number;
}

type Counts = Record<string, number>;

/** What the sandbox saw. Counts cover the calls asked for; `counted` ones passed the signature. */
export interface Stats {
  readonly now: string;
  readonly world: { readonly step: number; readonly startAt: string; readonly stepMs: number };
  readonly total: number;
  readonly counted: number;
  readonly byOutcome: Counts;
  /** Counted calls by `namespace:name:version`. */
  readonly byApi: Counts;
  /** Counted calls by day of the quota's time zone, then by API. */
  readonly byDay: Record<string, Counts>;
  /** Most counted calls in any 1,000 ms, and when these began. */
  readonly busiestSecond: { readonly at: string | null; readonly calls: number };
  /** Null when no feed was named. */
  readonly min_calls: MinCalls | null;
  /** Oldest calls that were dropped from memory; 0 unless there were hundreds of thousands. */
  readonly dropped: number;
  readonly calls: readonly LoggedCall[];
}

function countBy(calls: readonly LoggedCall[], keyOf: (call: LoggedCall) => string): Counts {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(keyOf(call), (counts.get(keyOf(call)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function countByDay(calls: readonly LoggedCall[], timeZone: string): Record<string, Counts> {
  const dayOf = createCalendar(timeZone);
  const days = new Map<string, LoggedCall[]>();
  for (const call of calls) {
    const day = dayOf(Date.parse(call.at));
    const list = days.get(day);
    if (list === undefined) days.set(day, [call]);
    else list.push(call);
  }
  return Object.fromEntries([...days].map(([day, list]) => [day, countBy(list, (call) => call.api)]));
}

function findBusiestSecond(calls: readonly LoggedCall[]): Stats['busiestSecond'] {
  const times = calls.map((call) => Date.parse(call.at));
  let best: { at: string | null; calls: number } = { at: null, calls: 0 };
  let first = 0;
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1000) first++;
    if (last - first + 1 > best.calls) {
      best = { at: calls[first]?.at ?? null, calls: last - first + 1 };
    }
  }
  return best;
}

/** Sums up the call log. */
export function readStats(state: SandboxState, { feeds, after, since }: StatsQuery): Stats {
  const { world, log, clock, quota } = state;
  const now = clock.now();
  const step = world.stepAt(now.getTime());
  const calls = log.list(after, since);
  const counted = calls.filter((call) => call.isCounted);
  const hasFeeds = Object.values(feeds).some((list: readonly string[]) => list.length > 0);
  return {
    now: now.toISOString(),
    world: { step, startAt: new Date(world.startAt).toISOString(), stepMs: world.stepMs },
    total: calls.length,
    counted: counted.length,
    byOutcome: countBy(calls, (call) => call.outcome),
    byApi: countBy(counted, (call) => call.api),
    byDay: countByDay(counted, quota.limits().timeZone),
    busiestSecond: findBusiestSecond(counted),
    min_calls: hasFeeds ? countMinCalls(world, world.snapshot(step), feeds) : null,
    dropped: log.dropped(),
    calls,
  };
}
