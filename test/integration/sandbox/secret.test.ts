import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, command, post } from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startTestSandbox();
});
afterEach(() => sandbox.close());

async function search(appSecret = sandbox.appSecret): Promise<unknown> {
  const params = { access_token: sandbox.accessToken, offerQueryParam: searchParam };
  const { status, body } = await callApi({ ...sandbox, appSecret }, apis.search, params);
  return status === 200 ? 'answered' : (body as { error_code: unknown }).error_code;
}

const searchParam = JSON.stringify({ keyword: '款', beginPage: 1, pageSize: 3, country: 'en' });

describe('a secret that is reset', () => {
  it('is refused from then on; the new one signs, and tokens stay good', async () => {
    expect(await command(sandbox, 'secret', { appSecret: 'new' })).toMatchObject({ status: 200, body: {} });
    expect(await search()).toBe('gw.SignatureInvalid');
    expect(await search('new')).toBe('answered');
  });

  it('is the one that refreshes tokens', async () => {
    await command(sandbox, 'secret', { appSecret: 'new' });
    const refresh = (secret: string) =>
      post(`${sandbox.url}/http/1/system.oauth2/getToken/${sandbox.appKey}`, {
        grant_type: 'refresh_token',
        client_id: sandbox.appKey,
        client_secret: secret,
        refresh_token: sandbox.refreshToken ?? '',
      });
    expect(await refresh(sandbox.appSecret)).toMatchObject({ body: { error: 'invalid_client' } });
    expect(await refresh('new')).toMatchObject({ status: 200 });
  });

  it('must be a text', async () => {
    for (const body of [{}, { appSecret: '' }, { appSecret: 7 }]) {
      const { status, text } = await command(sandbox, 'secret', body);
      expect({ status, text }).toEqual({
        status: 400,
        text: '{"error":"appSecret must be the new secret, as text"}',
      });
    }
    expect(await search()).toBe('answered');
  });
});
