import { apiOf, chooseEndpoints } from '../../src/extract/endpoints/endpoints.ts';
import type { Limit } from './evidence.ts';

/** Calls that the whole catalog takes, as the sandbox counts them. */
export interface LeastCalls {
  readonly total: number;
  readonly nodes: number;
  readonly pages: number;
}

export interface ChaosLimits {
  readonly windows: readonly Limit[];
  /** Calls a second, all workers together. */
  readonly perSecond: number;
}

const endpoints = chooseEndpoints({});
const apis = {
  category: apiOf(endpoints['category.children']),
  search: apiOf(endpoints['search.keyword']),
  detail: apiOf(endpoints['offer.detail']),
} as const;

/**
 * Limits that bind, each of another window: the month's on categories, the minute's on searches, the day's on
 * details. A run over midnight and the end of a month reaches them on both sides. The pace spreads a small catalog
 * over the whole time, so that whatever is disturbed has calls under way.
 */
export function chooseLimits({ total, nodes, pages }: LeastCalls, seconds: number): ChaosLimits {
  const details = total - nodes - pages;
  const share = (calls: number, part: number) => Math.ceil(calls * part);
  const windows: Limit[] = [
    { api: apis.category, window: 'month', calls: share(nodes, 0.6) },
    // The ledger counts a call in every minute in which it may arrive, so a minute holds less than half of this.
    { api: apis.search, window: 'minute', calls: Math.max(40, share(pages, 0.2)) },
    { api: apis.detail, window: 'day', calls: share(details, Math.min(0.4, total / seconds / 120)) },
  ];
  return { windows, perSecond: Math.max(20, Math.min(200, Math.round((1.5 * total) / seconds))) };
}

/** No limit but the pace: for the end, when all work is to be finished. */
export function liftLimits({ windows, perSecond }: ChaosLimits): ChaosLimits {
  return { windows: windows.map((limit) => ({ ...limit, calls: 1_000_000 })), perSecond };
}

/** `catalog-sync.yaml` with these limits. One of a minute has no key there: the ledger is told. */
export function describeLimits({ windows, perSecond }: ChaosLimits): string {
  const callsOf = (api: string, window: Limit['window']) =>
    windows.find((limit) => limit.api === api && limit.window === window)?.calls ?? 1_000_000;
  return `
account: business
freshness: { category: 300d, search: 300d, detail: 300d }
feeds:
  - { name: all, categories: ["0"] }
quotas:
  per_second: ${perSecond}
  approved:
    category.children: { daily: 1000000, monthly: ${callsOf(apis.category, 'month')} }
    search.keyword: { daily: 1000000 }
    offer.detail: { daily: ${callsOf(apis.detail, 'day')} }
schedules:
  - { name: each-minute, cron: '* * * * *', feeds: [all] }
`;
}

/** What the file says of freshness. */
export const freshForMs = 300 * 86_400_000;
