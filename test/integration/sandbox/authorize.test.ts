import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, createTestClock, post } from '../../support/plain-client.ts';

const registered = 'https://shop.example/api/auth/1688/callback?tenant=a';
const alsoRegistered = 'http://localhost:3000/api/callback';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox({
    clock: createTestClock('2026-10-10T08:00:00Z'),
    redirectUris: [registered, alsoRegistered],
  });
});
afterEach(() => sandbox.close());

const good = () => ({ client_id: sandbox.appKey, site: '1688', redirect_uri: registered, state: 'a b&c' });

function open(params: Readonly<Record<string, string>>): Promise<Response> {
  const url = `${new URL(sandbox.url).origin}/oauth/authorize?${new URLSearchParams(params).toString()}`;
  return fetch(url, { redirect: 'manual' });
}

const without = (name: string) => Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));

async function agree(params: Readonly<Record<string, string>>): Promise<URL> {
  const answer = await open(params);
  return new URL(answer.headers.get('location') ?? '');
}

function exchange(code: string | null, redirectUri: string) {
  return post(`${sandbox.url}/http/1/system.oauth2/getToken/${sandbox.appKey}`, {
    client_id: sandbox.appKey,
    client_secret: sandbox.appSecret,
    grant_type: 'authorization_code',
    redirect_uri: redirectUri,
    code: code ?? '',
  });
}

describe('the authorization page', () => {
  it('sends everybody back to the registered address with a code and the state', async () => {
    const answer = await open(good());
    expect(answer.status).toBe(302);
    const back = new URL(answer.headers.get('location') ?? '');
    expect(`${back.origin}${back.pathname}`).toBe('https://shop.example/api/auth/1688/callback');
    expect(back.searchParams.get('tenant')).toBe('a');
    expect(back.searchParams.get('state')).toBe('a b&c');
    expect((await exchange(back.searchParams.get('code'), registered)).status).toBe(200);
  });

  it.each(['client_id', 'site', 'redirect_uri'])('says 缺少必要参数 without %s', async (name) => {
    const answer = await open(without(name));
    expect(await answer.text()).toContain('缺少必要参数');
    expect(answer.headers.get('location')).toBeNull();
  });

  it.each([
    ['another client', { client_id: '999' }],
    ['another site', { site: 'taobao' }],
    ['an address that is not registered', { redirect_uri: 'https://evil.example/api/callback' }],
    ['a path that is not registered', { redirect_uri: 'http://localhost:3000/api/callback/' }],
    ['a registered address with more behind it', { redirect_uri: `${registered}&next=x` }],
  ])('says 非法请求 to %s', async (_, wrong) => {
    const answer = await open({ ...good(), ...wrong });
    expect(await answer.text()).toContain('非法请求');
    expect(answer.headers.get('location')).toBeNull();
  });

  it('hands out codes that are good for the address they were asked for, once, and for two minutes', async () => {
    const code = (await agree(good())).searchParams.get('code');
    expect(await exchange(code, alsoRegistered)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect((await exchange(code, registered)).status).toBe(200);
    expect((await exchange(code, registered)).status).toBe(400);
    const late = (await agree(good())).searchParams.get('code');
    sandbox.advance(120_000);
    expect((await exchange(late, registered)).status).toBe(400);
  });
});

describe('a reset of the secret', () => {
  it('refuses what the old one signs, and what it fetches tokens with; tokens stay good', async () => {
    sandbox.resetSecret('the-new-secret');
    const param = { access_token: sandbox.accessToken };
    expect((await callApi(sandbox, apis.search, param)).body).toMatchObject({
      error_code: 'gw.SignatureInvalid',
    });
    expect(await exchange(sandbox.issueCode(), registered)).toMatchObject({
      body: { error: 'invalid_client' },
    });
    const renewed = { ...sandbox, appSecret: 'the-new-secret' };
    expect((await callApi(renewed, apis.search, param)).body).toMatchObject({
      error_code: 'gw.ParamMissing',
    });
  });
});
