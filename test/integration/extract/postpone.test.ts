import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createMemoryTokenStore } from '../../../src/extract/oauth/memory-token-store.ts';
import { createTokenProvider } from '../../../src/extract/oauth/token-provider.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { gatewayError } from '../../support/gateway-inputs.ts';
import { json, startHttpServer, type Respond } from '../../support/http-server.ts';

const dayMs = 86_400_000;
const start = new Date('2026-10-10T08:00:00Z');
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A provider whose refresh token ends `daysLeft` days after a refresh is due. */
async function setup(
  server: Pick<Sandbox, 'url' | 'appKey' | 'appSecret'>,
  refreshToken: string,
  endsAt: Date,
) {
  const ledger = createMemoryLedger();
  const store = createMemoryTokenStore();
  const clock = { now: () => start };
  const stale = new Secret('stale');
  await store.write(server.appKey, {
    accessToken: stale,
    accessExpiresAt: start,
    refreshToken: new Secret(refreshToken),
    refreshExpiresAt: endsAt,
  });
  const lines: string[] = [];
  const log = createLogger({ level: 'info', pretty: false, stream: { write: (line) => lines.push(line) } });
  const create = () =>
    createTokenProvider({
      appKey: server.appKey,
      appSecret: new Secret(server.appSecret),
      baseUrl: server.url,
      ...{ ledger, clock, store, log, fromEnvironment: {} },
    });
  const apis = () => ledger.calls.map(({ reserve }) => reserve.api.split(':')[1]);
  return { create, apis, lines, store, stale };
}

async function againstSandbox(endsAt: Date) {
  const sandbox = await startTestSandbox({ clock: { now: () => start } });
  closers.push(() => sandbox.close());
  return { sandbox, ...(await setup(sandbox, sandbox.refreshToken ?? '', endsAt)) };
}

const inDays = (days: number) => new Date(start.getTime() + days * dayMs);

describe('the refresh token', () => {
  it('is postponed with the refresh that finds less than 30 days of its life left', async () => {
    const { sandbox, create, apis, lines, store, stale } = await againstSandbox(inDays(29));
    await create().refresh(stale);
    expect(apis()).toEqual(['getToken', 'postponeToken']);
    const stored = await store.read(sandbox.appKey);
    expect(stored?.refreshToken?.reveal()).not.toBe(sandbox.refreshToken);
    expect(stored?.refreshExpiresAt).toEqual(inDays(180));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { msg: 'access token refreshed', refreshExpiresAt: inDays(29).toISOString() },
      { msg: 'refresh token postponed', refreshExpiresAt: inDays(180).toISOString() },
    ]);
  });

  it('is left alone with 30 days or more', async () => {
    const { create, apis, stale } = await againstSandbox(inDays(30));
    await create().refresh(stale);
    expect(apis()).toEqual(['getToken']);
  });

  it('is postponed once by all who refresh together', async () => {
    const { create, apis, stale } = await againstSandbox(inDays(1));
    const tokens = create();
    await Promise.all(Array.from({ length: 10 }, () => tokens.refresh(stale)));
    expect(apis()).toEqual(['getToken', 'postponeToken']);
  });
});

async function againstServer(postpone: Respond) {
  const server = await startHttpServer((response, request) =>
    request.url.includes('postponeToken')
      ? postpone(response, request)
      : json(response, { access_token: 'access-2', expires_in: '36000' }),
  );
  closers.push(() => server.close());
  const app = { url: server.url, appKey: '1000000', appSecret: 'the-secret' };
  return { server, ...(await setup(app, 'refresh-1', inDays(3))) };
}

describe('postponeToken', () => {
  it('is an unsigned POST with both tokens and the secret in its body', async () => {
    const { server, create, stale } = await againstServer((response) =>
      json(response, { refresh_token: 'refresh-2', refresh_token_timeout: '20270401120000+0800' }),
    );
    await create().refresh(stale);
    expect(server.requests[1]?.url).toBe('/openapi/param2/1/system.oauth2/postponeToken/1000000');
    expect(server.requests[1]?.form).toEqual({
      client_id: '1000000',
      client_secret: 'the-secret',
      access_token: 'access-2',
      refresh_token: 'refresh-1',
    });
  });

  it('that answers no access token leaves the one that was just fetched', async () => {
    const { create, store, stale } = await againstServer((response) =>
      json(response, { refresh_token: 'refresh-2', refresh_token_timeout: '20270401120000+0800' }),
    );
    expect((await create().refresh(stale)).reveal()).toBe('access-2');
    const stored = await store.read('1000000');
    expect([stored?.accessToken.reveal(), stored?.refreshToken?.reveal()]).toEqual(['access-2', 'refresh-2']);
    expect(stored?.accessExpiresAt).toEqual(new Date('2026-10-10T18:00:00Z'));
  });

  it.each<[string, Respond]>([
    ['is refused', (response) => json(response, gatewayError('401'), 401)],
    ['fails on its way', (response) => response.socket?.resetAndDestroy()],
  ])('that %s loses nothing: calls go on, and the next refresh tries again', async (_, respond) => {
    const { server, create, store, stale } = await againstServer(respond);
    const tokens = create();
    const fresh = await tokens.refresh(stale);
    expect(fresh.reveal()).toBe('access-2');
    const stored = await store.read('1000000');
    expect([stored?.refreshToken?.reveal(), stored?.refreshExpiresAt]).toEqual(['refresh-1', inDays(3)]);
    expect((await tokens.current()).reveal()).toBe('access-2');
    expect(server.requests).toHaveLength(2);
    await tokens.refresh(fresh);
    expect(server.requests).toHaveLength(4);
  });
});
