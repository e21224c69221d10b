import { request, type IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTestPort } from '../../support/find-test-port.ts';
import { startCallbackServer, type CallbackServer } from '../../../src/web/oauth-callback-server.ts';

let redirectUri: URL;
let server: CallbackServer;
let seen: string[];
let isAccepted: boolean;
beforeEach(async () => {
  redirectUri = new URL(`http://localhost:${await findTestPort()}/api/callback`);
  seen = [];
  isAccepted = true;
  const accept = (query: URLSearchParams) => {
    seen.push(query.toString());
    return isAccepted;
  };
  server = await startCallbackServer({ redirectUri, accept });
});
afterEach(() => server.close());

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly address?: string;
}

async function ask({ method = 'GET', path = '/api/callback?code=the-code&state=s', ...more }: Asked = {}) {
  const { host = redirectUri.host, address = '127.0.0.1' } = more;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: address, port: redirectUri.port, method, path, headers: { host } }, resolve)
      .on('error', reject)
      .end();
  });
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

describe('the callback path', () => {
  it('hands the query on and answers with a small static page that may do nothing', async () => {
    const { status, headers, body } = await ask();
    expect(status).toBe(200);
    expect(seen).toEqual(['code=the-code&state=s']);
    expect(body).toContain('you can close this page');
    expect(body.length).toBeLessThan(500);
    expect(body).not.toMatch(/the-code|script/);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it('says so when the answer belongs to no login, and continues to listen', async () => {
    isAccepted = false;
    expect(await ask()).toMatchObject({
      status: 400,
      body: expect.stringContaining('not belong to an active login') as string,
    });
    isAccepted = true;
    expect((await ask()).status).toBe(200);
  });

  it('is there under both addresses of localhost', async () => {
    const hasIpv6 = await new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(0, '::1', () => probe.close(() => resolve(true)));
    });
    if (hasIpv6) expect((await ask({ address: '::1' })).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });
});

describe('everything else is refused, and reaches no login', () => {
  it.each<[string, Asked, number]>([
    ['another path', { path: '/api/callback/?code=c' }, 404],
    ['the root', { path: '/' }, 404],
    ['a path that only ends alike', { path: '//evil.example/api/callback?code=c' }, 404],
    ['an absolute target', { path: 'http://evil.example/api/callback?code=c' }, 404],
    ['a POST', { method: 'POST' }, 405],
    ['a HEAD', { method: 'HEAD' }, 405],
    ['the name of another site', { host: 'evil.example' }, 403],
    ['another name of this machine', { host: '127.0.0.1' }, 403],
    ['the right name with another port', { host: 'localhost:1' }, 403],
  ])('%s', async (_, asked, status) => {
    expect((await ask(asked)).status).toBe(status);
    expect(seen).toEqual([]);
  });
});

it('a port that is taken is an error that names it, and nothing stays open', async () => {
  const starting = startCallbackServer({ redirectUri, accept: () => true });
  await expect(starting).rejects.toMatchObject({
    code: 'AUTH_CALLBACK_NOT_LISTENING',
    message: expect.stringContaining(redirectUri.port) as string,
  });
});

it('what is refused says why, and which method is taken', async () => {
  expect((await ask({ host: 'evil.example' })).body).toContain('<p>Forbidden.</p>');
  expect((await ask({ path: '/' })).body).toContain('<p>Not found.</p>');
  const refused = await ask({ method: 'POST' });
  expect([refused.headers.allow, refused.body]).toEqual([
    'GET',
    expect.stringContaining('Method not allowed.'),
  ]);
});

it('a query may have further question marks', async () => {
  await ask({ path: '/api/callback?code=a?b' });
  expect(seen).toEqual(['code=a%3Fb']);
});

it('at an address by number it listens there only, and closing twice is closing once', async () => {
  const port = await findTestPort();
  const one = await startCallbackServer({
    redirectUri: new URL(`http://127.0.0.1:${String(port)}/api/callback`),
    accept: () => true,
  });
  const connects = (address: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, address, () => socket.end(() => resolve(true)));
      socket.on('error', () => resolve(false));
    });
  expect([await connects('127.0.0.1'), await connects('::1')]).toEqual([true, false]);
  await one.close();
  await one.close();
  expect(await connects('127.0.0.1')).toBe(false);
});

it('closing ends a connection that says nothing', async () => {
  const silent = connect(Number(redirectUri.port), '127.0.0.1');
  await new Promise((resolve) => silent.once('connect', resolve));
  const ended = new Promise((resolve) => silent.once('close', resolve));
  await server.close();
  await ended;
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
