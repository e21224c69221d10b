import type { DetailsForecast, Forecast } from './forecast.ts';
import type { Knowledge } from './knowledge.ts';
import { shareErrorOf } from '../planner/visible-share.ts';
import { runAhead } from './run-ahead.ts';
import { floorShare } from '../planner/select-calls.ts';
import { rowEveryDays } from './steady-state-searches.ts';

/** Detail calls per day that the limits leave after the other APIs that share them have made their calls. */
function detailRoom({ limits }: Knowledge, { apis }: Forecast): number {
  const rooms = limits
    .filter(({ operations }) => operations.includes('offer.detail'))
    .map(({ operations, perDay }) => {
      const others = apis.filter(
        ({ operation }) => operation !== 'offer.detail' && operations.includes(operation),
      );
      return perDay - others.reduce((sum, api) => sum + api.perDay, 0);
    });
  return Math.max(0, Math.min(Infinity, ...rooms));
}

/**
 * Forecast of details over the next days, from their present state; null if no offer is known. `longRun`: the forecast of the same
 * knowledge, from which passes over searches, and the offers that they find, are taken.
 */
export function forecastAhead(knowledge: Knowledge, longRun: Forecast, days: number): DetailsForecast | null {
  if (knowledge.offers.every(({ isAssumed }) => isAssumed)) return null;
  const { feeds, searches } = longRun;
  const room = detailRoom(knowledge, longRun);
  // New offers come first, except for the share of overdue ones.
  const found = feeds.reduce((sum, { newPerDay }) => sum + newPerDay, 0);
  const known = Math.max(floorShare * room, room - found);
  const everyOf = new Map(feeds.map(({ feed }) => [feed, rowEveryDays(searches, feed)]));
  const ahead = runAhead(knowledge, { days, rowEveryDays: everyOf, callsPerDay: known });
  return { ...ahead, callsPerDay: Math.min(room, ahead.callsPerDay + found) };
}

/** Of each figure, the least and the most. */
export interface DetailsRange {
  readonly least: DetailsForecast;
  readonly most: DetailsForecast;
}

/** Each figure of the forecasts, as this picks it of theirs. */
function ofEach(
  forecasts: readonly DetailsForecast[],
  pick: (...values: number[]) => number,
): DetailsForecast {
  const of = (figure: (forecast: DetailsForecast) => number) => pick(...forecasts.map(figure));
  return {
    ages: {
      meanDays: of(({ ages }) => ages.meanDays),
      medianDays: of(({ ages }) => ages.medianDays),
      p90Days: of(({ ages }) => ages.p90Days),
    },
    callsPerDay: of(({ callsPerDay }) => callsPerDay),
    fresh: of(({ fresh }) => fresh),
  };
}

/**
 * How far the figures of `ahead` can be trusted: what they are where the share of changes that rows show is one standard error lower or
 * higher than it is known to be. It decides how soon details are due where rows show no change. Null: no share is learned.
 */
export function rangeOfAhead(
  ahead: DetailsForecast,
  knowledge: Knowledge,
  longRun: Forecast,
  days: number,
): DetailsRange | null {
  const { shown, visibleShare } = knowledge;
  if (shown === null) return null;
  const error = shareErrorOf(shown);
  const ends = [visibleShare - error, visibleShare + error].flatMap(
    (share) =>
      forecastAhead(
        { ...knowledge, visibleShare: Math.min(1, Math.max(0, share)), shown: null },
        longRun,
        days,
      ) ?? [],
  );
  return { least: ofEach([ahead, ...ends], Math.min), most: ofEach([ahead, ...ends], Math.max) };
}
