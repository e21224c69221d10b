import type { Plan } from '../../src/cli/plan/read-plan.ts';
import type { ApiForecast, Forecast } from '../../src/refresh/forecast/forecast.ts';
import type { SearchGroup } from '../../src/refresh/forecast/knowledge.ts';
import type { SteadySearch } from '../../src/refresh/forecast/steady-state-searches.ts';

/** What is forecast of details, where nothing is due. */
export const detailForecast: ApiForecast = {
  ...{ operation: 'offer.detail', nextRun: 0, due: 0, perDay: 0, wantedPerDay: 0, toFirstPass: 0 },
};

/** A group of one search that was passed. */
export const searchGroup: SearchGroup = {
  ...{ operation: 'search.keyword', feed: 'bags', label: '包', windows: 1, pages: 1, pagesToFirstPass: 0 },
  ...{ pagesPassed: 0, ageDays: 1, isPostponed: false, mayStop: true, worth: null, isAssumed: false },
};

/** A search in the long run, that was made or is assumed. */
export const steadySearch = (isAssumed: boolean): SteadySearch => ({
  ...{ search: { ...searchGroup, isAssumed }, everyDays: 1, callsPerDay: 1, worthPerCall: 1 },
});

/** A forecast of which nothing is due, with changes. */
export function someForecast(changed: Partial<Forecast> = {}): Forecast {
  const ages = { meanDays: 1, medianDays: 1, p90Days: 2 };
  return {
    ...{ apis: [], feeds: [], details: { ages, callsPerDay: 0, fresh: 1 }, firstPassDays: 0, searches: [] },
    nextRun: { calls: new Map(), due: new Map(), newOffers: 0, changedOffers: 0, seconds: 0 },
    ...changed,
  };
}

/** A plan of one run a day that nothing is wrong with, with changes. */
export function somePlan(changed: Partial<Plan> = {}): Plan {
  return {
    knowledge: {
      ...{
        feeds: [],
        searches: [],
        offers: [],
        prior: {} as never,
        visibleShare: 0,
        shown: null,
        meanPopularity: 1,
      },
      ...{ arrivalsPerDay: 0, limits: [], freshness: { category: 7, search: 1, detail: 1 } },
      ...{ runEveryDays: 1, pageSize: 50, callsPerSecond: 1 },
    },
    ...{ limits: [], bounds: [], holds: [], hasSchedule: true, now: new Date('2026-11-25T01:00:00Z') },
    ...{ forecast: someForecast(), advice: [], found: null, broken: [] },
    ...changed,
  };
}
