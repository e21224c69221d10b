import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { AppError, type ErrorKind } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Logger } from '../../core/log.ts';
import type { Secret } from '../../core/secret.ts';
import type { Ledger } from '../../model/ledger.ts';
import { extractErrors as errors } from '../errors.ts';
import { attemptCall, sendWithinMs, type AttemptAnswer, type AttemptFailure } from '../gateway/attempt.ts';
import { encodeForm, type FormParams } from '../gateway/sign.ts';
import type { Expectation } from '../gateway/classify.ts';
import { createTransport, type TransportOptions } from '../gateway/transport.ts';

/** What a call to 1688's OAuth needs. */
export interface OAuthParts extends Pick<TransportOptions, 'baseUrl' | 'timeouts'> {
  readonly appKey: string;
  readonly appSecret: Secret;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A call whose answer has tokens. */
export interface OAuthCall {
  readonly api: 'system.oauth2:getToken:1' | 'system.oauth2:postponeToken:1';
  /** Below the base url, without the App Key at its end. */
  readonly path: string;
  /** Parameters beside the app's own key and secret; built at the moment of sending. */
  readonly params: () => FormParams;
  readonly expects: Expectation;
  /** The error for a refusal that would always be the same. */
  readonly refused: ErrorKind;
  /** The consequence of any failure, for the message. */
  readonly failure: string;
}

/** Each of these means that these tokens and this secret will never be accepted. */
const refusals: ReadonlySet<ErrorKind> = new Set([
  errors.GATEWAY_REFUSED,
  errors.GATEWAY_BUSINESS_REFUSED,
  errors.GATEWAY_TOKEN_INVALID,
  errors.GATEWAY_NO_GRANT,
  errors.GATEWAY_API_UNKNOWN,
  errors.GATEWAY_PACKAGE_USED_UP,
  errors.GATEWAY_PARAM_MISSING,
  errors.GATEWAY_PARAM_REFUSED,
]);

/** A refresh holds up all calls with the token. At half, it might be refused again; at double, calls wait longer than necessary. */
const pauseMs = 10_000;

/**
 * Makes one call to 1688's OAuth (1688 docs: not signed, secrets in the POST body only). It has a ledger row,
 * exempt from limits; its answer is never stored.
 *
 * @returns a payload that fits `call.expects`, and when it was asked for
 * @throws AppError `call.refused`, AUTH_REFRESH_BUSY, or GATEWAY_* of a call that failed on its way
 */
export async function callOAuth(
  parts: OAuthParts,
  call: OAuthCall,
): Promise<{ readonly payload: JsonValue; readonly askedAt: Date }> {
  const askedAt = parts.clock.now();
  const answer = await post(parts, call, askedAt);
  if (answer.kind !== 'attempted') {
    const retryAfterMs = (answer.kind === 'waiting' ? answer.retryAfterMs : null) ?? 1_000;
    throw new AppError(errors.AUTH_REFRESH_BUSY, `${call.failure} yet`, { retryAfterMs });
  }
  if (answer.result.kind === 'failed') throw failureOf(call, answer.result);
  return { payload: answer.result.payload, askedAt };
}

async function post(parts: OAuthParts, call: OAuthCall, askedAt: Date): Promise<AttemptAnswer> {
  const { appKey, appSecret, baseUrl, timeouts } = parts;
  const { api } = call;
  // Twice a day at most: a connection of its own, closed at once, leaves nothing to shut down.
  const transport = createTransport({ baseUrl, connections: 1, ...(timeouts ? { timeouts } : {}) });
  try {
    return await attemptCall(
      { ...parts, transport },
      {
        reserve: {
          ...{ appKey, api, request: { operation: 'oauth.token' } },
          requestHash: hashOf(api, appKey, askedAt),
          ...{ lane: 'refresh', runId: null, jobId: null, windowId: null },
          ...{ freshForMs: 0, sendWithinMs, tokenHash: null, isExempt: true },
        },
        urlPath: `${call.path}/${appKey}`,
        form: () => encodeForm({ client_id: appKey, client_secret: appSecret.reveal(), ...call.params() }),
        expects: call.expects,
        keepsBody: false,
      },
    );
  } finally {
    await transport.close();
  }
}

/** Covers the time, not the secrets: a call that was left open by a kill must not have the hash of the next call. */
function hashOf(api: string, appKey: string, askedAt: Date): string {
  return createHash('sha256').update(`${api}\n${appKey}\n${askedAt.toISOString()}`).digest('hex');
}

/** The error of a failed OAuth call. Its own id is `tokenCallId`: `callId` is that of the call which needs the token. */
function failureOf({ refused, failure }: OAuthCall, { error, facts: found }: AttemptFailure): AppError {
  const { callId: tokenCallId = null, ...others } = found;
  const facts = { tokenCallId, ...others };
  if (refusals.has(error)) return new AppError(refused, `${failure} any more`, { facts });
  const options = error.recovery === 'throttle' ? { facts, retryAfterMs: pauseMs } : { facts };
  return new AppError(error, failure, options);
}
