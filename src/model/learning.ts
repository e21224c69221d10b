/*
 * What a look teaches about what to ask next. The store reads the prior state under the row's lock, calls the
 * function it was given, and writes the result in the transaction that loads the answer.
 */

/**
 * How a pass over a search window ended: `complete` (every record was listed, and the list stood still meanwhile:
 * what it did not list is not there), `unproven` (the pages add up to the total, but the list moved meanwhile or
 * had rows that can't be read), `capped` (the total reaches 1688's 2,000), `max_pages` (the feed's own bound),
 * `page_repeated` (a page without one new id), `short` (the pages ended before the total did).
 */
export type PassOutcome = 'complete' | 'unproven' | 'capped' | 'max_pages' | 'page_repeated' | 'short';

export interface WindowState {
  /** The page to ask for next; 1 when no pass is under way. */
  readonly nextPage: number;
  readonly passStartedAt: Date | null;
  /** Nothing of the pass so far says that the list moved while it was read. */
  readonly isPassSteady: boolean;
  /** Rows listed by the pass so far, repeats included. */
  readonly rowsSeen: number;
  readonly totalRecords: number | null;
  readonly completedAt: Date | null;
  readonly lastOutcome: PassOutcome | null;
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
}

/**
 * What is known of how often something changes: its rate is Gamma distributed, as if `changes` changes had been
 * counted in `days` days. Mean `changes / days` per day. Per offer only what looks added to the prior is stored, so
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
}

/** What showed that the detail of an offer is out of date: a search row's price, its date of modification, a complete pass without it. */
export type StaleHint = 'row' | 'modify_date' | 'absence';

/** What is known of one offer, but for what it is. */
export interface OfferKnowledge {
  /** The root of 1 + sales of a month: how much its freshness matters. */
  readonly popularity: number;
  /** What its looks added to the prior. */
  readonly learned: ChangeRate;
  /** The newest search row; null: none. */
  readonly rowAt: Date | null;
  /** The newest detail; null: none. */
  readonly detailAt: Date | null;
  /** The newest look that showed a change; null: none did. */
  readonly changedAt: Date | null;
  /** Null: nothing says that its detail is out of date. */
  readonly stale: { readonly since: Date; readonly by: StaleHint } | null;
}

export interface RowLook {
  readonly kind: 'row';
  readonly at: Date;
  /** Null: the row does not tell. */
  readonly monthSold: number | null;
  /** Another price than in the row before. */
  readonly isPriceChanged: boolean;
  /** Another date of modification than in the row before. */
  readonly isDateMoved: boolean;
}

export interface DetailLook {
  readonly kind: 'detail';
  readonly at: Date;
  /** Something is not as the detail before had it. */
  readonly isChanged: boolean;
  /** A change that search rows show too: one of a price. */
  readonly isVisible: boolean;
}

/** A look at an offer that is newer than all of its kind. */
export type OfferLook = RowLook | DetailLook;

/** A look at an offer that was seen before, and what had been expected of it. */
export interface LookStat {
  readonly source: 'search' | 'detail';
  readonly hint: StaleHint | 'none';
  /** The chance of a change, from 0 to 1. */
  readonly odds: number;
  readonly isChanged: boolean;
}

export interface OfferLesson {
  readonly known: OfferKnowledge;
  /** Null: there was nothing to compare with. */
  readonly stat: LookStat | null;
  /** What a change that was found says of the share of changes that rows show. */
  readonly visible: number;
  readonly hidden: number;
}

/** Where an offer stands among what is to be looked at next. */
export interface Shelf {
  readonly bucket: number;
  /** In a bucket the earliest comes first. */
  readonly orderAt: Date;
}

/** Supplied by `jobs`, called by `load`. Pure. */
export interface Learn {
  window(prior: WindowState, look: PageLook): WindowState;
  offer(planner: PlannerKnowledge, known: OfferKnowledge, look: OfferLook): OfferLesson;
  shelf(planner: PlannerKnowledge, known: OfferKnowledge): Shelf;
  /** Value of a page half a day and four days after all of these offers were seen in it. */
  page(
    planner: PlannerKnowledge,
    offers: readonly OfferKnowledge[],
  ): { readonly soon: number; readonly late: number };
}
