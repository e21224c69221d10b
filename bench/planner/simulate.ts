import { callsForSlot } from '../../src/plan/refresh/pick-slot.ts';
import type { Score, SiteOptions } from './site.ts';
import { Site } from './site.ts';
import type { World } from './world.ts';

/** Spends calls at a moment; learns from what they show. */
export interface Policy {
  /** Makes up to `calls` calls at `site`, which knows the day. */
  spend(site: Site, calls: number): Promise<void>;
}

const slotsPerDay = 24;

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
    for (let slot = 0; slot < slotsPerDay; slot += 1) {
      site.day = day + slot / slotsPerDay;
      if (isCutAtNoon && day % 2 === 1 && slot === slotsPerDay / 2)
        site.callsLeft = Math.floor(site.callsLeft / 2);
      await policy.spend(site, callsForSlot(site.callsLeft, slotsPerDay - slot));
    }
  }
  return site.finish();
}
