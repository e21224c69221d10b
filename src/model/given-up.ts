/** Which of what was given up; null: any. An id is one of its operation. */
export interface GivenUpChoice {
  readonly operation: string | null;
  readonly id: string | null;
}

/** A target that could not be fetched and waits for its next try. */
export interface GivenUp {
  /** The operation that fetches it, like `offer.detail`. */
  readonly operation: string;
  /** `detail`, `category`, or the kind of a search. */
  readonly kind: string;
  readonly id: string;
  readonly name: string | null;
  /** Why it could not be fetched (docs/errors.md); null: kept by a version that did not say. */
  readonly code: string | null;
  /** How often in a row it failed by something that may pass; 0: it was refused. */
  readonly failedTries: number;
  readonly notBefore: Date;
  /** How many targets of its operation wait. */
  readonly ofOperation: number;
  /** How many wait in all. */
  readonly ofAll: number;
}
