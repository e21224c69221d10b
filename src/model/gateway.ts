import type { ErrorKind } from '../core/errors.ts';
import type { JsonValue } from '../core/json.ts';
import type { Provenance } from './catalog.ts';
import type { Lane, PeriodKind } from './ledger.ts';
import type { CatalogRequest, ImageUploadRequest, LoadableRequest, OperationRequest } from './operation.ts';

/** On whose behalf a call is made. */
export interface CallContext {
  readonly runId: string | null;
  readonly jobId: string | null;
  /** The search window the request belongs to, if any. */
  readonly windowId: string | null;
  readonly lane: Lane;
  /** A stored answer to the same request that is younger than this is handed out for no call. 0: never. */
  readonly freshForMs: number;
  /** Aborting it stops the call at once; one whose bytes may have left stays counted. */
  readonly signal?: AbortSignal;
}

/** Nothing was sent, and no attempt is lost: come back later. */
export interface CallWaiting {
  readonly kind: 'waiting';
  /** `run`: the run's budget is spent; `hold`: the API is held; `in_flight`: the same request is under way. */
  readonly by: PeriodKind | 'run' | 'hold' | 'in_flight';
  /** Null when no time is known. */
  readonly retryAfterMs: number | null;
}

export interface CallAnswered {
  readonly kind: 'answered';
  readonly provenance: Provenance;
  readonly request: LoadableRequest;
  /** The window of the asker, also when the answer was stored for another one. */
  readonly windowId: string | null;
  /** What is inside the envelope; null when 1688 answered well, but with nothing. */
  readonly payload: JsonValue;
  /** True: a stored answer, for no call. */
  readonly isCached: boolean;
}

export type GatewayAnswer = CallAnswered | CallWaiting;

export interface TimeAnswered {
  readonly kind: 'answered';
  readonly callId: string;
  readonly gatewayTime: Date;
}

/** What is wrong with a question on purpose, to see how 1688 refuses it. */
export type QuestionFlaw = 'wrong_signature' | 'no_token' | 'unknown_api';

/** A question whose answer is wanted as it comes. */
export type GatewayQuestion =
  | { readonly request: Exclude<OperationRequest, ImageUploadRequest>; readonly flaw?: QuestionFlaw }
  | { readonly image: Uint8Array; readonly flaw?: never };

/** What came of one call, good or not. */
export interface Inspected {
  readonly kind: 'inspected';
  /** Null: it is not stored. */
  readonly rawId: string | null;
  /** The exact answer; null: none came. */
  readonly answer: { readonly status: number; readonly body: Buffer } | null;
  /** What it means for the product; null: a good answer. */
  readonly error: ErrorKind | null;
}

/** 1688 as jobs see it. Every attempt has its ledger row; refusals and failures are thrown as AppErrors. */
export interface Gateway {
  call(request: CatalogRequest, context: CallContext): Promise<GatewayAnswer>;
  /** Hands over a picture; its id at 1688 is in the answer. The same bytes are the same request. */
  uploadImage(image: Uint8Array, context: CallContext): Promise<GatewayAnswer>;
  /**
   * One call at most, also with a token that is refused; hands over what came. A refusal of a question with a flaw holds
   * and pauses nothing: it was wanted.
   *
   * @throws AppError AUTH_*, GATEWAY_TOKEN_INVALID when no call was made with a refused token
   */
  inspect(
    question: GatewayQuestion,
    context: Omit<CallContext, 'freshForMs'>,
  ): Promise<Inspected | CallWaiting>;
  /** The gateway's clock by a signed call without a token. It is not certain that 1688 checks its signature. */
  readTime(context: CallContext): Promise<TimeAnswered | CallWaiting>;
  /** Waits for the calls in flight, then closes the connections. */
  close(): Promise<void>;
}
