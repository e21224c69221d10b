import { describe, expect, it } from 'vitest';
import { loadConfig, type Environment } from '../../../../src/config/environment.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { checkHeartbeat, checkNotifySettings } from '../../../../src/health/doctor/check-notifications.ts';
import { checkCredentials, checkTarget } from '../../../../src/health/doctor/check-settings.ts';
import { checkToken } from '../../../../src/health/doctor/check-token.ts';
import type { TokenSet, TokenStore } from '../../../../src/model/token.ts';
import { afterNoon, noon } from '../../../support/health-facts.ts';

const config = (env: Environment) => loadConfig({ projectDir: '/nowhere', env, readFiles: false });

/** `ok message`, of a key and a secret. */
const judge = (key: string, secret: string) =>
  checkCredentials(config({ ALIBABA_APP_KEY: key, ALIBABA_APP_SECRET: secret })).map(
    ({ status, message }) => `${status} ${message}`,
  );

describe('an App Key', () => {
  const [fine, odd] = [
    'ok ALIBABA_APP_KEY has the right form',
    'warn ALIBABA_APP_KEY is not a number of about 8 digits',
  ];

  it.each([
    ['123', odd],
    ['1234', fine],
    ['123456789012', fine],
    ['1234567890123', odd],
    ['8765432a', odd],
    ['12345678', 'fail ALIBABA_APP_KEY is the placeholder of the guide'],
  ])('%s: %s', (key, said) => {
    expect(judge(key, 'aB3dE5gH7j')[0]).toBe(said);
  });

  it('is swapped with the secret where that alone has digits only, and is shorter', () => {
    const swapped =
      'fail ALIBABA_APP_KEY and ALIBABA_APP_SECRET look swapped: the key has only digits, and the secret is longer';
    expect(judge('aB3dE5gH7', '87654321')).toEqual([swapped]);
    expect(judge('aB3dE5gH', '87654321')).toHaveLength(2);
    expect(judge('876543210', '87654321')).toHaveLength(2);
    expect(judge('aB3dE5gH7j', 'aB3dE5gH')).toHaveLength(2);
  });
});

describe('an App Secret', () => {
  const [fine, odd] = [
    'ok ALIBABA_APP_SECRET has the right form',
    'warn ALIBABA_APP_SECRET is not 8 to 64 letters and digits',
  ];
  const quoted = 'fail ALIBABA_APP_SECRET has quotes or spaces in it';

  it.each([
    ['aB3dE5g', odd],
    ['aB3dE5gH', fine],
    ['k'.repeat(64), fine],
    ['k'.repeat(65), odd],
    ['aB3dE5gH!', odd],
    ['"aB3dE5gH', quoted],
    ["aB3dE5gH'", quoted],
    ['aB3d E5gH', quoted],
    ['changeme', 'fail ALIBABA_APP_SECRET is the placeholder of the guide'],
  ])('%s: %s', (secret, said) => {
    expect(judge('87654321', secret)[1]).toBe(said);
  });

  it('that is missing is said beside a missing key', () => {
    expect(checkCredentials(config({})).map(({ message }) => message)).toEqual([
      ...['ALIBABA_APP_KEY is not set', 'ALIBABA_APP_SECRET is not set'],
    ]);
  });
});

it('a sandbox is told with what chose it', () => {
  const sandbox = config({ ALIBABA_API_URL: 'http://127.0.0.1:81/openapi' });
  expect(checkTarget(sandbox, new Map()).message).toBe(
    'SANDBOX: using mock data of 127.0.0.1:81, because of ALIBABA_API_URL in the default. Without it, calls go to 1688',
  );
});

describe('a token', () => {
  const withKey = { ALIBABA_APP_KEY: '87654321', TOKEN_KEY: 'ab'.repeat(32) };
  const none = { accessExpiresAt: null, refreshToken: null, refreshExpiresAt: null };
  const stored = (parts: Partial<TokenSet>): TokenSet => ({
    accessToken: new Secret('a'),
    ...none,
    ...parts,
  });
  const refreshToken = new Secret('r');
  const unread = () => Promise.reject(new Error('not read'));
  const storeOf = (read: TokenStore['read']): TokenStore => ({ read, write: unread, refreshOnce: unread });

  /** `ok message`, at noon. */
  async function tokenOf(env: Environment, read: TokenStore['read'] | null) {
    const store = read === null ? null : storeOf(read);
    const { status, message } = await checkToken(config(env), store, { now: () => noon });
    return `${status} ${message}`;
  }

  it.each<[string, Partial<TokenSet>, string]>([
    ['of unknown life', {}, 'ok stored, of unknown life'],
    [
      'that is good for a moment',
      { accessExpiresAt: afterNoon(0, 's', 1) },
      'ok stored, good until 2026-11-25 12:00 (Shanghai)',
    ],
    [
      'that ends now',
      { accessExpiresAt: noon },
      'warn the stored access token expired and cannot be refreshed',
    ],
    [
      'that ends now, and is refreshed',
      { accessExpiresAt: noon, refreshToken },
      'ok stored, to be refreshed at the next call',
    ],
    [
      'that is refreshed for thirty days',
      { refreshToken, refreshExpiresAt: afterNoon(30, 'd') },
      'ok stored, of unknown life',
    ],
    [
      'that is refreshed for less',
      { refreshToken, refreshExpiresAt: afterNoon(30, 'd', -1) },
      'warn the refresh token expires at 2026-12-25 11:59:59 (Shanghai)',
    ],
    [
      'without the refresh token that ends',
      { refreshExpiresAt: afterNoon(1, 'd') },
      'ok stored, of unknown life',
    ],
  ])('%s', async (_, parts, said) => {
    expect(await tokenOf(withKey, () => Promise.resolve(stored(parts)))).toBe(said);
  });

  it('of the environment counts alone, and not beside one that refreshes it', async () => {
    const access = { ...withKey, ALIBABA_ACCESS_TOKEN: 'x' };
    expect(await tokenOf(access, unread)).toBe(
      'ok from ALIBABA_ACCESS_TOKEN; it is not known when it expires',
    );
    const both = { ...access, ALIBABA_REFRESH_TOKEN: 'y' };
    const keys: string[] = [];
    const read = (key: string) => Promise.resolve(keys.push(key) === 0 ? null : stored({}));
    expect(await tokenOf(both, read)).toBe('ok stored, of unknown life');
    expect(keys).toEqual(['87654321']);
    expect(await tokenOf(both, () => Promise.resolve(null))).toBe(
      'ok none is stored yet: the first call gets one by ALIBABA_REFRESH_TOKEN',
    );
  });

  it('that can not be read is a failure, and is not read without a key', async () => {
    expect(await tokenOf(withKey, unread)).toBe('fail not read');
    expect(await tokenOf({ TOKEN_KEY: withKey.TOKEN_KEY }, unread)).toBe('warn there is none');
    expect(await tokenOf(withKey, null)).toBe('warn there is none');
    expect(await tokenOf({ ALIBABA_REFRESH_TOKEN: 'y' }, null)).toBe(
      'warn refreshed tokens are not stored, because TOKEN_KEY is not set',
    );
  });
});

describe('receivers', () => {
  const slack = 'https://hooks.slack.com/services/T0secret';
  const robot = 'https://oapi.dingtalk.com/robot/send?access_token=x';

  it.each<[string, Environment, string[]]>([
    ['none', {}, ['skip notifications are off: NOTIFY_WEBHOOK_URL is not set']],
    [
      'one of any format',
      { NOTIFY_WEBHOOK_URL: 'https://a.example/x' },
      ['ok to a.example, of format generic; `catalog-sync notify test` tries it'],
    ],
    [
      'Slack as such',
      { NOTIFY_WEBHOOK_URL: slack, NOTIFY_FORMAT: 'slack' },
      ['ok to hooks.slack.com, of format slack; `catalog-sync notify test` tries it'],
    ],
    [
      'Slack as another',
      { NOTIFY_WEBHOOK_URL: slack, NOTIFY_FORMAT: 'generic' },
      ['warn hooks.slack.com does not understand format generic'],
    ],
    [
      'DingTalk as Slack',
      { NOTIFY_URGENT_WEBHOOK_URL: robot, NOTIFY_URGENT_FORMAT: 'slack' },
      ['warn oapi.dingtalk.com does not understand format slack'],
    ],
    [
      'DingTalk with its secret, and another one for what needs a person',
      {
        ...{ NOTIFY_WEBHOOK_URL: robot, NOTIFY_FORMAT: 'dingtalk', NOTIFY_DINGTALK_SECRET: 'SEC1' },
        ...{ NOTIFY_URGENT_WEBHOOK_URL: slack, NOTIFY_URGENT_FORMAT: 'slack' },
      },
      [
        'ok to oapi.dingtalk.com, of format dingtalk; `catalog-sync notify test` tries it',
        'ok what needs a person to hooks.slack.com, of format slack; `catalog-sync notify test` tries it',
      ],
    ],
    [
      'a secret that signs nothing',
      { NOTIFY_WEBHOOK_URL: 'https://a.example/x', NOTIFY_DINGTALK_SECRET: 'SEC1' },
      ['warn NOTIFY_DINGTALK_SECRET is set, but messages are not signed'],
    ],
    [
      'a secret that signs nothing urgent',
      { NOTIFY_URGENT_WEBHOOK_URL: 'https://a.example/x', NOTIFY_URGENT_DINGTALK_SECRET: 'SEC1' },
      ['warn NOTIFY_URGENT_DINGTALK_SECRET is set, but messages are not signed'],
    ],
  ])('%s', (_, env, said) => {
    expect(checkNotifySettings(config(env)).map(({ status, message }) => `${status} ${message}`)).toEqual(
      said,
    );
  });

  it('of pings are named by their host only', () => {
    expect(checkHeartbeat(config({}))).toMatchObject({
      status: 'skip',
      message: 'no pings: HEARTBEAT_URL is not set',
    });
    expect(checkHeartbeat(config({ HEARTBEAT_URL: 'https://hc.example/secret' }))).toMatchObject({
      status: 'ok',
      message: 'pings hc.example',
    });
  });
});
