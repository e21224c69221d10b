import { plannedOperations, type ApiOperation } from '../../model/known-apis.ts';
import { ageQuantile, type CopyAges } from './age-quantile.ts';
import { shareYounger } from './detail-cycle.ts';
import { callsToFirstPass, daysFor } from './first-pass.ts';
import { isFull, type Knowledge } from './knowledge.ts';
import { forecastRun, type NextRun } from './next-run.ts';
import { floorShare } from '../planner/select-calls.ts';
import { steadyStateDetails, type SteadyOffers } from './steady-state-details.ts';
import { arrivalsOf, rowEveryDays, steadyStateSearches, type SteadySearch } from './steady-state-searches.ts';
import { shareLimits, type CallsByApi } from './share-limits.ts';

/** Calls of one API in the long run. */
export interface ApiForecast {
  readonly operation: ApiOperation;
  /** Whole calls, rounded once, so that all outputs agree. */
  readonly nextRun: number;
  /** What is due for the next run; whole calls, too. */
  readonly due: number;
  /** A day, once the initial crawl is complete. */
  readonly perDay: number;
  /** Calls a day to fetch as often as `freshness` needs. */
  readonly wantedPerDay: number;
  /** Until the initial crawl is complete. */
  readonly toFirstPass: number;
}

/** Ages in days; Infinity: never again. */
export interface AgeForecast {
  readonly meanDays: number;
  readonly medianDays: number;
  readonly p90Days: number;
}

/** Details of some offers in the long run. */
export interface DetailsForecast {
  readonly ages: AgeForecast;
  readonly callsPerDay: number;
  /** The share that is right at any time, from 0 to 1. */
  readonly fresh: number;
}

export interface FeedForecast {
  readonly feed: string;
  readonly offers: number;
  readonly newPerDay: number;
  readonly rows: AgeForecast;
  readonly details: AgeForecast;
  readonly detailsPerDay: number;
  /** The share of its details that are right at any time, from 0 to 1. */
  readonly fresh: number;
}

export interface Forecast {
  readonly apis: readonly ApiForecast[];
  readonly feeds: readonly FeedForecast[];
  /** Details of all feeds, each offer counted once. */
  readonly details: DetailsForecast;
  readonly nextRun: NextRun;
  /** Days until the initial crawl is complete; Infinity: never. */
  readonly firstPassDays: number;
  readonly searches: readonly SteadySearch[];
}

const quantilesOf = (parts: readonly CopyAges[]) => ({
  medianDays: ageQuantile(parts, 0.5),
  p90Days: ageQuantile(parts, 0.9),
});

/** Ages of rows are spread evenly up to the time between two passes. */
function rowAges(searches: readonly SteadySearch[], feed: string): AgeForecast {
  const parts = searches
    .filter(({ search }) => search.feed === feed)
    .map(({ search: { windows, pages }, everyDays }) => ({
      copies: windows * pages,
      everyDays,
      shareYounger: (ageDays: number) => Math.min(1, ageDays / everyDays),
    }));
  const pages = parts.reduce((sum, { copies }) => sum + copies, 0);
  const meanDays = parts.reduce((sum, { copies, everyDays }) => sum + (copies * everyDays) / 2, 0) / pages;
  return { meanDays: pages === 0 ? Infinity : meanDays, ...quantilesOf(parts) };
}

function arrivals(knowledge: Knowledge, feed: string): number {
  const { searches, feeds, offers } = knowledge;
  const { maxOffers = null, novelty = 1 } = feeds.find(({ name }) => name === feed) ?? {};
  const held = offers.reduce((sum, group) => sum + (group.feeds.includes(feed) ? group.offers : 0), 0);
  // A full feed keeps its offers.
  if (isFull({ maxOffers }, held)) return 0;
  const own = searches.filter((search) => search.feed === feed);
  return novelty * own.reduce((sum, search) => sum + search.windows * arrivalsOf(knowledge, search), 0);
}

function forecastDetails(own: readonly SteadyOffers[]): DetailsForecast {
  const offers = own.reduce((sum, member) => sum + member.offers, 0);
  const mean = (of: (member: SteadyOffers) => number) =>
    offers === 0 ? 0 : own.reduce((sum, member) => sum + member.offers * of(member), 0) / offers;
  const parts = own.map(({ cycle, offers: copies }) => ({
    copies,
    shareYounger: (ageDays: number) => shareYounger(cycle, ageDays),
  }));
  return {
    ages: { meanDays: offers === 0 ? Infinity : mean(({ ageDays }) => ageDays), ...quantilesOf(parts) },
    callsPerDay: own.reduce((sum, { callsPerDay }) => sum + callsPerDay, 0),
    fresh: mean(({ fresh }) => fresh),
  };
}

function forecastFeed(
  knowledge: Knowledge,
  feed: string,
  steady: { readonly details: readonly SteadyOffers[]; readonly searches: readonly SteadySearch[] },
): FeedForecast {
  const own = steady.details.filter(({ feeds }) => feeds.includes(feed));
  const { ages, callsPerDay, fresh } = forecastDetails(own);
  return {
    feed,
    offers: own.reduce((sum, member) => sum + member.offers, 0),
    newPerDay: arrivals(knowledge, feed),
    rows: rowAges(steady.searches, feed),
    details: ages,
    detailsPerDay: callsPerDay,
    fresh,
  };
}

const sumOf = (of: CallsByApi | ReadonlyMap<ApiOperation, number>, operation: ApiOperation) =>
  of.get(operation) ?? 0;

/** What the planner will do with the available calls: in the next run, until everything was fetched once, and in steady state. */
export function forecast(knowledge: Knowledge): Forecast {
  const { feeds, limits, freshness } = knowledge;
  const perDayOf = (wanted: CallsByApi) => shareLimits(wanted, limits, ({ perDay }) => perDay);
  const nodes = feeds.reduce((sum, feed) => sum + feed.nodes, 0) / freshness.category;
  const found = feeds.reduce((sum, { name }) => sum + arrivals(knowledge, name), 0);
  // The demand of details decides how much searches get of a limit that both share.
  const alone = steadyStateSearches(knowledge, perDayOf);
  const everyOf = (searches: readonly SteadySearch[]) =>
    new Map(feeds.map(({ name }) => [name, rowEveryDays(searches, name)]));
  const details = steadyStateDetails(knowledge, everyOf(alone.searches), (wanted) => wanted);
  const wanted = new Map<ApiOperation, number>([
    ['category.children', nodes],
    ...alone.wanted,
    ['offer.detail', details.wanted + found],
  ]);
  const room = perDayOf(wanted);
  const { searches } = steadyStateSearches(knowledge, () => room);
  // New offers come first, except for the share of overdue ones.
  const detailRoom = sumOf(room, 'offer.detail');
  const known = Math.max(floorShare * detailRoom, detailRoom - found);
  const { steady } = steadyStateDetails(knowledge, everyOf(searches), (max) => Math.min(max, known));
  const perDay = new Map<ApiOperation, number>([['category.children', sumOf(room, 'category.children')]]);
  for (const { search, callsPerDay } of searches)
    perDay.set(search.operation, sumOf(perDay, search.operation) + callsPerDay);
  const detailCalls = steady.reduce((sum, { callsPerDay }) => sum + callsPerDay, 0);
  perDay.set('offer.detail', Math.min(detailRoom, detailCalls + found));
  const nextRun = forecastRun(knowledge);
  const toFirstPass = callsToFirstPass(knowledge);
  return {
    apis: plannedOperations
      .filter((operation) => [wanted, toFirstPass, nextRun.due].some((of) => sumOf(of, operation) > 0))
      .map((operation) => ({
        operation,
        nextRun: Math.round(sumOf(nextRun.calls, operation)),
        due: Math.round(sumOf(nextRun.due, operation)),
        perDay: sumOf(perDay, operation),
        wantedPerDay: sumOf(wanted, operation),
        toFirstPass: sumOf(toFirstPass, operation),
      })),
    feeds: feeds.map(({ name }) => forecastFeed(knowledge, name, { details: steady, searches })),
    details: forecastDetails(steady),
    nextRun,
    firstPassDays: daysFor(toFirstPass, knowledge),
    searches,
  };
}
