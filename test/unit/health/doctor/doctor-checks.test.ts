import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodeOfChecks, failed, misconfigured, ok, warn } from '../../../../src/health/doctor/check.ts';
import { checkEnvFiles } from '../../../../src/health/doctor/check-env-files.ts';
import { checkGateway } from '../../../../src/health/doctor/check-gateway.ts';
import {
  checkCredentials,
  checkSettings,
  checkTarget,
} from '../../../../src/health/doctor/check-settings.ts';
import { checkQuota } from '../../../../src/health/doctor/check-quota.ts';
import { checkSource } from '../../../../src/health/doctor/check-source.ts';
import { checkSyncFile } from '../../../../src/health/doctor/check-sync-file.ts';
import { checkToken } from '../../../../src/health/doctor/check-token.ts';
import { explainApiNames } from '../../../../src/health/doctor/explain-api-names.ts';
import { nextStep } from '../../../../src/health/doctor/run-doctor.ts';
import { scanEnvFile } from '../../../../src/health/doctor/scan-env-file.ts';
import { findOrigins } from '../../../../src/health/doctor/setting-origins.ts';
import { loadConfig, type Environment } from '../../../../src/config/environment.ts';
import { AppError } from '../../../../src/core/errors.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { extractErrors } from '../../../../src/extract/errors.ts';
import type { QuotaStatus } from '../../../../src/ledger/quota-store.ts';
import type { GatewayAnswer } from '../../../../src/model/gateway.ts';
import type { TokenSet, TokenStore } from '../../../../src/model/token.ts';
import { createProject } from '../../../support/in-process.ts';

const now = new Date('2026-11-25T00:00:00Z');
const clock = { now: () => now };
const sync = parseSyncFile('account: personal\nfeeds: [{ name: bags, keywords: [包] }]\n', 'test');
const guideSecret = '1a2b3c4d5e6f7g8h9i0j1k2l3m4n';
const config = (env: Environment) => loadConfig({ projectDir: createProject(), env });

test('a sync file that can not be read is a failure of the configuration', () => {
  const dir = createProject();
  mkdirSync(join(dir, 'catalog-sync.yaml'));
  expect(checkSyncFile(dir)).toMatchObject({ status: 'fail', exitCode: 4 });
});

test('a sync file with the other ending is named', () => {
  const [message, advised] = ['there is no catalog-sync.yaml', 'rename the catalog-sync.yml that is there'];
  expect(checkSyncFile(createProject()).message).toContain(message);
  expect(checkSyncFile(createProject()).message).not.toContain(advised);
  expect(checkSyncFile(createProject({ 'catalog-sync.yml': '' })).message).toMatch(`${message} in`);
  expect(checkSyncFile(createProject({ 'catalog-sync.yml': '' })).message).toContain(advised);
});

test.each([
  ['aB3dE5gH7j', '87654321', true],
  ['87654321', 'aB3dE5gH7j', false],
  ['aB3dE5gH7j', 'cB3dE5gH7j', false],
  ['87654321', '12344321', false],
])('app key %s and secret %s: swapped is %s', (key, secret, isSwapped) => {
  const checks = checkCredentials(config({ ALIBABA_APP_KEY: key, ALIBABA_APP_SECRET: secret }));
  expect(checks.some(({ message, exitCode }) => message.includes('look swapped') && exitCode === 4)).toBe(
    isSwapped,
  );
});

describe('an env file', () => {
  test('as it should be has no findings', () => {
    expect(
      scanEnvFile('# note\n\nALIBABA_APP_KEY=87654321\nALIBABA_APP_SECRET=aB3dE5gH7j\nOTHER = "x"\n'),
    ).toEqual([]);
  });

  test.each([
    ['ALIBABA_APP_KEY=12345678', /placeholder of the guide/, true],
    [`ALIBABA_APP_SECRET="${guideSecret}"`, /quotes/, false],
    [`ALIBABA_APP_SECRET=${guideSecret}o5p6q7r8s9t0`, /placeholder of the guide/, true],
    ['ALIBABA_APP_SECRET=your-app-secret', /placeholder of the guide/, true],
    ["ALIBABA_APP_KEY='87654321'", /quotes/, false],
    ['ALIBABA_APP_KEY= 87654321', /spaces around its value/, false],
    ['ALIBABA_APP_KEY=87654321 ', /spaces around its value/, false],
    ['ALIBABA_APP_KEY =87654321', /space before its =/, false],
    ['ALIBABA_APP_SECRET=abc#def', /begins a comment/, false],
    ['ALIBABA_APP_SECRET=abc\u200bdef', /no credential has/, false],
    ['\ufeffALIBABA_APP_KEY=87654321', /byte order mark/, false],
    ['ALIBABA_APPKEY=87654321', /not a setting that is read: did you mean ALIBABA_APP_KEY\?/, false],
    ['ALIBABA_APP_SECRT=x', /did you mean ALIBABA_APP_SECRET\?/, false],
  ])('with %j has a finding', (line, detail, isFatal) => {
    const findings = scanEnvFile(`# first\n${line}\n`);
    const found = findings.find((finding) => detail.test(finding.detail));
    expect(found).toMatchObject({ line: 2, isFatal });
  });

  test('left empty has no findings', () => {
    expect(scanEnvFile('ALIBABA_APP_KEY=\nALIBABA_APP_SECRET=\n')).toEqual([]);
  });

  test('that can not be read is a failure, and the other one is read', () => {
    const dir = createProject({ '.env': 'ALIBABA_APPKEY=1' });
    mkdirSync(join(dir, '.env.local'));
    expect(checkEnvFiles(dir, {}).map(({ status }) => status)).toEqual(['ok', 'fail', 'warn']);
  });

  test('need not be there for a wrong name: one in the environment is said, too', () => {
    const env = {
      ALIBABA_APP_SECRT: 'x',
      ALIBABA_APP_KEY: '1',
      ALIBABA_APP_SECRET_FILE: 'f',
      ALIBABA_CLOUD_REGION: 'y',
    };
    expect(checkEnvFiles(createProject(), env).slice(1)).toMatchObject([
      {
        status: 'warn',
        message:
          'ALIBABA_APP_SECRT of the environment is not a setting that is read: did you mean ALIBABA_APP_SECRET?',
      },
    ]);
  });

  test('whose value the environment overrides is said not to be used', () => {
    const dir = createProject({ '.env.local': 'ALIBABA_APP_KEY=1\nLOG_LEVEL=warn' });
    const checks = checkEnvFiles(dir, { ALIBABA_APP_KEY: '2', LOG_LEVEL: 'warn' });
    expect(checks.map((check) => check.message)).toEqual([
      '.env.local, first one wins, the environment wins over all',
      'ALIBABA_APP_KEY of .env.local is not used: the environment has another value',
    ]);
  });

  test('is named in the order of reading, with the lines that are odd', () => {
    const dir = createProject({ '.env.local': 'ALIBABA_APP_KEY=12345678', '.env': 'LOG_LEVEL="info"' });
    const checks = checkEnvFiles(dir, {});
    expect(
      checks.map(({ status, message }) => `${status} ${message.split(':').slice(0, 2).join(':')}`),
    ).toEqual([
      'ok .env.local, .env, first one wins, the environment wins over all',
      'fail .env.local:1 ALIBABA_APP_KEY still has the placeholder of the guide',
      expect.stringMatching(/^warn \.env:1 LOG_LEVEL has quotes/),
    ]);
    expect(exitCodeOfChecks(checks)).toBe(4);
  });
});

describe('settings', () => {
  test('are listed by name, with the place that each comes from', () => {
    const dir = createProject({
      '.env.local': 'ALIBABA_APP_SECRET=hunter2hunter2\nLOG_LEVEL=warn\nTOKEN_KEY_FILE=/run/key\n',
      '.env': 'ALIBABA_APP_SECRET=hunter3hunter3\nALIBABA_APP_KEY=1\n',
    });
    const { message } = checkSettings(findOrigins(dir, { LOG_LEVEL: 'info' }));
    expect(message).toBe(
      'ALIBABA_APP_KEY (.env), ALIBABA_APP_SECRET (.env.local), TOKEN_KEY (TOKEN_KEY_FILE of .env.local), LOG_LEVEL (the environment)',
    );
    expect(checkSettings(new Map()).message).toBe('none is set: every setting has its default');
  });

  test.each<[Environment, string[]]>([
    [{}, ['fail', 'fail']],
    [{ ALIBABA_APP_KEY: '12345678', ALIBABA_APP_SECRET: guideSecret }, ['fail', 'fail']],
    [{ ALIBABA_APP_KEY: 'abcdefgh', ALIBABA_APP_SECRET: 'short' }, ['warn', 'warn']],
    [{ ALIBABA_APP_KEY: '87654321', ALIBABA_APP_SECRET: '"aB3dE5gH7j"' }, ['ok', 'fail']],
    [{ ALIBABA_APP_KEY: '87654321', ALIBABA_APP_SECRET: 'aB3dE5gH7j' }, ['ok', 'ok']],
  ])('credentials %j are judged', (env, statuses) => {
    expect(checkCredentials(config(env)).map((check) => check.status)).toEqual(statuses);
  });

  test('say whether calls go to 1688 or stay on this machine', () => {
    expect(checkTarget(config({}), new Map()).message).toMatch(
      /^LIVE .*: fetching real data from 1688\.com$/,
    );
    const sandbox = config({ ALIBABA_API_URL: 'http://127.0.0.1:1/openapi' });
    expect(checkTarget(sandbox, new Map([['ALIBABA_API_URL', '.env.local']])).message).toMatch(
      /^SANDBOX: using mock data .*because of ALIBABA_API_URL in \.env\.local/,
    );
  });
});

describe('the data', () => {
  const live = config({});
  const sandbox = config({ ALIBABA_API_URL: 'http://127.0.0.1:1/openapi' });

  test.each([
    ['none yet', live, null, 'ok', /^none yet; a run would fetch real data/],
    ['real, and to be real', live, 'live', 'ok', /^the database has real data/],
    ['mock, and to be mock', sandbox, 'sandbox', 'ok', /^the database has mock data/],
    ['mock where real is expected', live, 'sandbox', 'fail', /has mock data .* would fetch real data/],
    ['real where mock would be put', sandbox, 'live', 'fail', /has real data .* would fetch mock data/],
  ] as const)('that is %s', (...[, settings, stored, status, message]) => {
    const check = checkSource(settings, stored);
    expect(check).toMatchObject({ status, exitCode: status === 'fail' ? 4 : 0 });
    expect(check.message).toMatch(message);
  });

  test('that is still mock data says why', () => {
    expect(checkSource(live, 'sandbox').advice).toContain('why you still see mock data');
  });
});

describe('the quota', () => {
  const limit = (parts: Partial<QuotaStatus>): QuotaStatus => ({
    ...{
      appKey: '1',
      api: 'n:product.search.keywordQuery:1',
      period: 'day',
      source: 'preset',
      isAssumed: true,
    },
    ...{ callLimit: 500, used: 20, reserved: 0, unknown: 0, external: 0, remaining: 480, resetAt: null },
    ...parts,
  });

  test('is shown for each API, and whether it is confirmed', () => {
    const checks = checkQuota([limit({}), limit({ period: 'month', callLimit: 9000, isAssumed: false })]);
    expect(checks.map(({ status, message }) => `${status} ${message}`)).toEqual([
      'ok product.search.keywordQuery: used 20 of 500 a day (assumed), 20 of 9,000 a month',
    ]);
  });

  test('that is used up comes first, with the time at which it is back', () => {
    const resetAt = new Date('2026-11-25T16:00:00Z');
    const [first] = checkQuota([limit({}), limit({ used: 500, remaining: 0, resetAt })]);
    expect(first).toMatchObject({ status: 'warn' });
    expect(first?.message).toContain('used 500 of 500 a day (assumed), back at 2026-11-26 00:00 (Shanghai)');
  });

  test('of a database that never called anything is not known', () => {
    expect(checkQuota([])).toMatchObject([{ status: 'skip' }]);
  });
});

test('a sync file is judged with its lines', () => {
  const good = createProject({
    'catalog-sync.yaml': 'account: personal\nfeeds: [{ name: a, keywords: [包] }]',
  });
  const bad = createProject({ 'catalog-sync.yaml': 'account: corporate\nfeeds: []' });
  expect(checkSyncFile(good)).toMatchObject({
    status: 'ok',
    message: 'catalog-sync.yaml: personal account, feeds a, 0 schedules',
  });
  expect(checkSyncFile(bad)).toMatchObject({ status: 'fail', exitCode: 4 });
  expect(checkSyncFile(bad).message).toContain('catalog-sync.yaml:1:1 account');
  expect(checkSyncFile(createProject())).toMatchObject({ status: 'fail', exitCode: 4 });
});

test('a sync file that chooses an API is shown with the API that is called', () => {
  const project = createProject({
    'catalog-sync.yaml':
      'account: personal\nfeeds: [{ name: a, keywords: [包] }]\napis: { alibaba.category.get: category.translation.getById }',
  });
  expect(checkSyncFile(project).message).toMatch(/category\.children by .*:category\.translation\.getById:1/);
});

describe('the token', () => {
  const day = 86_400_000;
  const tokens = (parts: Partial<TokenSet>): TokenSet => ({
    accessToken: new Secret('a'),
    accessExpiresAt: null,
    refreshToken: null,
    refreshExpiresAt: null,
    ...parts,
  });
  /** A store that always returns one set. */
  const storeOf = (stored: TokenSet | null): TokenStore => ({
    read: () => Promise.resolve(stored),
    write: () => Promise.resolve(),
    refreshOnce: () => Promise.reject(new Error('not asked for')),
  });
  const withKey = { ALIBABA_APP_KEY: '87654321', TOKEN_KEY: 'ab'.repeat(32) };

  test.each<[string, Environment, TokenSet | null, string, RegExp]>([
    ['none', {}, null, 'warn', /there is none/],
    ['one of a self-use app', { ALIBABA_ACCESS_TOKEN: 'x' }, null, 'ok', /not known when it expires/],
    [
      'a refresh token to begin with',
      { ...withKey, ALIBABA_REFRESH_TOKEN: 'x' },
      null,
      'ok',
      /the first call gets one by ALIBABA_REFRESH_TOKEN/,
    ],
    ['a refresh token without a place to keep it', { ALIBABA_REFRESH_TOKEN: 'x' }, null, 'warn', /TOKEN_KEY/],
    [
      'a stored one',
      withKey,
      tokens({ accessExpiresAt: new Date(now.getTime() + day) }),
      'ok',
      /good until 2026-11-26/,
    ],
    [
      'a stored one that is over',
      withKey,
      tokens({ accessExpiresAt: new Date(0) }),
      'warn',
      /cannot be refreshed/,
    ],
    [
      'a stored one to refresh',
      withKey,
      tokens({
        accessExpiresAt: new Date(0),
        refreshToken: new Secret('r'),
        refreshExpiresAt: new Date(now.getTime() + 90 * day),
      }),
      'ok',
      /refreshed at the next call/,
    ],
    [
      'a refresh token that ends soon',
      withKey,
      tokens({ refreshToken: new Secret('r'), refreshExpiresAt: new Date(now.getTime() + 10 * day) }),
      'warn',
      /expires at 2026-12-05/,
    ],
  ])('%s', async (...[, env, stored, status, message]) => {
    const check = await checkToken(config(env), storeOf(stored), clock);
    expect(check.status).toBe(status);
    expect(check.message).toMatch(message);
  });
});

describe('the signed call', () => {
  const provenance = { callId: '1', rawId: '7', runId: null, observedAt: now };
  const request = { operation: 'category.children', categoryId: '0' } as const;
  const answered = {
    kind: 'answered',
    provenance,
    request,
    windowId: null,
    payload: {},
    isCached: false,
  } as const;
  const check = (call: () => Promise<GatewayAnswer>, gatewayTime = now) => {
    const readTime = () => Promise.resolve({ kind: 'answered' as const, callId: '2', gatewayTime });
    const raw = { keepOut: () => Promise.resolve() };
    return checkGateway({ gateway: { call, readTime }, raw, sync, clock });
  };
  const accept = () => Promise.resolve(answered);

  test('that is accepted is fine', async () => {
    const found = await check(accept, new Date(now.getTime() + 400));
    expect(found).toMatchObject({ status: 'ok' });
    expect(found.message).toContain('the clocks differ by 0.4 s');
  });

  test('shows a clock that is off', async () => {
    const found = await check(accept, new Date(now.getTime() + 120_000));
    expect(found).toMatchObject({ status: 'warn', message: 'accepted, but the clocks differ by 120 s' });
  });

  test('that had to wait is no verdict', async () => {
    const waiting = { kind: 'waiting' as const, by: 'day' as const, retryAfterMs: 5 };
    expect(await check(() => Promise.resolve(waiting))).toMatchObject({ status: 'warn' });
  });

  test('that is refused after the signature was checked is fine', async () => {
    const error = new AppError(extractErrors.GATEWAY_NO_GRANT, 'refused');
    expect(await check(() => Promise.reject(error))).toMatchObject({ status: 'ok' });
  });

  test('that is refused fails with the remedy of its error', async () => {
    const error = new AppError(extractErrors.GATEWAY_SIGNATURE_REFUSED, 'refused');
    expect(await check(() => Promise.reject(error))).toMatchObject({
      status: 'fail',
      message: 'GATEWAY_SIGNATURE_REFUSED: refused',
      advice: extractErrors.GATEWAY_SIGNATURE_REFUSED.remedy,
      exitCode: 4,
    });
  });
});

describe('the verdict', () => {
  test('is 4 before 1 before 0', () => {
    const service = failed('x', new Error('down'));
    expect(exitCodeOfChecks([ok('a', ''), warn('b', '', '')])).toBe(0);
    expect(exitCodeOfChecks([ok('a', ''), service])).toBe(1);
    expect(exitCodeOfChecks([service, misconfigured('c', '', '')])).toBe(4);
  });

  test('names the first failure as the next step', () => {
    expect(nextStep([ok('a', ''), misconfigured('b', '', ''), misconfigured('c', '', '')])).toContain('"b"');
    expect(nextStep([ok('a', '')])).toContain('catalog-sync sync');
    expect(nextStep([warn('token', '', '')])).toContain('access token');
    const sandbox = config({ ALIBABA_API_URL: 'http://127.0.0.1:1/openapi' });
    expect(nextStep([checkTarget(sandbox, new Map())])).toContain('docs/go-live.md');
    expect(nextStep([checkTarget(config({}), new Map())])).not.toContain('docs/go-live.md');
  });
});

test('every API name of the registration guide is explained with the real one', () => {
  const names = explainApiNames();
  expect(names.map((name) => name.guideName)).toContain('alibaba.cross.search');
  for (const name of names) expect(name.api).toMatch(/^[\w.]+:[\w.]+:1$/);
});
