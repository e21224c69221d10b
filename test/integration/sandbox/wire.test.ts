import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LoggedCall } from '../../../src/sandbox/call-log.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import type { Fault } from '../../../src/sandbox/faults.ts';
import { sendFault } from '../../../src/sandbox/send-answer.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  command,
  control,
  createTestClock,
  pathOf,
  post,
  signed,
} from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ clock: createTestClock('2026-10-10T00:00:00Z'), offers: 3000 });
});
afterAll(() => sandbox.close());

const urlOf = (api: string) => `${sandbox.url}/${pathOf(api, sandbox.appKey)}`;

/** Of an answer: its head, and as much of the body as comes. */
async function receive(response: IncomingMessage) {
  let text = '';
  response.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  const isWhole = await new Promise<boolean>((resolve) => {
    response.on('error', () => resolve(false)).on('end', () => resolve(true));
  });
  const { statusCode: status, headers } = response;
  return { status, type: headers['content-type'], length: Number(headers['content-length']), text, isWhole };
}

/** What a client gets of a fault that makes `body` its own. */
async function receiveFault(fault: Fault, body: string) {
  const server = createServer((_request, response) => sendFault(response, fault, 418, body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const sent = request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, agent: false });
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    sent.end();
    return await receive((await answered)[0]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const json = 'application/json;charset=UTF-8';
const html = 'text/html;charset=UTF-8';

describe('a fault on the way', () => {
  test.each(['cut', 'reset_body'] as const)(
    '%s promises all of the body and sends half of it',
    async (kind) => {
      const body = 'x'.repeat(1000);
      const got = await receiveFault({ kind }, body);
      expect(got).toMatchObject({ status: 200, type: json, length: 1000, isWhole: false });
      expect(got.text.length).toBeLessThanOrEqual(500);
    },
  );

  test('truncate sends half of the body as if it were all', async () => {
    expect(await receiveFault({ kind: 'truncate' }, '12345678')).toMatchObject({
      status: 200,
      length: 4,
      text: '1234',
      isWhole: true,
    });
  });

  test.each<[Fault, object]>([
    [{ kind: 'server_error' }, { status: 500, type: html }],
    [
      { kind: 'server_error', status: 503 },
      { status: 503, type: html },
    ],
    [{ kind: 'html' }, { status: 200, type: html }],
    [{ kind: 'bad_charset' }, { status: 200, type: json, text: '{"result":"\u00d6\u00d0\u00ff"}' }],
    [{ kind: 'redirect' }, { status: 302 }],
    [{ kind: 'slip' }, { status: 418, type: json, text: '12' }],
  ])('%j', async (fault, answer) => {
    expect(await receiveFault(fault, '12')).toMatchObject({ ...answer, isWhole: true });
  });

  test('gateway_error says that calls are too frequent, unless told otherwise', async () => {
    const said = 'App call exceeds limited frequency';
    const text = JSON.stringify({
      error_code: 'gw.QosAppFrequencyLimit',
      error_message: said,
      exception: said,
    });
    expect(await receiveFault({ kind: 'gateway_error' }, '')).toMatchObject({ status: 200, text });
    const other = await receiveFault({ kind: 'gateway_error', status: 429, code: 'c', message: 'm' }, '');
    expect(other).toMatchObject({
      status: 429,
      text: '{"error_code":"c","error_message":"m","exception":"m"}',
    });
  });
});

describe('drip', () => {
  afterEach(() => void vi.useRealTimers());

  test('sends a byte every half second to the last one, and then stops', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const server = createServer((_request, response) => sendFault(response, { kind: 'drip' }, 200, '123'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sent = request({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      agent: false,
    }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.headers).toMatchObject({ 'content-type': json, 'content-length': '3' });
    const ended = once(response, 'end');
    const chunks: string[] = [];
    for (let n = 0; n < 3; n++) {
      vi.advanceTimersByTime(500);
      const [bytes] = (await once(response, 'data')) as [Buffer];
      chunks.push(bytes.toString());
    }
    await ended;
    const closed = once(server, 'close');
    server.close();
    await closed;
    expect(chunks).toEqual(['1', '2', '3']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the log', () => {
  test('has the id, the status and the outcome of each call, 0 where none was sent', async () => {
    const before = (await control<{ calls: readonly LoggedCall[] }>(sandbox, 'stats')).calls.length;
    await callApi(sandbox, apis.time, {}, 'my-id');
    await post(urlOf(apis.search), {});
    for (const kind of ['html', 'server_error', 'reset', 'slip'] as const) {
      sandbox.setFaults([{ kind }]);
      await callApi(sandbox, apis.time).catch(() => null);
    }
    sandbox.setFaults([]);
    const { calls } = await control<{ calls: readonly LoggedCall[] }>(sandbox, `stats?after=${before}`);
    expect(calls.map(({ requestId, httpStatus, outcome }) => [requestId, httpStatus, outcome])).toEqual([
      ['my-id', 200, 'ok'],
      [null, 400, 'gw.SignatureMissing'],
      [null, 200, 'fault:html'],
      [null, 500, 'fault:server_error'],
      [null, 0, 'fault:reset'],
      [null, 200, 'fault:slip'],
    ]);
  });

  test('is told from its first call on, or left out', async () => {
    const own = await startTestSandbox();
    await callApi(own, apis.time);
    expect(await control(own, 'stats')).toMatchObject({ total: 1, calls: [{ sequence: 1 }] });
    expect(await control(own, 'stats?calls=true')).toHaveProperty('calls');
    expect(await control(own, 'stats?calls=false')).not.toHaveProperty('calls');
    const { headers } = await fetch(`${own.controlUrl}/stats`);
    expect(headers.get('content-type')).toBe(json);
    await own.close();
  });
});

describe('a request', () => {
  test('of exactly a megabyte is read to its last byte', async () => {
    const form = (length: number) =>
      signed(sandbox, apis.category, { categoryID: '0', a: 'x'.repeat(length) });
    const rest = new URLSearchParams(form(0)).toString().length;
    expect(await post(urlOf(apis.category), form(1024 * 1024 - rest))).toMatchObject({ status: 200 });
    expect(await post(urlOf(apis.category), form(1024 * 1024 - rest + 1))).toMatchObject({ status: 400 });
  });

  test('whose body is no form has the parameters of its query', async () => {
    const query = new URLSearchParams(signed(sandbox, apis.category, { categoryID: '0' })).toString();
    const headers = { 'content-type': 'text/plain' };
    const init = { method: 'POST', headers, body: 'categoryID=10100' };
    expect((await fetch(`${urlOf(apis.category)}?${query}`, init)).status).toBe(200);
  });

  test('to another place is not found, whoever asks', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const reply = await fetch(new URL('/x', sandbox.url), { headers });
    expect([reply.status, await reply.text()]).toEqual([404, '{"error":"not found"}']);
  });

  test('that meets a defect is answered, without a word of it', async () => {
    const own = await startTestSandbox({ faults: [{ kind: 'server_error', status: 99 }] });
    const message = 'The sandbox could not answer';
    const body = { error_code: 'gw.InternalError', error_message: message, exception: message };
    expect(await callApi(own, apis.time)).toMatchObject({ status: 500, body });
    await own.close();
  });

  test('that is given up half way leaves the others alone', async () => {
    const sent = request(`${sandbox.controlUrl}/truth?all=true`).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.destroy();
    await once(response, 'close');
    expect((await callApi(sandbox, apis.time)).status).toBe(200);
  });
});

describe('the control endpoints', () => {
  test('switch everything, and say how it is then', async () => {
    const own = await startTestSandbox({ clock: createTestClock('2026-10-10T00:00:00Z') });
    const said = async (path: string, body: object) => (await command(own, path, body)).body;
    const call = async () => (await callApi(own, apis.category, { categoryID: '0' })).text;
    expect(await said('grants', { [apis.category]: false, [apis.time]: true })).toEqual({
      declined: [apis.category],
    });
    expect(await call()).toContain('gw.APIACLDecline');
    expect(await said('grants', { [apis.category]: true })).toEqual({ declined: [] });
    expect(await said('quotas', { appPerDay: 0 })).toMatchObject({
      appPerDay: 0,
      apiPerDay: null,
      timeZone: 'Asia/Shanghai',
    });
    expect(await call()).toContain('gw.QosAppFrequencyLimit');
    await said('quotas', { appPerDay: null });
    expect(await said('faults', { faults: [{ kind: 'gateway_error', code: 'x' }] })).toEqual({});
    expect(await call()).toContain('"error_code":"x"');
    await said('faults', { faults: [] });
    expect(await said('clock', {})).toEqual({ error: 'advanceMs must be a number from 0 up' });
    expect(await said('clock', { advanceMs: 5 })).toEqual({ now: '2026-10-10T00:00:00.005Z' });
    expect(await said('oauth/code', {})).toEqual({
      code: expect.stringMatching(/^[-0-9a-f]{36}$/) as unknown,
    });
    expect(await said('nothing', {})).toEqual({ error: 'not found' });
    expect(await said('latency', { latencyMs: 0 })).toEqual({});
    expect(await said('tokens', {})).toEqual({});
    expect((await callApi(own, apis.search, { access_token: own.accessToken })).status).toBe(401);
    expect(await said('secret', { appSecret: 'y' })).toEqual({});
    expect(await call()).toContain('gw.SignatureInvalid');
    await own.close();
  });

  test.each(['localhost/x', 'localhost?x', 'localhost#x', 'x@localhost', 'localhost\\x'])(
    'do not answer to %s',
    async (host) => {
      const { port } = new URL(sandbox.url);
      const sent = request({
        host: '127.0.0.1',
        port,
        path: '/_sandbox/stats?calls=false',
        headers: { host },
      });
      const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
      sent.end();
      const error = 'the control endpoints answer to names of loopback only';
      expect(await receive((await answered)[0])).toMatchObject({
        status: 403,
        text: JSON.stringify({ error }),
      });
    },
  );

  test('say why another site gets no answer', async () => {
    const reply = await fetch(`${sandbox.controlUrl}/stats`, { headers: { origin: 'https://evil.example' } });
    const error = 'the control endpoints answer to no page of another site';
    expect([reply.status, await reply.json()]).toEqual([403, { error }]);
  });
});

describe('a sandbox', () => {
  test('does not start where the port is taken', async () => {
    const port = Number(new URL(sandbox.url).port);
    await expect(createSandbox({ offers: 100, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('has urls of its address, in brackets where it has colons', async () => {
    const own = await createSandbox({ offers: 100, host: '::1' });
    expect([own.url, own.controlUrl]).toEqual([
      expect.stringMatching(/^http:\/\/\[::1\]:\d+\/openapi$/),
      expect.stringMatching(/^http:\/\/\[::1\]:\d+\/_sandbox$/),
    ]);
    expect((await fetch(`${own.controlUrl}/stats`)).status).toBe(200);
    await own.close();
  });
});
