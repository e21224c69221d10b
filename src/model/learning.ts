/*
 * What an observation teaches about what to ask next. The store reads the prior state under the row's lock, calls the
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
  /** The page to ask for next; 1 when no pass is under way, and when one begins to read its pages again. */
  readonly nextPage: number;
  readonly passStartedAt: Date | null;
  /** Nothing of the pass so far says that the list moved while it was read. */
  readonly isPassSteady: boolean;
  /** The pass met a page that does not fit its list, and a second one ends it; or it reads its pages again. */
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
  /**
   * When the newest pass ended that was neither stopped early nor split, nor listed less than half of what it did before;
   * null: there was none.
   */
  readonly fullPassAt: Date | null;
  /** Pages not asked for by passes that were stopped early, all together. */
  readonly savedCalls: number;
  /** When the newest complete pass began; null: there was none. */
  readonly completeSince: Date | null;
  /** The feed's bound on pages; null: none. */
  readonly maxPages: number | null;
}

export interface PageObservation {
  readonly page: number;
  readonly pageSize: number;
  readonly observedAt: Date;
  readonly rowsInAnswer: number;
  readonly totalRecords: number | null;
  /** Ids on this page that this pass had not listed yet. */
  readonly newIdsInPass: number;
  /** Parts are asked for in place of the pages that follow. */
  readonly isSplit: boolean;
  /** Other searches list far less than they did: what lists lack proves nothing. */
  readonly isSuspect: boolean;
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
export interface PriceObservation {
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
  /** Its window is one of the parts of another. */
  readonly isPart: boolean;
}

/**
 * What is known of how often something changes: its rate is Gamma distributed, as if `changes` changes had been
 * counted in `days` days. Mean `changes / days` per day. Per offer only what observations added to the prior is stored, so
 * that a new prior is in force everywhere at once.
 */
export interface ChangeRate {
  readonly changes: number;
  readonly days: number;
}

/** What is known of all offers together. */
export interface PlannerKnowledge {
  readonly prior: ChangeRate;
  /** The share of changes that a search row shows, from 0 to 1. */
  readonly visibleShare: number;
  /** A date of modification that moved has been followed by a change often enough to be believed. */
  readonly isDateTrusted: boolean;
  /** Of the changes that rows show, those of which only the date of modification moves, from 0 to 1; 0 where dates are not believed. */
  readonly dateShare: number;
  readonly recent: RecentDetails;
}

/** Details of the last answers, each of which weighs less than the one after it. */
export interface RecentDetails {
  /** Those that had the offer. */
  readonly found: number;
  /** Those that were empty, although searches list the offer. */
  readonly empty: number;
}

/** What showed that the detail of an offer is out of date: a search row's price, its date of modification, a complete pass without it. */
export type StaleHint = 'row' | 'modify_date' | 'absence';

/** What a run has taken an offer for: a feed promises an age of its detail. Null: the call was worth most of those that were due. */
export type LeasedFor = 'max_age' | null;

/**
 * Why the detail of an offer was asked for: no detail had shown it yet (`first`), something showed that the last one is out
 * of date, a promised age made it due (`max_age`), or the call was worth most of those that were due (`value`).
 */
export type DetailPrompt = 'first' | StaleHint | 'max_age' | 'value';

/** What is known of one offer, but for what it is. */
export interface OfferKnowledge {
  /** The root of 1 + sales of a month: how much its freshness matters. */
  readonly popularity: number;
  /** What its observations added to the prior. */
  readonly learned: ChangeRate;
  /** The newest search row; null: none. */
  readonly rowAt: Date | null;
  /** The newest detail; null: none. */
  readonly detailAt: Date | null;
  /** The newest observation that was the first to show a change; null: none was. */
  readonly changedAt: Date | null;
  /** Null: nothing says that its detail is out of date. */
  readonly stale: { readonly since: Date; readonly by: StaleHint } | null;
}

export interface RowObservation {
  readonly kind: 'row';
  readonly at: Date;
  /** Null: the row does not show it. */
  readonly monthSold: number | null;
  /** Another price than in the row before. */
  readonly isPriceChanged: boolean;
  /** The newest detail has that price; null: rows and details of the offer show different prices, so nobody can tell. */
  readonly isPriceOfDetail: boolean | null;
  /** The date of modification; null: the same as in the row before, or none. */
  readonly modifiedAt: Date | null;
  /** Not known to be on sale, it is back in a list that it had left, or was modified. */
  readonly isReturned: boolean;
}

export interface DetailObservation {
  readonly kind: 'detail';
  readonly at: Date;
  /** Something is not as the detail before had it. */
  readonly isChanged: boolean;
  /** A change that search rows show too: one of a price. */
  readonly isVisible: boolean;
}

/** An observation of an offer that is newer than all of its kind. */
export type OfferObservation = RowObservation | DetailObservation;

/** An observation of an offer that was seen before, and what had been expected of it. */
export interface ObservationStat {
  readonly source: 'search' | 'detail';
  readonly hint: StaleHint | 'none';
  /** The chance of a change, from 0 to 1. */
  readonly odds: number;
  readonly isChanged: boolean;
}

export interface OfferUpdate {
  readonly known: OfferKnowledge;
  /** Null: there was nothing to compare with. */
  readonly stat: ObservationStat | null;
  /** What it says of the share of changes that rows show: as many that do, and that do not. */
  readonly visible: number;
  readonly hidden: number;
}

/** Where an offer stands among what is to be fetched next. */
export interface QueuePosition {
  readonly bucket: number;
  /** In a bucket the earliest comes first. */
  readonly orderAt: Date;
}

/** What the passes over a search window learned of its worth; values are sums over its pages, by popularity. */
export interface WindowWorth {
  readonly pages: number;
  readonly soonValue: number;
  readonly lateValue: number;
  readonly newOffers: number;
  readonly exposureDays: number;
}

/** Supplied by `app`, called in a load. Pure. */
export interface Learn {
  window(prior: WindowState, observation: PageObservation): WindowState;
  split(window: WindowShape, observation: PriceObservation): SplitDecision;
  yield(state: WindowState, found: PageYield): WindowState;
  offer(planner: PlannerKnowledge, known: OfferKnowledge, observation: OfferObservation): OfferUpdate;
  position(planner: PlannerKnowledge, known: OfferKnowledge): QueuePosition;
  /** Value of a page half a day and four days after all of these offers were seen in it. */
  page(
    planner: PlannerKnowledge,
    offers: readonly OfferKnowledge[],
  ): { readonly soon: number; readonly late: number };
}
