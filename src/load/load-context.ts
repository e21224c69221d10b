import type { PoolClient } from 'pg';
import type { LoadableAnswer } from '../model/catalog.ts';
import type { ReprocessExample } from '../model/reprocess.ts';
import type { PriceDiff, PriceSource } from './price-intervals.ts';
import type { RefreshStatsUpdate } from '../refresh/update/refresh-stats.ts';

/** What a batch of answers that were read again changed in the catalog. */
export interface Correction {
  /** Offers of which anything except a counter changed. */
  readonly offers: Set<string>;
  readonly categories: Set<string>;
  /** Offers whose prices were merged again from all of their stored answers. */
  readonly replayed: Record<PriceSource, Set<string>>;
  /** Those of `replayed` that have older answers which are no longer stored. */
  readonly partial: Set<string>;
  /** By offer. */
  readonly prices: { readonly offerId: string; readonly diff: PriceDiff }[];
  sellers: number;
  /** Observations whose numbers changed. */
  observations: number;
  quarantineResolved: number;
  quarantineAdded: number;
  readonly examples: ReprocessExample[];
}

export function createCorrection(): Correction {
  return {
    offers: new Set(),
    categories: new Set(),
    replayed: { detail: new Set(), search: new Set() },
    partial: new Set(),
    prices: [],
    sellers: 0,
    observations: 0,
    quarantineResolved: 0,
    quarantineAdded: 0,
    examples: [],
  };
}

/** A load of answers that were loaded before, to correct what today's code reads in them. */
export interface Replay {
  readonly correction: Correction;
  /** Those of the given offers whose prices this reprocess has already merged again, if it is a dry run. */
  readonly wasReplayed: (offerIds: readonly string[], source: PriceSource) => Promise<ReadonlySet<string>>;
}

/** Stored answers by call, as today's code reads them. Damaged and missing ones are left out. */
export type ReadAnswers = (callIds: readonly string[]) => Promise<ReadonlyMap<string, LoadableAnswer>>;

/** What a load needs besides its answers. */
export interface LoadContext {
  readonly client: PoolClient;
  /** Version of the code that made the records of the answers; null: not known. */
  readonly normalizerVersion: number | null;
  readonly statsUpdate: RefreshStatsUpdate;
  readonly readAnswers: ReadAnswers;
  /** The answers of this load, by call. */
  readonly hand: ReadonlyMap<string, LoadableAnswer>;
  /**
   * Null: answers are loaded for the first time. Otherwise the catalog is corrected to what they read as today; cursors of searches, and
   * the refresh statistics, stay as they are.
   */
  readonly replay: Replay | null;
}
