import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { startWebServer } from '../../../src/web/start-web-server.ts';
import type { WebDeps } from '../../../src/web/web-deps.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

const token = 'a-token-of-some-length';

/** Everything behind the guard, with the method that it takes. */
const pages = [
  '/',
  '/runs',
  '/runs/1',
  '/workers',
  '/trackers',
  '/calls?id=1',
  '/calls/1',
  '/calls/1/answer',
  '/usage',
  '/products',
  '/products/1',
  '/problems',
  '/queues',
  '/api-status',
];
const others = [
  '/runs/1/events',
  '/picture/img/ibank/1.jpg',
  '/api/callback?code=1&state=2',
  '/nothing-here',
];
const actions = ['run', 'cancel/1', 'hold', 'resume', 'retry', 'connect'].map((name) => `/actions/${name}`);

let database: TestDatabase;
let open: WebWorld;
let closed: WebWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  open = await openWebWorld({ database });
  closed = await openWebWorld({ database, env: { WEB_TOKEN: token } });
});
afterAll(async () => {
  await open.close();
  await closed.close();
  await database.drop();
});

/** fetch sets Host by itself; a page with a name of its own that leads here sends that name. */
function askAs(host: string, path: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, headers: { host, accept: 'text/html' } });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function logIn(world: WebWorld, given: string, next = '/usage'): Promise<Response> {
  return world.request('/log-in', { method: 'POST', body: new URLSearchParams({ token: given, next }) });
}

describe('without a log-in', () => {
  test.each(pages)('%s leads to it', async (path) => {
    const response = await closed.request(path);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`/log-in?next=${encodeURIComponent(path)}`);
    expect(await response.text()).toBe('');
  });

  test.each(others)('%s says nothing', async (path) => {
    const response = await closed.request(path, { headers: { accept: '*/*' } });
    expect([response.status, await response.text()]).toEqual([401, 'log in first\n']);
  });

  test.each(actions)('%s does nothing', async (path) => {
    const response = await closed.request(path, { method: 'POST', body: new URLSearchParams({ api: '*' }) });
    expect(response.status).toBe(401);
    const { rows } = await database.pool.query('SELECT FROM usage.api_hold');
    expect(rows).toEqual([]);
  });

  test('the health checks answer, and say nothing', async () => {
    expect(await closed.get('/livez')).toBe('ok\n');
    expect(await closed.get('/readyz')).toBe('ok\n');
  });

  test('a session of a process that asks for no token does not count', async () => {
    const cookie = (await open.request('/')).headers.get('set-cookie') ?? '';
    const response = await closed.request('/', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(response.status).toBe(303);
  });
});

describe('a log-in', () => {
  test('leads to the requested page, by a cookie that scripts do not see', async () => {
    const world = await openWebWorld({ database, env: { WEB_TOKEN: token } });
    const response = await logIn(world, token, '/usage?by=day');
    expect([response.status, response.headers.get('location')]).toEqual([303, '/usage?by=day']);
    expect(response.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(await world.get('/usage')).toContain('Log out');
    await world.post('/log-out');
    expect((await world.request('/')).status).toBe(303);
    await world.close();
  });

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', ''])(
    'does not lead to %j',
    async (next) => {
      const world = await openWebWorld({ database, env: { WEB_TOKEN: token } });
      expect((await logIn(world, token, next)).headers.get('location')).toBe('/');
      await world.close();
    },
  );

  test('is refused for a minute after five wrong tokens, to the right one too', async () => {
    let now = new Date('2026-11-25T00:00:00Z');
    const clock = { now: () => now };
    const world = await openWebWorld({ database, env: { WEB_TOKEN: token }, deps: { clock } });
    for (const guess of ['a', 'b', 'c', token.slice(1), `${token} `])
      expect((await logIn(world, guess)).status).toBe(401);
    const refused = await logIn(world, token);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    now = new Date('2026-11-25T00:01:00Z');
    expect((await logIn(world, token)).status).toBe(303);
    // A session ends, too.
    now = new Date('2026-11-25T12:02:00Z');
    expect((await world.request('/')).status).toBe(303);
    await world.close();
  });

  test('is not forged by changing the cookie', async () => {
    const world = await openWebWorld({ database, env: { WEB_TOKEN: token } });
    const cookie = (await logIn(world, token)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const forged = cookie.replace(/\.(\d+)\./, (_, begun: string) => `.${String(Number(begun) + 1)}.`);
    expect(forged).not.toBe(cookie);
    expect((await world.request('/', { headers: { cookie: forged } })).status).toBe(303);
    expect((await world.request('/', { headers: { cookie } })).status).toBe(200);
    await world.close();
  });
});

describe('a page of another site', () => {
  test.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1@evil.example',
    '0.0.0.0',
  ])('gets nothing by a name of its own that leads here (%j)', async (host) => {
    for (const path of [...pages, '/assets/style.css', '/log-in'])
      expect([400, 421]).toContain(await askAs(host, path, open.port));
  });

  test('our own names are let in, and those that WEB_ALLOWED_HOSTS has', async () => {
    const env = { WEB_ALLOWED_HOSTS: 'ops.example.com, 10.0.0.7' };
    const world = await openWebWorld({ database, env });
    for (const host of [
      'localhost:1',
      '127.0.0.1',
      '[::1]:3000',
      'ops.example.com',
      'OPS.example.com:443',
      '10.0.0.7',
    ])
      expect([host, await askAs(host, '/runs', world.port)]).toEqual([host, 200]);
    await world.close();
  });

  const formOf = (path: string) => ({ api: '*', ...(path.endsWith('/run') ? { scope: 'all' } : {}) });
  const nothingDone = async () => {
    const { rows } = await database.pool.query(
      'SELECT FROM usage.api_hold UNION ALL SELECT FROM sync.run UNION ALL SELECT FROM sync.operator_action',
    );
    expect(rows).toEqual([]);
  };
  /** The token that forms of a session carry. */
  const csrfOf = async (world: WebWorld): Promise<string> => {
    const csrf = /name="csrf" value="([^"]+)"/.exec(await world.get('/runs'))?.[1] ?? '';
    expect(csrf).toHaveLength(43);
    return csrf;
  };
  const send = (
    world: WebWorld,
    path: string,
    fields: object,
    headers: Readonly<Record<string, string>> = {},
  ) => world.request(path, { method: 'POST', headers, body: new URLSearchParams({ ...fields }) });

  describe.each<Readonly<Record<string, string>>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('can not have a browser send, as %j', (headers) => {
    // All that the request has against it is where it comes from: the session and its token are right.
    test.each(actions)('%s', async (path) => {
      const response = await send(open, path, { csrf: await csrfOf(open), ...formOf(path) }, headers);
      expect([response.status, await response.text()]).toEqual([403, 'the request came from another site\n']);
      await nothingDone();
    });

    test('/log-in', async () => {
      const response = await send(closed, '/log-in', { token, next: '/' }, headers);
      expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null]);
    });
  });

  test.each(actions)('can not have a browser that says nothing of it send %s', async (path) => {
    const csrf = await csrfOf(open);
    // Without the token of the session, with another one, and with one that is almost right.
    for (const given of [{}, { csrf: 'x'.repeat(43) }, { csrf: csrf.slice(0, -1) }, { csrf: `${csrf}x` }])
      expect((await send(open, path, { ...formOf(path), ...given })).status).toBe(403);
    expect((await open.request(path)).status).toBe(404);
    await nothingDone();
  });

  test('can not use the token of another session', async () => {
    const own = await csrfOf(open);
    // Another browser at the same server, so that all but the session is the same.
    const page = await fetch(`${open.origin}/runs`, { headers: { accept: 'text/html' } });
    const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    expect(csrf).toHaveLength(43);
    expect(csrf).not.toBe(own);
    expect((await send(open, '/actions/hold', { api: '*', csrf })).status).toBe(403);
    await nothingDone();
  });

  test('what is refused for another site or session is done for our own', async () => {
    const world = await openWebWorld({ database });
    const csrf = await csrfOf(world);
    const api = 'com.alibaba.product:alibaba.category.get:1';
    const headers = { origin: world.origin, 'sec-fetch-site': 'same-origin' };
    expect((await send(world, '/actions/hold', { api, csrf }, headers)).status).toBe(303);
    expect((await send(world, '/actions/resume', { api, csrf }, headers)).status).toBe(303);
    await database.pool.query('TRUNCATE sync.operator_action');
    await world.close();
  });
});

describe('every answer', () => {
  test.each([...pages, ...others, '/assets/style.css', '/assets/live.js', '/log-in'])(
    '%s loads nothing from elsewhere and cannot be framed',
    async (path) => {
      const { headers, body } = await open.request(path);
      await body?.cancel();
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toMatch(/no-store|private/);
    },
  );

  test('takes no large body, and no method but GET and POST', async () => {
    const large = new URLSearchParams({ csrf: 'x'.repeat(20_000) });
    expect((await open.request('/actions/hold', { method: 'POST', body: large })).status).toBe(413);
    expect((await open.request('/', { method: 'DELETE' })).status).toBe(405);
  });
});

describe('the board of the queues', () => {
  const api = '/queues/board/api/queues';
  const change = (world: WebWorld, headers: Record<string, string>) =>
    world.request(`${api}/detail/pause`, { method: 'PUT', headers });

  test('is behind the guard, loads nothing from elsewhere, and shows the jobs', async () => {
    for (const path of ['/queues/board', api, '/queues/board/static/js/main.js'])
      expect((await closed.request(path, { headers: { accept: '*/*' } })).status).toBe(401);
    const page = await open.request('/queues/board');
    expect(page.headers.get('content-security-policy')).toContain("base-uri 'self'");
    const text = await page.text();
    expect(text).toContain('catalog-sync');
    expect(text).not.toMatch(/https?:|style=|<style/);
    const { queues } = (await (await open.request(api)).json()) as {
      queues: { name: string; readOnlyMode: boolean }[];
    };
    expect(queues.map(({ name }) => name)).toEqual(['category', 'search', 'seller', 'image', 'detail']);
    expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    expect(await open.get('/queues')).toContain('in Postgres, in schema bullmq');
  });

  test('changes nothing unless it is allowed to, and then only for pages of ours', async () => {
    const origin = { origin: open.origin };
    expect((await change(open, origin)).status).toBe(403);
    const world = await openWebWorld({ database, env: { WEB_QUEUE_ACTIONS: '1' } });
    for (const headers of [{}, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await change(world, headers as Record<string, string>)).status).toBe(403);
    expect((await change(world, { origin: world.origin })).status).toBe(200);
    // The session and the origin are right: all that is refused is what is asked for.
    const empty = await world.request(`${api}/detail/empty`, {
      method: 'PUT',
      headers: { origin: world.origin },
    });
    expect([empty.status, await empty.text()]).toEqual([403, 'the board may not do this: see docs/web.md\n']);
    expect(await world.get('/queues')).toContain('paused');
    const { rows } = await database.pool.query('SELECT action, subject, outcome FROM sync.operator_action');
    expect(rows).toEqual([{ action: 'queue', subject: 'PUT /api/queues/detail/pause', outcome: 'HTTP 200' }]);
    await world.close();
  });
});

describe('listening', () => {
  const start = (access: Partial<WebDeps['access']>, port = 0) =>
    startWebServer({ ...open.deps, access: { ...open.deps.access, ...access } }, port);

  test.each(['0.0.0.0', '::', '192.0.2.1', 'ops.example.com'])(
    'at %s is refused without a token',
    async (host) => {
      await expect(start({ host })).rejects.toMatchObject({ code: 'WEB_TOKEN_MISSING' });
    },
  );

  test('at a port that is taken says so', async () => {
    const taken = start({ token: new Secret(token) }, open.port);
    await expect(taken).rejects.toMatchObject({
      code: 'WEB_NOT_LISTENING',
      message: expect.stringContaining(
        `port ${String(open.port)} of 127.0.0.1: another program uses the port`,
      ) as string,
    });
  });

  test('at an address of another machine says so', async () => {
    const foreign = start({ token: new Secret(token), host: '192.0.2.1' });
    await expect(foreign).rejects.toThrow('this machine does not have this address');
  });
});
