import { dayMs } from '../core/duration.ts';
import type { Schedule, SyncConfig } from '../model/sync-config.ts';
import type { CallLimit } from '../refresh/forecast/knowledge.ts';
import { findBrokenPromises, type AgePromise, type BrokenPromise } from '../refresh/promised-ages.ts';
import type { AgeStore } from './age-store.ts';
import { liveSchedules, readPeriodLimits, readRhythm, type ForecastDeps } from './forecast-run.ts';
import { listSlotTimes } from './slot-times.ts';
import { budgetLimit, toCallLimit, type PeriodLimit } from '../refresh/forecast/call-limits.ts';

/** What is known of the feeds with a promised age. */
export interface PromiseFacts {
  readonly limits: readonly PeriodLimit[];
  readonly schedules: readonly Schedule[];
  /** Offers of feeds that had a run. */
  readonly offers: ReadonlyMap<string, number>;
  /** The longest time between two recent runs, in milliseconds. */
  readonly runGaps: ReadonlyMap<string, number>;
  readonly now: Date;
}

/** A week contains the gaps of most schedules. Of a schedule for every minute, a day is read: more would take seconds. */
const [slotDays, maxSlots] = [8, 1500];

/** The longest time between two slots of schedules; 0: fewer than two. */
function longestSlotGap(schedules: readonly Schedule[], now: Date): number {
  const until = new Date(now.getTime() + slotDays * dayMs);
  const times = schedules
    .flatMap((schedule) => listSlotTimes(schedule, now, until, maxSlots))
    .map((at) => at.getTime())
    .sort((left, right) => left - right);
  return times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);
}

/** Number of offers of a feed: those it has, up to its bound; before its first run, its bound. At least the offers of its watch list. */
function countOffers({ name, offers, maxOffers }: SyncConfig['feeds'][number], facts: PromiseFacts): number {
  const known = facts.offers.get(name);
  const held = known === undefined ? (maxOffers ?? 0) : Math.min(known, maxOffers ?? Infinity);
  return Math.max(offers.length, held);
}

function toPromises({ feeds }: SyncConfig, facts: PromiseFacts): AgePromise[] {
  return feeds.flatMap((feed) => {
    if (feed.maxAgeMs === undefined) return [];
    const own = facts.schedules.filter((schedule) => schedule.feeds.includes(feed.name));
    const runEveryMs = own.length > 0 ? longestSlotGap(own, facts.now) : (facts.runGaps.get(feed.name) ?? 0);
    return [{ feed: feed.name, offers: countOffers(feed, facts), maxAgeMs: feed.maxAgeMs, runEveryMs }];
  });
}

/** The promised ages of the sync file that the quota or the runs can't keep. Pure. */
export function assessPromises(sync: SyncConfig, facts: PromiseFacts): BrokenPromise[] {
  const promises = toPromises(sync, facts);
  const { callsPerDay } = readRhythm(
    facts.schedules,
    promises.map(({ feed }) => feed),
    facts.now,
  );
  const limits: CallLimit[] = [...facts.limits.map(toCallLimit), budgetLimit(callsPerDay, Infinity)];
  const own = limits.filter(({ operations }) => operations.includes('offer.detail'));
  return findBrokenPromises(promises, Math.min(...own.map(({ perDay }) => perDay)));
}

/** The same, with the facts of the database. */
export async function readBrokenPromises(
  deps: Pick<ForecastDeps, 'report' | 'quota' | 'schedules' | 'sync'> & { readonly ages: AgeStore },
): Promise<BrokenPromise[]> {
  const { ages, sync } = deps;
  const names = sync.feeds.flatMap(({ name, maxAgeMs }) => (maxAgeMs === undefined ? [] : [name]));
  if (names.length === 0) return [];
  return assessPromises(sync, {
    limits: await readPeriodLimits(deps),
    schedules: liveSchedules(sync.schedules, await deps.schedules.list()),
    offers: await ages.countOffers(names),
    runGaps: await ages.listRunGaps(names),
    now: await deps.quota.ledgerNow(),
  });
}
