import { callsForBatch } from '../../src/refresh/planner/select-calls.ts';
import type { Score, SiteOptions } from './site.ts';
import { Site } from './site.ts';
import type { World } from './world.ts';

/** Spends calls at a moment; learns from what they show. */
export interface Policy {
  /** Makes up to `calls` calls at `site`, which knows the day. */
  spend(site: Site, calls: number): Promise<void>;
}

const batchesPerDay = 24;

export interface Run extends SiteOptions {
  readonly world: World;
  readonly policy: Policy;
  readonly callsPerDay: number;
  /** At noon of every other day, what is left of the day's calls is halved. */
  readonly isCutAtNoon?: boolean;
}

/** One sync over all days of a world, hour by hour. @throws Error when the policy asks for more than the quota */
export async function simulate({
  world,
  policy,
  callsPerDay,
  isCutAtNoon = false,
  ...options
}: Run): Promise<Score> {
  const site = new Site(world, options);
  for (let day = 0; day < world.days; day += 1) {
    site.callsLeft = callsPerDay;
    for (let batch = 0; batch < batchesPerDay; batch += 1) {
      site.day = day + batch / batchesPerDay;
      if (isCutAtNoon && day % 2 === 1 && batch === batchesPerDay / 2)
        site.callsLeft = Math.floor(site.callsLeft / 2);
      await policy.spend(site, callsForBatch(site.callsLeft, batchesPerDay - batch));
    }
  }
  return site.finish();
}
