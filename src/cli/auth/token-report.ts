import { isSelfUse } from '../../config/is-self-use.ts';
import type { Config } from '../../config/environment.ts';
import { dayMs } from '../../core/duration.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { postponeWithinMs } from '../../model/token.ts';
import type { StoredTokens } from '../../tokens/stored-tokens.ts';

/**
 * Where calls get their access token from, in the order of precedence: `self-use` (ALIBABA_ACCESS_TOKEN), `stored`
 * (of a login, in the database), `refresh-token` (ALIBABA_REFRESH_TOKEN, at the first call), or nowhere.
 */
export type TokenKind = 'self-use' | 'stored' | 'refresh-token' | 'none';

/** The OAuth state of an app. Never holds a token. */
export interface TokenReport {
  readonly appKey: string | null;
  readonly kind: TokenKind;
  /** False: calls that need a token would be refused. */
  readonly isUsable: boolean;
  /** When the login, or the last refresh, was stored. */
  readonly storedAt: Date | null;
  readonly accessExpiresAt: Date | null;
  readonly refreshExpiresAt: Date | null;
  readonly warnings: readonly string[];
}

export interface TokenFacts {
  readonly config: Pick<
    Config,
    'ALIBABA_APP_KEY' | 'ALIBABA_ACCESS_TOKEN' | 'ALIBABA_REFRESH_TOKEN' | 'TOKEN_KEY'
  >;
  readonly stored: StoredTokens | null;
  /** Why TOKEN_KEY can't decrypt the stored ones; null: it can. */
  readonly obstacle: string | null;
  readonly now: Date;
}

const relogin = 'run `catalog-sync auth`';

const inShanghai = (at: Date): string => `${shanghaiTime(at)} (Shanghai)`;

function wholeDays(ms: number): string {
  const days = Math.floor(ms / dayMs);
  return days === 1 ? '1 day' : `${days} days`;
}

function warnOfRefreshEnd(endsAt: Date, now: Date): string[] {
  const leftMs = endsAt.getTime() - now.getTime();
  if (leftMs <= 0) return [`the refresh token expired at ${inShanghai(endsAt)}: ${relogin}`];
  if (leftMs >= postponeWithinMs) return [];
  return [
    `the refresh token expires in ${wholeDays(leftMs)}, at ${inShanghai(endsAt)}: the next refresh postpones its expiry; if this warning stays, ${relogin}`,
  ];
}

function warnOfAccessEnd(endsAt: Date | null, now: Date): string[] {
  if (endsAt === null) return [];
  const isOver = endsAt <= now;
  return [
    `the access token ${isOver ? 'expired' : 'expires'} at ${inShanghai(endsAt)}, and there is no refresh token to renew it: ${relogin}`,
  ];
}

function describeStored(stored: StoredTokens, { obstacle, now }: TokenFacts) {
  const { accessExpiresAt, hasRefreshToken, refreshExpiresAt } = stored;
  const isAlive = (endsAt: Date | null) => endsAt === null || endsAt > now;
  const hasLife = isAlive(accessExpiresAt) || (hasRefreshToken && isAlive(refreshExpiresAt));
  const ends = hasRefreshToken
    ? refreshExpiresAt && warnOfRefreshEnd(refreshExpiresAt, now)
    : warnOfAccessEnd(accessExpiresAt, now);
  return {
    kind: 'stored',
    isUsable: hasLife && obstacle === null,
    ...{ storedAt: stored.storedAt, accessExpiresAt, refreshExpiresAt },
    warnings: [...(obstacle === null ? [] : [obstacle]), ...(ends ?? [])],
  } as const;
}

const unstored = { storedAt: null, accessExpiresAt: null, refreshExpiresAt: null } as const;

function describe(facts: TokenFacts): Omit<TokenReport, 'appKey'> {
  const { config, stored } = facts;
  const { ALIBABA_REFRESH_TOKEN: refresh, TOKEN_KEY: key } = config;
  if (isSelfUse(config)) {
    const hidden = 'the stored tokens of a login are not used: remove ALIBABA_ACCESS_TOKEN to use them';
    const warnings = ['it is not known when this token expires; the console of 1688 shows it'];
    if (stored) warnings.push(hidden);
    return { kind: 'self-use', isUsable: true, ...unstored, warnings };
  }
  if (stored && (key || !refresh)) return describeStored(stored, facts);
  if (refresh) {
    const warnings = key ? [] : ['renewed tokens are not stored: set TOKEN_KEY (`openssl rand -hex 32`)'];
    return { kind: 'refresh-token', isUsable: true, ...unstored, warnings };
  }
  return {
    kind: 'none',
    isUsable: false,
    ...unstored,
    warnings: [`only \`alibaba.category.get\` can be called: ${relogin}`],
  };
}

/** What is known of an app's tokens, and what will become a trouble, ahead of time. Pure. */
export function reportTokens(facts: TokenFacts): TokenReport {
  return { appKey: facts.config.ALIBABA_APP_KEY ?? null, ...describe(facts) };
}

const kindTexts: Readonly<Record<TokenKind, string>> = {
  'self-use': 'access token of a self-use app, from ALIBABA_ACCESS_TOKEN',
  stored: 'tokens of a login, encrypted in the database',
  'refresh-token': 'refresh token from ALIBABA_REFRESH_TOKEN, exchanged at the first call',
  none: 'none',
};

/** As text. */
export function formatTokenReport(report: TokenReport, now: Date): string {
  const { accessExpiresAt: access, refreshExpiresAt: refresh, storedAt } = report;
  const isOver = access !== null && access <= now;
  const lines: [string, string | null][] = [
    ['app key', report.appKey ?? 'not set'],
    ['token', kindTexts[report.kind]],
    ['stored', storedAt && inShanghai(storedAt)],
    ['access token', access && (isOver ? 'renewed at the next call' : `good until ${inShanghai(access)}`)],
    ['refresh token', refresh && `good until ${inShanghai(refresh)}`],
    ...report.warnings.map((warning): [string, string] => ['warning', warning]),
  ];
  return lines.flatMap(([name, text]) => (text === null ? [] : [`${name.padEnd(14)} ${text}`])).join('\n');
}
