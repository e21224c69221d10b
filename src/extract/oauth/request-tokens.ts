import type { Secret } from '../../core/secret.ts';
import type { TokenSet } from '../../model/token.ts';
import { extractErrors as errors } from '../errors.ts';
import { callOAuth, type OAuthParts } from './oauth-call.ts';
import { postponeAnswerExpectation, readTokenAnswer, tokenAnswerExpectation } from './token-answer.ts';

const getToken = {
  api: 'system.oauth2:getToken:1',
  path: 'http/1/system.oauth2/getToken',
  expects: tokenAnswerExpectation,
} as const;

/** Both calls of one refresh must end within the time that its lock is held: a late answer would be lost. */
const postponeTimeoutMs = 15_000;

/**
 * Asks for a new access token (1688 docs, refresh_token grant).
 *
 * @param current keeps what the answer leaves out
 * @throws AppError AUTH_REFRESH_REFUSED, AUTH_REFRESH_BUSY, or GATEWAY_* of a call that failed on its way
 */
export async function refreshTokens(
  parts: OAuthParts,
  refreshToken: Secret,
  current: TokenSet,
): Promise<TokenSet> {
  const { payload, askedAt } = await callOAuth(parts, {
    ...getToken,
    params: () => ({ grant_type: 'refresh_token', refresh_token: refreshToken.reveal() }),
    refused: errors.AUTH_REFRESH_REFUSED,
    failure: 'the access token can not be refreshed',
  });
  const tokens = readTokenAnswer(payload, { ...current, refreshToken }, askedAt);
  logTokens(parts, tokens, 'access token refreshed');
  return tokens;
}

/**
 * Exchanges the code that the authorization page sent back for the first tokens. A code is valid once, and for two minutes (1688
 * docs).
 *
 * @param redirectUri the one that the page was opened with
 * @throws AppError AUTH_CODE_REFUSED, or GATEWAY_* of a call that failed on its way
 */
export async function exchangeCode(parts: OAuthParts, code: Secret, redirectUri: string): Promise<TokenSet> {
  const { payload, askedAt } = await callOAuth(parts, {
    ...getToken,
    params: () => ({
      grant_type: 'authorization_code',
      need_refresh_token: 'true',
      redirect_uri: redirectUri,
      code: code.reveal(),
    }),
    refused: errors.AUTH_CODE_REFUSED,
    failure: 'the code can not be exchanged for tokens',
  });
  const tokens = readTokenAnswer(payload, null, askedAt);
  logTokens(parts, tokens, 'app authorized');
  return tokens;
}

/**
 * Asks for a refresh token that lives on from now (1688 docs, postponeToken: within 30 days of its end).
 *
 * @param current its access token is alive
 * @throws AppError AUTH_POSTPONE_REFUSED, AUTH_REFRESH_BUSY, or GATEWAY_* of a call that failed on its way
 */
export async function postponeTokens(
  parts: OAuthParts,
  current: TokenSet & { readonly refreshToken: Secret },
): Promise<TokenSet> {
  const { payload, askedAt } = await callOAuth(
    { ...parts, timeouts: { ...parts.timeouts, totalMs: postponeTimeoutMs } },
    {
      api: 'system.oauth2:postponeToken:1',
      path: 'param2/1/system.oauth2/postponeToken',
      params: () => ({
        refresh_token: current.refreshToken.reveal(),
        access_token: current.accessToken.reveal(),
      }),
      expects: postponeAnswerExpectation,
      refused: errors.AUTH_POSTPONE_REFUSED,
      failure: 'the refresh token can not be postponed',
    },
  );
  const tokens = readTokenAnswer(payload, current, askedAt);
  logTokens(parts, tokens, 'refresh token postponed');
  return tokens;
}

function logTokens({ log }: OAuthParts, tokens: TokenSet, message: string): void {
  const { accessExpiresAt, refreshExpiresAt } = tokens;
  log.info({ accessExpiresAt, refreshExpiresAt }, message);
}
