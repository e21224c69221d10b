/** Operations whose stored answers can be read again, in the order of reading. */
export const reprocessedOperations = [
  'category.children',
  'search.keyword',
  'search.seller',
  'search.image',
  'offer.detail',
] as const;

export type ReprocessedOperation = (typeof reprocessedOperations)[number];

/** Selects the stored answers to read again; null: no condition. */
export interface ReprocessSelection {
  readonly operation: ReprocessedOperation | null;
  /** Only answers that show this offer. A search page also shows others, and is read as a whole. */
  readonly offerId: string | null;
  /** Only answers fetched since this time; ISO 8601. */
  readonly since: string | null;
  /** Only answers with something in quarantine. */
  readonly isQuarantined: boolean;
  /** Only answers that were read by code of a version below this one. */
  readonly olderThanVersion: number | null;
}

/** What was read again, and what it changed. */
export interface ReprocessCounts {
  readonly answers: number;
  /** Answers among them that are damaged, or not good answers of their operations. */
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
  /** Offers whose prices were rebuilt although older answers are not kept: what those answers produced stays as it is. */
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

/** One value that reads differently now, for people. */
export interface ReprocessExample {
  /** An offer. */
  readonly id: string;
  /** `subject`, or `list price from 100`. */
  readonly what: string;
  /** Null: there was no value. */
  readonly was: string | null;
  readonly is: string | null;
}
