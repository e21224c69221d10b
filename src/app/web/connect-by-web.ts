import type { Pool } from 'pg';
import { credentialsOf } from '../credentials.ts';
import { AppError } from '../../core/errors.ts';
import { createAuthorization, type Authorization } from '../../extract/oauth/authorization.ts';
import { extractErrors } from '../../extract/errors.ts';
import { exchangeCode } from '../../extract/oauth/request-tokens.ts';
import { createLedgerStore } from '../../ledger/ledger-store.ts';
import { createTokenStore } from '../../tokens/token-store.ts';
import type { WebConnect } from '../../web/web-deps.ts';
import { redirectUriOf } from './redirect-uri.ts';
import type { Session } from '../session.ts';

/** Logins that were not completed; each belongs to one session, and a user has few. */
const maxLogins = 100;

/**
 * What `catalog-sync auth` does, with the browser of a session in place of the terminal. Null: App Key, App Secret or
 * TOKEN_KEY is not set.
 */
export function connectByWeb(
  { config, context, log }: Pick<Session, 'config' | 'context' | 'log'>,
  pool: Pool,
  signal: AbortSignal,
): WebConnect | null {
  const { ALIBABA_APP_KEY, ALIBABA_APP_SECRET, TOKEN_KEY: key } = config;
  if (!ALIBABA_APP_KEY || !ALIBABA_APP_SECRET || !key) return null;
  const { appKey, appSecret } = credentialsOf(config);
  const redirectUri = redirectUriOf(config);
  const parts = { appKey, baseUrl: config.ALIBABA_API_URL, clock: context.clock };
  const logins = new Map<string, Authorization>();
  return {
    redirectUri,
    begin: (sessionId) => {
      const login = createAuthorization({ ...parts, redirectUri });
      logins.delete(sessionId);
      logins.set(sessionId, login);
      const [oldest] = logins.keys();
      if (logins.size > maxLogins && oldest !== undefined) logins.delete(oldest);
      return login.url;
    },
    finish: async (sessionId, query) => {
      const login = logins.get(sessionId);
      if (login === undefined)
        throw new AppError(extractErrors.AUTH_STATE_REFUSED, 'this browser has not started a login');
      const code = login.redeem(query);
      logins.delete(sessionId);
      const ledger = createLedgerStore({ pool, log, signal });
      const tokens = await exchangeCode({ ...parts, appSecret, ledger, log }, code, redirectUri);
      await createTokenStore({ pool, key, log }).write(appKey, tokens);
    },
  };
}
