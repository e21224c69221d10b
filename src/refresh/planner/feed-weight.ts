import { shanghaiDay } from '../../core/shanghai-time.ts';
import type { Feed } from '../../model/sync-config.ts';

/** Weight of a feed at a time, relative to other feeds: its weight, times its boosts of the day. */
export function feedWeight({ weight, boosts }: Pick<Feed, 'weight' | 'boosts'>, at: Date): number {
  const day = shanghaiDay(at);
  return boosts
    .filter(({ fromDay, untilDay }) => fromDay <= day && day <= untilDay)
    .reduce((product, { factor }) => product * factor, weight);
}
