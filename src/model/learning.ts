/*
 * What an observation says about what to fetch next. The store reads the prior state under the row's lock, calls the function it
 * was given, and writes the result in the transaction that loads the answer.
 */

/**
 * How a pass over a search window ended:
 *
 * - `complete`: every record was listed, and the list did not move meanwhile. What it did not list is gone from it.
 * - `unproven`: the pages add up to the total, but the list moved meanwhile or had rows that can't be read.
 * - `capped`: the total reaches 1688's 2,000, and no split helps.
 * - `split`: the total reaches 2,000, and parts are fetched in place of the window.
 * - `max_pages`: the feed's own bound was reached.
 * - `stale`: stopped early, since what its pages show is known.
 * - `page_repeated`: pages without one new id.
 * - `truncated`: far fewer offers than the total.
 * - `short`: some fewer, as when a list moves.
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
  /** The page to fetch next; 1 when no pass is under way, and when a pass begins to read its pages again. */
  readonly nextPage: number;
  readonly passStartedAt: Date | null;
  /** So far, nothing shows that the list moved while the pass read it. */
  readonly isPassSteady: boolean;
  /** The pass met a page that does not fit its list, and a second such page ends it; or it reads its pages again. */
  readonly isDoubted: boolean;
  /** Rows listed by the pass so far, repeats included. */
  readonly rowsSeen: number;
  /** Different offers listed by the pass so far. */
  readonly idsListed: number;
  /** Offers that the pass showed for the first time, and known offers that it showed changed, so far. */
  readonly newOffers: number;
  readonly changedOffers: number;
  /** Consecutive pages, up to the last one, that showed no new and no changed offer. */
  readonly stalePages: number;
  readonly totalRecords: number | null;
  readonly completedAt: Date | null;
  readonly lastOutcome: PassOutcome | null;
  /** What the last pass listed and showed; null: not known. A pass that was stopped or split does not change these. */
  readonly lastReach: number | null;
  readonly lastNew: number | null;
  readonly lastChanged: number | null;
  /**
   * End of the newest pass that was neither stopped early nor split and listed at least half of what it did before; null: there
   * was none.
   */
  readonly fullPassAt: Date | null;
  /** Pages that passes skipped because they were stopped early, in total. */
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
  /** Parts are fetched in place of the pages that follow. */
  readonly isSplit: boolean;
  /** Other searches list far fewer offers than before, so absence from a list proves nothing. */
  readonly isSuspect: boolean;
}

/** Prices in yuan, as decimal text. Null: open. */
export interface PriceBand {
  readonly minCny: string | null;
  readonly maxCny: string | null;
}

/** The properties of a search window that decide whether to split it. */
export interface WindowShape {
  readonly band: PriceBand;
  /** It is a part of another window. */
  readonly isPart: boolean;
  /** It has parts. */
  readonly isSplit: boolean;
  /** False: nobody wants all of it, or its parts are known to bring nothing. */
  readonly isSplittable: boolean;
}

/** The properties of a page that decide about a split. */
export interface PriceObservation {
  readonly page: number;
  readonly totalRecords: number | null;
  /** The known prices of its rows, as decimal text in yuan. */
  readonly prices: readonly string[];
}

/**
 * `whole`: its pages are read, and its parts end, if it has any. `split`: its parts are fetched, those that it has and new ones.
 * `ignored`: 1688 gives the part the same answer as the whole, so parts bring nothing.
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
  /** Its window is a part of another window. */
  readonly isPart: boolean;
}

/**
 * How often something changes. The rate is Gamma distributed, as if `changes` changes had been counted in `days` days: the mean
 * is `changes / days` per day. For each offer only what its observations added to the prior is stored, so that a new prior
 * applies everywhere at once.
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
  /** A moved date of modification has been followed by a change often enough to be trusted. */
  readonly isDateTrusted: boolean;
  /** Of the changes that rows show, the share where only the date of modification moves, from 0 to 1; 0 where dates are not trusted. */
  readonly dateShare: number;
  readonly recent: RecentDetails;
}

/** Details of the last answers; each weighs less than the one after it. */
export interface RecentDetails {
  /** Details that had the offer. */
  readonly found: number;
  /** Empty details of offers that searches list. */
  readonly empty: number;
}

/** What showed that the detail of an offer is out of date: a search row's price, its date of modification, a complete pass without it. */
export type StaleHint = 'row' | 'modify_date' | 'absence';

/** Why a run leased an offer: a feed promises an age of its detail. Null: of the calls that were due, this one was worth the most. */
export type LeasedFor = 'max_age' | null;

/**
 * Why the detail of an offer was fetched: no detail had shown it yet (`first`), something showed that the last one is out of
 * date, a promised age made it due (`max_age`), or the call was worth the most of those due (`value`).
 */
export type DetailPrompt = 'first' | StaleHint | 'max_age' | 'value';

/** What the planner knows of one offer; the content of the offer is not part of it. */
export interface OfferKnowledge {
  /** The square root of 1 + the sales of a month: how much its freshness matters. */
  readonly popularity: number;
  /** What its observations added to the prior. */
  readonly learned: ChangeRate;
  /** The newest search row; null: none. */
  readonly rowAt: Date | null;
  /** The newest detail; null: none. */
  readonly detailAt: Date | null;
  /** The newest observation that was the first to show a change; null: there was none. */
  readonly changedAt: Date | null;
  /** Null: nothing says that its detail is out of date. */
  readonly stale: { readonly since: Date; readonly by: StaleHint } | null;
}

export interface RowObservation {
  readonly kind: 'row';
  readonly at: Date;
  /** Null: the row does not show it. */
  readonly monthSold: number | null;
  /** The price differs from that of the row before. */
  readonly isPriceChanged: boolean;
  /** The newest detail has that price; null: not known, since rows and details of the offer show different prices. */
  readonly isPriceOfDetail: boolean | null;
  /** The date of modification; null: the same as in the row before, or none. */
  readonly modifiedAt: Date | null;
  /** It was not known to be on sale, and is back in a list that it had left, or was modified. */
  readonly isReturned: boolean;
}

export interface DetailObservation {
  readonly kind: 'detail';
  readonly at: Date;
  /** Something differs from the detail before. */
  readonly isChanged: boolean;
  /** A change that search rows show too: one of a price. */
  readonly isVisible: boolean;
}

/** An observation of an offer that is newer than all others of its kind. */
export type OfferObservation = RowObservation | DetailObservation;

/** An observation of an offer that was seen before, and the change that was expected of it. */
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
  /** Evidence about the share of changes that rows show: the number of shown changes, and of hidden ones. */
  readonly visible: number;
  readonly hidden: number;
}

/** The position of an offer in the refresh queue. */
export interface QueuePosition {
  readonly bucket: number;
  /** Within a bucket, the earliest comes first. */
  readonly orderAt: Date;
}

/** What passes over a search window learned about its worth; values are sums over its pages, by popularity. */
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
  /** The value of a page half a day and four days after all of these offers were seen in it. */
  page(
    planner: PlannerKnowledge,
    offers: readonly OfferKnowledge[],
  ): { readonly soon: number; readonly late: number };
}
