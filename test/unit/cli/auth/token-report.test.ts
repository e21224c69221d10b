import { describe, expect, it } from 'vitest';
import { formatTokenReport, reportTokens, type TokenFacts } from '../../../../src/cli/auth/token-report.ts';
import { Secret } from '../../../../src/core/secret.ts';
import type { StoredTokens } from '../../../../src/tokens/stored-tokens.ts';

const now = new Date('2026-11-25T00:00:00Z');
const later = (days: number, ms = 0) => new Date(now.getTime() + days * 86_400_000 + ms);
const secret = new Secret('x');
const stored: StoredTokens = {
  ...{ storedAt: later(-1), accessExpiresAt: later(0, 1), hasRefreshToken: true },
  refreshExpiresAt: later(90),
};
const key = { TOKEN_KEY: secret };
const report = (
  config: TokenFacts['config'],
  tokens: Partial<StoredTokens> | null = null,
  obstacle?: string,
) =>
  reportTokens({
    config,
    stored: tokens && { ...stored, ...tokens },
    ...{ obstacle: obstacle ?? null, now },
  });

describe('where the token is from', () => {
  it('nothing is configured: almost no call is possible', () => {
    expect(report({})).toEqual({
      ...{ appKey: null, kind: 'none', isUsable: false },
      ...{ storedAt: null, accessExpiresAt: null, refreshExpiresAt: null },
      warnings: ['only `alibaba.category.get` can be called: run `catalog-sync auth`'],
    });
  });

  it('a self-use token hides a login, unless there is a refresh token', () => {
    const access = { ALIBABA_APP_KEY: '7', ALIBABA_ACCESS_TOKEN: secret };
    const unknown = 'it is not known when this token expires; the console of 1688 shows it';
    expect(report(access)).toMatchObject({
      ...{ appKey: '7', kind: 'self-use', isUsable: true, storedAt: null, warnings: [unknown] },
    });
    expect(report({ ...access, ...key }, {})).toMatchObject({
      kind: 'self-use',
      warnings: [
        unknown,
        'the stored tokens of a login are not used: remove ALIBABA_ACCESS_TOKEN to use them',
      ],
    });
    expect(report({ ...access, ALIBABA_REFRESH_TOKEN: secret }).kind).toBe('refresh-token');
  });

  it('a refresh token needs a key to be kept, and gives way to what is stored with one', () => {
    const refresh = { ALIBABA_REFRESH_TOKEN: secret };
    expect(report(refresh)).toMatchObject({
      ...{ kind: 'refresh-token', isUsable: true, storedAt: null },
      warnings: ['renewed tokens are not stored: set TOKEN_KEY (`openssl rand -hex 32`)'],
    });
    expect(report({ ...refresh, ...key }).warnings).toEqual([]);
    expect(report(refresh, {}).kind).toBe('refresh-token');
    expect(report({ ...refresh, ...key }, {}).kind).toBe('stored');
    expect(report({}, {}).kind).toBe('stored');
  });
});

describe('stored tokens', () => {
  const [gone, alive] = [later(0), later(0, 1)];

  it.each<[string, Partial<StoredTokens>, boolean]>([
    ['of unknown life', { accessExpiresAt: null, hasRefreshToken: false }, true],
    ['with an access token that lives', { accessExpiresAt: alive, hasRefreshToken: false }, true],
    ['with one that ends now', { accessExpiresAt: gone, hasRefreshToken: false }, false],
    ['that can be renewed', { accessExpiresAt: gone, refreshExpiresAt: alive }, true],
    ['that can be renewed, nobody knows how long', { accessExpiresAt: gone, refreshExpiresAt: null }, true],
    ['that cannot be renewed any more', { accessExpiresAt: gone, refreshExpiresAt: gone }, false],
    ['with the end of no refresh token', { accessExpiresAt: gone, hasRefreshToken: false }, false],
  ])('%s', (_, tokens, isUsable) => {
    expect(report(key, tokens)).toMatchObject({ kind: 'stored', isUsable });
  });

  it('that cannot be decrypted are of no use', () => {
    expect(report(key, {}, 'no key')).toMatchObject({ isUsable: false, warnings: ['no key'] });
    expect(report(key, {})).toMatchObject({ isUsable: true, warnings: [], storedAt: later(-1) });
  });

  const ends = (days: number, ms = 0) => report(key, { refreshExpiresAt: later(days, ms) }).warnings;
  const again = 'the next refresh postpones its expiry; if this warning stays, run `catalog-sync auth`';

  it('warn of the end of the refresh token in the last thirty days', () => {
    expect(ends(30)).toEqual([]);
    expect(ends(30, -1)).toEqual([
      `the refresh token expires in 29 days, at 2026-12-25 07:59:59 (Shanghai): ${again}`,
    ]);
    expect(ends(2, -1)).toEqual([
      `the refresh token expires in 1 day, at 2026-11-27 07:59:59 (Shanghai): ${again}`,
    ]);
    expect(ends(0, 1)).toEqual([
      `the refresh token expires in 0 days, at 2026-11-25 08:00 (Shanghai): ${again}`,
    ]);
    expect(ends(0)).toEqual([
      'the refresh token expired at 2026-11-25 08:00 (Shanghai): run `catalog-sync auth`',
    ]);
  });

  it('warn of the end of an access token that nothing renews', () => {
    const warnings = (accessExpiresAt: Date | null) =>
      report(key, { accessExpiresAt, hasRefreshToken: false }).warnings;
    const rest = 'and there is no refresh token to renew it: run `catalog-sync auth`';
    expect(warnings(null)).toEqual([]);
    expect(warnings(gone)).toEqual([`the access token expired at 2026-11-25 08:00 (Shanghai), ${rest}`]);
    expect(warnings(alive)).toEqual([`the access token expires at 2026-11-25 08:00 (Shanghai), ${rest}`]);
  });
});

it('as text, a report has a line for each thing that is known', () => {
  const textOf = (tokens: Partial<StoredTokens>) =>
    formatTokenReport(report({ ...key, ALIBABA_APP_KEY: '7' }, tokens), now);
  expect(textOf({ refreshExpiresAt: later(0) })).toBe(
    `app key        7
token          tokens of a login, encrypted in the database
stored         2026-11-24 08:00 (Shanghai)
access token   good until 2026-11-25 08:00 (Shanghai)
refresh token  good until 2026-11-25 08:00 (Shanghai)
warning        the refresh token expired at 2026-11-25 08:00 (Shanghai): run \`catalog-sync auth\``,
  );
  expect(
    textOf({ accessExpiresAt: later(0), refreshExpiresAt: null })
      .split('\n')
      .slice(2),
  ).toEqual(['stored         2026-11-24 08:00 (Shanghai)', 'access token   renewed at the next call']);
  expect(formatTokenReport(report({}), now)).toBe(
    `app key        not set
token          none
warning        only \`alibaba.category.get\` can be called: run \`catalog-sync auth\``,
  );
});
