import type { ApiOperation } from '../../model/known-apis.ts';
import type { Forecast } from './forecast.ts';
import type { Knowledge, SearchGroup } from './knowledge.ts';
import { steadyStateDetails } from './steady-state-details.ts';
import { steadyStateSearches, type SteadySearch } from './steady-state-searches.ts';

/** A setting of the sync file with which the calls of an API are enough. */
export interface Advice {
  readonly operation: ApiOperation;
  /** Null: `freshness`, which all feeds share. */
  readonly feed: string | null;
  readonly wantedPerDay: number;
  readonly perDay: number;
  readonly setting:
    'max_offers' | 'max_pages' | 'searches' | 'freshness.search' | 'freshness.detail' | 'drop';
  /** What to set it to; of `searches`, how many there may be; of `drop`, what to take out of the feed. */
  readonly to: string;
}

/** Ages to try, in days. */
const ages = [1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90, 180, 365] as const;

/** Searches that are named as worth least. */
const namedSearches = 5;

/** Two digits are as exact as a forecast is. */
function roundDown(value: number): number {
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.floor(value / scale) * scale;
}

/** The first of the settings, from the mildest on, that fits; null: none does. Each fits if the one before does. */
function mildest<T>(settings: readonly T[], fits: (setting: T) => boolean): T | null {
  let [low, high] = [0, settings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const setting = settings[middle];
    if (setting !== undefined && fits(setting)) high = middle;
    else low = middle + 1;
  }
  return settings[low] ?? null;
}

interface Shortage {
  readonly operation: ApiOperation;
  readonly wantedPerDay: number;
  readonly perDay: number;
}

const all = (wanted: ReadonlyMap<ApiOperation, number>) => wanted;

/** Calls a day that rows and details would take if nothing were short. */
function wantedBy(knowledge: Knowledge, operation: ApiOperation): number {
  return steadyStateSearches(knowledge, all).wanted.get(operation) ?? 0;
}

function adviseOnSearches(knowledge: Knowledge, short: Shortage, steady: readonly SteadySearch[]): Advice[] {
  const { operation, perDay } = short;
  const own = knowledge.searches.filter((search) => search.operation === operation);
  const cut = (max: number): SearchGroup[] =>
    own.map((search) => ({ ...search, pages: Math.min(search.pages, max) }));
  const max = Math.max(...own.map(({ pages }) => pages));
  const pages = Array.from(
    { length: Math.max(0, Math.ceil(max) - 1) },
    (_, index) => Math.ceil(max) - 1 - index,
  );
  const maxPages = mildest(
    pages,
    (max) => wantedBy({ ...knowledge, searches: cut(max) }, operation) <= perDay,
  );
  const windows = own.reduce((sum, search) => sum + search.windows, 0);
  const fitting = Math.floor((windows * perDay) / short.wantedPerDay);
  const { freshness } = knowledge;
  const age = mildest(
    ages.filter((days) => days > freshness.search),
    (search) => wantedBy({ ...knowledge, freshness: { ...freshness, search } }, operation) <= perDay,
  );
  return [
    ...(maxPages === null
      ? []
      : [{ ...short, feed: null, setting: 'max_pages', to: String(maxPages) } as const]),
    ...(age === null ? [] : [{ ...short, feed: null, setting: 'freshness.search', to: `${age}d` } as const]),
    {
      ...short,
      feed: null,
      setting: 'searches',
      to: `${roundDown(fitting).toLocaleString('en')} of ${Math.round(windows).toLocaleString('en')}`,
    },
    ...listLowestValue(steady, short),
  ];
}

/** Searches whose pages are worth least, if some are worth less than others. */
function listLowestValue(steady: readonly SteadySearch[], short: Shortage): Advice[] {
  const own = steady
    .filter(({ search }) => search.operation === short.operation && !search.isAssumed)
    // What a search is worth for a call if it is passed as often as the others.
    .map(({ search, worthPerCall, everyDays }) => ({
      search,
      worth: everyDays > 0 ? worthPerCall / everyDays : 0,
    }))
    .toSorted((left, right) => left.worth - right.worth);
  const [min, max] = [own[0], own.at(-1)];
  if (min === undefined || max === undefined || min.worth > 0.7 * max.worth) return [];
  return own.slice(0, Math.min(namedSearches, Math.floor(own.length / 4))).map(({ search }) => ({
    ...short,
    feed: search.feed,
    setting: 'drop',
    to: search.label,
  }));
}

function adviseOnDetails(knowledge: Knowledge, short: Shortage, forecast: Forecast): Advice[] {
  const { perDay, wantedPerDay } = short;
  const rows = new Map(
    forecast.feeds.map(({ feed, rows: { meanDays } }) => [
      feed,
      Math.max(knowledge.runEveryDays, 2 * meanDays),
    ]),
  );
  const { freshness } = knowledge;
  const age = mildest(
    ages.filter((days) => days > freshness.detail),
    (detail) =>
      steadyStateDetails({ ...knowledge, freshness: { ...freshness, detail } }, rows, (max) => max).wanted <=
      perDay,
  );
  // Each feed is cut by the same part.
  const bounds = forecast.feeds
    .filter(({ offers }) => offers > 1)
    .map(({ feed, offers }) => ({
      ...short,
      feed,
      setting: 'max_offers' as const,
      to: String(Math.max(1, roundDown((offers * perDay) / wantedPerDay))),
    }));
  return [
    ...bounds,
    ...(age === null ? [] : [{ ...short, feed: null, setting: 'freshness.detail', to: `${age}d` } as const]),
  ];
}

/** Alternative changes of the sync file, for each API with too few calls. */
export function advise(knowledge: Knowledge, forecast: Forecast): Advice[] {
  return forecast.apis.flatMap(({ operation, wantedPerDay, perDay }) => {
    // Less than a twentieth is within the error of a forecast.
    if (wantedPerDay <= 1.05 * perDay + 1) return [];
    const short = { operation, wantedPerDay, perDay };
    if (operation === 'offer.detail') return adviseOnDetails(knowledge, short, forecast);
    return operation === 'category.children' ? [] : adviseOnSearches(knowledge, short, forecast.searches);
  });
}
