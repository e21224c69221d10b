import type { ApiOperation } from '../../model/known-apis.ts';
import type { WindowWorth } from '../../model/learning.ts';
import { changeOdds } from '../planner/change-rate.ts';
import { arrivalsPerDay } from '../planner/discovery-value.ts';
import { defaultObjective } from '../planner/objective.ts';
import { pageValues } from '../planner/page-value.ts';
import { windowValue } from '../planner/window-value.ts';
import { findPrice } from './find-price.ts';
import type { Knowledge, SearchGroup } from './knowledge.ts';
import { steadyPages } from './pass-pages.ts';
import { ageWorth, drawCurve } from './value-curve.ts';

/** New offers a day that the planner assumes of a search without observations. */
export const assumedArrivals = 1;

/** Similar searches, with their passes in steady state. */
export interface SteadySearch {
  readonly search: SearchGroup;
  /** Days from one pass to the next; Infinity: there are no calls for it. */
  readonly everyDays: number;
  readonly callsPerDay: number;
  /** Value of a page at that age, in days of freshness of an offer of mean importance. */
  readonly worthPerCall: number;
}

/** Days until runs fetch again what may reach this age: whole intervals between runs. */
export function wholeRuns(ageDays: number, runEveryDays: number): number {
  return Math.max(1, Math.ceil(ageDays / runEveryDays - 1e-9)) * runEveryDays;
}

/** Assumed value of a search that was never passed: pages of typical offers, and the arrivals of any other search. */
function typicalWorth({ prior, visibleShare, pageSize }: Knowledge, pages: number): WindowWorth {
  const typical = { weight: 1, rate: prior, summaryAgeDays: 0, detailAgeDays: 0, isStale: false };
  const { soon, late } = pageValues([typical], { objective: defaultObjective, visibleShare });
  const rows = pages * pageSize;
  return { pages, soonValue: rows * soon, lateValue: rows * late, newOffers: 0, exposureDays: 0 };
}

/** New offers a day of one search, as far as its passes and those of others have shown. */
export function arrivalsOf({ arrivalsPerDay: mean }: Knowledge, { worth }: SearchGroup): number {
  const seen = { changes: worth?.newOffers ?? 0, days: worth?.exposureDays ?? 0 };
  return arrivalsPerDay(seen, mean);
}

/** New and changed offers that one page of a search shows after some days. */
export function newOffersPerPage(knowledge: Knowledge, search: SearchGroup, ageDays: number): number {
  const { prior, visibleShare, pageSize } = knowledge;
  return (
    pageSize * changeOdds(prior, visibleShare * ageDays) +
    (arrivalsOf(knowledge, search) * ageDays) / search.pages
  );
}

function steadyState(knowledge: Knowledge, search: SearchGroup) {
  const { prior, meanPopularity, pageSize, freshness, runEveryDays } = knowledge;
  const weight = knowledge.feeds.find(({ name }) => name === search.feed)?.weight ?? 1;
  const isKnown = search.worth !== null && search.worth.pages > 0;
  const worth = isKnown ? search.worth : typicalWorth(knowledge, search.pages);
  const scale = {
    prior,
    meanPopularity: isKnown ? meanPopularity : 1,
    arrivalsPerDay: assumedArrivals,
    pageSize,
  };
  const valueAt = (ageDays: number) => windowValue({ ageDays, worth, weight }, scale).value;
  const curve = drawCurve(valueAt);
  const min = wholeRuns(freshness.search, runEveryDays);
  const at = (price: number): SteadySearch => {
    const everyDays = Math.max(min, ageWorth(curve, price));
    if (!Number.isFinite(everyDays)) return { search, everyDays, callsPerDay: 0, worthPerCall: 0 };
    const pages = steadyPages(search.pages, newOffersPerPage(knowledge, search, everyDays));
    return {
      search,
      everyDays,
      callsPerDay: (search.windows * pages) / everyDays,
      worthPerCall: valueAt(everyDays),
    };
  };
  return { operation: search.operation, at };
}

export interface SteadySearches {
  readonly searches: readonly SteadySearch[];
  /** Calls a day that fetching as often as `freshness` allows would take. */
  readonly wanted: ReadonlyMap<ApiOperation, number>;
}

const sumCalls = (searches: readonly SteadySearch[]) =>
  searches.reduce((sum, { callsPerDay }) => sum + callsPerDay, 0);

/** How often each search is passed when calls go to the most valuable pages; `roomOf` gives the calls per day. */
export function steadyStateSearches(
  knowledge: Knowledge,
  roomOf: (wanted: ReadonlyMap<ApiOperation, number>) => ReadonlyMap<ApiOperation, number>,
): SteadySearches {
  const all = knowledge.searches.map((search) => steadyState(knowledge, search));
  const operations = [...new Set(all.map(({ operation }) => operation))];
  const atPrice = (operation: ApiOperation, price: number) =>
    all.filter((member) => member.operation === operation).map(({ at }) => at(price));
  const wanted = new Map(operations.map((operation) => [operation, sumCalls(atPrice(operation, 0))]));
  const room = roomOf(wanted);
  const searches = operations.flatMap((operation) => {
    const callsAt = (price: number) => sumCalls(atPrice(operation, price));
    return atPrice(operation, findPrice(callsAt, room.get(operation) ?? Infinity));
  });
  return { searches, wanted };
}

/** Days between two passes for most rows of a feed: a mean of rates, weighted by pages. Infinity: never. */
export function rowEveryDays(searches: readonly SteadySearch[], feed: string): number {
  let [pages, calls] = [0, 0];
  for (const { search, everyDays } of searches) {
    if (search.feed !== feed) continue;
    pages += search.windows * search.pages;
    calls += (search.windows * search.pages) / everyDays;
  }
  return calls > 0 ? pages / calls : Infinity;
}
