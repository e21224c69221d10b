import type { Pool } from 'pg';
import type { SearchImageRequest, SearchKeywordRequest, SearchSellerRequest } from '../../model/operation.ts';
import { pageSize, searchReach } from '../../model/search-limits.ts';
import type { Feed, FreshnessAges } from '../../model/sync-config.ts';
import { runInTransaction } from '../../db/run-in-transaction.ts';
import {
  listDueWindows,
  type DueWindow,
  type DueWindowsRequest,
  type SearchKind,
  type WindowPage,
} from './due-windows.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** What a fetch job is about. Each kind of target has a lease, so that no two jobs are made for one. */
export type TargetKind = 'category' | SearchKind | 'detail';

/** A search by a picture that is still named as in the sync file: by its url, or the path of a file. */
export type ImageQuery = Omit<SearchImageRequest, 'queryImage'> & { readonly image: string };

export type WindowQuery = SearchKeywordRequest | SearchSellerRequest | ImageQuery;

/** Reads what is due and takes it; all times by the ledger clock. */
export interface PlanStore {
  /**
   * Makes the windows of some feeds, and retires those that they no longer want. `isTreeClosed`: the category API
   * is held, so that nodes which were never visited are searched as they are.
   */
  ensureWindows(feeds: readonly Feed[], language: string, isTreeClosed: boolean): Promise<void>;
  leaseCategories(lease: LeaseRequest): Promise<string[]>;
  /** Windows of the feeds that are due, or that the run has taken. */
  listDueWindows(kinds: readonly SearchKind[], lease: DueWindowsRequest): Promise<DueWindow[]>;
  /** Takes those that nobody has taken. */
  takeWindows(runId: string, windowIds: readonly string[]): Promise<WindowPage[]>;
  takeOffers(runId: string, offerIds: readonly string[]): Promise<string[]>;
  /** Targets that the run has taken and that are neither loaded nor given back. */
  countLeases(runId: string): Promise<number>;
  /** Whether another active run has taken something that the feeds reach. */
  isAwaitingOthers(runId: string, feeds: readonly Feed[]): Promise<boolean>;
  /** Calls that the feeds would need right now, as far as is known. */
  countDue(feeds: readonly Feed[], freshness: FreshnessAges): Promise<number>;
  /**
   * Of the given targets, those that the run still holds: the others were answered meanwhile. None after the
   * run's deadline or its end.
   */
  keepLeased(kind: TargetKind, runId: string, ids: readonly string[]): Promise<string[]>;
  /**
   * For offers whose details are known to be out of date: how old an answer may be to tell of them what is not known yet,
   * in ms.
   */
  listKnownStale(offerIds: readonly string[]): Promise<Map<string, number>>;
  /** Gives targets back. Without ids: all of the run. */
  release(kind: TargetKind, runId: string, ids?: readonly string[]): Promise<void>;
  /** Gives targets back and leaves them alone for a while: asking again now would change nothing. */
  postpone(kind: TargetKind, ids: readonly string[], forMs: number): Promise<void>;
  /** The query of a window, for the page that is next. Null: the window is not there any more. */
  searchRequest(windowId: string): Promise<WindowQuery | null>;
}

export interface LeaseRequest extends DueWindowsRequest {
  readonly limit: number;
}

/** Longer than any job waits in a queue; a lost queue gives leases back at once, so this is the last resort. */
const leaseMs = 10 * 60_000;

const targets = {
  category: { table: 'sync.category_visit', key: 'category_id', condition: 'true' },
  search: { table: 'sync.search_window', key: 'window_id', condition: `kind IN ('keyword', 'category')` },
  seller: { table: 'sync.search_window', key: 'window_id', condition: `kind = 'seller'` },
  image: { table: 'sync.search_window', key: 'window_id', condition: `kind = 'image'` },
  detail: { table: 'sync.refresh', key: 'offer_id', condition: 'true' },
} as const satisfies Record<TargetKind, { table: string; key: string; condition: string }>;

interface WindowRow {
  readonly keyword: string;
  readonly category_id: string;
  readonly seller_id: string;
  readonly image: string;
  readonly price_min_cny: string | null;
  readonly price_max_cny: string | null;
  readonly language: string;
  readonly next_page: number;
}

async function selectIds(pool: Pool, sql: string, params: readonly unknown[]): Promise<string[]> {
  const { rows } = await pool.query<[string]>({ text: sql, values: [...params], rowMode: 'array' });
  return rows.map(([id]) => id);
}

type Leases = Pick<PlanStore, 'leaseCategories' | 'listDueWindows' | 'takeWindows' | 'takeOffers'>;

function createLeases(pool: Pool): Leases {
  return {
    leaseCategories: ({ runId, feeds, freshForMs, limit }) => {
      const roots = feeds.flatMap((feed) => feed.categories);
      return selectIds(pool, readSql('lease-due-categories'), [runId, roots, freshForMs, limit, leaseMs]);
    },
    listDueWindows: (kinds, lease) => listDueWindows(pool, kinds, lease),
    takeWindows: async (runId, windowIds) => {
      const rows = await runSql<WindowPage>(pool, readSql('lease-windows'), [runId, windowIds, leaseMs]);
      return rows;
    },
    takeOffers: (runId, offerIds) => selectIds(pool, readSql('lease-offers'), [runId, offerIds, leaseMs]),
  };
}

async function readWindowQuery(pool: Pool, windowId: string): Promise<WindowQuery | null> {
  const { rows } = await pool.query<WindowRow>(
    `SELECT keyword, category_id, seller_id, image, trim_scale(price_min_cny) AS price_min_cny,
            trim_scale(price_max_cny) AS price_max_cny, language, next_page
     FROM sync.search_window WHERE window_id = $1 AND retired_at IS NULL`,
    [windowId],
  );
  return rows[0] ? toQuery(rows[0]) : null;
}

function toQuery(row: WindowRow): WindowQuery {
  const page = {
    priceMinCny: row.price_min_cny,
    priceMaxCny: row.price_max_cny,
    page: row.next_page,
    pageSize,
    language: row.language,
  };
  if (row.seller_id !== '') return { operation: 'search.seller', sellerId: row.seller_id, ...page };
  if (row.image !== '') return { operation: 'search.image', image: row.image, ...page };
  const categoryId = row.category_id === '0' ? null : row.category_id;
  return { operation: 'search.keyword', keyword: row.keyword, categoryId, ...page };
}

function createHeldTargets(pool: Pool): Pick<PlanStore, 'keepLeased' | 'release' | 'postpone'> {
  return {
    keepLeased: (kind, runId, ids) => {
      const { table, key } = targets[kind];
      return selectIds(
        pool,
        `SELECT ${key} FROM ${table} JOIN sync.run ON run_id = leased_by
         WHERE ${key} = ANY ($1::bigint[]) AND leased_by = $2 AND status IN ('queued', 'running')
           AND (deadline_at IS NULL OR deadline_at > usage.ledger_now())`,
        [ids, runId],
      );
    },
    release: async (kind, runId, ids) => {
      const { table, key, condition } = targets[kind];
      // Many rows, which loads may be freeing in another order.
      await runInTransaction(pool, (client) =>
        client.query(
          `UPDATE ${table} SET leased_by = NULL, leased_until = NULL
           WHERE leased_by = $1 AND ${condition} AND ($2::bigint[] IS NULL OR ${key} = ANY ($2::bigint[]))`,
          [runId, ids ?? null],
        ),
      );
    },
    postpone: async (kind, ids, forMs) => {
      const { table, key } = targets[kind];
      await pool.query(
        `UPDATE ${table}
         SET leased_by = NULL, leased_until = NULL,
             not_before = usage.ledger_now() + $2::float8 * interval '1 ms'
         WHERE ${key} = ANY ($1::bigint[])`,
        [ids, forMs],
      );
    },
  };
}

async function listKnownStale(pool: Pool, offerIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ offer_id: string; age_ms: number }>(
    `SELECT offer_id, (extract(epoch FROM usage.ledger_now() - stale_since) * 1000)::float8 AS age_ms
     FROM sync.refresh WHERE offer_id = ANY ($1::bigint[]) AND stale_since IS NOT NULL`,
    [offerIds],
  );
  return new Map(rows.map((row) => [row.offer_id, Math.max(0, row.age_ms)]));
}

/** Over the tables of schema `sync`. */
export function createPlanStore({ pool }: { readonly pool: Pool }): PlanStore {
  return {
    ...createLeases(pool),
    ensureWindows: async (feeds, language, isTreeClosed) => {
      const wanted = feeds.map((feed) => ({ ...feed, offers: [] }));
      await applySql(pool, readSql('ensure-search-windows'), [
        JSON.stringify(wanted),
        language,
        isTreeClosed,
        searchReach,
        searchReach / pageSize,
      ]);
    },
    countLeases: async (runId) => {
      const counts = Object.values(targets).map(
        ({ table, condition }) =>
          `(SELECT count(*) FROM ${table}
            WHERE leased_by = $1 AND ${condition} AND leased_until > usage.ledger_now())`,
      );
      const [count] = await selectIds(pool, `SELECT ${counts.join(' + ')}`, [runId]);
      return Number(count);
    },
    isAwaitingOthers: async (runId, feeds) => {
      const names = feeds.map((feed) => feed.name);
      const rows = await runSql<{ isAwaiting: boolean }>(pool, readSql('is-awaiting-others'), [runId, names]);
      return rows[0]?.isAwaiting ?? false;
    },
    countDue: async (feeds, { searchMs, detailMs }) => {
      const names = feeds.map((feed) => feed.name);
      const [due] = await selectIds(pool, readSql('count-due'), [names, searchMs, detailMs]);
      return Number(due);
    },
    ...createHeldTargets(pool),
    listKnownStale: (offerIds) => listKnownStale(pool, offerIds),
    searchRequest: (windowId) => readWindowQuery(pool, windowId),
  };
}
