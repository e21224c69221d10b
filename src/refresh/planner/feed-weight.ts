import { shanghaiDay } from '../../core/shanghai-time.ts';
import type { Feed } from '../../model/sync-config.ts';

/** What a change in a feed is worth at a moment, next to other feeds: its weight, times what its boosts of the day say. */
export function feedWeight({ weight, boosts }: Pick<Feed, 'weight' | 'boosts'>, at: Date): number {
  const day = shanghaiDay(at);
  return boosts
    .filter(({ fromDay, untilDay }) => fromDay <= day && day <= untilDay)
    .reduce((product, { factor }) => product * factor, weight);
}
