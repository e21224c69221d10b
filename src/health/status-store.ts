import { and, desc, eq, isNull, max, ne } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../db/database.ts';
import type { PassOutcome } from '../model/learning.ts';
import type { Source } from '../model/run.ts';
import { runSql, runSqlForOne } from '../db/sql-file.ts';
import { askAgainAfterMs } from '../model/search-limits.ts';
import { searchWindow } from '../schema/search.ts';
import { drift, run } from '../schema/sync.ts';
import { readSql } from './read-sql.ts';

const runFields = {
  runId: run.runId,
  scope: run.scope,
  /** `cli`, `demo`, or the name of a schedule. */
  trigger: run.trigger,
  status: run.status,
  cause: run.cause,
  callsUsed: run.callsUsed,
  budgetCalls: run.budgetCalls,
  offersNew: run.offersNew,
  offersChanged: run.offersChanged,
  rejects: run.rejects,
  errors: run.errors,
  postponed: run.postponed,
  nextTryAt: run.nextTryAt,
  requestedAt: run.requestedAt,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
  /** Null: it could not be estimated. */
  forecast: run.forecast,
};

/** A run as shown to users. */
export type RunSummary = Readonly<Pick<typeof run.$inferSelect, keyof typeof runFields>>;

/** Rows in the catalog and around it. */
export interface CatalogCounts {
  readonly categories: number;
  readonly offers: number;
  readonly listedOffers: number;
  readonly sellers: number;
  readonly skus: number;
  readonly prices: number;
  readonly closedPrices: number;
  readonly quarantinedRecords: number;
  /** Paid for and stored, not yet in the catalog: the next tick loads them without a call. */
  readonly unloadedAnswers: number;
}

const driftFields = {
  operation: drift.operation,
  /** `data[].newField`; `$`: the answer itself. */
  path: drift.path,
  kind: drift.kind,
  /** Answers that had it. */
  seen: drift.seen,
  lastSeenAt: drift.lastSeenAt,
  /** The beginning of its newest value; null: there was none. */
  sample: drift.sample,
  /** The call of the newest answer that had it. */
  callId: drift.lastCallId,
};

/** A field of answers that is not as it is known of its API. */
export interface DriftSummary extends Readonly<
  Pick<typeof drift.$inferSelect, Exclude<keyof typeof driftFields, 'callId'>>
> {
  readonly callId: string;
}

/** A search that lists less than there is, or not what it says. */
export interface TroubledSearch {
  readonly feed: string;
  /** What is searched by: a keyword, a seller, a picture, or `category` and its id. */
  readonly search: string;
  /** Null: not known of all parts yet. */
  readonly totalRecords: number | null;
  /** Different offers that the last passes listed; null: not known. */
  readonly reach: number | null;
  /** There may be any number beyond the total. */
  readonly isCapped: boolean;
  /** 0: it is read as one. */
  readonly parts: number;
  readonly troubledParts: number;
  readonly lastOutcome: PassOutcome | null;
  readonly completedAt: Date | null;
}

/** Searches of categories that have the name of the category as keyword, since 1688 refused one without. */
export interface NamedSearches {
  readonly searches: number;
  /** From then on a run asks again without a keyword, for one call; null: the next one does. */
  readonly askAgainAt: Date | null;
}

/** Ids for a probe; null: none of the kind is known yet. */
export interface KnownSubjects {
  readonly offerId: string | null;
  readonly sellerId: string | null;
  /** On alicdn.com. */
  readonly imageUrl: string | null;
}

/** The state as shown to users; read-only. */
export interface StatusStore {
  /** The newest first. */
  listRecentRuns(limit: number): Promise<RunSummary[]>;
  /** `source` is null until the first run. */
  countCatalog(): Promise<{ readonly source: Source | null; readonly counts: CatalogCounts }>;
  /** Those seen last come first. */
  listDrifts(limit: number): Promise<DriftSummary[]>;
  /** The largest first. */
  listTroubledSearches(limit: number): Promise<TroubledSearch[]>;
  /** Null: there are none. */
  findNamedSearches(): Promise<NamedSearches | null>;
  /** Monthly tables without a partition for that time: writing at it would fail. */
  listPartitionGaps(at: Date): Promise<string[]>;
  findSubjects(): Promise<KnownSubjects>;
}

async function listRecentRuns(pool: Pool, limit: number): Promise<RunSummary[]> {
  return drizzleOn(pool).select(runFields).from(run).orderBy(desc(run.runId)).limit(limit);
}

interface CountsRow extends CatalogCounts {
  readonly source: Source | null;
}

async function countCatalog(pool: Pool) {
  const { source, ...counts } = await runSqlForOne<CountsRow>(pool, readSql('read-catalog-counts'));
  return { source, counts };
}

async function listDrifts(pool: Pool, limit: number): Promise<DriftSummary[]> {
  const { lastSeenAt, operation, path, kind } = drift;
  return drizzleOn(pool)
    .select(driftFields)
    .from(drift)
    .orderBy(desc(lastSeenAt), operation, path, kind)
    .limit(limit);
}

async function findNamedSearches(pool: Pool): Promise<NamedSearches | null> {
  const { kind, categoryId, parentWindowId, retiredAt } = searchWindow;
  const isNamed = and(eq(kind, 'keyword'), ne(categoryId, '0'), isNull(parentWindowId), isNull(retiredAt));
  const searches = await drizzleOn(pool).$count(searchWindow, isNamed);
  if (searches === 0) return null;
  const [last] = await drizzleOn(pool)
    .select({ refusedAt: max(retiredAt) })
    .from(searchWindow)
    .where(eq(kind, 'category'));
  const refusedAt = last?.refusedAt ?? null;
  return { searches, askAgainAt: refusedAt && new Date(refusedAt.getTime() + askAgainAfterMs) };
}

/** Over every schema, for `status` and `doctor`. */
export function createStatusStore({ pool }: { readonly pool: Pool }): StatusStore {
  return {
    listRecentRuns: (limit) => listRecentRuns(pool, limit),
    countCatalog: () => countCatalog(pool),
    listDrifts: (limit) => listDrifts(pool, limit),
    listTroubledSearches: async (limit) => {
      const rows = await runSql<TroubledSearch>(pool, readSql('list-troubled-searches'), [limit]);
      return rows;
    },
    findNamedSearches: () => findNamedSearches(pool),
    listPartitionGaps: async (at) => {
      const rows = await runSql<{ tableName: string }>(pool, readSql('read-partition-gaps'), [at]);
      return rows.map(({ tableName }) => tableName);
    },
    findSubjects: () => runSqlForOne<KnownSubjects>(pool, readSql('find-subjects')),
  };
}
