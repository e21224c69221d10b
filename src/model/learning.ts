/*
 * What a look teaches about what to ask next. The store reads the prior state under the row's lock, calls the
 * function it was given, and writes the result in the transaction that loads the answer.
 */

/**
 * How a pass over a search window ended: `complete` (every record was listed, and the list stood still meanwhile:
 * what it did not list is not there), `unproven` (the pages add up to the total, but the list moved meanwhile or
 * had rows that can't be read), `capped` (the total reaches 1688's 2,000, and no split helps), `split` (it does, and
 * parts are asked for in its place), `max_pages` (the feed's own bound), `stale` (stopped early: what its pages show
 * is known), `page_repeated` (pages without one new id), `truncated` (far fewer offers than the total), `short` (some
 * fewer, as when a list moves).
 */
export type PassOutcome =
  | 'complete'
  | 'unproven'
  | 'capped'
  | 'split'
  | 'max_pages'
  | 'stale'
  | 'page_repeated'
  | 'truncated'
  | 'short';

export interface WindowState {
  /** The page to ask for next; 1 when no pass is under way. */
  readonly nextPage: number;
  readonly passStartedAt: Date | null;
  /** Nothing of the pass so far says that the list moved while it was read. */
  readonly isPassSteady: boolean;
  /** The pass met a page that does not fit its list; a second one ends it. */
  readonly isDoubted: boolean;
  /** Rows listed by the pass so far, repeats included. */
  readonly rowsSeen: number;
  /** Different offers listed by the pass so far. */
  readonly idsListed: number;
  /** Offers that the pass so far showed first, and known ones that it showed changed. */
  readonly newOffers: number;
  readonly changedOffers: number;
  /** Pages in a row, up to the last one, that showed neither. */
  readonly stalePages: number;
  readonly totalRecords: number | null;
  readonly completedAt: Date | null;
  readonly lastOutcome: PassOutcome | null;
  /** What the last pass listed and showed; null: not known. One that was stopped or split leaves them as they were. */
  readonly lastReach: number | null;
  readonly lastNew: number | null;
  readonly lastChanged: number | null;
  /** When the newest pass ended that was neither stopped early nor split; null: there was none. */
  readonly fullPassAt: Date | null;
  /** Pages not asked for by passes that were stopped early, all together. */
  readonly savedCalls: number;
  /** When the newest complete pass began; null: there was none. */
  readonly completeSince: Date | null;
  /** The feed's bound on pages; null: none. */
  readonly maxPages: number | null;
}

export interface PageLook {
  readonly page: number;
  readonly pageSize: number;
  readonly observedAt: Date;
  readonly rowsInAnswer: number;
  readonly totalRecords: number | null;
  /** Ids on this page that this pass had not listed yet. */
  readonly newIdsInPass: number;
  /** Parts are asked for in place of the pages that follow. */
  readonly isSplit: boolean;
}

/** Prices in yuan, as decimal text. Null: open. */
export interface PriceBand {
  readonly minCny: string | null;
  readonly maxCny: string | null;
}

/** A search window as far as it matters whether to split it. */
export interface WindowShape {
  readonly band: PriceBand;
  /** It is one of the parts of another window. */
  readonly isPart: boolean;
  /** It has parts. */
  readonly isSplit: boolean;
  /** False: nobody wants all of it, or parts are known to bring nothing. */
  readonly isSplittable: boolean;
}

/** A page, as far as it matters for a split. */
export interface PriceLook {
  readonly page: number;
  readonly totalRecords: number | null;
  /** Of its rows, those that are known, as decimal text in yuan. */
  readonly prices: readonly string[];
}

/**
 * `whole`: its pages are read, and parts that it has end. `split`: its parts are asked for, those that it has and
 * those that are new. `ignored`: 1688 answers to the part as to the whole, so that parts bring nothing.
 */
export type SplitDecision =
  | { readonly kind: 'whole' }
  | { readonly kind: 'split'; readonly parts: readonly PriceBand[] }
  | { readonly kind: 'ignored' };

/** What the rows of a page changed in the catalog. */
export interface PageYield {
  readonly page: number;
  readonly pageSize: number;
  readonly observedAt: Date;
  readonly newOffers: number;
  readonly changedOffers: number;
}

/** Supplied by `jobs`, called by `load`. Pure. */
export interface Learn {
  window(prior: WindowState, look: PageLook): WindowState;
  split(window: WindowShape, look: PriceLook): SplitDecision;
  yield(state: WindowState, found: PageYield): WindowState;
}
