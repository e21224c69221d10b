/** Operations whose stored answers can be read again, in the order in which they are. */
export const reprocessedOperations = [
  'category.children',
  'search.keyword',
  'search.seller',
  'search.image',
  'offer.detail',
] as const;

export type ReprocessedOperation = (typeof reprocessedOperations)[number];

/** Which stored answers are read again; null: it does not matter. */
export interface ReprocessSelection {
  readonly operation: ReprocessedOperation | null;
  /** Only answers that show this offer. A search page shows others, too, and is read as a whole. */
  readonly offerId: string | null;
  /** Only answers asked for since; ISO 8601. */
  readonly since: string | null;
  /** Only answers of which something is in quarantine. */
  readonly isQuarantined: boolean;
  /** Only answers that code of a version below this one has read. */
  readonly olderThanVersion: number | null;
}

/** What was read again, and what it changed. */
export interface ReprocessCounts {
  readonly answers: number;
  /** Of them, those that are damaged, or no good answers of their operations. */
  readonly unreadable: number;
  readonly offersChanged: number;
  readonly categoriesChanged: number;
  readonly sellersChanged: number;
  /** Price intervals, those that hold included. */
  readonly pricesAdded: number;
  readonly pricesRemoved: number;
  readonly pricesChanged: number;
  /** Observations of which a number changed: lowest price, stock, sales. */
  readonly observationsChanged: number;
  readonly quarantineResolved: number;
  readonly quarantineAdded: number;
  /** Offers whose prices were told again, though older answers are not kept: what these made is left as it is. */
  readonly offersPartial: number;
}

export const noCounts: ReprocessCounts = {
  answers: 0,
  unreadable: 0,
  offersChanged: 0,
  categoriesChanged: 0,
  sellersChanged: 0,
  pricesAdded: 0,
  pricesRemoved: 0,
  pricesChanged: 0,
  observationsChanged: 0,
  quarantineResolved: 0,
  quarantineAdded: 0,
  offersPartial: 0,
};

/** One thing that reads otherwise now, for people. */
export interface ReprocessExample {
  /** An offer. */
  readonly id: string;
  /** `subject`, or `list price from 100`. */
  readonly what: string;
  /** Null: there was nothing. */
  readonly was: string | null;
  readonly is: string | null;
}
