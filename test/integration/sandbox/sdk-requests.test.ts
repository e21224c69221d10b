import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, control, pathOf, post, signed } from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

const urlOf = (api: string, target = sandbox) => `${target.url}/${pathOf(api, target.appKey)}`;
const token = () => ({ access_token: sandbox.accessToken });
const picture = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(500, 7)]);

/** A multipart POST, as the PHP and Python SDKs send it: fields, and files with a name. */
async function postParts(
  url: string,
  fields: Readonly<Record<string, string>>,
  files: Readonly<Record<string, Buffer>> = {},
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const [name, bytes] of Object.entries(files))
    form.set(name, new Blob([new Uint8Array(bytes)]), 'a.png');
  const response = await fetch(url, { method: 'POST', body: form });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('multipart requests', () => {
  it('are answered as forms are, their fields being signed', async () => {
    const offerQueryParam = '{"keyword":"连衣裙","beginPage":1,"pageSize":3,"country":"en"}';
    const fields = signed(sandbox, apis.search, { ...token(), offerQueryParam });
    expect(await postParts(urlOf(apis.search), fields)).toEqual({
      status: 200,
      body: (await post(urlOf(apis.search), fields)).body,
    });
    const changed = { ...fields, offerQueryParam: offerQueryParam.replace('3', '4') };
    expect((await postParts(urlOf(apis.search), changed)).body).toMatchObject({
      error_code: 'gw.SignatureInvalid',
    });
  });

  it('bring a picture as a file, which is not signed', async () => {
    const uploadImageParam = JSON.stringify({ imageBase64: picture.toString('base64') });
    const asText = await callApi(sandbox, apis.upload, { ...token(), uploadImageParam });
    const asFile = await postParts(urlOf(apis.upload), signed(sandbox, apis.upload, token()), {
      imageBytes: picture,
    });
    expect(asFile.status).toBe(200);
    expect(asFile.body).toEqual(asText.body);
    expect(JSON.stringify(asFile.body)).toMatch(/"result":"\d{13}"/);
  });

  it.each([`filename="a.png"`, `filename="图.png"`, `filename*=utf-8''%E5%9B%BE.png`])(
    'bring a picture whose name is written as %s, as the Python SDK may',
    async (filename) => {
      const fields = Object.entries(signed(sandbox, apis.upload, token()));
      const heads = fields.map(
        ([name, value]) => `--x9\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const file = `--x9\r\nContent-Disposition: form-data; name="imageBytes"; ${filename}\r\n\r\n`;
      const body = Buffer.concat([
        Buffer.from(heads.join('') + file),
        picture,
        Buffer.from('\r\n--x9--\r\n'),
      ]);
      const headers = { 'content-type': 'multipart/form-data; boundary=x9' };
      const response = await fetch(urlOf(apis.upload), { method: 'POST', headers, body });
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.stringMatching(/"result":"\d{13}"/),
      ]);
    },
  );

  it('are refused when their parts can not be told apart', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const response = await fetch(urlOf(apis.search), { method: 'POST', headers, body: 'no parts' });
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error_code: 'gw.ParamInvalid',
        error_message: 'Malformed multipart body',
        exception: 'Malformed multipart body',
      },
    ]);
  });
});

describe('requests that are no calls', () => {
  it.each([1024 * 1024 + 1, 12 * 1024 * 1024])(
    'a body of %i bytes is refused in the form of the gateway',
    async (size) => {
      const { status, body } = await post(urlOf(apis.search), { a: 'x'.repeat(size - 2) });
      expect(status).toBe(400);
      expect(body).toEqual({
        error_code: 'gw.RequestTooLarge',
        error_message: 'Request body is too large',
        exception: 'Request body is too large',
      });
    },
  );

  it('a body of a megabyte is read', async () => {
    const { body } = await post(urlOf(apis.search), { a: 'x'.repeat(1024 * 1024 - 2) });
    expect(body).toMatchObject({ error_code: 'gw.SignatureMissing' });
  });

  it('a path that can not be decoded is refused in the same form', async () => {
    const { status, body } = await post(`${sandbox.url}/param2/1/%ff/x/${sandbox.appKey}`, {});
    expect([status, body]).toMatchObject([400, { error_code: 'gw.ParamInvalid' }]);
  });
});

describe('the system APIs', () => {
  const wrong = { _aop_signature: 'A'.repeat(40) };

  it('answer currentTimeMillis without a signature, not with a wrong one', async () => {
    expect((await post(urlOf(apis.timeMillis), {})).text).toMatch(/^\d{13}$/);
    expect((await post(urlOf(apis.timeMillis), wrong)).body).toMatchObject({
      error_code: 'gw.SignatureInvalid',
    });
    expect((await post(urlOf(apis.time), {})).body).toMatchObject({ error_code: 'gw.SignatureMissing' });
  });

  it('answer whatever the signature is, by option, and nothing else does', async () => {
    const loose = await startTestSandbox({ checksSystemSignature: false });
    const replies = [];
    for (const api of [apis.time, apis.timeMillis, apis.category])
      for (const form of [{}, wrong]) replies.push((await post(urlOf(api, loose), form)).status);
    await loose.close();
    expect(replies).toEqual([200, 200, 200, 200, 400, 400]);
  });
});

describe('tokens', () => {
  const client = () => ({ client_id: sandbox.appKey, client_secret: sandbox.appSecret });
  const tokenUrl = () => `${sandbox.url}/http/1/system.oauth2/getToken/${sandbox.appKey}`;
  const search = async (accessToken: string) =>
    (await callApi(sandbox, apis.search, { access_token: accessToken })).status;
  const renew = async (name: string) =>
    post(tokenUrl(), { ...client(), grant_type: 'refresh_token', [name]: sandbox.refreshToken ?? '' });

  it('are renewed by refreshToken too, as the Java SDK calls it', async () => {
    const { body } = await renew('refreshToken');
    expect(await search((body as { access_token: string }).access_token)).toBe(400);
  });

  it('end after some calls, and a new one is good', async () => {
    sandbox.revokeTokens({ afterCalls: 2 });
    const replies = [];
    for (let n = 0; n < 4; n++) replies.push(await search(sandbox.accessToken));
    expect(replies).toEqual([400, 400, 401, 401]);
    const { body } = await renew('refresh_token');
    const { access_token: fresh } = body as { access_token: string };
    for (let n = 0; n < 4; n++) expect(await search(fresh)).toBe(400);
    const stats = await control<{ byOutcome: Record<string, number> }>(sandbox, 'stats');
    expect(stats.byOutcome['401']).toBe(2);
  });

  it('end at once, the refresh token with them, by a request', async () => {
    const own = await startTestSandbox();
    const ask = async (body: object) =>
      (await fetch(`${own.controlUrl}/tokens`, { method: 'POST', body: JSON.stringify(body) })).status;
    expect(await ask({ afterCalls: -1 })).toBe(400);
    expect(await ask({ withRefresh: 'yes' })).toBe(400);
    expect((await callApi(own, apis.search, { access_token: own.accessToken })).status).toBe(400);
    expect(await ask({ withRefresh: true })).toBe(200);
    expect((await callApi(own, apis.search, { access_token: own.accessToken })).status).toBe(401);
    const refreshed = await post(`${own.url}/http/1/system.oauth2/getToken/${own.appKey}`, {
      client_id: own.appKey,
      client_secret: own.appSecret,
      grant_type: 'refresh_token',
      refresh_token: own.refreshToken ?? '',
    });
    await own.close();
    expect(refreshed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});
