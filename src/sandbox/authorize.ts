import type { ServerResponse } from 'node:http';
import { sendWhole } from './send-answer.ts';
import type { Params } from './sign.ts';
import type { SandboxState } from './state.ts';

/** Where 1688 has it (1688 docs, OAuth); here it is on the gateway's own host. */
export const authorizePath = '/oauth/authorize';

/** The words are those of 1688's pages (official; measured by clients); their HTTP status is not known. */
function refuse(response: ServerResponse, words: string): void {
  const page = `<!doctype html><html><head><meta charset="utf-8"><title>SANDBOX</title></head><body><h1>${words}</h1></body></html>`;
  sendWhole(response, 400, page, 'text/html;charset=UTF-8');
}

/**
 * The page on which the owner of an account agrees: here everybody does, at once, and is sent back with a code.
 * The redirect uri must be registered to the letter; 1688 may be content with its domain, so that what passes
 * here passes there.
 */
export function answerAuthorize(
  { settings, tokens }: SandboxState,
  params: Params,
  response: ServerResponse,
): void {
  const { client_id: clientId, site, redirect_uri: redirectUri, state } = Object.fromEntries(params);
  if (!clientId || !site || !redirectUri) {
    refuse(response, '缺少必要参数');
    return;
  }
  const isRegistered = settings.redirectUris.includes(redirectUri) && URL.canParse(redirectUri);
  if (clientId !== settings.appKey || site !== '1688' || !isRegistered) {
    refuse(response, '非法请求');
    return;
  }
  const back = new URL(redirectUri);
  back.searchParams.set('code', tokens.grantCode(redirectUri));
  if (state) back.searchParams.set('state', state);
  response.writeHead(302, { location: back.href, 'cache-control': 'no-store' }).end();
}
