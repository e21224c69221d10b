import { credentialsOf } from '../../app/credentials.ts';
import { isLoopbackUrl } from '../../core/loopback.ts';
import { createAuthorization } from '../../extract/oauth/authorization.ts';
import { exchangeCode } from '../../extract/oauth/request-tokens.ts';
import { createLedgerStore } from '../../ledger/ledger-store.ts';
import { createTokenStore } from '../../tokens/token-store.ts';
import type { Session } from '../../app/session.ts';
import { receiveByCallback, receiveByPaste } from './receive-code.ts';
import { redirectUriOf } from '../../app/web/redirect-uri.ts';
import { printTokens } from './show-tokens.ts';
import { tokenKeyOf, withTokenDatabase } from './with-tokens.ts';

/** Only plain http on this machine can be listened at without a certificate. */
function isOurs(redirectUri: URL): boolean {
  return redirectUri.protocol === 'http:' && isLoopbackUrl(redirectUri);
}

/**
 * `catalog-sync auth`: asks the user for consent on 1688's page, and stores the tokens.
 *
 * @throws AppError CREDENTIALS_MISSING and TOKEN_KEY_MISSING before anything is opened; AUTH_*
 */
export async function logIn(session: Session, flags: { readonly paste?: true }): Promise<void> {
  const { config, context, log } = session;
  const { appKey, appSecret } = credentialsOf(config);
  const key = tokenKeyOf(config);
  const redirectUri = redirectUriOf(config);
  const uri = new URL(redirectUri);
  const isPasted = flags.paste ?? !isOurs(uri);
  await withTokenDatabase(session, async (pool, signal) => {
    const { clock } = context;
    const parts = { appKey, baseUrl: config.ALIBABA_API_URL, clock };
    const authorization = createAuthorization({ ...parts, redirectUri });
    const waiting = { session, authorization, signal };
    const code = isPasted
      ? await receiveByPaste(waiting)
      : await receiveByCallback({ ...waiting, redirectUri: uri });
    const ledger = createLedgerStore({ pool, log, signal });
    const tokens = await exchangeCode({ ...parts, appSecret, ledger, log }, code, redirectUri);
    await createTokenStore({ pool, key, log }).write(appKey, tokens);
    session.talk('The app is authorised; its tokens are stored, encrypted with TOKEN_KEY.');
    await printTokens(session, pool);
  });
}
