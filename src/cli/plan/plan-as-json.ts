import type { Forecast } from '../../refresh/forecast/forecast.ts';
import { describeBasis } from './describe-basis.ts';
import { callsDue, limitOf, type Plan } from './read-plan.ts';

/** JSON has no infinity: what never happens is null. */
const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

const ages = ({ meanDays, p90Days }: Forecast['feeds'][number]['rows']) => ({
  meanDays: orNull(meanDays),
  p90Days: orNull(p90Days),
});

/** A plan as data; null in place of a number: never, or no limit. */
export function planAsJson(plan: Plan) {
  const { forecast, advice, limits, now } = plan;
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
    basis: describeBasis(plan),
  };
}
