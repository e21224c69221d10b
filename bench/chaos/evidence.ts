/** One request as the sandbox logged it. Times are those of the made-up clock, in milliseconds. */
export interface Arrival {
  readonly requestId: string | null;
  readonly api: string;
  readonly at: number;
  /** `ok`, `oauth`, an error code, or `fault:` and its kind. */
  readonly outcome: string;
  /** It counts against quotas; authorization does not. */
  readonly isCounted: boolean;
}

export type CallState = 'reserved' | 'committed' | 'refunded' | 'unknown';

/** One row of the ledger. */
export interface LedgerCall {
  readonly callId: string;
  readonly api: string;
  readonly operation: string;
  readonly requestHash: string;
  readonly state: CallState;
  /** Null: nobody knows. */
  readonly outcome: string | null;
  readonly isExempt: boolean;
  readonly grantedAt: number;
  readonly sendBy: number;
  readonly sentAt: number | null;
  readonly settledAt: number | null;
  /** Its answer is in the store. */
  readonly isStored: boolean;
}

/** What the provider allows, by its calendar. */
export interface Limit {
  /** `namespace:name:version`, or `*` for all together. */
  readonly api: string;
  readonly period: 'minute' | 'day' | 'month';
  readonly calls: number;
}

/** A disturbance as it happened. */
export interface Incident {
  readonly kind: string;
  /** By the made-up clock, in milliseconds: from before it to after it. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Calls that nobody had settled when it was over: what it may have cost. */
  readonly openCalls: readonly string[];
}

/** A promise that was not kept. */
export interface Breach {
  /** The judge that found it. */
  readonly judge: string;
  readonly what: string;
  /** The calls that show it. */
  readonly callIds: readonly string[];
}
