import { createHash } from 'node:crypto';
import { AppError, type ErrorKind } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { Secret } from '../../core/secret.ts';
import type {
  CallContext,
  CallWaiting,
  GatewayQuestion,
  Inspected,
  QuestionFlaw,
} from '../../model/gateway.ts';
import type { ApiChoices } from '../../model/known-apis.ts';
import type { ImageUploadRequest, OperationRequest } from '../../model/operation.ts';
import { apiOf, endpointOf, endpointOfQuestion, urlPathOf, type Endpoint } from '../endpoints/endpoints.ts';
import { paramsOf, uploadParams } from '../endpoints/params-of.ts';
import { requestHash } from '../endpoints/request-hash.ts';
import { extractErrors } from '../errors.ts';
import type { AccessTokens } from '../oauth/token-provider.ts';
import { readStored } from '../read-stored.ts';
import {
  attemptCall,
  sendWithinMs,
  type AttemptAnswer,
  type AttemptFailure,
  type AttemptParts,
} from './attempt.ts';
import type { Pauses } from './pauses.ts';
import { signedForm, type FormParams } from './sign.ts';

export interface CallerParts extends AttemptParts {
  readonly appKey: string;
  readonly appSecret: Secret;
  readonly tokens: AccessTokens;
  readonly pauses: Pauses;
  /** The API for each operation; default: as documented. */
  readonly apis?: ApiChoices;
}

/** The request as it is stored, and the parameters as they are sent. */
interface Question {
  readonly request: OperationRequest;
  readonly params: FormParams;
  readonly flaw?: QuestionFlaw | undefined;
}

/** A good answer to any operation, fresh or stored. */
export interface GoodAnswer {
  readonly kind: 'good';
  readonly callId: string;
  /** Null when answers of the operation are not stored. */
  readonly rawId: string | null;
  readonly runId: string | null;
  readonly observedAt: Date;
  readonly payload: JsonValue;
  readonly isCached: boolean;
}

/** Calls operations: gets the token, makes the attempts, and applies to all calls what a refusal means for them. */
export class Caller {
  readonly #parts: CallerParts;

  constructor(parts: CallerParts) {
    this.#parts = parts;
  }

  /** @throws AppError GATEWAY_*, AUTH_*, STORED_ANSWER_UNREADABLE */
  call(
    request: Exclude<OperationRequest, ImageUploadRequest>,
    context: CallContext,
  ): Promise<GoodAnswer | CallWaiting> {
    return this.#ask({ request, params: paramsOf(request) }, context);
  }

  /** As `call`, for a request that goes with a picture. */
  upload(
    request: ImageUploadRequest,
    image: Uint8Array,
    context: CallContext,
  ): Promise<GoodAnswer | CallWaiting> {
    return this.#ask({ request, params: uploadParams(image) }, context);
  }

  /** As `Gateway.inspect`. @throws AppError AUTH_*, GATEWAY_TOKEN_INVALID */
  async inspect(
    asked: GatewayQuestion,
    context: Omit<CallContext, 'freshForMs'>,
  ): Promise<Inspected | CallWaiting> {
    const { apis, pauses, tokens } = this.#parts;
    const endpoint = endpointOfQuestion(asked, apis);
    const api = apiOf(endpoint);
    const pauseMs = pauses.remainingMs(api);
    if (pauseMs > 0) return { kind: 'waiting', by: 'second', retryAfterMs: pauseMs };
    const token = endpoint.needsToken ? await tokens.current() : null;
    const unstored = { ...context, freshForMs: 0 };
    const answer = await this.#attempt(toQuestion(asked), unstored, { endpoint, api, token });
    if (answer.kind === 'waiting') return answer;
    // A stored answer is never fresh enough for this call, so the result is not `cached`.
    if (answer.kind !== 'attempted') throw tokenRefused(api);
    const { rawId, result } = answer;
    const error = result.kind === 'failed' ? result.error : null;
    return { kind: 'inspected', rawId, answer: answer.answer, error };
  }

  async #ask(question: Question, context: CallContext): Promise<GoodAnswer | CallWaiting> {
    const endpoint = endpointOf(question.request, this.#parts.apis);
    const api = apiOf(endpoint);
    const pauseMs = this.#parts.pauses.remainingMs(api);
    if (pauseMs > 0) return { kind: 'waiting', by: 'second', retryAfterMs: pauseMs };
    const answer = await this.#withToken(endpoint, (token) =>
      this.#attempt(question, context, { endpoint, api, token }),
    );
    if (answer.kind === 'waiting') return answer;
    if (answer.kind === 'cached') {
      const { callId, rawId, runId, observedAt } = answer.answer;
      const payload = readStored(answer.answer);
      return { kind: 'good', callId, rawId, runId, observedAt, payload, isCached: true };
    }
    if (answer.kind === 'token_refused') throw tokenRefused(api);
    const { callId, rawId, observedAt, result } = answer;
    if (result.kind === 'failed') throw this.#failure(api, result);
    const { payload } = result;
    return { kind: 'good', callId, rawId, runId: context.runId, observedAt, payload, isCached: false };
  }

  async #withToken(
    endpoint: Endpoint,
    attempt: (token: Secret | null) => Promise<AttemptAnswer>,
  ): Promise<AttemptAnswer> {
    if (!endpoint.needsToken) return attempt(null);
    const { tokens } = this.#parts;
    const token = await tokens.current();
    const first = await attempt(token);
    if (!isTokenRefused(first)) return first;
    try {
      return await attempt(await tokens.refresh(token));
    } catch (error) {
      throw refusedBefore(error, first);
    }
  }

  #attempt(
    { request, params, flaw }: Question,
    context: CallContext,
    { endpoint, api, token }: { endpoint: Endpoint; api: string; token: Secret | null },
  ): Promise<AttemptAnswer> {
    const { appKey, appSecret, clock } = this.#parts;
    const urlPath = urlPathOf(endpoint, appKey);
    const tokenHash = token && hashOf(appKey, token);
    const { lane, runId, jobId, windowId, freshForMs, signal } = context;
    const secret = flaw === 'wrong_signature' ? wrongSecret : appSecret;
    const form = () =>
      signedForm(secret, urlPath, {
        ...params,
        ...(token ? { access_token: token.reveal() } : {}),
        _aop_timestamp: String(clock.now().getTime()),
      });
    const gate = {
      pauseMs: () => this.#parts.pauses.remainingMs(api, ...(tokenHash === null ? [] : [tokenHash])),
      refused: (error: ErrorKind) => (flaw === undefined ? this.#pause(api, tokenHash, error) : undefined),
    };
    return attemptCall(this.#parts, {
      reserve: {
        ...{ appKey, api, request, requestHash: requestHash(request, api) },
        ...{ lane, runId, jobId, windowId, freshForMs, sendWithinMs, tokenHash, isExempt: false },
      },
      urlPath,
      form,
      expects: endpoint.expects,
      keepsBody: request.operation !== 'system.time' && flaw === undefined,
      isFlawed: flaw !== undefined,
      gate,
      signal,
    });
  }

  #failure(api: string, { error, facts }: AttemptFailure): AppError {
    if (error.recovery === 'stop-api') {
      return new AppError(error, `calls of ${api} are held, except for some test calls a day`, { facts });
    }
    if (error.recovery === 'throttle') {
      const retryAfterMs = this.#parts.pauses.remainingMs(api);
      return new AppError(error, `calls of ${api} pause`, { facts, retryAfterMs });
    }
    return new AppError(error, `the call of ${api} failed`, { facts });
  }

  /** Pauses what the refusal of one call concerns. */
  #pause(api: string, tokenHash: string | null, error: ErrorKind): void {
    const { pauses } = this.#parts;
    if (error === extractErrors.GATEWAY_TOO_FAST_API) pauses.pause(api, tooFastPauseMs);
    if (error === extractErrors.GATEWAY_TOO_FAST_APP) pauses.pause('app', tooFastPauseMs);
    if (keyRefusals.has(error)) pauses.pause('app', keyPauseMs);
    // Until the ledger has recorded the refusal, no further call leaves with this token.
    if (error === extractErrors.GATEWAY_TOKEN_INVALID && tokenHash !== null)
      pauses.pause(tokenHash, keyPauseMs);
  }
}

const wrongSecret = new Secret('not-the-secret');

function toQuestion(asked: GatewayQuestion): Question {
  if (!('image' in asked))
    return { request: asked.request, params: paramsOf(asked.request), flaw: asked.flaw };
  return { request: uploadRequest(asked.image), params: uploadParams(asked.image) };
}

/** The request that stands for a picture. */
export function uploadRequest(image: Uint8Array): ImageUploadRequest {
  return { operation: 'image.upload', sha256: createHash('sha256').update(image).digest('hex') };
}

/** As long as the ledger's first pause; after that, the ledger says how long to wait. */
const tooFastPauseMs = 2_000;

/**
 * After a refusal of the key the run is ended, which takes a transaction. Half could send calls while the database is slow;
 * double would delay without reason whoever restarts with the right secret.
 */
const keyPauseMs = 2_000;

/** Refusals that every call of the app would get: a secret that was reset, an app that was closed, a clock that is wrong. */
const keyRefusals: ReadonlySet<ErrorKind> = new Set([
  extractErrors.GATEWAY_SIGNATURE_REFUSED,
  extractErrors.GATEWAY_APP_KEY_UNKNOWN,
  extractErrors.GATEWAY_TIMESTAMP_REFUSED,
]);

/** Stands for a token where it may be stored: a token has far too many values to be guessed from its hash. */
function hashOf(appKey: string, token: Secret): string {
  return createHash('sha256').update(`access token\n${appKey}\n${token.reveal()}`).digest('hex');
}

function tokenRefused(api: string): AppError {
  return new AppError(
    extractErrors.GATEWAY_TOKEN_INVALID,
    'no call was made: 1688 refused this access token within the last hour',
    { facts: { api } },
  );
}

/** The error of a job names the call that was refused, so that its log line leads to the ledger. */
function refusedBefore(error: unknown, first: AttemptAnswer): unknown {
  if (!(error instanceof AppError) || first.kind !== 'attempted' || 'callId' in error.facts) return error;
  const { kind, message, facts, retryAfterMs, cause } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new AppError(kind, message, { facts: { callId: first.callId, ...facts }, cause, ...wait });
}

function isTokenRefused(answer: AttemptAnswer): boolean {
  if (answer.kind === 'token_refused') return true;
  if (answer.kind !== 'attempted' || answer.result.kind !== 'failed') return false;
  return answer.result.error === extractErrors.GATEWAY_TOKEN_INVALID;
}
