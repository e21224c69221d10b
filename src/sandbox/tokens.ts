import type { Clock } from '../core/clock.ts';
import { dayMs } from '../core/duration.ts';
import { toCompactTime } from './wire-time.ts';
import type { Draw } from './world/draw.ts';

/** Lives of what OAuth hands out (1688 docs); the refresh token's "about half a year" is taken as 180 days. */
const codeLifeMs = 120_000;
const accessLifeSeconds = 36_000;
const refreshLifeMs = 180 * dayMs;

/** What the app starts with. */
export interface StartingTokens {
  /** Valid from the start. */
  readonly accessToken: string;
  /** Null: it never expires, as those that 1688's console hands to self-use apps. */
  readonly accessTokenLifeMs: number | null;
  readonly refreshToken: string | null;
}

/** What a member, or 1688, takes back. */
export interface Revocation {
  /** Calls with an access token that are still admitted. */
  readonly afterCalls: number;
  readonly withRefresh: boolean;
}

/** Tokens by text with the time at which they end. */
class TokenBook {
  readonly #endsAt = new Map<string, number>();

  add(token: string, endsAt: number): void {
    this.#endsAt.set(token, endsAt);
  }

  clear(): void {
    this.#endsAt.clear();
  }

  isGood(token: string, now: number): boolean {
    return now < (this.#endsAt.get(token) ?? -Infinity);
  }

  remove(token: string): void {
    this.#endsAt.delete(token);
  }
}

/** Uuids that follow from the seed: a sandbox hands out the same tokens in the same order. */
function createIssuer(draw: Draw): () => string {
  let issued = 0;
  return () => {
    const n = issued++;
    const hex = Array.from({ length: 4 }, (_, i) =>
      draw
        .bits('token', n * 4 + i)
        .toString(16)
        .padStart(8, '0'),
    );
    return hex.join('').replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
  };
}

const owner = { aliId: '8888888888', resource_owner: 'sandbox', memberId: 'b2b-0000000000' };

/** Everything that OAuth has handed out, and until when it is good. A refresh leaves older access tokens good. */
export function createTokens(starting: StartingTokens, draw: Draw, clock: Clock) {
  const books = { code: new TokenBook(), access: new TokenBook(), refresh: new TokenBook() };
  const codeRedirects = new Map<string, string>();
  const issue = createIssuer(draw);
  const now = () => clock.now().getTime();
  books.access.add(starting.accessToken, now() + (starting.accessTokenLifeMs ?? Infinity));
  if (starting.refreshToken !== null) books.refresh.add(starting.refreshToken, now() + refreshLifeMs);
  let callsLeft = Infinity;
  const hand = (kind: keyof typeof books, lifeMs: number) => {
    const token = issue();
    books[kind].add(token, now() + lifeMs);
    return token;
  };
  return {
    isGood: (kind: keyof typeof books, token: string | undefined) => books[kind].isGood(token ?? '', now()),
    /** As `isGood` for an access token; the call counts towards the end of them all. */
    admits: (token: string) => {
      const isAdmitted = books.access.isGood(token, now());
      callsLeft -= 1;
      if (callsLeft === 0) books.access.clear();
      return isAdmitted;
    },
    /** Takes back every access token, at once or after some calls, and the refresh tokens if it says so. */
    revoke: ({ afterCalls, withRefresh }: Revocation) => {
      // From 0 it only goes down: those that are handed out from now on are not taken back.
      callsLeft = afterCalls;
      if (afterCalls === 0) books.access.clear();
      if (withRefresh) books.refresh.clear();
    },
    spend: (kind: keyof typeof books, token: string | undefined) => books[kind].remove(token ?? ''),
    /** Good for that redirect uri only, as OAuth has it; without one, for any. */
    grantCode: (redirectUri?: string) => {
      const code = hand('code', codeLifeMs);
      if (redirectUri !== undefined) codeRedirects.set(code, redirectUri);
      return code;
    },
    isCodeFor: (code: string, redirectUri: string) =>
      (codeRedirects.get(code) ?? redirectUri) === redirectUri,
    grantAccess: () => ({
      ...owner,
      access_token: hand('access', accessLifeSeconds * 1000),
      expires_in: String(accessLifeSeconds),
    }),
    grantRefresh: () => ({
      refresh_token: hand('refresh', refreshLifeMs),
      refresh_token_timeout: toCompactTime(now() + refreshLifeMs),
    }),
  };
}

/** The books of a sandbox. */
export type Tokens = ReturnType<typeof createTokens>;
