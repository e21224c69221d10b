import type { Pool, PoolClient } from 'pg';
import { hourMs, minuteMs } from '../../core/duration.ts';
import { askAgainAfterMs, pageSize, searchReach } from '../../model/search-limits.ts';
import type { Feed, FreshnessAges } from '../../model/sync-config.ts';
import { runInTransaction } from '../../db/run-in-transaction.ts';
import { listDueShops, type DueShopsRequest } from './due-shops.ts';
import {
  listDueWindows,
  type DueWindow,
  type DueWindowsRequest,
  type SearchKind,
  type WindowPage,
} from './due-windows.ts';
import { applySql, runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { and, eq, gt, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { drizzleOn } from '../../db/database.ts';
import { ledgerNow } from '../../db/ledger-now.ts';
import { refresh } from '../../schema/planner.ts';
import { searchWindow } from '../../schema/search.ts';
import { categoryVisit, run } from '../../schema/sync.ts';
import { pageStaleFromMs, readWindowQuery, type WindowQuery } from './window-query.ts';

/** Target of a fetch job. Each kind of target has a lease, so that no two jobs are made for one target. */
export type TargetKind = 'category' | SearchKind | 'detail';

/** Reads and leases what is due; all times by the ledger clock. */
export interface LeaseStore {
  /**
   * Makes the windows of some feeds, and retires those that they no longer select. `isTreeClosed`: the category API is held, so
   * categories that were never fetched are searched directly.
   */
  ensureWindows(feeds: readonly Feed[], language: string, isTreeClosed: boolean): Promise<void>;
  leaseCategories(lease: LeaseRequest): Promise<string[]>;
  /** Windows of the feeds that are due, or that the run has taken. */
  listDueWindows(kinds: readonly SearchKind[], lease: DueWindowsRequest): Promise<DueWindow[]>;
  /**
   * Makes the windows of shops that seem to have repriced. Returns those that are due, or that the run has taken, the most likely first.
   */
  listDueShops(request: DueShopsRequest): Promise<DueWindow[]>;
  /** Leases those that have no lease. */
  takeWindows(runId: string, windowIds: readonly string[]): Promise<WindowPage[]>;
  /** Leases those without a lease. `promised`: those of them that a promised age makes due. */
  takeOffers(runId: string, offerIds: readonly string[], promised?: readonly string[]): Promise<string[]>;
  /** Number of targets that the run has taken and that are neither loaded nor given back. */
  countLeases(runId: string): Promise<number>;
  /** Whether another active run has leases on targets of the feeds. */
  isAwaitingOthers(runId: string, feeds: readonly Feed[]): Promise<boolean>;
  /** Calls that the feeds would need right now, as far as is known. */
  countDue(feeds: readonly Feed[], freshness: FreshnessAges): Promise<number>;
  /** The given targets that the run still holds: the others were answered meanwhile. None after the run's deadline or its end. */
  keepLeased(kind: TargetKind, runId: string, ids: readonly string[]): Promise<string[]>;
  /** For offers whose details are known to be out of date: the age, in ms, that an answer must be below to have new data about them. */
  listKnownStale(offerIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * Ages of the newest details of offers, in ms: an answer must be younger to have anything new. Offers without a detail are left out.
   */
  listDetailAges(offerIds: readonly string[]): Promise<Map<string, number>>;
  /** Gives targets back; without `ids`, all of the run. */
  release(kind: TargetKind, runId: string, ids?: readonly string[]): Promise<void>;
  /**
   * Frees targets that could not be fetched, and postpones them: errors that may pass for minutes, longer with each try in a row;
   * refusals until the next day.
   */
  postpone(kind: TargetKind, ids: readonly string[], failure: TargetFailure): Promise<void>;
  /** Targets that could not be fetched for a reason that may pass, and that wait for their next try. */
  countPostponed(feeds: readonly Pick<Feed, 'name' | 'categories'>[]): Promise<Postponed>;
  /**
   * Replaces a search that 1688 refuses without a keyword by one with the name of its category as keyword. False: the search already has
   * a keyword, or its category has no name.
   */
  nameCategorySearch(windowId: string): Promise<boolean>;
  /** Called when 1688 answered a search of a category without a keyword: ends those with names. False: there were none. */
  unnameCategorySearches(): Promise<boolean>;
  /** The query for the next page of a window. Null: the window no longer exists. */
  searchRequest(windowId: string): Promise<WindowQuery | null>;
  /**
   * As `listKnownStale`, for the next page of a window; null unless its pass reads its pages again, or its shop seems to have repriced.
   */
  pageStaleFromMs(windowId: string): Promise<number | null>;
}

export interface TargetFailure {
  /** Code of the error. */
  readonly code: string;
  readonly mayPass: boolean;
}

export interface Postponed {
  readonly targets: number;
  /** Time of the first next try; null: there is none. */
  readonly nextTryAt: Date | null;
}

export interface LeaseRequest extends DueWindowsRequest {
  readonly limit: number;
}

/** Longer than any job waits in a queue. A lost queue frees its leases at once, so this is the last resort. */
const leaseMs = 10 * 60_000;

const targets = {
  category: { table: categoryVisit, key: categoryVisit.categoryId, condition: undefined },
  search: {
    table: searchWindow,
    key: searchWindow.windowId,
    condition: inArray(searchWindow.kind, ['keyword', 'category']),
  },
  seller: { table: searchWindow, key: searchWindow.windowId, condition: eq(searchWindow.kind, 'seller') },
  image: { table: searchWindow, key: searchWindow.windowId, condition: eq(searchWindow.kind, 'image') },
  detail: { table: refresh, key: refresh.offerId, condition: undefined },
} as const satisfies Record<TargetKind, unknown>;

/** Most outages last some minutes. At half, a target would be tried twice in the same one; at double, a run would wait longer. */
const firstWaitMs = 2 * minuteMs;

/** Short enough for the next day's run to retry what was refused, whatever its hour. */
const longestWaitMs = 12 * hourMs;

const freed = { leasedBy: null, leasedUntil: null } as const;

interface Target {
  readonly id: string;
}

type Leases = Pick<
  LeaseStore,
  'leaseCategories' | 'listDueWindows' | 'listDueShops' | 'takeWindows' | 'takeOffers'
>;

function createLeases(pool: Pool): Leases {
  return {
    leaseCategories: async ({ runId, feeds, freshForMs, limit }) => {
      const roots = feeds.flatMap((feed) => feed.categories);
      const given = [runId, roots, freshForMs, limit, leaseMs];
      const rows = await runSql<Target>(pool, readSql('lease-due-categories'), given);
      return rows.map(({ id }) => id);
    },
    listDueWindows: (kinds, lease) => listDueWindows(pool, kinds, lease),
    listDueShops: (request) => listDueShops(pool, request),
    takeWindows: (runId, windowIds) =>
      runSql<WindowPage>(pool, readSql('lease-windows'), [runId, windowIds, leaseMs]),
    takeOffers: async (runId, offerIds, promised = []) => {
      const rows = await runSql<Target>(pool, readSql('lease-offers'), [runId, offerIds, leaseMs, promised]);
      return rows.map(({ id }) => id);
    },
  };
}

function createHeldTargets(pool: Pool): Pick<LeaseStore, 'keepLeased' | 'release' | 'postpone'> {
  const db = drizzleOn(pool);
  return {
    keepLeased: async (kind, runId, ids) => {
      const { table, key } = targets[kind];
      const isOpen = or(isNull(run.deadlineAt), gt(run.deadlineAt, ledgerNow));
      const rows = await db
        .select({ id: key })
        .from(table)
        .innerJoin(run, eq(run.runId, table.leasedBy))
        .where(
          and(
            inArray(key, [...ids]),
            eq(table.leasedBy, runId),
            inArray(run.status, ['queued', 'running']),
            isOpen,
          ),
        );
      return rows.map(({ id }) => id);
    },
    release: async (kind, runId, ids) => {
      const { table, key, condition } = targets[kind];
      const isOne = ids && inArray(key, [...ids]);
      // Many rows, which loads may free in another order: retried after a deadlock.
      await runInTransaction(pool, (client) =>
        drizzleOn(client)
          .update(table)
          .set(freed)
          .where(and(eq(table.leasedBy, runId), condition, isOne)),
      );
    },
    postpone: async (kind, ids, { code, mayPass }) => {
      const { table, key } = targets[kind];
      const waitMs = mayPass
        ? sql`least(${longestWaitMs}::float8, ${firstWaitMs}::float8 * 4 ^ least(${table.failedTries}, 10))`
        : sql`${longestWaitMs}::float8`;
      const notBefore = sql`${ledgerNow} + ${waitMs} * interval '1 ms'`;
      const failedTries = mayPass ? sql`${table.failedTries} + 1` : 0;
      await db
        .update(table)
        .set({ ...freed, notBefore, failedTries, failureCode: code })
        .where(inArray(key, [...ids]));
    },
  };
}

/** Time since a date of each offer that has it. */
async function listAges(
  pool: Pool,
  offerIds: readonly string[],
  since: typeof refresh.staleSince | typeof refresh.detailAt,
): Promise<Map<string, number>> {
  const ageMs = sql<number>`(extract(epoch FROM ${ledgerNow} - ${since}) * 1000)::float8`;
  const rows = await drizzleOn(pool)
    .select({ offerId: refresh.offerId, ageMs })
    .from(refresh)
    .where(and(inArray(refresh.offerId, [...offerIds]), isNotNull(since)));
  return new Map(rows.map((row) => [row.offerId, Math.max(0, row.ageMs)]));
}

/** Frees all leases of a run, so its jobs find no work. */
export async function freeLeases(client: PoolClient, runId: string): Promise<void> {
  await applySql(client, readSql('free-leases'), [runId]);
}

/** Over the tables of schema `sync`. */
export function createLeaseStore({ pool }: { readonly pool: Pool }): LeaseStore {
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
        askAgainAfterMs,
      ]);
    },
    countLeases: async (runId) => {
      const { leases } = await runSqlForOne<{ leases: number }>(pool, readSql('count-leases'), [runId]);
      return leases;
    },
    isAwaitingOthers: async (runId, feeds) => {
      const names = feeds.map((feed) => feed.name);
      return (
        await runSqlForOne<{ isAwaiting: boolean }>(pool, readSql('is-awaiting-others'), [runId, names])
      ).isAwaiting;
    },
    countDue: async (feeds, { searchMs, detailMs }) => {
      const names = feeds.map((feed) => feed.name);
      const given = [names, searchMs, detailMs];
      return (await runSqlForOne<{ due: number }>(pool, readSql('count-due'), given)).due;
    },
    ...createHeldTargets(pool),
    countPostponed: async (feeds) => {
      const names = feeds.map((feed) => feed.name);
      const given = [names, feeds.some(({ categories }) => categories.length > 0)];
      return runSqlForOne<Postponed>(pool, readSql('count-postponed'), given);
    },
    listKnownStale: (offerIds) => listAges(pool, offerIds, refresh.staleSince),
    listDetailAges: (offerIds) => listAges(pool, offerIds, refresh.detailAt),
    nameCategorySearch: async (windowId) =>
      (await runSql<{ keyword: string }>(pool, readSql('name-category-search'), [windowId])).length > 0,
    unnameCategorySearches: () =>
      runInTransaction(
        pool,
        async (client) => (await applySql(client, readSql('unname-category-searches'))) > 0,
      ),
    searchRequest: (windowId) => readWindowQuery(pool, windowId),
    pageStaleFromMs: (windowId) => pageStaleFromMs(pool, windowId),
  };
}
