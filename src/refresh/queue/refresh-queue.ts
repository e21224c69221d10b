import type { Pool } from 'pg';
import type { ChangeRate } from '../../model/learning.ts';
import { figures, type Figure } from '../../model/figures.ts';
import type { Feed } from '../../model/sync-config.ts';
import type { RepricingRecord, SiblingRecord } from '../planner/shop-suspicion.ts';
import type { VisibleShare } from '../planner/visible-share.ts';
import type { Place } from '../planner/select-calls.ts';
import type { PromisedSet } from '../promised-ages.ts';
import { readPlanner, type PlannerFigures } from './read-planner.ts';
import { runInTransaction } from '../../db/run-in-transaction.ts';
import { applySql, runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { rates, type SampledFigure } from '../planner/rate-grid.ts';
import { saveFigureShares, type FigureShares } from '../update/figure-rows.ts';
import { isDetailSuspect } from '../update/recent-details.ts';
import { arrayOverlaps, sql } from 'drizzle-orm';
import { drizzleOn } from '../../db/database.ts';
import { feedSet, planner } from '../../schema/planner.ts';

/** A set of feeds; each offer belongs to one set. */
export type FeedSet = Readonly<typeof feedSet.$inferSelect>;

/** An offer that is due, among the oldest of its bucket. */
export interface RefreshCandidate {
  readonly offerId: string;
  readonly feedSet: number;
  readonly bucket: number;
  /** As the database writes it. */
  readonly orderAt: string;
  readonly popularity: number;
  readonly learned: ChangeRate;
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
}

/** Which offers are due. */
export interface DueRequest {
  readonly feedSets: readonly number[];
  /** Offers fetched within this time are not due, unless their details are known to be wrong. */
  readonly freshForMs: number;
}

/** Answers that are not trusted, because too many of them are empty or far shorter than before. */
export interface Suspicion {
  readonly isListingSuspect: boolean;
  readonly isDetailSuspect: boolean;
  /** No detail has been found yet. */
  readonly isFirst: boolean;
}

export interface RunDetails {
  readonly loaded: number;
  readonly underWay: number;
}

/** The order in which offers are fetched; all times by the ledger clock. */
export interface RefreshQueue {
  suspicion(): Promise<Suspicion>;
  /** Number of loaded details of a run (at most `limit`), and of those that it has taken and that are not loaded yet. */
  countDetails(runId: string, limit: number): Promise<RunDetails>;
  planner(): Promise<PlannerFigures>;
  /**
   * Assigns offers to feeds again if the bound of a feed, its watch list or its searches have changed. `unseenBucket`: the bucket of
   * offers without observations.
   */
  assignFeeds(feeds: readonly Feed[], unseenBucket: number): Promise<void>;
  /** Stores the promised ages of all feeds of the sync file. */
  notePromisedAges(feeds: readonly Feed[]): Promise<void>;
  /** All sets that contain any of the feeds. */
  listFeedSets(feeds: readonly string[]): Promise<FeedSet[]>;
  /** The due offer without a lease that was fetched longest ago, of each bucket. */
  listHeads(request: DueRequest): Promise<RefreshCandidate[]>;
  /** The due offers without a lease that follow given ones in their buckets; at most `limit` per bucket. */
  listFollowing(places: readonly Place<RefreshCandidate>[], freshForMs: number): Promise<RefreshCandidate[]>;
  /** The offers whose details are due by their promised age, at most `limit`: those that exceed it soonest first. */
  listPromised(sets: readonly PromisedSet[], limit: number): Promise<string[]>;
  /** Number of calls that the promised ages need until a time; with more than `limit` offers, at least that many. */
  countPromisedCalls(sets: readonly PromisedSet[], until: Date, limit: number): Promise<number>;
  /** Input for the daily fit of the planner, with a sample of at most `limit` offers. */
  sample(limit: number): Promise<PlannerSample>;
  saveFit(fit: PlannerFit): Promise<void>;
}

export interface PlannerSample {
  /** Null: never. */
  readonly fittedAt: Date | null;
  readonly prior: ChangeRate;
  /** Evidence of a sample of offers. */
  readonly sample: readonly ChangeRate[];
  /** For each figure, the evidence of a sample of offers. */
  readonly figures: Readonly<Record<Figure, readonly SampledFigure[]>>;
  /** Counted changes that rows show, and that they do not show. */
  readonly shown: VisibleShare;
  readonly meanPopularity: number;
  /** Approximate number of offers. */
  readonly offers: number;
  /** Detail fetches of known offers per day, over the last seven days. */
  readonly detailsPerDay: number;
  /** Repricings of all shops together. */
  readonly shops: RepricingRecord;
  readonly siblings: SiblingRecord;
}

export interface PlannerFit {
  readonly prior: ChangeRate;
  readonly figures: readonly FigureShares[];
  /** Part of the counted changes that is kept. */
  readonly shownKept: number;
  readonly meanPopularity: number;
  /** Null: not known. */
  readonly floorDays: number | null;
  readonly shops: RepricingRecord;
  readonly siblings: SiblingRecord;
  readonly fittedAt: Date;
}

interface HeadRow extends Omit<RefreshCandidate, 'learned'> {
  readonly rateChanges: number;
  readonly rateDays: number;
}

/** Fields are named because there are thousands of rows: spreading the rest of each object takes five times as long. */
const toCandidate = (row: HeadRow): RefreshCandidate => ({
  offerId: row.offerId,
  feedSet: row.feedSet,
  bucket: row.bucket,
  orderAt: row.orderAt,
  popularity: row.popularity,
  learned: { changes: row.rateChanges, days: row.rateDays },
  summaryAgeDays: row.summaryAgeDays,
  detailAgeDays: row.detailAgeDays,
});

async function listHeads(pool: Pool, { feedSets, freshForMs }: DueRequest): Promise<RefreshCandidate[]> {
  const rows = await runSql<HeadRow>(pool, readSql('list-heads'), [feedSets, freshForMs]);
  return rows.map(toCandidate);
}

async function listFollowing(
  pool: Pool,
  places: readonly Place<RefreshCandidate>[],
  freshForMs: number,
): Promise<RefreshCandidate[]> {
  const asked = places.map(({ after: { feedSet, bucket, orderAt, offerId }, limit }) => ({
    ...{ feedSet, bucket, orderAt, offerId },
    limit,
  }));
  const given = [JSON.stringify(asked), freshForMs];
  const rows = await runSql<HeadRow>(pool, readSql('list-following'), given);
  return rows.map(toCandidate);
}

async function assignFeeds(pool: Pool, feeds: readonly Feed[], unseenBucket: number): Promise<void> {
  const bounds = feeds.map(({ name, maxOffers, offers }) => ({ name, maxOffers, offers }));
  const rows = await runSql<{ feed: string }>(pool, readSql('list-unassigned-feeds'), [
    JSON.stringify(bounds),
  ]);
  for (const row of rows) {
    const feed = feeds.find(({ name }) => name === row.feed);
    if (!feed) continue;
    // Many rows, which loads may lock in another order: retried after a deadlock.
    await runInTransaction(pool, async (client) => {
      await applySql(client, readSql('insert-watched-offers'), [feed.offers, unseenBucket]);
      await applySql(client, readSql('assign-feed'), [feed.name, feed.maxOffers, feed.offers]);
    });
  }
}

/** Over `sync.refresh` and `sync.feed_set`. */
export function createRefreshQueue({ pool }: { readonly pool: Pool }): RefreshQueue {
  const db = drizzleOn(pool);
  return {
    suspicion: async () => {
      const { isSuspect } = await runSqlForOne<{ isSuspect: boolean }>(pool, readSql('is-listing-suspect'));
      const { recent } = await readPlanner(pool);
      return {
        isListingSuspect: isSuspect,
        isDetailSuspect: isDetailSuspect(recent),
        isFirst: recent.found === 0,
      };
    },
    countDetails: (runId, limit) =>
      runSqlForOne<RunDetails>(pool, readSql('count-run-details'), [runId, limit]),
    planner: () => readPlanner(pool),
    assignFeeds: (feeds, unseenBucket) => assignFeeds(pool, feeds, unseenBucket),
    notePromisedAges: async (feeds) => {
      const ages = feeds.map(({ name, maxAgeMs }) => ({ name, maxAgeMs }));
      await applySql(pool, readSql('note-promised-ages'), [JSON.stringify(ages)]);
    },
    listFeedSets: async (feeds) => {
      if (feeds.length === 0) return [];
      const isListed = arrayOverlaps(feedSet.feeds, [...feeds]);
      return db.select().from(feedSet).where(isListed).orderBy(feedSet.feedSet);
    },
    listHeads: (request) => listHeads(pool, request),
    listFollowing: (places, freshForMs) => listFollowing(pool, places, freshForMs),
    listPromised: async (sets, limit) => {
      const given = [
        JSON.stringify(sets.map(({ feedSet, dueAgeMs, maxAgeMs }) => ({ feedSet, dueAgeMs, maxAgeMs }))),
        limit,
      ];
      const rows = await runSql<{ offerId: string }>(pool, readSql('list-promised-offers'), given);
      return rows.map(({ offerId }) => offerId);
    },
    countPromisedCalls: async (sets, until, limit) => {
      const given = [
        JSON.stringify(sets.map(({ feedSet, dueAgeMs, everyMs }) => ({ feedSet, dueAgeMs, everyMs }))),
        until,
        limit,
      ];
      return (await runSqlForOne<{ calls: number }>(pool, readSql('count-promised-calls'), given)).calls;
    },
    sample: (limit) =>
      runSqlForOne<PlannerSample>(pool, readSql('sample-learned'), [limit, figures, rates.length]),
    saveFit: async ({ prior, figures, shownKept, shops, siblings, ...fit }) => {
      await db.update(planner).set({
        ...{ ...fit, priorChanges: prior.changes, priorDays: prior.days },
        ...{ repricings: shops.repricings, shopDays: shops.days },
        ...{ siblingsExpected: siblings.expected, siblingsChanged: siblings.changed },
        visibleChanges: sql`${planner.visibleChanges} * ${shownKept}::real`,
        hiddenChanges: sql`${planner.hiddenChanges} * ${shownKept}::real`,
      });
      return saveFigureShares(pool, figures);
    },
  };
}
