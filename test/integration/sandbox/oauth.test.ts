import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, command, control, createTestClock, post } from '../../support/plain-client.ts';

const hourMs = 3_600_000;
const start = '2026-10-10T08:00:00Z';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox({ clock: createTestClock(start) });
});
afterEach(() => sandbox.close());

const client = () => ({ client_id: sandbox.appKey, client_secret: sandbox.appSecret });
const tokenUrl = (protocol = 'http') =>
  `${sandbox.url}/${protocol}/1/system.oauth2/getToken/${sandbox.appKey}`;

function exchange(code: string, more: Readonly<Record<string, string>> = {}, protocol?: string) {
  return post(tokenUrl(protocol), {
    ...client(),
    grant_type: 'authorization_code',
    need_refresh_token: 'true',
    redirect_uri: 'http://localhost:3000/api/callback',
    code,
    ...more,
  });
}

function refreshWith(token: string) {
  return post(tokenUrl(), { ...client(), grant_type: 'refresh_token', refresh_token: token });
}

async function canSearch(token: string): Promise<number> {
  return (await callApi(sandbox, apis.search, { access_token: token })).status;
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly refresh_token_timeout: string;
}

describe('authorization codes', () => {
  it('buy both tokens, with the life as text', async () => {
    const { status, body } = await exchange(sandbox.issueCode());
    expect(status).toBe(200);
    expect(body).toMatchObject({ expires_in: '36000', memberId: expect.any(String) as string });
    const tokens = body as Tokens;
    expect(tokens.access_token).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    // 180 days on, in Shanghai.
    expect(tokens.refresh_token_timeout).toBe('20270408160000000+0800');
    expect(await canSearch(tokens.access_token)).toBe(400);
  });

  it('work once', async () => {
    const { body } = await command(sandbox, 'oauth/code', {});
    const { code } = body as { code: string };
    expect((await exchange(code, {}, 'param2')).status).toBe(200);
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('die after two minutes', async () => {
    const [young, old] = [sandbox.issueCode(), sandbox.issueCode()];
    sandbox.advance(119_999);
    expect((await exchange(young)).status).toBe(200);
    sandbox.advance(1);
    expect((await exchange(old)).status).toBe(400);
  });

  it('need the secret of the app and a redirect address', async () => {
    const code = sandbox.issueCode();
    expect((await exchange(code, { client_secret: 'wrong' })).body).toMatchObject({
      error: 'invalid_client',
    });
    expect((await exchange(code, { redirect_uri: '' })).body).toMatchObject({ error: 'invalid_request' });
    expect((await exchange(code)).status).toBe(200);
  });

  it('bring no refresh token to those who do not ask', async () => {
    const { body } = await exchange(sandbox.issueCode(), { need_refresh_token: 'false' });
    expect(body).not.toHaveProperty('refresh_token');
  });
});

describe('access tokens', () => {
  it('last ten hours, then answer 401', async () => {
    const { access_token: token } = (await exchange(sandbox.issueCode())).body as Tokens;
    sandbox.advance(10 * hourMs - 1);
    expect(await canSearch(token)).toBe(400);
    sandbox.advance(1);
    expect(await canSearch(token)).toBe(401);
  });

  it('of self-use apps last for ever, and the app has no refresh token', async () => {
    const own = await startTestSandbox({ clock: createTestClock(start), refreshToken: null });
    own.advance(10_000 * hourMs);
    const reply = await callApi(own, apis.search, { access_token: own.accessToken });
    await own.close();
    expect(reply.body).toMatchObject({ error_code: 'gw.ParamMissing' });
    expect(own.refreshToken).toBeNull();
  });

  it('given at the start end when told to, and are renewed by the refresh token', async () => {
    const own = await startTestSandbox({ clock: createTestClock(start), accessTokenLifeMs: 1000 });
    own.advance(1000);
    expect((await callApi(own, apis.search, { access_token: own.accessToken })).status).toBe(401);
    const { status } = await post(`${own.url}/http/1/system.oauth2/getToken/${own.appKey}`, {
      client_id: own.appKey,
      client_secret: own.appSecret,
      grant_type: 'refresh_token',
      refresh_token: own.refreshToken ?? '',
    });
    await own.close();
    expect(status).toBe(200);
  });
});

describe('refresh', () => {
  it('answers a new access token and no refresh token, and leaves the old access token good', async () => {
    const first = (await exchange(sandbox.issueCode())).body as Tokens;
    const { body } = await refreshWith(first.refresh_token);
    expect(body).toMatchObject({ expires_in: '36000' });
    expect(body).not.toHaveProperty('refresh_token');
    const { access_token: second } = body as Tokens;
    expect(second).not.toBe(first.access_token);
    expect([await canSearch(first.access_token), await canSearch(second)]).toEqual([400, 400]);
  });

  it('fails with HTTP 400 for a token that is unknown or too old', async () => {
    expect((await refreshWith('unknown')).status).toBe(400);
    const { refresh_token: token } = (await exchange(sandbox.issueCode())).body as Tokens;
    sandbox.advance(180 * 24 * hourMs);
    expect(await refreshWith(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('postponeToken replaces both tokens and spends the old refresh token', async () => {
    const first = (await exchange(sandbox.issueCode())).body as Tokens;
    const url = `${sandbox.url}/param2/1/system.oauth2/postponeToken/${sandbox.appKey}`;
    const postpone = () =>
      post(url, { ...client(), access_token: first.access_token, refresh_token: first.refresh_token });
    sandbox.advance(hourMs);
    const { body } = await postpone();
    const second = body as Tokens;
    expect(second.refresh_token_timeout).toBe('20270408170000000+0800');
    expect((await postpone()).status).toBe(400);
    expect((await refreshWith(first.refresh_token)).status).toBe(400);
    expect((await refreshWith(second.refresh_token)).status).toBe(200);
  });

  it('is logged, but is neither signed nor counted', async () => {
    await refreshWith(sandbox.refreshToken ?? '');
    const stats = await control<{ total: number; counted: number; calls: unknown[] }>(sandbox, 'stats');
    expect(stats).toMatchObject({ total: 1, counted: 0 });
    expect(stats.calls[0]).toMatchObject({
      api: 'system.oauth2:getToken:1',
      outcome: 'oauth',
      httpStatus: 200,
    });
  });

  it('hands out the same tokens in two sandboxes of one seed', async () => {
    const twin = await startTestSandbox({ clock: createTestClock(start) });
    expect(twin.issueCode()).toBe(sandbox.issueCode());
    await twin.close();
  });
});
