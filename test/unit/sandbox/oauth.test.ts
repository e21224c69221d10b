import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../../src/core/duration.ts';
import { openGateway, searchApi, startAt } from './gateway-calls.ts';

const redirect = 'http://localhost:3000/api/callback';
const client = { client_id: '1000000', client_secret: 'sandbox-secret' };

type Params = Readonly<Record<string, string>>;
type Gateway = ReturnType<typeof openGateway>;

function ask(gateway: Gateway, name: 'getToken' | 'postponeToken', params: Params) {
  const call = { api: `system.oauth2:${name}:1`, params: { ...client, ...params }, token: null };
  const { answer, body } = gateway.send(call);
  return { ...answer, fields: body as Params };
}

const exchange = (gateway: Gateway, params: Params = {}, code = gateway.state.tokens.grantCode()) =>
  ask(gateway, 'getToken', { grant_type: 'authorization_code', redirect_uri: redirect, code, ...params });

const refreshed = (gateway: Gateway, params: Params) =>
  ask(gateway, 'getToken', { grant_type: 'refresh_token', ...params });

/** Whether an access token lets a call through. */
const admits = ({ outcomeOf }: Gateway, token: string | undefined) =>
  outcomeOf({ api: searchApi, token: token ?? '' }) !== '401';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;

describe('getToken', () => {
  test('gives both tokens for a code, and says how long they live', () => {
    const gateway = openGateway();
    const { status, outcome, fields } = exchange(gateway, { need_refresh_token: 'true' });
    expect({ status, outcome }).toEqual({ status: 200, outcome: 'oauth' });
    expect(fields).toEqual({
      ...{ aliId: '8888888888', resource_owner: 'sandbox', memberId: 'b2b-0000000000' },
      access_token: expect.stringMatching(uuid) as unknown,
      expires_in: '36000',
      refresh_token: expect.stringMatching(uuid) as unknown,
      // 180 days later, in Shanghai.
      refresh_token_timeout: '20270408080000000+0800',
    });
    expect(fields['access_token']).not.toBe(fields['refresh_token']);
    expect(admits(gateway, fields['access_token'])).toBe(true);
    expect(exchange(gateway).fields['refresh_token']).toBeUndefined();
  });

  test.each<[string, Params, string, string]>([
    ['another id', { client_id: '1' }, 'invalid_client', 'client_id or client_secret is wrong'],
    ['another secret', { client_secret: 'x' }, 'invalid_client', 'client_id or client_secret is wrong'],
    ['no redirect uri', { redirect_uri: '' }, 'invalid_request', 'redirect_uri is missing'],
    ['another code', { code: 'x' }, 'invalid_grant', 'code is unknown, used or expired'],
    ['no code', { code: '' }, 'invalid_grant', 'code is unknown, used or expired'],
    [
      'another kind of grant',
      { grant_type: 'password' },
      'unsupported_grant_type',
      'grant_type is neither authorization_code nor refresh_token',
    ],
  ])('refuses %s', (_name, params, error, description) => {
    const { status, outcome, fields } = exchange(openGateway(), params);
    expect({ status, outcome }).toEqual({ status: 400, outcome: `oauth:${error}` });
    expect(fields).toEqual({ error, error_description: description });
  });

  test('refuses a code without any redirect uri', () => {
    const gateway = openGateway();
    const code = gateway.state.tokens.grantCode();
    expect(ask(gateway, 'getToken', { grant_type: 'authorization_code', code }).outcome).toBe(
      'oauth:invalid_request',
    );
  });

  test('takes a code once, within two minutes, with the address that it was granted for', () => {
    const gateway = openGateway();
    const { tokens } = gateway.state;
    const granted = tokens.grantCode(redirect);
    expect(exchange(gateway, { redirect_uri: 'http://x/' }, granted).fields).toEqual({
      ...{ error: 'invalid_grant', error_description: 'redirect_uri is another one' },
    });
    expect([1, 2].map(() => exchange(gateway, {}, granted).status)).toEqual([200, 400]);
    expect(exchange(gateway, { redirect_uri: 'http://x/' }).status).toBe(200);
    for (const [waitMs, status] of [
      [119_999, 200],
      [120_000, 400],
    ] as const) {
      const code = tokens.grantCode();
      gateway.state.clock.advance(waitMs);
      expect(exchange(gateway, {}, code).status).toBe(status);
    }
  });

  test('gives an access token for a refresh token, by either name', () => {
    const gateway = openGateway();
    const { refreshToken } = gateway.state.settings;
    const good = refreshed(gateway, { refresh_token: refreshToken ?? '' });
    expect(good.status).toBe(200);
    expect(good.fields['refresh_token']).toBeUndefined();
    expect(admits(gateway, good.fields['access_token'])).toBe(true);
    expect(refreshed(gateway, { refreshToken: refreshToken ?? '' }).status).toBe(200);
    expect(refreshed(gateway, { refresh_token: 'x' }).fields).toEqual({
      ...{ error: 'invalid_grant', error_description: 'refresh_token is unknown or expired' },
    });
    expect(refreshed(gateway, {}).status).toBe(400);
    expect(refreshed(openGateway({ refreshToken: null }), { refresh_token: refreshToken ?? '' }).status).toBe(
      400,
    );
  });
});

describe('postponeToken', () => {
  const both = ({ state }: Gateway): Params => ({
    refresh_token: state.settings.refreshToken ?? '',
    access_token: state.settings.accessToken,
  });

  test('replaces both tokens, and spends the refresh token only', () => {
    const gateway = openGateway();
    const { status, fields } = ask(gateway, 'postponeToken', both(gateway));
    expect(status).toBe(200);
    expect(
      [fields['access_token'], both(gateway)['access_token']].map((token) => admits(gateway, token)),
    ).toEqual([true, true]);
    expect(ask(gateway, 'postponeToken', both(gateway)).status).toBe(400);
    expect(refreshed(gateway, { refresh_token: fields['refresh_token'] ?? '' }).status).toBe(200);
  });

  test.each<[string, Params, string]>([
    ['another refresh token', { refresh_token: 'x' }, 'invalid_grant'],
    ['another access token', { access_token: 'x' }, 'invalid_grant'],
    ['another secret', { client_secret: 'x' }, 'invalid_client'],
  ])('refuses %s', (_name, params, error) => {
    const gateway = openGateway();
    expect(ask(gateway, 'postponeToken', { ...both(gateway), ...params }).outcome).toBe(`oauth:${error}`);
    expect(refreshed(gateway, both(gateway)).status).toBe(200);
  });
});

describe('a token ends', () => {
  test.each<[string, number, boolean]>([
    ['within ten hours', 10 * hourMs - 1, true],
    ['after ten hours', 10 * hourMs, false],
  ])('%s', (_name, waitMs, isGood) => {
    const gateway = openGateway();
    const token = exchange(gateway).fields['access_token'];
    gateway.state.clock.advance(waitMs);
    expect(admits(gateway, token)).toBe(isGood);
    expect(admits(gateway, gateway.state.settings.accessToken)).toBe(true);
  });

  test.each([
    [999, true],
    [1000, false],
  ])('of the start by option: after %d of 1000 ms', (waitMs, isGood) => {
    const gateway = openGateway({ accessTokenLifeMs: 1000 });
    gateway.state.clock.advance(waitMs);
    expect(admits(gateway, gateway.state.settings.accessToken)).toBe(isGood);
  });

  test('to refresh with, after 180 days: the one of the start, and one that was granted', () => {
    const gateway = openGateway();
    const granted = exchange(gateway, { need_refresh_token: 'true' }).fields['refresh_token'] ?? '';
    const start = gateway.state.settings.refreshToken ?? '';
    const good = () => [start, granted].map((token) => refreshed(gateway, { refresh_token: token }).status);
    gateway.state.clock.advance(180 * dayMs - 1);
    expect(good()).toEqual([200, 200]);
    gateway.state.clock.advance(1);
    expect(good()).toEqual([400, 400]);
  });

  test('when it is revoked: at once, or after some calls, and the refresh token where asked', () => {
    const revoked = (afterCalls: number, withRefresh: boolean) => {
      const gateway = openGateway();
      const { accessToken, refreshToken } = gateway.state.settings;
      gateway.state.tokens.revoke({ afterCalls, withRefresh });
      const admitted = [1, 2, 3].map(() => admits(gateway, accessToken));
      const renewed = refreshed(gateway, { refresh_token: refreshToken ?? '' });
      return [...admitted, renewed.status, admits(gateway, renewed.fields['access_token'])];
    };
    expect(revoked(0, false)).toEqual([false, false, false, 200, true]);
    expect(revoked(2, false)).toEqual([true, true, false, 200, true]);
    expect(revoked(2, true)).toEqual([true, true, false, 400, false]);
    expect(revoked(0, true)).toEqual([false, false, false, 400, false]);
  });
});

test('the clock only moves forward', () => {
  const { clock } = openGateway().state;
  for (const ms of [-1, Number.NaN, Infinity]) {
    expect(() => clock.advance(ms)).toThrow(new RangeError(`time only moves forward, not by ${ms} ms`));
  }
  clock.advance(0);
  clock.advance(5);
  expect(clock.now().getTime()).toBe(startAt.getTime() + 5);
});
