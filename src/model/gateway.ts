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
  /** A stored answer to the same request that is younger than this is used without a call. 0: never. */
  readonly freshForMs: number;
  /** Aborting it stops the call at once; a call whose bytes may have left stays counted. */
  readonly signal?: AbortSignal;
}

/** Nothing was sent, and no attempt was used: try again later. */
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
  /** The window of this call, also if the answer was stored for another window. */
  readonly windowId: string | null;
  /** The content of the envelope; null when 1688 answered well, but with nothing. */
  readonly payload: JsonValue;
  /** True: a stored answer, without a call. */
  readonly isCached: boolean;
}

export type GatewayAnswer = CallAnswered | CallWaiting;

export interface TimeAnswered {
  readonly kind: 'answered';
  readonly callId: string;
  readonly gatewayTime: Date;
}

/** The deliberate defect of a question, to see how 1688 refuses it. */
export type QuestionFlaw = 'wrong_signature' | 'no_token' | 'unknown_api';

/** A question whose answer is returned as it comes. */
export type GatewayQuestion =
  | { readonly request: Exclude<OperationRequest, ImageUploadRequest>; readonly flaw?: QuestionFlaw }
  | { readonly image: Uint8Array; readonly flaw?: never };

/** The result of one call, good or not. */
export interface Inspected {
  readonly kind: 'inspected';
  /** Null: the answer is not stored. */
  readonly rawId: string | null;
  /** The exact answer; null: none came. */
  readonly answer: { readonly status: number; readonly body: Buffer } | null;
  /** The error that the answer stands for; null: a good answer. */
  readonly error: ErrorKind | null;
}

/** 1688 as jobs see it. Every attempt has its ledger row; refusals and failures are thrown as AppErrors. */
export interface Gateway {
  call(request: CatalogRequest, context: CallContext): Promise<GatewayAnswer>;
  /** Uploads a picture; the answer has its id at 1688. The same bytes are the same request. */
  uploadImage(image: Uint8Array, context: CallContext): Promise<GatewayAnswer>;
  /**
   * Makes at most one call, even if the token is refused, and returns what came. A refusal of a question with a flaw causes no
   * hold or pause, since it was intended.
   *
   * @throws AppError AUTH_*, GATEWAY_TOKEN_INVALID when no call was made with a refused token
   */
  inspect(
    question: GatewayQuestion,
    context: Omit<CallContext, 'freshForMs'>,
  ): Promise<Inspected | CallWaiting>;
  /** Reads the gateway's clock by a signed call without a token. It is not certain that 1688 checks its signature. */
  readTime(context: CallContext): Promise<TimeAnswered | CallWaiting>;
  /** Waits for the calls in flight, then closes the connections. */
  close(): Promise<void>;
}
