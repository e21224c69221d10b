import type { SyncConfig } from '../model/sync-config.ts';
import type { PromisedFeed } from '../refresh/promised-ages.ts';
import type { AgeStore } from './age-store.ts';
import { findNextSlot } from './due-slots.ts';
import type { ScheduleStore } from './schedule-store.ts';

export interface PromisedFeedDeps {
  readonly ages: Pick<AgeStore, 'listRunGaps'>;
  readonly schedules: Pick<ScheduleStore, 'list'>;
  readonly sync: Pick<SyncConfig, 'feeds'>;
}

/**
 * The feeds of the sync file with a promised age, and when their next run may begin: at the next slot of a schedule; without one,
 * after the longest time between two runs of the last 26 hours. Reads nothing if no age is promised.
 */
export async function readPromisedFeeds(
  { ages, schedules, sync }: PromisedFeedDeps,
  now: Date,
): Promise<PromisedFeed[]> {
  const promised = sync.feeds.flatMap(({ name, maxAgeMs }) =>
    maxAgeMs === undefined ? [] : [{ name, maxAgeMs }],
  );
  if (promised.length === 0) return [];
  const live = (await schedules.list()).filter(({ pausedAt }) => pausedAt === null);
  const gaps = await ages.listRunGaps(promised.map(({ name }) => name));
  return promised.map((feed) => {
    const slots = live
      .filter(({ feeds }) => feeds.includes(feed.name))
      .flatMap((schedule) => findNextSlot(schedule, now)?.getTime() ?? []);
    const nextRunMs = slots.length > 0 ? Math.min(...slots) - now.getTime() : (gaps.get(feed.name) ?? null);
    return { ...feed, nextRunMs };
  });
}
