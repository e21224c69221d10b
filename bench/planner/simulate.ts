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

/** How the calls of a day come, if not alike each day and hour. */
export interface Budget {
  /** Calls of one day, in place of `callsPerDay`. */
  readonly callsOn?: (day: number) => number;
  /** Default: one an hour. */
  readonly runsOn?: (day: number) => number;
}

export interface Run extends SiteOptions, Budget {
  readonly world: World;
  readonly policy: Policy;
  readonly callsPerDay: number;
  /** At noon of every other day, what is left of the day's calls is halved. */
  readonly isCutAtNoon?: boolean;
}

/** One sync over all days of a world, hour by hour unless `runsOn` says otherwise. @throws Error when the policy asks for more than the quota */
export async function simulate({
  world,
  policy,
  callsPerDay,
  isCutAtNoon = false,
  callsOn = () => callsPerDay,
  runsOn = () => batchesPerDay,
  ...options
}: Run): Promise<Score> {
  const site = new Site(world, options);
  for (let day = 0; day < world.days; day += 1) {
    site.callsLeft = callsOn(day);
    const batches = runsOn(day);
    for (let batch = 0; batch < batches; batch += 1) {
      site.day = day + batch / batches;
      if (isCutAtNoon && day % 2 === 1 && batch === batches / 2)
        site.callsLeft = Math.floor(site.callsLeft / 2);
      await policy.spend(site, callsForBatch(site.callsLeft, batches - batch));
    }
  }
  return site.finish();
}
