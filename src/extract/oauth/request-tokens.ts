import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { AppError, type ErrorKind } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Secret } from '../../core/secret.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { TokenSet } from '../../model/token.ts';
import { extractErrors as errors } from '../errors.ts';
import { attemptCall, sendWithinMs, type AttemptAnswer, type AttemptFailure } from '../gateway/attempt.ts';
import { encodeForm } from '../gateway/sign.ts';
import { createTransport, type TransportOptions } from '../gateway/transport.ts';
import { readTokenAnswer, tokenAnswerExpectation } from './token-answer.ts';

export interface OAuthParts extends Pick<TransportOptions, 'baseUrl' | 'timeouts'> {
  readonly appKey: string;
  readonly appSecret: Secret;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Logger;
}

const api = 'system.oauth2:getToken:1';

/** Any of these to `getToken` means: with this refresh token and secret, never. */
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

/** As the first pause of the gateway's callers. */
const pauseMs = 10_000;

/**
 * Asks `getToken` for a new access token (1688 docs, refresh_token grant: not signed, secrets in the POST body
 * only). The call has a ledger row, exempt from limits; its answer is never stored.
 *
 * @param current keeps what the answer leaves out
 * @throws AppError AUTH_REFRESH_REFUSED, AUTH_REFRESH_BUSY, or GATEWAY_* of a call that failed on its way
 */
export async function requestTokens(
  parts: OAuthParts,
  refreshToken: Secret,
  current: TokenSet,
): Promise<TokenSet> {
  const askedAt = parts.clock.now();
  const answer = await post(parts, refreshToken, askedAt);
  if (answer.kind !== 'attempted') {
    const retryAfterMs = (answer.kind === 'waiting' ? answer.retryAfterMs : null) ?? 1_000;
    throw new AppError(errors.AUTH_REFRESH_BUSY, 'the access token could not be refreshed yet', {
      retryAfterMs,
    });
  }
  if (answer.result.kind === 'failed') throw failure(answer.result);
  const tokens = readTokenAnswer(answer.result.payload, { ...current, refreshToken }, askedAt);
  parts.log.info(
    { accessExpiresAt: tokens.accessExpiresAt, refreshExpiresAt: tokens.refreshExpiresAt },
    'access token refreshed',
  );
  return tokens;
}

async function post(parts: OAuthParts, refreshToken: Secret, askedAt: Date): Promise<AttemptAnswer> {
  const { appKey, appSecret, baseUrl, timeouts } = parts;
  // Twice a day at most: a connection of its own, closed at once, leaves nothing to shut down.
  const transport = createTransport({ baseUrl, connections: 1, ...(timeouts ? { timeouts } : {}) });
  try {
    return await attemptCall(
      { ...parts, transport },
      {
        reserve: {
          ...{ appKey, api, request: { operation: 'oauth.token' }, requestHash: hashOf(appKey, askedAt) },
          ...{ lane: 'refresh', runId: null, jobId: null, windowId: null },
          ...{ freshForMs: 0, sendWithinMs, isExempt: true },
        },
        urlPath: `http/1/system.oauth2/getToken/${appKey}`,
        form: () =>
          encodeForm({
            grant_type: 'refresh_token',
            client_id: appKey,
            client_secret: appSecret.reveal(),
            refresh_token: refreshToken.reveal(),
          }),
        expects: tokenAnswerExpectation,
        keepsBody: false,
      },
    );
  } finally {
    await transport.close();
  }
}

/** Over the time, not the secrets: a refresh that a kill left behind must not look like the next one's twin. */
function hashOf(appKey: string, askedAt: Date): string {
  return createHash('sha256').update(`${api}\n${appKey}\n${askedAt.toISOString()}`).digest('hex');
}

function failure({ error, facts }: AttemptFailure): AppError {
  if (refusals.has(error)) {
    return new AppError(errors.AUTH_REFRESH_REFUSED, 'the access token can not be refreshed any more', {
      facts,
    });
  }
  const options = error.recovery === 'throttle' ? { facts, retryAfterMs: pauseMs } : { facts };
  return new AppError(error, 'the access token could not be refreshed', options);
}
