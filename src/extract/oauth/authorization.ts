import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { isPrivateUrl } from '../../core/loopback.ts';
import { minuteMs } from '../../core/duration.ts';
import { AppError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { extractErrors as errors } from '../errors.ts';

/** How long a person may take to agree. Half is short for a new account; double leaves the state open for longer. */
export const authorizationLifeMs = 10 * minuteMs;

export interface AuthorizationOptions {
  /** Base url of the gateway. A gateway on this machine has the page itself, like the sandbox. */
  readonly baseUrl: string;
  readonly appKey: string;
  /** Exactly as registered in the console. */
  readonly redirectUri: string;
  readonly clock: Clock;
}

/** One login. Its state is secret, and is valid once, for ten minutes. */
export interface Authorization {
  /** The url that a person opens in a browser. */
  readonly url: string;
  /**
   * Returns the code from the query with which the browser came back; the login is then over.
   *
   * @throws AppError AUTH_STATE_REFUSED (the login goes on), AUTH_CODE_MISSING (agreement was not given)
   */
  redeem(query: URLSearchParams): Secret;
  /**
   * Like `redeem`, for text that a person pasted: the whole address, or the bare code. A bare code carries no state: the person
   * who copied it vouches for it.
   */
  redeemPasted(text: string): Secret;
}

/** 1688 docs, OAuth: the page is on a host of its own. */
const livePage = 'https://auth.1688.com/oauth/authorize';

function authorizeUrl({ baseUrl, appKey, redirectUri }: AuthorizationOptions, state: string): string {
  const gateway = new URL(baseUrl);
  const url = new URL(isPrivateUrl(gateway) ? `${gateway.origin}/oauth/authorize` : livePage);
  url.search = new URLSearchParams({
    client_id: appKey,
    site: '1688',
    redirect_uri: redirectUri,
    state,
  }).toString();
  return url.href;
}

/** Compares in a time that does not show how much was right. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Null unless the name comes exactly once: two values may be an attempt to make two readers see different ones. */
function onlyOne(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** As far as clients have seen, codes are uuids. */
const codeForm = /^[\w.~-]{1,256}$/;

function asCode(text: string | null): Secret {
  if (text !== null && codeForm.test(text)) return new Secret(text);
  throw new AppError(errors.AUTH_CODE_MISSING, '1688 has not sent a code, so the app is not authorised');
}

/** Begins a login: a new random state, and the url of the page that asks for agreement. */
export function createAuthorization(options: AuthorizationOptions): Authorization {
  const { clock } = options;
  const state = randomBytes(32).toString('base64url');
  const endsAt = clock.now().getTime() + authorizationLifeMs;
  let isUsed = false;

  const refuse = (reason: 'missing' | 'foreign' | 'late' | 'used') =>
    new AppError(errors.AUTH_STATE_REFUSED, 'the answer belongs to another login', { facts: { reason } });
  const spend = () => {
    if (isUsed) throw refuse('used');
    if (clock.now().getTime() >= endsAt) throw refuse('late');
    isUsed = true;
  };
  const redeem = (query: URLSearchParams) => {
    const given = onlyOne(query, 'state');
    if (given === null) throw refuse('missing');
    if (!isSame(given, state)) throw refuse('foreign');
    spend();
    return asCode(onlyOne(query, 'code'));
  };
  return {
    url: authorizeUrl(options, state),
    redeem,
    redeemPasted: (text) => {
      const pasted = text.trim();
      if (URL.canParse(pasted)) return redeem(new URL(pasted).searchParams);
      const code = asCode(pasted);
      spend();
      return code;
    },
  };
}
