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

/** Supplied by `jobs`, called by `load`. Pure. */
export interface Learn {
  window(prior: WindowState, look: PageLook): WindowState;
}
