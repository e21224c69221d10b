import type { PoolClient } from 'pg';
import type { LoadableAnswer } from '../../model/catalog.ts';
import type { ReprocessExample } from '../../model/reprocess.ts';
import type { RefreshStatsUpdate } from '../../load/refresh-stats.ts';

/** What a batch of answers, read again, changed in the catalog. */
export interface Correction {
  /** Offers of which anything but a counter changed. */
  readonly offers: Set<string>;
  readonly categories: Set<string>;
  /** Offers whose prices were told again from all of their answers that are kept. */
  readonly replayed: Set<string>;
  /** Those of them that have older answers, which are not kept any more. */
  readonly partial: Set<string>;
  pricesAdded: number;
  pricesRemoved: number;
  pricesChanged: number;
  sellers: number;
  /** Looks whose numbers changed. */
  observations: number;
  readonly examples: ReprocessExample[];
}

export function createCorrection(): Correction {
  return {
    offers: new Set(),
    categories: new Set(),
    replayed: new Set(),
    partial: new Set(),
    pricesAdded: 0,
    pricesRemoved: 0,
    pricesChanged: 0,
    sellers: 0,
    observations: 0,
    examples: [],
  };
}

/** What corrections need beside the answers themselves. */
export interface CorrectionDeps {
  readonly client: PoolClient;
  readonly normalizerVersion: number;
  /** Other stored answers, by raw id, read by today's code. Those that are damaged are left out. */
  readonly readAnswers: (rawIds: readonly string[]) => Promise<ReadonlyMap<string, LoadableAnswer>>;
  /** Offers whose prices this reprocess has told again before, when it only looks. */
  readonly wasReplayed: (offerIds: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly correction: Correction;
  /** Places offers among what is to be fetched next; what observations showed stays as it is. */
  readonly statsUpdate: RefreshStatsUpdate;
}
