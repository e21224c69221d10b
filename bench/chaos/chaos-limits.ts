import { dayMs } from '../../src/core/duration.ts';
import { apiOf, chooseEndpoints } from '../../src/extract/endpoints/endpoints.ts';
import type { Limit } from './evidence.ts';
import { longSeconds } from './plan-disturbances.ts';

/** Calls that the whole catalog takes, as the sandbox counts them. */
export interface MinCalls {
  readonly total: number;
  readonly nodes: number;
  readonly pages: number;
}

export interface ChaosLimits {
  /** A run sees a day of each month; the month's limit here is what that day may have of it. */
  readonly periods: readonly Limit[];
  /** Category calls of a whole month. */
  readonly approvedMonthly: number;
  /** Calls a second, all workers together. */
  readonly perSecond: number;
  /** In whole minutes: how long the detail of an offer is not to be asked for again. */
  readonly detailFreshForMs: number;
}

/** A feed that only the second sync file has: a branch of the tree that every sandbox has. */
export const secondFeed = 'branch';

/** How long categories and searches are fresh, and in the end details too: longer than a run. */
export const longFreshForMs = 300 * dayMs;

/** In a run of minutes details are due again and again, so that there is always something to ask for. */
const shortFreshForMs = 3 * 60_000;

/** What two cores can make of calls, durability and disturbances included. */
const usualCallsPerSecond = 100;

const endpoints = chooseEndpoints({});
const apis = {
  category: apiOf(endpoints['category.children']),
  search: apiOf(endpoints['search.keyword']),
  detail: apiOf(endpoints['offer.detail']),
} as const;

export interface LimitOptions {
  readonly seconds: number;
  readonly monthDays: number;
  /** False: as many as bind in most runs of this length. True: so few that the slowest machine gets there. */
  readonly isAtLimit: boolean;
}

/**
 * Details a day that the slowest machine gets to, and at a pace at which several are asked for at once. More than the first ones
 * of a run (`maxTrials`), which it does not ask for all at once: of later ones, several race for the last of the day.
 */
const atLimit = { detailsDaily: 30, perSecond: 20 } as const;

/**
 * Limits that bind, each of another window: the month's on categories, the minute's on searches, the day's on
 * details. A run over midnight and the end of a month reaches them on both sides. The pace spreads a small catalog
 * over the whole time, so that whatever is disturbed has calls under way.
 */
export function chooseLimits(
  { total, nodes, pages }: MinCalls,
  { seconds, monthDays, isAtLimit }: LimitOptions,
): ChaosLimits {
  // It reads its catalog again and again, as fast as it can.
  const isLong = seconds >= longSeconds;
  const share = (calls: number, part: number) => Math.ceil(calls * part);
  const categories = share(nodes, 0.9);
  // The ledger counts a call in every minute in which it may arrive, so a minute holds less than half of this.
  const searches = Math.max(40, share(pages, 0.5));
  // A small catalog is read once, and on a slow machine only in part: its limit must be near.
  const usualDetails = isLong
    ? share(seconds * usualCallsPerSecond, 0.15)
    : share(total - nodes - pages, 0.25);
  const details = isAtLimit ? atLimit.detailsDaily : usualDetails;
  const periods: Limit[] = [
    { api: apis.category, period: 'month', calls: categories },
    { api: apis.search, period: 'minute', calls: searches },
    { api: apis.detail, period: 'day', calls: details },
  ];
  return {
    periods,
    approvedMonthly: categories * monthDays,
    perSecond: isLong
      ? 2 * usualCallsPerSecond
      : Math.max(
          isAtLimit ? atLimit.perSecond : 5,
          Math.round((1.5 * (categories + searches + details)) / seconds),
        ),
    detailFreshForMs: isLong ? shortFreshForMs : longFreshForMs,
  };
}

/** No limit but a fast pace, and nothing due that was ever seen: for the end, when all work is to be finished. */
export function liftLimits({ periods }: ChaosLimits): ChaosLimits {
  return {
    periods: periods.map((limit) => ({ ...limit, calls: 1_000_000 })),
    approvedMonthly: 31_000_000,
    perSecond: 2 * usualCallsPerSecond,
    detailFreshForMs: longFreshForMs,
  };
}

/**
 * `catalog-sync.yaml` with these limits. One of a minute has no key there: the ledger is told. The second sync file has
 * another feed and another freshness, and the same limits, since those of the last process that starts hold.
 */
export function describeLimits(limits: ChaosLimits, isSecond = false): string {
  const { periods, approvedMonthly, perSecond, detailFreshForMs } = limits;
  const detailsDaily = periods.find(({ api }) => api === apis.detail)?.calls ?? 1_000_000;
  return `
account: business
freshness: { category: 300d, search: ${isSecond ? 299 : 300}d, detail: ${detailFreshForMs / 60_000}m }
feeds:
  - { name: all, categories: ["0"] }${isSecond ? `\n  - { name: ${secondFeed}, categories: ["10100"] }` : ''}
quotas:
  per_second: ${perSecond}
  approved:
    category.children: { daily: 1000000, monthly: ${approvedMonthly} }
    search.keyword: { daily: 1000000 }
    offer.detail: { daily: ${detailsDaily} }
schedules:
  - { name: each-minute, cron: '* * * * *', feeds: [all] }
`;
}
