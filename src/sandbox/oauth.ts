import { answerWith, type GatewayAnswer } from './gateway-answer.ts';
import type { Params } from './sign.ts';
import type { SandboxState } from './state.ts';
import type { Tokens } from './tokens.ts';
import { toWireJson, type WireValue } from './wire-json.ts';

/** The status is what 1688's skill says; no source shows the body. */
function refuse(error: string, description: string): GatewayAnswer {
  const body = toWireJson({ error, error_description: description });
  return { status: 400, body, outcome: `oauth:${error}` };
}

function grant(value: WireValue): GatewayAnswer {
  return { ...answerWith(value), outcome: 'oauth' };
}

function exchangeCode(tokens: Tokens, params: Params): GatewayAnswer {
  const redirectUri = params.get('redirect_uri') ?? '';
  if (redirectUri === '') return refuse('invalid_request', 'redirect_uri is missing');
  const code = params.get('code') ?? '';
  if (!tokens.isGood('code', code)) return refuse('invalid_grant', 'code is unknown, used or expired');
  if (!tokens.isCodeFor(code, redirectUri)) return refuse('invalid_grant', 'redirect_uri is another one');
  tokens.spend('code', code);
  const refresh = params.get('need_refresh_token') === 'true' ? tokens.grantRefresh() : {};
  return grant({ ...tokens.grantAccess(), ...refresh });
}

/** The Java SDK of 1688 sends another name than the documented one. */
function refreshTokenOf(params: Params): string | undefined {
  return params.get('refresh_token') ?? params.get('refreshToken');
}

function refresh(tokens: Tokens, params: Params): GatewayAnswer {
  if (tokens.isGood('refresh', refreshTokenOf(params))) return grant(tokens.grantAccess());
  return refuse('invalid_grant', 'refresh_token is unknown or expired');
}

function isClient(state: SandboxState, params: Params): boolean {
  return (
    params.get('client_id') === state.settings.appKey && params.get('client_secret') === state.appSecret()
  );
}

function refuseClient(): GatewayAnswer {
  return refuse('invalid_client', 'client_id or client_secret is wrong');
}

/** `system.oauth2/getToken`: an access token for a code or a refresh token. */
function getToken(state: SandboxState, params: Params): GatewayAnswer {
  if (!isClient(state, params)) return refuseClient();
  const grantType = params.get('grant_type');
  if (grantType === 'authorization_code') return exchangeCode(state.tokens, params);
  if (grantType === 'refresh_token') return refresh(state.tokens, params);
  return refuse('unsupported_grant_type', 'grant_type is neither authorization_code nor refresh_token');
}

/** `system.oauth2/postponeToken`: a new refresh token before the old one ends. */
function postponeToken(state: SandboxState, params: Params): GatewayAnswer {
  if (!isClient(state, params)) return refuseClient();
  const { tokens } = state;
  const token = refreshTokenOf(params);
  if (!tokens.isGood('refresh', token) || !tokens.isGood('access', params.get('access_token'))) {
    return refuse('invalid_grant', 'refresh_token or access_token is unknown or expired');
  }
  tokens.spend('refresh', token);
  return grant({ ...tokens.grantAccess(), ...tokens.grantRefresh() });
}

/** The part of 1688's OAuth that an app speaks to over HTTP. None of it is signed or counted. */
export const oauthApis: ReadonlyMap<string, (state: SandboxState, params: Params) => GatewayAnswer> = new Map(
  [
    ['system.oauth2:getToken:1', getToken],
    ['system.oauth2:postponeToken:1', postponeToken],
  ],
);
