import { setImmediate as aTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { createMemoryTokenStore } from '../../../src/extract/oauth/memory-token-store.ts';
import {
  createTokenProvider,
  type AccessTokens,
  type TokenProviderOptions,
} from '../../../src/extract/oauth/token-provider.ts';
import type { TokenSet, TokenStore } from '../../../src/model/token.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';
import { until } from '../../support/until.ts';
import { createHandClock, gatewayError, silent } from '../../support/gateway-inputs.ts';
import { json, startHttpServer, type HttpServer, type Respond } from '../../support/http-server.ts';

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

interface Setup {
  readonly server: HttpServer;
  readonly ledger: MemoryLedger;
  readonly clock: ReturnType<typeof createHandClock>;
  readonly store: TokenStore;
  /** A provider as another process would make it: same store, same server. */
  readonly create: (more?: Partial<TokenProviderOptions>) => AccessTokens;
}

async function setup(respond: Respond, stored?: TokenSet): Promise<Setup> {
  const server = await startHttpServer(respond);
  servers.push(server);
  const ledger = createMemoryLedger();
  const clock = createHandClock();
  const store = createMemoryTokenStore();
  if (stored) await store.write('1000000', stored);
  const common = { appKey: '1000000', appSecret: new Secret('the-secret'), baseUrl: server.url, log: silent };
  return {
    ...{ server, ledger, clock, store },
    create: (more) => createTokenProvider({ ...common, ledger, clock, store, fromEnvironment: {}, ...more }),
  };
}

/** `access-2`, `access-3` ... as 1688 answers a refresh: text for a number, and no refresh token. */
function refreshing(more: object = {}): Respond {
  let count = 1;
  return (response) => {
    count++;
    json(response, { aliId: '1', access_token: `access-${count}`, expires_in: '36000', ...more });
  };
}

function tokenSet(more: Partial<TokenSet> = {}): TokenSet {
  return {
    accessToken: new Secret('access-1'),
    accessExpiresAt: new Date('2026-10-10T18:00:00Z'),
    refreshToken: new Secret('refresh-1'),
    refreshExpiresAt: new Date('2027-01-01T00:00:00Z'),
    ...more,
  };
}

const reveal = async (token: Promise<Secret>): Promise<string> => (await token).reveal();
const refreshToken = new Secret('refresh-1');

describe('a self-use token of the environment', () => {
  it('is used as it is, before anything stored', async () => {
    const { create, server } = await setup(refreshing(), tokenSet());
    const tokens = create({ fromEnvironment: { accessToken: new Secret('own') } });
    expect(await reveal(tokens.current())).toBe('own');
    expect(server.requests).toHaveLength(0);
  });

  it('can not be refreshed: a person must act', async () => {
    const { create, server } = await setup(refreshing());
    const tokens = create({ fromEnvironment: { accessToken: new Secret('own') } });
    await expect(tokens.refresh(new Secret('own'))).rejects.toMatchObject({
      code: 'AUTH_TOKEN_NOT_REFRESHABLE',
      recovery: 'halt',
    });
    expect(server.requests).toHaveLength(0);
  });
});

it('without any token, calls that need one halt', async () => {
  const { create } = await setup(refreshing());
  await expect(create().current()).rejects.toMatchObject({ code: 'AUTH_TOKEN_MISSING', recovery: 'halt' });
});

describe('a refresh', () => {
  it('is an unsigned POST with the secrets in its body, an exempt ledger row and no stored answer', async () => {
    const { create, server, ledger } = await setup(refreshing(), tokenSet());
    expect(await reveal(create().refresh(new Secret('access-1')))).toBe('access-2');
    const [request] = server.requests;
    expect(request?.url).toBe('/openapi/http/1/system.oauth2/getToken/1000000');
    expect(request?.headers['x-request-id']).toBe('1');
    expect(request?.form).toEqual({
      grant_type: 'refresh_token',
      client_id: '1000000',
      client_secret: 'the-secret',
      refresh_token: 'refresh-1',
    });
    expect(ledger.calls[0]).toMatchObject({
      reserve: { api: 'system.oauth2:getToken:1', isExempt: true, request: { operation: 'oauth.token' } },
      settlement: { state: 'committed', outcome: 'ok', body: null, shows: 'allowed' },
    });
    expect(ledger.calls[0]?.reserve.requestHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('whose answer has no refresh token keeps the old one and its end', async () => {
    const { create, store } = await setup(refreshing(), tokenSet());
    await create().refresh(new Secret('access-1'));
    const stored = await store.read('1000000');
    expect(stored?.refreshToken?.reveal()).toBe('refresh-1');
    expect(stored?.refreshExpiresAt).toEqual(new Date('2027-01-01T00:00:00Z'));
    expect(stored?.accessExpiresAt).toEqual(new Date('2026-10-10T18:00:00Z'));
  });

  it.each([
    ['20270401120000000+0800', '2027-04-01T04:00:00.000Z'],
    ['20270401120000+0800', '2027-04-01T04:00:00.000Z'],
  ])('whose answer has a new one stores it with its end %s', async (refreshTimeout, iso) => {
    const more = { refresh_token: 'refresh-2', refresh_token_timeout: refreshTimeout, expires_in: 60 };
    const { create, store } = await setup(refreshing(more), tokenSet());
    await create().refresh(new Secret('access-1'));
    const stored = await store.read('1000000');
    expect(stored?.refreshToken?.reveal()).toBe('refresh-2');
    expect(stored?.refreshExpiresAt?.toISOString()).toBe(iso);
    expect(stored?.accessExpiresAt).toEqual(new Date('2026-10-10T08:01:00Z'));
  });

  it('whose answer has a new one without its end forgets the end of the old one', async () => {
    const { create, store } = await setup(refreshing({ refresh_token: 'refresh-2' }), tokenSet());
    await create().refresh(new Secret('access-1'));
    const stored = await store.read('1000000');
    expect([stored?.refreshToken?.reveal(), stored?.refreshExpiresAt]).toEqual(['refresh-2', null]);
  });

  it('leaves no connection open', async () => {
    let isConnected = true;
    const { create } = await setup((response) => {
      response.socket?.on('close', () => (isConnected = false));
      json(response, { access_token: 'access-2' });
    }, tokenSet());
    await create().refresh(new Secret('access-1'));
    await until(() => !isConnected, { timeoutMs: 2_000 });
  });

  it('happens by itself when less than five minutes of life remain', async () => {
    const { create, server, clock } = await setup(refreshing(), tokenSet());
    const tokens = create();
    clock.advance((10 * 60 - 5) * 60_000);
    expect(await reveal(tokens.current())).toBe('access-1');
    clock.advance(1);
    expect(await reveal(tokens.current())).toBe('access-2');
    expect(await reveal(tokens.current())).toBe('access-2');
    expect(server.requests).toHaveLength(1);
  });

  it.each(['290', '0', '-1', ' ', '1e300'])(
    'is one, also when its token shall live %s seconds',
    async (life) => {
      const { create, server, store } = await setup(refreshing({ expires_in: life }), tokenSet());
      const tokens = create();
      await tokens.refresh(await tokens.current());
      expect((await store.read('1000000'))?.accessExpiresAt?.getTime()).not.toBeNaN();
      for (let calls = 0; calls < 5; calls++) expect(await reveal(tokens.current())).toBe('access-2');
      expect(server.requests).toHaveLength(1);
    },
  );

  it('is one for all calls of a process that were refused together', async () => {
    const { create, server } = await setup(refreshing(), tokenSet());
    const tokens = create();
    const stale = await tokens.current();
    const fresh = await Promise.all(Array.from({ length: 20 }, () => reveal(tokens.refresh(stale))));
    expect(new Set(fresh)).toEqual(new Set(['access-2']));
    expect(await reveal(tokens.refresh(stale))).toBe('access-2');
    expect(server.requests).toHaveLength(1);
  });

  it('by another process is found in the store, for no call', async () => {
    const { create, server } = await setup(refreshing(), tokenSet());
    const [one, other] = [create(), create()];
    const stale = await other.current();
    await one.refresh(await one.current());
    expect(await reveal(other.refresh(stale))).toBe('access-2');
    expect(server.requests).toHaveLength(1);
  });

  it('begins with the refresh token of the environment when nothing is stored', async () => {
    const { create, store } = await setup(refreshing());
    expect(await reveal(create({ fromEnvironment: { refreshToken } }).current())).toBe('access-2');
    expect((await store.read('1000000'))?.accessToken.reveal()).toBe('access-2');
  });

  it('waits until the store has the tokens of the environment', async () => {
    const { create, store } = await setup(refreshing());
    const slow: TokenStore = {
      ...store,
      async write(appKey, tokens) {
        await aTurn();
        return store.write(appKey, tokens);
      },
    };
    const tokens = create({ store: slow, fromEnvironment: { refreshToken } });
    expect(await reveal(tokens.current())).toBe('access-2');
  });

  it('works without a store, for the life of the process', async () => {
    const { create, server } = await setup(refreshing());
    const tokens = create({
      store: null,
      fromEnvironment: { refreshToken, accessToken: new Secret('access-1') },
    });
    expect(await reveal(tokens.current())).toBe('access-1');
    expect(await reveal(tokens.refresh(new Secret('access-1')))).toBe('access-2');
    expect(await reveal(tokens.current())).toBe('access-2');
    expect(server.requests).toHaveLength(1);
  });

  it('falls back to a new refresh token of the environment when the stored one died', async () => {
    const { create, server, store } = await setup(
      (response, request) =>
        request.form['refresh_token'] === 'refresh-new'
          ? json(response, { access_token: 'access-2', expires_in: '36000' })
          : json(response, { error: 'invalid_grant' }, 400),
      tokenSet(),
    );
    const tokens = create({ fromEnvironment: { refreshToken: new Secret('refresh-new') } });
    expect(await reveal(tokens.refresh(new Secret('access-1')))).toBe('access-2');
    expect(server.requests).toHaveLength(2);
    expect((await store.read('1000000'))?.refreshToken?.reveal()).toBe('refresh-new');
  });
});

describe('a refresh that fails', () => {
  const stale = new Secret('access-1');

  it.each<[string, Respond, string, string]>([
    [
      'an OAuth refusal',
      (response) => json(response, { error: 'invalid_grant' }, 400),
      'AUTH_REFRESH_REFUSED',
      'halt',
    ],
    [
      'a gateway refusal',
      (response) => json(response, gatewayError('gw.New'), 400),
      'AUTH_REFRESH_REFUSED',
      'halt',
    ],
    ['a 401', (response) => json(response, gatewayError('401'), 401), 'AUTH_REFRESH_REFUSED', 'halt'],
    [
      'an unknown app',
      (response) => json(response, gatewayError('gw.AppKeyNotFound'), 400),
      'GATEWAY_APP_KEY_UNKNOWN',
      'halt',
    ],
    ['a broken gateway', (response) => response.writeHead(503).end(), 'GATEWAY_UNAVAILABLE', 'retry'],
    ['another server', (response) => response.end('{"hello":1}'), 'GATEWAY_ANSWER_UNREADABLE', 'retry'],
    ['a reset', (response) => response.socket?.resetAndDestroy(), 'GATEWAY_CONNECTION_LOST', 'retry'],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: '/' }).end(),
      'GATEWAY_REDIRECT',
      'retry',
    ],
  ])('by %s', async (_name, respond, code, recovery) => {
    const { create, store } = await setup(respond, tokenSet());
    const error: unknown = await create()
      .refresh(stale)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, recovery });
    expect(error).toHaveProperty('retryAfterMs', undefined);
    expect((await store.read('1000000'))?.accessToken.reveal()).toBe('access-1');
  });

  it('by pace says how long to wait', async () => {
    const { create } = await setup(
      (response) => json(response, gatewayError('gw.QosAppFrequencyLimit'), 400),
      tokenSet(),
    );
    await expect(create().refresh(stale)).rejects.toMatchObject({
      recovery: 'throttle',
      retryAfterMs: 10_000,
    });
  });

  it('for want of a grant costs no attempt', async () => {
    const { create, ledger, server } = await setup(refreshing(), tokenSet());
    ledger.script.push({ kind: 'in_flight', retryAfterMs: 700 });
    await expect(create().refresh(stale)).rejects.toMatchObject({
      code: 'AUTH_REFRESH_BUSY',
      recovery: 'throttle',
      retryAfterMs: 700,
    });
    ledger.script.push({ kind: 'denied', by: 'day', retryAfterMs: null });
    await expect(create().refresh(stale)).rejects.toMatchObject({
      code: 'AUTH_REFRESH_BUSY',
      retryAfterMs: 1_000,
    });
    expect(server.requests).toHaveLength(0);
  });

  it('waits no longer for an answer than calls do', async () => {
    const { create } = await setup(() => undefined, tokenSet());
    const startedAt = performance.now();
    await expect(create({ timeouts: { headersMs: 100 } }).refresh(stale)).rejects.toMatchObject({
      code: 'GATEWAY_TIMEOUT',
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('is tried again by the same process some seconds later, and by nobody before', async () => {
    const { create, server, clock } = await setup((response) => {
      if (server.requests.length === 1) response.writeHead(503).end();
      else json(response, { access_token: 'access-2', expires_in: '36000' });
    }, tokenSet());
    const tokens = create();
    await expect(tokens.refresh(stale)).rejects.toMatchObject({ code: 'GATEWAY_UNAVAILABLE' });
    await expect(tokens.refresh(stale)).rejects.toMatchObject({
      ...{ code: 'AUTH_REFRESH_BUSY', recovery: 'throttle', retryAfterMs: 3000 },
    });
    expect(server.requests).toHaveLength(1);
    clock.advance(2999);
    await expect(tokens.refresh(stale)).rejects.toMatchObject({ retryAfterMs: 1 });
    clock.advance(1);
    expect(await reveal(tokens.refresh(stale))).toBe('access-2');
  });

  it('three times in a row on its way ends the run; an answer in between begins anew', async () => {
    let isDown = true;
    const { create, server, clock } = await setup((response) => {
      if (isDown) response.writeHead(503).end();
      else json(response, { access_token: 'access-2', expires_in: '36000' });
    }, tokenSet());
    const tokens = create();
    const refresh = async (code: string) => {
      await expect(tokens.refresh(stale)).rejects.toMatchObject({ code });
      clock.advance(10_001);
    };
    await refresh('GATEWAY_UNAVAILABLE');
    await expect(tokens.refresh(stale)).rejects.toMatchObject({ code: 'GATEWAY_UNAVAILABLE' });
    await expect(tokens.refresh(stale)).rejects.toMatchObject({ retryAfterMs: 10_000 });
    clock.advance(10_000);
    isDown = false;
    const renewed = await tokens.refresh(stale);
    expect(renewed.reveal()).toBe('access-2');
    isDown = true;
    for (const code of ['GATEWAY_UNAVAILABLE', 'GATEWAY_UNAVAILABLE', 'AUTH_REFRESH_UNAVAILABLE']) {
      await expect(tokens.refresh(renewed)).rejects.toMatchObject({ code });
      if (code === 'GATEWAY_UNAVAILABLE') clock.advance(10_001);
    }
    // Jobs that end while the run is being halted ask, too.
    await expect(tokens.refresh(renewed)).rejects.toMatchObject({ code: 'AUTH_REFRESH_UNAVAILABLE' });
    expect(server.requests).toHaveLength(6);
    clock.advance(10_001);
    await expect(tokens.refresh(renewed)).rejects.toMatchObject({ code: 'AUTH_REFRESH_UNAVAILABLE' });
    expect(server.requests).toHaveLength(7);
  });

  it('three times, and then not, ends no run, whatever is done to the clock', async () => {
    const { create, server, clock } = await setup((response) => {
      if (server.requests.length <= 3) response.writeHead(503).end();
      else json(response, { access_token: 'access-2', expires_in: '36000' });
    }, tokenSet());
    const tokens = create();
    for (const code of ['GATEWAY_UNAVAILABLE', 'GATEWAY_UNAVAILABLE', 'AUTH_REFRESH_UNAVAILABLE']) {
      await expect(tokens.refresh(stale)).rejects.toMatchObject({ code });
      clock.advance(10_000);
    }
    const fresh = await tokens.refresh(stale);
    clock.advance(-5_000);
    await expect(tokens.refresh(fresh)).rejects.toMatchObject({ code: 'AUTH_REFRESH_BUSY' });
  });

  it('with a stored token that has no refresh token asks a person', async () => {
    const { create, server } = await setup(refreshing(), tokenSet({ refreshToken: null }));
    await expect(create().refresh(stale)).rejects.toMatchObject({ code: 'AUTH_TOKEN_NOT_REFRESHABLE' });
    expect(server.requests).toHaveLength(0);
  });
});

it('a refresh that is under way when a second call is refused is shared', async () => {
  const answers: (() => void)[] = [];
  const { create, server } = await setup(
    (response) => answers.push(() => json(response, { access_token: 'access-2', expires_in: 36000 })),
    tokenSet(),
  );
  const tokens = create();
  const stale = await tokens.current();
  const first = tokens.refresh(stale);
  await until(() => answers.length === 1);
  const second = tokens.refresh(stale);
  answers[0]?.();
  expect([await reveal(first), await reveal(second)]).toEqual(['access-2', 'access-2']);
  expect(server.requests).toHaveLength(1);
});
