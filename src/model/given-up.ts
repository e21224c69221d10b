/** Selects given-up targets; null: any. An id belongs to the operation. */
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
  /** Why it could not be fetched (docs/errors.md); null: stored by a version that did not record it. */
  readonly code: string | null;
  /** Consecutive failures for reasons that may pass; 0: it was refused. */
  readonly failedTries: number;
  readonly notBefore: Date;
  /** Number of waiting targets of its operation. */
  readonly ofOperation: number;
  /** Number of waiting targets in all. */
  readonly ofAll: number;
}
