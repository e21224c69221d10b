import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createStatusStore } from '../../../src/health/status-store.ts';
import type { Feed } from '../../../src/model/sync-config.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { provenance, searchPage, searchRow } from '../../support/answers.ts';

/* Searches that reach 2,000 records, and what is read in their place. */

let db: TestDatabase;
let store: CatalogStore;
const logs: Record<string, unknown>[] = [];
let lastId = 5000;
let lastCall = 0;
const newId = () => String(++lastId);

beforeAll(async () => {
  db = await createTestDatabase();
  const stream = { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) };
  const log = createLogger({ level: 'warn', pretty: false, stream });
  store = createCatalogStore({ pool: db.pool, learn, log, read: () => null });
});
afterAll(() => db.drop());
beforeEach(() => {
  logs.length = 0;
});

async function select(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

/** Offers and the price that each has now. */
type ListedPrices = Readonly<Record<string, string | null>>;

/** Loads a page of at most three offers, the first one and all there is unless it says otherwise. */
async function load(
  windowId: string,
  minutes: number,
  listed: ListedPrices,
  part: { page?: number; total?: number } = {},
): Promise<void> {
  const rows = Object.entries(listed).map(([id, priceCny], index) =>
    searchRow(id, { rank: index + 1, priceCny }),
  );
  const { page = 1, total = rows.length } = part;
  await store.load([
    searchPage(windowId, provenance(minutes, String(++lastCall)), rows, {
      page,
      totalRecords: total,
      pageSize: part.total === undefined ? 50 : 3,
    }),
  ]);
}

const leases = () => createLeaseStore({ pool: db.pool });
const feedOf = (keyword: string, part: Partial<Feed> = {}): Feed => ({
  name: `feed of ${keyword}`,
  categories: [],
  keywords: [keyword],
  sellers: [],
  images: [],
  offers: [],
  boosts: [],
  offersFile: null,
  maxOffers: null,
  maxPages: null,
  priceMinCny: null,
  priceMaxCny: null,
  weight: 1,
  ...part,
});

async function addSearch(part: Partial<Feed> = {}): Promise<{ feed: Feed; whole: string }> {
  const feed = feedOf(`search ${newId()}`, part);
  await leases().ensureWindows([feed], 'en', false);
  const [row] = await select('SELECT window_id FROM sync.search_window WHERE feed = $1', feed.name);
  return { feed, whole: String(row?.['window_id']) };
}

/** A search that was split at 5 yuan, and its two parts. */
async function split(at = 0) {
  const { feed, whole } = await addSearch();
  const [a, b, c] = [newId(), newId(), newId()] as const;
  await load(whole, at, { [b]: '4', [c]: '6' }, { total: 2000 });
  const [lower, upper] = await partsOf(whole);
  return { feed, whole, lower: lower?.id ?? '', upper: upper?.id ?? '', a, b, c };
}

async function partsOf(whole: string) {
  const rows = await select(
    `SELECT window_id AS id, trim_scale(price_min_cny) AS min, trim_scale(price_max_cny) AS max
     FROM sync.search_window WHERE parent_window_id = $1 AND retired_at IS NULL
     ORDER BY price_min_cny NULLS FIRST`,
    whole,
  );
  return rows.map(({ id, min, max }) => ({ id: String(id), min, max }));
}

const readWindow = async (id: string) =>
  (await select('SELECT * FROM sync.search_window WHERE window_id = $1', id))[0];
const stateOf = async (id: string) =>
  (await select('SELECT state FROM catalog.offer WHERE offer_id = $1', id))[0]?.['state'];
const due = async (feed: Feed) => {
  const windows = await leases().listDueWindows(['search'], { runId: '1', feeds: [feed], freshForMs: 1e12 });
  return windows.map(({ windowId }) => windowId).toSorted((a, b) => Number(a) - Number(b));
};

describe('a search that reaches 2,000 records', () => {
  it('ends with its first page, and its two parts are due in its place', async () => {
    const { feed, whole, lower, upper } = await split();
    expect(await readWindow(whole)).toMatchObject({ is_split: true, next_page: 1, last_outcome: 'split' });
    expect(await partsOf(whole)).toEqual([
      { id: lower, min: null, max: '5' },
      { id: upper, min: '5', max: null },
    ]);
    expect(await due(feed)).toEqual([lower, upper]);
    expect(await leases().searchRequest(lower)).toMatchObject({
      keyword: feed.keywords[0],
      priceMinCny: null,
      priceMaxCny: '5',
      page: 1,
    });
  });

  it('has no part of a part: a part that is split ends, and its parts are siblings of its siblings', async () => {
    const { feed, whole, upper } = await split();
    await load(upper, 1, { [newId()]: '7', [newId()]: '9' }, { total: 2000 });
    expect((await partsOf(whole)).map(({ min, max }) => [min, max])).toEqual([
      [null, '5'],
      ['5', '8'],
      ['8', null],
    ]);
    expect((await readWindow(upper))?.['retired_at']).not.toBeNull();
    await leases().ensureWindows([feed], 'en', false);
    expect(await partsOf(whole)).toHaveLength(3);
  });

  it('is split once, however often that page is loaded', async () => {
    const { whole } = await addSearch();
    const rows = [searchRow(newId(), { priceCny: '1' }), searchRow(newId(), { priceCny: '3' })];
    const page = searchPage(whole, provenance(0, String(++lastCall)), rows, { totalRecords: 2000 });
    await store.load([page]);
    const before = await select('SELECT * FROM sync.search_window ORDER BY window_id');
    await store.load([page]);
    expect(await select('SELECT * FROM sync.search_window ORDER BY window_id')).toEqual(before);
  });

  it.each<[string, Partial<Feed>]>([
    ['has a bound on pages', { maxPages: 40 }],
    ['wants no more offers than it lists', { maxOffers: 2000 }],
  ])('is read as it is when its feed %s', async (_, part) => {
    const { whole } = await addSearch(part);
    await load(whole, 0, { [newId()]: '1', [newId()]: '2', [newId()]: '3' }, { total: 2000 });
    expect(await readWindow(whole)).toMatchObject({ is_split: false, next_page: 2, max_pages: 40 });
  });

  it('is split when its feed takes more offers than it lists', async () => {
    const { whole } = await addSearch({ maxOffers: 2001 });
    await load(whole, 0, { [newId()]: '1', [newId()]: '3' }, { total: 2000 });
    expect(await readWindow(whole)).toMatchObject({ is_split: true, max_pages: null });
  });

  it('is read as one again when it has become much smaller, and split again when it grows', async () => {
    const { whole, lower, upper } = await split();
    await load(whole, 10, { [newId()]: '1' }, { total: 1700 });
    expect(await partsOf(whole)).toHaveLength(2);
    await load(whole, 20, { [newId()]: '1', [newId()]: '2', [newId()]: '3' }, { total: 1500 });
    expect(await partsOf(whole)).toEqual([]);
    expect(await readWindow(whole)).toMatchObject({ is_split: false, next_page: 2 });
    await db.pool.query('UPDATE sync.search_window SET next_page = 1 WHERE window_id = $1', [whole]);
    await load(whole, 30, { [newId()]: '4', [newId()]: '6' }, { total: 2000 });
    // The same cut as before, the same parts.
    expect((await partsOf(whole)).map(({ id }) => id)).toEqual([lower, upper]);
  });

  it('ends with its parts when no feed selects it any more, and is read as one when it is selected again', async () => {
    const { feed, whole } = await split();
    await leases().ensureWindows([{ ...feed, keywords: [] }], 'en', false);
    expect(await partsOf(whole)).toEqual([]);
    await leases().ensureWindows([feed], 'en', false);
    expect(await readWindow(whole)).toMatchObject({ is_split: false, retired_at: null });
    expect(await partsOf(whole)).toEqual([]);
  });

  it('ends with its parts when its feed has other bounds, and a part within just these is a search of its own', async () => {
    const { feed, whole, lower, upper } = await split();
    await leases().ensureWindows([{ ...feed, priceMaxCny: '5' }], 'en', false);
    expect(await partsOf(whole)).toEqual([]);
    for (const ended of [whole, upper]) expect((await readWindow(ended))?.['retired_at']).not.toBeNull();
    expect(await readWindow(lower)).toMatchObject({ parent_window_id: null, retired_at: null });
  });

  it('whose parts mind no bounds is read as it is, and that is warned of', async () => {
    const { feed, whole, lower } = await split();
    await load(lower, 1, { [newId()]: '6', [newId()]: '7', [newId()]: '1' }, { total: 2000 });
    expect(await partsOf(whole)).toEqual([]);
    expect(await readWindow(whole)).toMatchObject({ is_split: false, is_splittable: false });
    expect(logs).toMatchObject([{ code: 'SEARCH_BOUNDS_IGNORED', windowId: whole, feed: feed.name }]);
    // The first page would be answered from memory, and move nothing.
    expect(await due(feed)).toEqual([whole]);
    await load(whole, 2, { [newId()]: '1', [newId()]: '2', [newId()]: '3' }, { page: 2, total: 2000 });
    expect(await readWindow(whole)).toMatchObject({
      ...{ is_split: false, next_page: 3, ids_listed: 5 },
      pass_started_at: provenance(0).observedAt,
    });
  });
});

describe('an offer of a search that is read in parts', () => {
  it('is missing only when all parts have passed without it', async () => {
    const { whole, lower, upper, a, b, c } = await split();
    await load(lower, 1, { [a]: '1', [b]: '4' });
    await load(upper, 2, { [c]: '6' });
    expect(await readWindow(whole)).toMatchObject({ complete_since: provenance(1).observedAt });
    await load(lower, 100, { [a]: '1' });
    expect(await stateOf(b)).toBe('listed');
    await load(upper, 101, { [c]: '6' });
    expect([await stateOf(a), await stateOf(b), await stateOf(c)]).toEqual(['listed', 'missing', 'listed']);
  });

  it('is listed when its price took it into another part, whichever part passes first', async () => {
    for (const order of ['lower', 'upper'] as const) {
      const { lower, upper, a, b, c } = await split();
      await load(lower, 1, { [a]: '1', [b]: '4' });
      await load(upper, 2, { [c]: '6' });
      const later = {
        lower: () => load(lower, 100, { [a]: '1' }),
        upper: () => load(upper, 101, { [c]: '6', [b]: '7' }),
      };
      await later[order]();
      await later[order === 'lower' ? 'upper' : 'lower']();
      expect(await stateOf(b)).toBe('listed');
    }
  });

  it('is not missing by passes that lie more than an hour apart: it may have moved between them', async () => {
    const { lower, upper, a, b, c } = await split();
    await load(lower, 1, { [a]: '1', [b]: '4' });
    await load(upper, 2, { [c]: '6' });
    // At 90 it is below 5 yuan, at 200 above.
    await load(upper, 90, { [c]: '6' });
    await load(lower, 200, { [a]: '1' });
    expect(await stateOf(b)).toBe('listed');
    await load(upper, 201, { [c]: '6', [b]: '8' });
    expect(await stateOf(b)).toBe('listed');
  });

  it('is missing once all parts have passed, although the search was whole when it was listed', async () => {
    const { whole } = await addSearch();
    const [gone, a, c] = [newId(), newId(), newId()];
    await load(whole, 0, { [gone]: '2', [a]: '3', [c]: '6' });
    await load(whole, 10, { [a]: '3', [c]: '6' }, { total: 2000 });
    const [lower, upper] = await partsOf(whole);
    await load(lower?.id ?? '', 11, { [a]: '3' });
    expect(await stateOf(gone)).toBe('listed');
    await load(upper?.id ?? '', 12, { [c]: '6' });
    expect([await stateOf(gone), await stateOf(a), await stateOf(c)]).toEqual([
      'missing',
      'listed',
      'listed',
    ]);
  });

  it('is not missing without a price, for no part has it', async () => {
    const { whole } = await addSearch();
    const [gone, unpriced] = [newId(), newId()];
    await load(whole, 0, { [gone]: '2', [unpriced]: null });
    await load(whole, 10, { [newId()]: '3', [newId()]: '6' }, { total: 2000 });
    for (const { id } of await partsOf(whole)) await load(id, 11, { [newId()]: '5' });
    expect([await stateOf(gone), await stateOf(unpriced)]).toEqual(['missing', 'listed']);
  });

  it('is not missing for another search while a part holds it', async () => {
    const { lower, upper, a, b, c } = await split();
    const other = await addSearch();
    await load(other.whole, 0, { [b]: '4', [c]: '6' });
    await load(lower, 1, { [a]: '1', [b]: '4' });
    await load(upper, 2, { [c]: '6' });
    await load(other.whole, 10, { [c]: '6' });
    expect(await stateOf(b)).toBe('listed');
    await load(lower, 100, { [a]: '1' });
    await load(upper, 101, { [c]: '6' });
    expect(await stateOf(b)).toBe('missing');
  });
});

describe('what a search showed', () => {
  it('is in usage.search_coverage: of one that is read in parts, what they showed together', async () => {
    const { feed, whole, lower, upper, a, b, c } = await split();
    const coverage = (id: string) => select('SELECT * FROM usage.search_coverage WHERE window_id = $1', id);
    expect(await coverage(whole)).toMatchObject([{ parts: 2, total_records: null, coverage: null }]);
    await load(lower, 1, { [a]: '1', [b]: '4', [newId()]: '2' });
    await load(upper, 2, { [c]: '8', [newId()]: '9' }, { total: 3 });
    expect(await coverage(lower)).toMatchObject([
      {
        parent_window_id: whole,
        total_records: 3,
        reach: 3,
        coverage: '1.0000',
        offers_new: 2,
        offers_changed: 0,
      },
    ]);
    expect(await coverage(whole)).toMatchObject([
      {
        ...{ parent_window_id: null, feed: feed.name, parts: 2, last_outcome: 'split', is_capped: false },
        ...{ total_records: 6, reach: 5, coverage: '0.8333', offers_new: 3, offers_changed: 1 },
      },
    ]);
  });

  it('has ranks in its own list only: those in a part are none of the keyword', async () => {
    const { feed, lower, b, c } = await split();
    await load(lower, 1, { [newId()]: '1', [b]: '4' });
    const ranks = await select(
      'SELECT offer_id, best_rank FROM analytics.fct_keyword_rank WHERE feed = $1 ORDER BY best_rank',
      feed.name,
    );
    expect(ranks).toEqual([
      { offer_id: b, best_rank: 1 },
      { offer_id: c, best_rank: 2 },
    ]);
  });

  it('stops its next pass after three pages of it, and the pages that were not asked for are counted', async () => {
    const { whole } = await addSearch();
    const full = Array.from({ length: 4 }, () => ({ [newId()]: '1', [newId()]: '2', [newId()]: '3' }));
    const pages = [...full, { [newId()]: '1', [newId()]: '2' }];
    for (const [at, listed] of pages.entries()) await load(whole, at, listed, { page: at + 1, total: 14 });
    expect(await readWindow(whole)).toMatchObject({ last_outcome: 'complete', last_reach: 14, last_new: 14 });
    for (const [at, listed] of pages.slice(0, 3).entries())
      await load(whole, 10 + at, listed, { page: at + 1, total: 14 });
    expect(await readWindow(whole)).toMatchObject({
      ...{ next_page: 1, last_outcome: 'stale', saved_calls: 2, last_reach: 14, last_new: 14 },
      complete_since: provenance(0).observedAt,
    });
  });

  it('is logged as a warning once when it is far less than its total, and is shown by status', async () => {
    const { feed, whole } = await addSearch();
    for (const at of [0, 10]) {
      await load(whole, at, { [newId()]: '1', [newId()]: '2', [newId()]: '3' }, { total: 30 });
      for (const page of [2, 3]) await load(whole, at + page, {}, { page, total: 30 });
      expect(await readWindow(whole)).toMatchObject({
        next_page: 1,
        last_outcome: 'truncated',
        last_reach: 3,
      });
    }
    expect(logs).toMatchObject([
      { code: 'SEARCH_TRUNCATED', windowId: whole, feed: feed.name, totalRecords: 30, reach: 3 },
    ]);
    const troubled = await createStatusStore({ pool: db.pool }).listTroubledSearches(9);
    expect(troubled).toMatchObject([
      {
        feed: feed.name,
        search: feed.keywords[0],
        totalRecords: 30,
        reach: 3,
        lastOutcome: 'truncated',
        parts: 0,
      },
    ]);
  });
});

it('a window that stays as it is is not locked, so that a load of it and the next tick do not wait for each other', async () => {
  const { feed, whole } = await addSearch();
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT FROM sync.search_window WHERE window_id = $1 FOR UPDATE', [whole]);
    await leases().ensureWindows([feed], 'en', false);
    await client.query('ROLLBACK');
  } finally {
    client.release();
  }
});
