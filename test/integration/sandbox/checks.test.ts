import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, pathOf, post, signed } from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
beforeEach(() => {
  sandbox.setGrants({ [apis.search]: true });
  sandbox.setQuotas({ packages: {}, apiPerDay: null });
});
afterAll(() => sandbox.close());

const searchUrl = () => `${sandbox.url}/${pathOf(apis.search, sandbox.appKey)}`;
const breakEverything = () => {
  sandbox.setGrants({ [apis.search]: false });
  sandbox.setQuotas({ packages: { [apis.search]: 0 }, apiPerDay: 0 });
};

describe('the order of checks', () => {
  it('asks for an app key before anything', async () => {
    breakEverything();
    const missing = await post(searchUrl().replace(/\/\d+$/, ''), {});
    const unknown = await post(searchUrl().replace(/\/\d+$/, '/999'), {});
    expect(missing.body).toMatchObject({ error_code: 'gw.AppKeyMissing' });
    expect(unknown.body).toMatchObject({ error_code: 'gw.AppKeyNotFound' });
  });

  it.each(['alibaba.cross.search:1', 'product.search.keywordQuery:2'])(
    'knows no %s, signed or not',
    async (name) => {
      const api = `com.alibaba.fenxiao.crossborder:${name}`;
      const unsigned = await post(`${sandbox.url}/${pathOf(api, sandbox.appKey)}`, {});
      expect(unsigned.body).toMatchObject({ error_code: 'gw.APIUnsupported' });
      expect((await callApi(sandbox, api)).body).toMatchObject({ error_code: 'gw.APIUnsupported' });
    },
  );

  it('checks the signature before the token', async () => {
    breakEverything();
    expect((await post(searchUrl(), {})).body).toMatchObject({ error_code: 'gw.SignatureMissing' });
    const wrong = await post(searchUrl(), { _aop_signature: 'A'.repeat(40) });
    expect(wrong.body).toMatchObject({ error_code: 'gw.SignatureInvalid' });
  });

  it('checks the token before the grant', async () => {
    breakEverything();
    const absent = await callApi(sandbox, apis.search);
    const foreign = await callApi(sandbox, apis.search, { access_token: 'somebody else' });
    expect(absent).toMatchObject({ status: 401, body: { error_message: 'Request need user authenticated' } });
    expect(foreign).toMatchObject({ status: 401, body: { error_message: 'Request need user authorized' } });
  });

  it('checks the grant before the package, and that before the frequency', async () => {
    breakEverything();
    const ask = () => callApi(sandbox, apis.search, { access_token: sandbox.accessToken });
    expect((await ask()).body).toMatchObject({ error_code: 'gw.APIACLDecline' });
    sandbox.setGrants({ [apis.search]: true });
    expect((await ask()).body).toMatchObject({ error_code: 'gw.NoUsageLeftError' });
    sandbox.setQuotas({ packages: { [apis.search]: 1 } });
    expect((await ask()).body).toMatchObject({ error_code: 'gw.QosAPIFrequencyLimit' });
    sandbox.setQuotas({ apiPerDay: null });
    expect((await ask()).body).toMatchObject({ error_code: 'gw.ParamMissing' });
    expect((await ask()).body).toMatchObject({ error_code: 'gw.NoUsageLeftError' });
  });

  it.each(['{}', '{"beginPage":1}', '{"beginPage":1,"pageSize":50}', ''])(
    'names what is missing in %s',
    async (offerQueryParam) => {
      const reply = await callApi(sandbox, apis.search, {
        access_token: sandbox.accessToken,
        offerQueryParam,
      });
      expect(reply.body).toMatchObject({
        error_code: 'gw.ParamMissing',
        error_message: expect.stringMatching(/^Required argument \w+$/) as string,
      });
    },
  );

  it('refuses business at HTTP 200, without a payload', async () => {
    const offerQueryParam = '{"keyword":"","beginPage":1,"pageSize":50,"country":"en"}';
    const reply = await callApi(sandbox, apis.search, { access_token: sandbox.accessToken, offerQueryParam });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ result: { success: false } });
    expect(reply.text).not.toContain('"data"');
  });
});

describe('refusals', () => {
  it('have exactly three keys, gw.* with HTTP 400 and the token with 401', async () => {
    const gateway = await post(searchUrl(), {});
    const token = await callApi(sandbox, apis.search);
    expect(gateway.status).toBe(400);
    expect(token.status).toBe(401);
    for (const { body } of [gateway, token]) {
      expect(Object.keys(body as object).sort()).toEqual(['error_code', 'error_message', 'exception']);
    }
    expect(token.body).toEqual({
      error_code: '401',
      error_message: 'Request need user authenticated',
      exception: 'Request need user authenticated',
    });
  });

  it('come with HTTP 200 and the same bodies when switched so', async () => {
    const quiet = await startTestSandbox({ errorsWithStatus200: true });
    const url = `${quiet.url}/${pathOf(apis.search, quiet.appKey)}`;
    const gateway = await post(url, {});
    const token = await post(url, signed(quiet, apis.search, {}));
    await quiet.close();
    expect(gateway).toMatchObject({ status: 200, text: (await post(searchUrl(), {})).text });
    expect(token).toMatchObject({ status: 200, text: (await callApi(sandbox, apis.search)).text });
  });
});
