import { getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TransportResult } from '../../../src/extract/gateway/exchange.ts';
import {
  createTransport,
  type Transport,
  type TransportOptions,
} from '../../../src/extract/gateway/transport.ts';
import { until } from '../../support/until.ts';
import { startHttpServer, type HttpServer, type Respond } from '../../support/http-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function setup(
  respond: Respond,
  options: Partial<TransportOptions> = {},
): Promise<{
  server: HttpServer;
  transport: Transport;
  send: (signal?: AbortSignal) => Promise<TransportResult>;
}> {
  const server = await startHttpServer(respond);
  const transport = createTransport({ baseUrl: server.url, ...options });
  // The server goes first: a transport waits for its calls.
  open.push(transport, server);
  const send = (signal?: AbortSignal) =>
    transport.send({ urlPath: 'param2/1/a/b/1', form: 'x=1', requestId: '42', signal });
  return { server, transport, send };
}

describe('a good exchange', () => {
  it('posts the form once, with the call id, below the base url', async () => {
    const { server, send } = await setup((response) => response.end('hello'));
    expect(await send()).toMatchObject({
      kind: 'answer',
      answer: { status: 200, body: Buffer.from('hello') },
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/openapi/param2/1/a/b/1',
      body: 'x=1',
      headers: { 'x-request-id': '42', 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    });
  });

  it('says how long it took', async () => {
    const { send } = await setup((response) => response.end('hello'));
    const startedAt = performance.now();
    const { latencyMs } = await send();
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(latencyMs).toBeLessThanOrEqual(Math.ceil(performance.now() - startedAt));
  });

  it('leaves no listener on the signal that many calls share', async () => {
    const { send } = await setup((response) => response.end('hello'));
    const { signal } = new AbortController();
    await send(signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('keeps its connections for later calls', async () => {
    const { server, send } = await setup((response) => response.end('hello'));
    for (let call = 0; call < 10; call++) await send();
    // The pool may open a second one while it clears away the first answer.
    expect(new Set(server.requests.map((request) => request.port)).size).toBeLessThanOrEqual(2);
  });

  it('a redirect is an answer and is not followed', async () => {
    const { server, send } = await setup((response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );
    expect(await send()).toMatchObject({ kind: 'answer', answer: { status: 302 } });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a rude gateway', () => {
  const short = { headersMs: 150, bodyMs: 150, totalMs: 10_000 };

  it('that never answers ends in a timeout, and the call may have been served', async () => {
    const { send } = await setup(() => undefined, { timeouts: short });
    expect(await send()).toMatchObject({
      kind: 'failure',
      error: { code: 'GATEWAY_TIMEOUT', recovery: 'retry' },
      hasLeft: true,
      httpStatus: null,
    });
  });

  it('that stops in the middle of the body ends in a timeout', async () => {
    const { send } = await setup((response) => response.writeHead(200).write('{"a":'), { timeouts: short });
    expect(await send()).toMatchObject({
      error: { code: 'GATEWAY_TIMEOUT' },
      hasLeft: true,
      httpStatus: 200,
    });
  });

  it('that drips for ever ends at the total bound', async () => {
    const { send } = await setup(
      (response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
      { timeouts: { bodyMs: 5_000, totalMs: 300 } },
    );
    expect(await send()).toMatchObject({ error: { code: 'GATEWAY_TIMEOUT' }, code: 'TOTAL_TIMEOUT' });
  });

  it('that resets after the request leaves the call counted', async () => {
    const { send } = await setup((response) => response.socket?.resetAndDestroy());
    expect(await send()).toMatchObject({
      error: { code: 'GATEWAY_CONNECTION_LOST', recovery: 'retry' },
      hasLeft: true,
      httpStatus: null,
    });
  });

  it('that only says that it works on it has not begun to answer', async () => {
    const { send } = await setup((response) => {
      response.writeProcessing();
      response.socket?.end();
    });
    expect(await send()).toMatchObject({
      error: { code: 'GATEWAY_CONNECTION_LOST' },
      hasLeft: true,
      httpStatus: null,
    });
  });

  it('that closes before the promised length loses the connection, not a silent half', async () => {
    const { send } = await setup((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect(await send()).toMatchObject({ error: { code: 'GATEWAY_CONNECTION_LOST' }, httpStatus: 200 });
  });

  it('that answers more than the cap is cut off', async () => {
    const { send } = await setup((response) => response.end('x'.repeat(5_000)), { maxResponseBytes: 4_096 });
    expect(await send()).toMatchObject({
      error: { code: 'GATEWAY_ANSWER_TOO_LARGE', recovery: 'fail' },
      hasLeft: true,
    });
  });

  it('that answers exactly the cap is read', async () => {
    const { send } = await setup((response) => response.end('x'.repeat(4_096)), { maxResponseBytes: 4_096 });
    expect(await send()).toMatchObject({ kind: 'answer' });
  });

  it('that does not speak HTTP is unreadable', async () => {
    const { send } = await setup((response) => response.socket?.end('SSH-2.0-OpenSSH\r\n\r\n'));
    expect(await send()).toMatchObject({
      error: { code: 'GATEWAY_ANSWER_UNREADABLE', recovery: 'retry' },
      hasLeft: true,
    });
  });

  it('does not spoil the next call', async () => {
    const { server, send } = await setup((response) => {
      if (server.requests.length === 1) response.socket?.resetAndDestroy();
      else response.end('well');
    });
    await send();
    expect(await send()).toMatchObject({ kind: 'answer', answer: { body: Buffer.from('well') } });
  });
});

describe('a call that cannot have left', () => {
  it('is one to a port where nobody listens', async () => {
    const { server, send } = await setup((response) => response.end());
    await server.close();
    expect(await send()).toMatchObject({
      error: { code: 'GATEWAY_UNREACHABLE', recovery: 'retry' },
      code: 'ECONNREFUSED',
      hasLeft: false,
    });
  });

  it('is one to a name that does not exist', async () => {
    const transport = createTransport({ baseUrl: 'https://gateway.invalid/openapi' });
    open.push(transport);
    const result = await transport.send({ urlPath: 'a', form: '', requestId: '1' });
    expect(result).toMatchObject({ error: { code: 'GATEWAY_UNREACHABLE' }, hasLeft: false });
  });

  it('is one to a server that does not speak TLS', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('hello'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const transport = createTransport({ baseUrl: `https://127.0.0.1:${port}/openapi` });
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) }, transport);
    const result = await transport.send({ urlPath: 'a', form: '', requestId: '1' });
    expect(result).toMatchObject({ error: { code: 'GATEWAY_UNREACHABLE' }, hasLeft: false });
  });

  it('is one that waited for a connection until the total bound, and it never leaves later', async () => {
    const answers: (() => void)[] = [];
    const { server, send } = await setup((response) => answers.push(() => response.end('late')), {
      connections: 1,
      timeouts: { totalMs: 400 },
    });
    const first = send();
    await until(() => server.requests.length === 1);
    const second = send(AbortSignal.timeout(50));
    expect(await second).toMatchObject({ error: { code: 'GATEWAY_STOPPED' }, hasLeft: false });
    answers[0]?.();
    expect(await first).toMatchObject({ kind: 'answer' });
    const third = send();
    await until(() => answers.length === 2);
    answers[1]?.();
    expect(await third).toMatchObject({ kind: 'answer' });
    expect(server.requests).toHaveLength(2);
  });

  it('is one whose signal had aborted before', async () => {
    const { server, send } = await setup((response) => response.end());
    expect(await send(AbortSignal.abort())).toMatchObject({
      error: { code: 'GATEWAY_STOPPED' },
      hasLeft: false,
    });
    expect(server.requests).toHaveLength(0);
  });

  it('is one whose signal had aborted before, for which nobody even connects', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const transport = createTransport({ baseUrl: `http://127.0.0.1:${port}/openapi` });
    await transport.send({ urlPath: 'a', form: '', requestId: '1', signal: AbortSignal.abort() });
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
    expect(connections).toBe(0);
  });
});

it('an abort in mid-call ends it and its connection at once, and leaves it counted', async () => {
  let isConnected = true;
  const { server, send } = await setup(
    (response) => void response.socket?.on('close', () => (isConnected = false)),
  );
  const abort = new AbortController();
  const result = send(abort.signal);
  await until(() => server.requests.length === 1);
  abort.abort();
  expect(await result).toMatchObject({
    error: { code: 'GATEWAY_STOPPED', recovery: 'throttle' },
    hasLeft: true,
  });
  await until(() => !isConnected, { timeoutMs: 5_000 });
});

it('close waits for the call in flight', async () => {
  const answers: (() => void)[] = [];
  const { transport, send } = await setup((response) => answers.push(() => response.end('done')));
  const result = send();
  await until(() => answers.length === 1);
  const closed = transport.close();
  answers[0]?.();
  expect(await result).toMatchObject({ kind: 'answer' });
  await closed;
});

describe('the base url', () => {
  it.each([
    'http://gw.open.1688.com/openapi',
    'ftp://127.0.0.1/openapi',
    'https://user:secret@gw.open.1688.com/openapi',
    'https://gw.open.1688.com/openapi?a=1',
    'no url',
  ])('%s is refused, without being repeated', (baseUrl) => {
    expect(() => createTransport({ baseUrl })).toThrow(
      expect.objectContaining({
        code: 'GATEWAY_URL_REFUSED',
        message: expect.not.stringContaining(baseUrl) as string,
      }),
    );
  });
});
