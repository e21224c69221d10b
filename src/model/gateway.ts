import type { JsonValue } from '../core/json.ts';
import type { Provenance } from './catalog.ts';
import type { Lane, PeriodKind } from './ledger.ts';
import type { CatalogRequest, LoadableRequest } from './operation.ts';

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

/** 1688 as jobs see it. Every attempt has its ledger row; refusals and failures are thrown as AppErrors. */
export interface Gateway {
  call(request: CatalogRequest, context: CallContext): Promise<GatewayAnswer>;
  /** Hands over a picture; its id at 1688 is in the answer. The same bytes are the same request. */
  uploadImage(image: Uint8Array, context: CallContext): Promise<GatewayAnswer>;
  /** The gateway's clock by a signed call without a token. It is not certain that 1688 checks its signature. */
  readTime(context: CallContext): Promise<TimeAnswered | CallWaiting>;
  /** Waits for the calls in flight, then closes the connections. */
  close(): Promise<void>;
}
