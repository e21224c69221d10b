import type { AgeForecast, DetailsForecast } from '../../refresh/forecast/forecast.ts';
import { describeBasis } from './describe-basis.ts';
import { sourceYieldAsJson } from './format-source-yield.ts';
import type { Scenario } from './format-what-if.ts';
import { callsDue, limitOf, type Plan } from './read-plan.ts';

/** JSON has no infinity: what never happens is null. */
const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const ages = ({ meanDays, medianDays, p90Days }: AgeForecast) => ({
  meanDays: orNull(meanDays),
  medianDays: orNull(medianDays),
  p90Days: orNull(p90Days),
});

const details = ({ callsPerDay, ages: of, fresh }: DetailsForecast) => ({
  detailsPerDay: callsPerDay,
  details: ages(of),
  fresh,
});

/** A plan as data; null in place of a number: never, or no limit. */
export function planAsJson(plan: Plan) {
  const { forecast, advice, broken, limits, holds, now, found } = plan;
  const { seconds, newOffers, changedOffers } = forecast.nextRun;
  return {
    nextRun: {
      due: callsDue(forecast),
      ...{ seconds, newOffers, changedOffers },
      endsAt: new Date(now.getTime() + seconds * 1000),
    },
    apis: forecast.apis.map((api) => ({
      ...api,
      dayLimit: limitOf(limits, api.operation, 'day'),
      monthLimit: limitOf(limits, api.operation, 'month'),
    })),
    feeds: forecast.feeds.map((feed) => ({ ...feed, rows: ages(feed.rows), details: ages(feed.details) })),
    firstPassDays: orNull(forecast.firstPassDays),
    advice,
    holds: holds.map(({ api, code }) => ({ api, code })),
    found: found === null ? null : sourceYieldAsJson(found),
    brokenPromises: broken.map(({ feed, offers, maxAgeMs, cause, heldMs, neededPerDay, callsPerDay }) => ({
      ...{ feed, offers, maxAgeMs, cause, neededPerDay, callsPerDay },
      heldMs: orNull(heldMs),
    })),
    basis: describeBasis(plan),
  };
}

/**
 * The plan with limits that were asked about as data; the first has the limits as they are. `ahead` is of the days that are looked
 * ahead, null where no detail is known yet; the others are of the long run. `range` has the least and the most of each figure of `ahead`.
 */
export function scenariosAsJson(scenarios: readonly Scenario[]) {
  return scenarios.map(({ daily, longRun, ahead, range }) => ({
    daily: daily === null ? null : Object.fromEntries(daily),
    ahead: ahead && details(ahead),
    range: range && { least: details(range.least), most: details(range.most) },
    apis: longRun.apis.map(({ operation, perDay, wantedPerDay }) => ({ operation, perDay, wantedPerDay })),
    details: ages(longRun.details.ages),
    fresh: longRun.details.fresh,
  }));
}
