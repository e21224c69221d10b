import type { Feed } from '../../model/sync-config.ts';

/** China has had one time zone and no summer time since 1991. */
const shanghaiMs = 8 * 3_600_000;

/** What a change in a feed is worth at a moment, next to other feeds: its weight, times what its boosts of the day say. */
export function feedWeight({ weight, boosts }: Pick<Feed, 'weight' | 'boosts'>, at: Date): number {
  const day = new Date(at.getTime() + shanghaiMs).toISOString().slice(0, 10);
  return boosts
    .filter(({ fromDay, untilDay }) => fromDay <= day && day <= untilDay)
    .reduce((product, { factor }) => product * factor, weight);
}
