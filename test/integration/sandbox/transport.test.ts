import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, pathOf, post, signed } from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

const query = (keyword: string) => ({
  access_token: sandbox.accessToken,
  offerQueryParam: JSON.stringify({ keyword, beginPage: 1, pageSize: 3, country: 'en' }),
});

describe('how requests arrive', () => {
  it('takes parameters from a form, from the query of a POST and from a GET alike', async () => {
    const form = signed(sandbox, apis.search, query('连衣裙'));
    const url = `${sandbox.url}/${pathOf(apis.search, sandbox.appKey)}`;
    const inQuery = `${url}?${new URLSearchParams(form).toString()}`;
    const answers = await Promise.all([
      post(url, form).then((reply) => reply.text),
      fetch(inQuery, { method: 'POST' }).then((response) => response.text()),
      fetch(inQuery).then((response) => response.text()),
    ]);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"success":true');
  });

  it('takes half of the parameters from the query and half from the form', async () => {
    const { access_token: token = '', ...rest } = signed(sandbox, apis.search, query('夏季'));
    const url = `${sandbox.url}/${pathOf(apis.search, sandbox.appKey)}?access_token=${token}`;
    expect((await post(url, rest)).status).toBe(200);
  });

  it('reads + & % = and emoji in values as they were before url-encoding', async () => {
    const reply = await callApi(sandbox, apis.search, query('100% a+b=c&d 😀 裙'));
    expect(reply.body).toMatchObject({ result: { success: true, result: { totalRecords: 0, data: [] } } });
  });

  it('answers JSON in UTF-8', async () => {
    const url = `${sandbox.url}/${pathOf(apis.category, sandbox.appKey)}`;
    const body = new URLSearchParams(signed(sandbox, apis.category, { categoryID: '0' }));
    const response = await fetch(url, { method: 'POST', body });
    expect(response.headers.get('content-type')).toMatch(/^application\/json;\s?charset=UTF-8$/i);
    expect(Buffer.from(await response.arrayBuffer()).toString('utf8')).toContain('女装');
  });

  it('ignores parameters it does not know, as long as they are signed', async () => {
    const plain = await callApi(sandbox, apis.category, { categoryID: '0' });
    const decorated = await callApi(sandbox, apis.category, { categoryID: '0', pageNo: '7', x: '' });
    expect(decorated.text).toBe(plain.text);
  });

  it('treats a misspelt page number as page one for ever', async () => {
    const param = { keyword: '', categoryId: 10100, beginPage: 1, pageSize: 5, country: 'en' };
    const ask = (more: object) =>
      callApi(sandbox, apis.search, {
        access_token: sandbox.accessToken,
        offerQueryParam: JSON.stringify({ ...param, ...more }),
      });
    expect((await ask({ pageNo: 2 })).text).toBe((await ask({})).text);
  });

  it('answers the time as bare values', async () => {
    const time = await callApi(sandbox, apis.time);
    const millis = await callApi(sandbox, apis.timeMillis);
    expect(time.text).toMatch(/^"\d{17}\+0800"$/);
    expect(millis.text).toMatch(/^\d{13}$/);
  });

  it('serves nothing else', async () => {
    expect((await fetch(sandbox.url.replace('/openapi', '/'))).status).toBe(404);
  });

  it('frees its port when it closes, also with a request that hangs', async () => {
    const other = await startTestSandbox({ faults: [{ kind: 'hang' }] });
    const hanging = callApi(other, apis.time).catch(() => 'ended');
    await expect.poll(() => fetch(`${other.controlUrl}/stats`).then((r) => r.text())).toContain('fault:hang');
    await other.close();
    await other.close();
    expect(await hanging).toBe('ended');
    await expect(fetch(other.controlUrl)).rejects.toThrow();
  });

  it('refuses sizes it can not hold', async () => {
    await expect(startTestSandbox({ offers: 1_000_001 })).rejects.toThrow(RangeError);
    await expect(startTestSandbox({ categories: 3 })).rejects.toThrow(RangeError);
  });
});
