import type { z } from 'zod';
import { chooseApi, operationOf } from './choose-api.ts';
import type { SyncFile } from './sync-config-schema.ts';

/** What is wrong, and where: keys and list positions from the top of the file. */
export interface SyncFileProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A value whose parts may be missing. */
type Holed<T> = T extends object ? { readonly [K in keyof T]?: Holed<T[K]> } : T | undefined;

type HoledFile = Holed<SyncFile>;

/** Which parts of a value have issues. */
interface BadParts {
  isBad: boolean;
  /** By key or list position; what is not here has no issue, nor has anything in it. */
  readonly inner: Map<PropertyKey, BadParts>;
}

function placeIssues(issues: readonly z.core.$ZodRawIssue[]): BadParts {
  const root: BadParts = { isBad: false, inner: new Map() };
  for (const { code, path = [] } of issues) {
    if (code === 'unrecognized_keys') continue;
    let at = root;
    for (const part of path) {
      const next = at.inner.get(part) ?? { isBad: false, inner: new Map() };
      at.inner.set(part, next);
      at = next;
    }
    at.isBad = true;
  }
  return root;
}

/** What is left of a value without those parts that have issues, so that one bad value hides no problem elsewhere. */
function withoutBad(value: unknown, bad: BadParts | undefined): unknown {
  if (bad === undefined) return value;
  if (bad.isBad) return undefined;
  if (Array.isArray(value)) return value.map((item, index) => withoutBad(item, bad.inner.get(index)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutBad(inner, bad.inner.get(key))]),
  );
}

function repeats(
  values: readonly (string | undefined)[] | undefined,
  pathOf: (index: number) => SyncFileProblem['path'],
): SyncFileProblem[] {
  const firsts = new Map<string, number>();
  return (values ?? []).flatMap((value, index) => {
    if (value === undefined) return [];
    const first = firsts.get(value);
    if (first === undefined) firsts.set(value, index);
    return first === undefined
      ? []
      : [{ path: pathOf(index), message: `repeats entry ${String(first + 1)} of the list` }];
  });
}

const searchSources = ['categories', 'keywords', 'sellers', 'images'] as const;
const feedSources = [...searchSources, 'offers'] as const;

function checkFeed(feed: Holed<SyncFile['feeds'][number]>, index: number): SyncFileProblem[] {
  const at = (...rest: (string | number)[]) => ['feeds', index, ...rest];
  const problems = feedSources.flatMap((source) => repeats(feed[source], (position) => at(source, position)));
  if (feedSources.every((source) => feed[source]?.length === 0) && feed.offers_file === null)
    problems.push({
      path: at(),
      message: 'needs categories, keywords, sellers, images, offers or offers_file',
    });
  if (Number(feed.price_min_cny ?? 0) > Number(feed.price_max_cny ?? Infinity))
    problems.push({ path: at('price_max_cny'), message: 'must not be below price_min_cny' });
  if ((feed.offers?.length ?? 0) > (feed.max_offers ?? Infinity))
    problems.push({ path: at('max_offers'), message: 'must not be below the number of offers' });
  const isOpen = searchSources.some((source) => (feed[source]?.length ?? 0) > 0) && feed.max_offers === null;
  if (typeof feed.max_age === 'number' && isOpen)
    problems.push({
      path: at('max_age'),
      message:
        'needs max_offers: searches may list any number of offers, and each takes calls to stay as young',
    });
  for (const [position, boost] of feed.boosts?.entries() ?? []) {
    const { from, until } = boost ?? {};
    if (from !== undefined && until !== undefined && until < from)
      problems.push({ path: at('boosts', position, 'until'), message: 'must not be before from' });
  }
  return problems;
}

function checkSchedules({ feeds = [], schedules = [] }: HoledFile): SyncFileProblem[] {
  const names = new Set(feeds.map((feed) => feed?.name));
  return schedules.flatMap((schedule, index) => {
    const at = (position: number) => ['schedules', index, 'feeds', position];
    const unknown = schedule?.feeds?.flatMap((feed, position) =>
      feed === undefined || names.has(feed)
        ? []
        : [{ path: at(position), message: `there is no feed ${feed}` }],
    );
    return [...repeats(schedule?.feeds, at), ...(unknown ?? [])];
  });
}

const conditions = ['price_down_percent', 'price_up_percent', 'price_below_cny'] as const;

function checkTrackers({ feeds = [], trackers = [] }: HoledFile): SyncFileProblem[] {
  const names = new Set(feeds.map((feed) => feed?.name));
  return trackers.flatMap((tracker = {}, index) => {
    const at = (...rest: (string | number)[]) => ['trackers', index, ...rest];
    const { feed, offers, events } = tracker;
    const isAboutNone = feed === null && offers?.length === 0;
    const isAboutBoth = typeof feed === 'string' && (offers?.length ?? 0) > 0;
    const noticesNothing = events?.length === 0 && conditions.every((key) => tracker[key] === null);
    return [
      ...repeats(offers, (position) => at('offers', position)),
      ...repeats(events, (position) => at('events', position)),
      ...(isAboutNone || isAboutBoth ? [{ path: at(), message: 'needs feed or offers, and not both' }] : []),
      ...(typeof feed === 'string' && !names.has(feed)
        ? [{ path: at('feed'), message: `there is no feed ${feed}` }]
        : []),
      ...(noticesNothing ? [{ path: at(), message: `needs ${conditions.join(', ')} or events` }] : []),
    ];
  });
}

function checkGroups(groups: Holed<SyncFile['quotas']['groups']> = []): SyncFileProblem[] {
  const at = (...rest: (string | number)[]) => ['quotas', 'groups', ...rest];
  return groups.flatMap((group, index) => [
    ...repeats(
      group?.operations?.map((name) => (name === undefined ? name : (operationOf(name) ?? name))),
      (position) => at(index, 'operations', position),
    ),
    ...(group?.daily === null && group.monthly === null
      ? [{ path: at(index), message: 'needs daily or monthly' }]
      : []),
  ]);
}

/** Two keys of a table by operation that name the same operation. */
function checkOperations(names: readonly string[], path: readonly string[]): SyncFileProblem[] {
  const operations = names.map((name) => operationOf(name) ?? name);
  return names.flatMap((name, index) => {
    const first = operations.indexOf(operations[index] ?? '');
    if (first === index) return [];
    return [{ path: [...path, name], message: `is the same operation as ${names[first] ?? ''}` }];
  });
}

function checkApis(apis: Holed<SyncFile['apis']>): SyncFileProblem[] {
  return Object.entries(apis).flatMap(([name, api]) => {
    const operation = operationOf(name);
    const choice = operation === undefined || api === undefined ? null : chooseApi(operation, api);
    return typeof choice === 'string' ? [{ path: ['apis', name], message: choice }] : [];
  });
}

/**
 * The rules that check more than one value of the file, for those values that have no issue of their own.
 *
 * @param file as far as the schema could read it
 * @param issues what the schema found wrong with it
 */
export function checkSyncConfig(file: unknown, issues: readonly z.core.$ZodRawIssue[]): SyncFileProblem[] {
  const whole = (withoutBad(file, placeIssues(issues)) ?? {}) as HoledFile;
  const { feeds = [], quotas = {}, apis = {} } = whole;
  const nameRepeats = (list: 'feeds' | 'schedules' | 'trackers') =>
    repeats(
      whole[list]?.map((item) => item?.name),
      (index) => [list, index, 'name'],
    );
  return [
    ...nameRepeats('feeds'),
    ...feeds.flatMap((feed, index) => checkFeed(feed ?? {}, index)),
    ...nameRepeats('schedules'),
    ...checkSchedules(whole),
    ...nameRepeats('trackers'),
    ...checkTrackers(whole),
    ...checkOperations(Object.keys(quotas.approved ?? {}), ['quotas', 'approved']),
    ...repeats(
      quotas.groups?.map((group) => group?.name),
      (index) => ['quotas', 'groups', index, 'name'],
    ),
    ...checkGroups(quotas.groups),
    ...checkOperations(Object.keys(apis), ['apis']),
    ...checkApis(apis),
  ];
}
