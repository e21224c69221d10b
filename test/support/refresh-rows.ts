import { at, noon, type Row } from './still-ledger.ts';

/* Rows of the tables that say what is to be fetched next, for a ledger whose clock stands still. */

type Values = Readonly<Record<string, unknown>>;

export const hour = 3600;
export const day = 24 * hour;

/** Runs 1 and 2 are under way, run 3 is queued, and run 9 has ended. */
export const runs: readonly Row[] = ([1, 2, 3, 9] as const).map((runId) => [
  'sync.run',
  {
    ...{ run_id: runId, scope: `run ${runId}`, trigger: 'test', source: 'sandbox', feeds: [] },
    ...{ calls_used: 0, requested_at: at(0), started_at: at(-hour) },
    status: { 1: 'running', 2: 'running', 3: 'queued', 9: 'failed' }[runId],
  },
]);

/** Set 1 is of feed `a`, set 2 of `b`, and set 3 of both. */
export const feedSets: readonly Row[] = [
  ['sync.feed_set', { feed_set: 1, feeds: ['a'] }],
  ['sync.feed_set', { feed_set: 2, feeds: ['b'] }],
  ['sync.feed_set', { feed_set: 3, feeds: ['a', 'b'] }],
];

/** An offer of feed `a` that waits in bucket 5 since two hours before noon. */
export const offer = (offerId: number, values: Values = {}): Row => [
  'sync.refresh',
  {
    ...{ offer_id: offerId, first_seen_at: at(-9 * day), feed_set: 1, bucket: 5, order_at: at(-2 * hour) },
    ...values,
  },
];

/** A search of feed `a` by a keyword of its own. */
export const searchWindow = (windowId: number, values: Values = {}): Row => [
  'sync.search_window',
  { window_id: windowId, feed: 'a', keyword: `word ${windowId}`, language: 'en', ...values },
];

/** Leaf `categoryId` of category 50. */
export const category = (categoryId: number, values: Values = {}): Row => [
  'catalog.category',
  {
    ...{ category_id: categoryId, parent_id: 50, level: 2, path: '7', is_leaf: true, is_retired: false },
    ...{ first_seen_at: at(-day), call_id: 1, ...values },
  },
];

export const visit = (categoryId: number, values: Values = {}): Row => [
  'sync.category_visit',
  { category_id: categoryId, ...values },
];

/**
 * What makes a target free or not, and whether it is: leases end by themselves, and with their run; what failed waits for
 * its next try.
 */
export const holds: readonly (readonly [Values, isFree: boolean])[] = [
  [{}, true],
  [{ leased_by: 2, leased_until: at(0) }, true],
  [{ leased_by: 2, leased_until: at(1) }, false],
  [{ leased_by: 3, leased_until: at(1) }, false],
  [{ leased_by: 9, leased_until: at(1) }, true],
];
/** As `holds`: whether its next try has come. */
export const tries: readonly (readonly [Values, isDue: boolean])[] = [
  [{ not_before: at(0) }, true],
  [{ not_before: at(1) }, false],
];

/** What the database numbers from now on has other numbers than the rows above. */
export const numberFrom1000 = `SELECT setval(pg_get_serial_sequence('sync.search_window', 'window_id'), 1000),
       setval(pg_get_serial_sequence('sync.feed_set', 'feed_set'), 1000)`;

/** Noon is on the 25th of November in Shanghai. */
const dayOf = (days: number) => new Date(Date.parse(noon) + days * day * 1000).toISOString().slice(0, 10);

/** Observations by details that a date of modification had prompted, so many days after that of noon. */
export const detailStat = (days: number, observations: number, changed: number, values: Values = {}): Row => [
  'sync.observation_stat',
  {
    ...{
      date_day: dayOf(days),
      source: 'detail',
      hint: 'modify_date',
      decile: 1,
      observations,
      expected: 0,
      changed,
    },
    ...values,
  },
];
