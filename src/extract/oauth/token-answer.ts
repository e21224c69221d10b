import { dayMs } from '../../core/duration.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { Secret } from '../../core/secret.ts';
import type { TokenSet } from '../../model/token.ts';
import type { Expectation } from '../gateway/classify.ts';
import { parseGatewayTime } from '../gateway-time.ts';

/** No token lives this long: such a time is not in seconds from now, and is beyond what a date can hold. */
const maxLifeMs = 36_600 * dayMs;

const nothing: TokenSet = {
  accessToken: new Secret(''),
  accessExpiresAt: null,
  refreshToken: null,
  refreshExpiresAt: null,
};

/** A good answer of `getToken` is a plain object with a token in it (1688 docs, getToken). */
export const tokenAnswerExpectation: Expectation = {
  shapes: ['whole'],
  isPayload: (payload) => isJsonObject(payload) && textOf(payload['access_token']) !== null,
};

/** A good answer of `postponeToken` has the new refresh token; the access token may be absent (1688 docs). */
export const postponeAnswerExpectation: Expectation = {
  shapes: ['whole'],
  isPayload: (payload) => isJsonObject(payload) && textOf(payload['refresh_token']) !== null,
};

/**
 * The tokens of an answer that fits one of the expectations. The answer to a refresh normally has no refresh token: the used one
 * and its end then stay (1688 docs; four clients). `used` is null for a first exchange.
 *
 * `expires_in` is seconds, as text or as a number; `refresh_token_timeout` a compact time with or without milliseconds. What
 * can't be read counts as unknown.
 */
export function readTokenAnswer(payload: JsonValue, used: TokenSet | null, askedAt: Date): TokenSet {
  const answer = isJsonObject(payload) ? payload : {};
  const accessToken = textOf(answer['access_token']);
  const refreshToken = textOf(answer['refresh_token']);
  const refreshEnd = parseGatewayTime(textOf(answer['refresh_token_timeout']) ?? '');
  const lifeMs = Number(textOf(answer['expires_in'])) * 1_000;
  const accessEnd = lifeMs > 0 && lifeMs < maxLifeMs ? new Date(askedAt.getTime() + lifeMs) : null;
  const kept = used ?? nothing;
  return {
    ...(accessToken === null
      ? { accessToken: kept.accessToken, accessExpiresAt: kept.accessExpiresAt }
      : { accessToken: new Secret(accessToken), accessExpiresAt: accessEnd }),
    refreshToken: refreshToken === null ? kept.refreshToken : new Secret(refreshToken),
    refreshExpiresAt: refreshEnd ?? (refreshToken === null ? kept.refreshExpiresAt : null),
  };
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
