import type { OAuthTokenRequest, OperationRequest } from './operation.ts';
import type { PermissionSign } from './permission.ts';

/** Who a call is for. `refresh` and `discovery` compete by value; `manual` has a reserve of its own. */
export type Lane = 'refresh' | 'discovery' | 'manual';

/** The periods that a limit can have, in the order in which they are locked. */
export type PeriodKind = 'second' | 'minute' | 'day' | 'month';

export type CallState = 'reserved' | 'committed' | 'refunded' | 'unknown';

export interface ReserveRequest {
  readonly appKey: string;
  /** `namespace:name:version`, the unit that 1688 grants and counts. */
  readonly api: string;
  /** Stored without any token, so that a stored answer can be read again without a call. */
  readonly request: OperationRequest | OAuthTokenRequest;
  /** 64 hex digits over api and business parameters: no token, timestamp or signature. */
  readonly requestHash: string;
  readonly lane: Lane;
  readonly runId: string | null;
  readonly jobId: string | null;
  /** The search window the request belongs to, if any. */
  readonly windowId: string | null;
  /** A committed answer to the same request that is younger than this is used again. 0: never. */
  readonly freshForMs: number;
  /** The call must leave within this time of its `sendAt`, or be refunded. */
  readonly sendWithinMs: number;
  /** 64 hex digits that identify the access token of the call; null: it has none. */
  readonly tokenHash: string | null;
  /** OAuth calls have a row, but no limit and no stored answer. */
  readonly isExempt: boolean;
}

/** An answer, stored byte by byte. */
export interface StoredAnswer {
  readonly rawId: string;
  readonly callId: string;
  readonly runId: string | null;
  readonly windowId: string | null;
  readonly request: OperationRequest;
  /** Ledger clock at the grant: the only time by which observations are ordered. */
  readonly observedAt: Date;
  readonly httpStatus: number;
  readonly body: Buffer;
}

export type ReserveAnswer =
  | {
      readonly kind: 'granted';
      readonly callId: string;
      readonly observedAt: Date;
      /** Wait this long before sending, so that the calls of a second stay paced. */
      readonly sendAfterMs: number;
    }
  | { readonly kind: 'cached'; readonly answer: StoredAnswer }
  /** 1688 refused this token within the last hour: a call with it would be wasted. */
  | { readonly kind: 'token_refused' }
  | { readonly kind: 'in_flight'; readonly retryAfterMs: number }
  | {
      readonly kind: 'denied';
      /** `run`: the run's own budget is spent; `hold`: the API is held, or one call is testing whether it answers. */
      readonly by: PeriodKind | 'run' | 'hold';
      /** Null when no time is known (a run's budget never comes back). */
      readonly retryAfterMs: number | null;
    };

/** How an attempt ended, in one word for tables and dashboards. */
export type CallOutcome =
  'ok' | 'business_error' | 'gateway_error' | 'transport_error' | 'invalid_answer' | 'not_sent';

/**
 * What an answer shows: the permission for the API, that its token is refused, that calls of the API or of the app come too fast,
 * or that there is an outage of the gateway or on the way to it. `param_missing` and `refused`, another reason: they may concern
 * this call or all.
 */
export type AnswerSign =
  | PermissionSign
  | ('token_refused' | 'too_fast_app' | 'too_fast_api')
  | ('unavailable' | 'unreachable' | 'param_missing' | 'refused');

export interface Settlement {
  readonly callId: string;
  /** When the call was granted, as `reserve` returned it. It distinguishes calls of the same number in different databases. */
  readonly observedAt: Date;
  readonly state: Exclude<CallState, 'reserved'>;
  readonly outcome: CallOutcome;
  /** `gw.X`, `401`, a business code, or null. */
  readonly gatewayCode: string | null;
  readonly httpStatus: number | null;
  readonly latencyMs: number | null;
  readonly responseBytes: number | null;
  /** The exact body; only given for answers worth keeping (successes of catalog operations). */
  readonly body: Buffer | null;
  /** What the answer shows that concerns all processes; null: nothing. */
  readonly shows: AnswerSign | null;
}

/** The ledger as the gateway client sees it; implemented over Postgres in `load`. */
export interface Ledger {
  /** Makes one atomic decision over every period that applies. Never grants without a durable row. */
  reserve(request: ReserveRequest): Promise<ReserveAnswer>;
  /** Records that bytes may leave now. Until then the sweeper may refund the call; false: it has done so, don't send. */
  markSent(callId: string): Promise<boolean>;
  /**
   * Settles the call, stores the answer and records what it shows, in one transaction: a refusal holds or slows the API for all
   * processes, an answer ends that. Retries by itself through a database outage.
   */
  settle(settlement: Settlement): Promise<{ readonly rawId: string | null }>;
}
