/* What the database knows of searches, categories and offers, as far as the forecast needs it. */

import type { WindowWorth } from './learning.ts';

export interface WindowFacts {
  readonly feed: string;
  readonly kind: 'keyword' | 'category' | 'seller' | 'image';
  /** What it searches by: keyword, seller, picture, or the id of a category. */
  readonly term: string;
  /** Label for people; for a category, its name. */
  readonly label: string;
  /** How many windows it stands for. */
  readonly windows: number;
  /** Pages of a pass that is not stopped early; null: never fetched, so not known. */
  readonly pages: number | null;
  /** Above 1: a pass is under way. */
  readonly nextPage: number;
  /** Days since the last pass ended; null: there was none. */
  readonly ageDays: number | null;
  /** It failed and is not fetched before some later time. */
  readonly isPostponed: boolean;
  /** Offers that the last pass listed; null: there was none. */
  readonly reach: number | null;
  readonly mayStop: boolean;
  readonly worth: WindowWorth | null;
}

/** Category nodes of one level that a feed fetches; 0 is the root of the whole tree. */
export interface NodeFacts {
  readonly feed: string;
  readonly level: number;
  readonly nodes: number;
  readonly unvisited: number;
  /** Due nodes, without those that are postponed. */
  readonly due: number;
}

/** Offers that a feed will get when its next run begins: from its watch list, or kept out by a bound that has been raised since. */
export interface UnheldFacts {
  readonly feed: string;
  readonly offers: number;
}

/** An offer out of a sample. */
export interface OfferFacts {
  readonly feeds: readonly string[];
  readonly popularity: number;
  readonly changes: number;
  readonly days: number;
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
  readonly hasDetail: boolean;
  readonly isStale: boolean;
  /** Its detail failed and is not fetched before some later time. */
  readonly isPostponed: boolean;
}

export interface ForecastFacts {
  readonly windows: readonly WindowFacts[];
  readonly nodes: readonly NodeFacts[];
  readonly unheld: readonly UnheldFacts[];
  readonly sample: readonly OfferFacts[];
  /** How many offers each of the sample stands for. */
  readonly offersPerSample: number;
  /** Calls per second of the fastest of the last runs; null: no run was long enough. */
  readonly callsPerSecond: number | null;
}
