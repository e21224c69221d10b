import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWebServer } from '../../../src/web/start-web-server.ts';
import type { WebDeps } from '../../../src/web/web-deps.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { readCells } from '../../support/read-cells.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

/* What the pages show of others: pictures of a sandbox, queues, and metrics while a part is away. */

let database: TestDatabase;
let world: WebWorld;
let pictures: Server;
let origin: string;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWebWorld({ database });
  pictures = createServer((request, response) => {
    const name = request.url?.split('/').at(-1) ?? '';
    if (name === 'moved') response.writeHead(302, { location: '/img/ibank/good' });
    else if (name === 'untyped') response.writeHead(200);
    else {
      const status = name === 'broken' ? 500 : 200;
      response.writeHead(status, { 'content-type': name === 'page' ? 'text/html' : 'image/png' });
    }
    response.end('picture');
  });
  pictures.listen(0, '127.0.0.1');
  await once(pictures, 'listening');
  origin = `http://127.0.0.1:${String((pictures.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  await world.close();
  pictures.close();
  await database.drop();
});

async function withDeps(deps: Partial<WebDeps>, act: (other: WebWorld) => Promise<void>): Promise<void> {
  const other = await openWebWorld({ database, deps });
  try {
    await act(other);
  } finally {
    await other.close();
  }
}

test('a picture of the sandbox is passed on, and nothing else of it', async () => {
  await withDeps({ imageSource: { kind: 'sandbox', origin } }, async (other) => {
    const good = await other.request('/picture/img/ibank/good');
    expect([good.status, good.headers.get('content-type'), await good.text()]).toEqual([
      200,
      'image/png',
      'picture',
    ]);
    expect(good.headers.get('cache-control')).toBe('private, max-age=3600');
    for (const path of ['page', 'untyped', 'broken', 'a%20b', 'a..b', 'x'.repeat(300), '../good', '?good'])
      expect([path, (await other.request(`/picture/img/ibank/${path}`)).status]).toEqual([
        path,
        path === '?good' ? 200 : 404,
      ]);
    for (const path of ['/picture/other/img/ibank/good', '/picture/img/other', '/picture/good/img/ibank/'])
      expect([path, (await other.request(path)).status]).toEqual([path, 404]);
    const moved = await other.request('/picture/img/ibank/moved');
    expect([moved.status, await moved.text()]).toEqual([404, 'the sandbox does not answer\n']);
  });
  await withDeps({ imageSource: { kind: 'link' } }, async (other) => {
    const refused = await other.request('/picture/img/ibank/good');
    expect([refused.status, await refused.text()]).toEqual([404, 'picture not found\n']);
  });
});

test('queues have their jobs by state, and whether they are paused', async () => {
  const rows = async (other: WebWorld) =>
    readCells(await other.get('/queues'), 'Queues, one for each kind of call');
  const queues = world.deps.queues.list();
  const detail = queues.find(({ name }) => name === 'detail');
  await detail?.pause();
  const shown = await rows(world);
  expect(shown.map(({ Queue, State }) => [Queue, State])).toEqual([
    ['category', 'open'],
    ['search', 'open'],
    ['seller', 'open'],
    ['image', 'open'],
    ['detail', 'paused'],
  ]);
  expect(Object.values(shown[0] ?? {})).toEqual(['category', 'open', '0', '0', '0', '0', '0']);
  await detail?.resume();
  const page = await world.get('/queues');
  expect(page).toContain('in Postgres, in schema bullmq');
  expect(page).toContain('WEB_QUEUE_ACTIONS=1');
  expect(page).not.toContain('which is written down');
  const close = () => Promise.resolve();
  await withDeps(
    { queues: { ...world.deps.queues, backend: 'redis', mayChange: true, close } },
    async (other) => {
      const text = await other.get('/queues');
      expect(text).toContain('They are in Redis,');
      expect(text).toContain('which is written down');
    },
  );
  const list = () => {
    throw new Error('away');
  };
  await withDeps({ queues: { ...world.deps.queues, list, close } }, async (other) => {
    expect(await other.get('/queues')).toContain('The queues do not answer.');
  });
});

test('metrics have what each part says, and leave out what is not known', async () => {
  const names = async (deps: Partial<WebDeps>) => {
    let text = '';
    await withDeps(deps, async (other) => {
      text = await other.get('/metrics');
    });
    return text;
  };
  const sizes = { offers: 7, listed: 6, categories: 1, sellers: 1, skus: 1 };
  const ages = { neverDetailed: 5, within1d: 1, within7d: 2, medianAgeH: null };
  const catalog = { get: () => Promise.resolve({ at: new Date(), ...sizes, ...ages }) };
  const whole = await names({ catalog });
  expect(whole).toMatch(/^catalogsync_offers 7$/m);
  expect(whole).toMatch(/^catalogsync_queue_paused\{queue="detail"\} 0$/m);
  expect(whole).toMatch(/^catalogsync_queue_jobs\{queue="detail",state="prioritized"\} 0$/m);
  expect(whole).toMatch(/^catalogsync_health_issue\{id="hold",severity="act"\} 0$/m);
  const uncounted = await names({ catalog: { get: () => Promise.resolve(null) } });
  expect(uncounted).not.toMatch(/^catalogsync_offers /m);
  expect(uncounted).toMatch(/^catalogsync_database_up 1$/m);
  const store = { read: () => Promise.reject(new Error('away')) };
  const silent = await names({ catalog, metrics: { ...world.deps.metrics, store } });
  expect(silent).toMatch(/^catalogsync_database_up 0$/m);
  expect(silent).not.toMatch(/^catalogsync_(offers|workers|gateway)/m);
  const list = () => {
    throw new Error('away');
  };
  const noQueues = await names({ queues: { ...world.deps.queues, list, close: () => Promise.resolve() } });
  expect(noQueues).toMatch(/^catalogsync_queue_up 0$/m);
  expect(noQueues).not.toContain('catalogsync_queue_jobs');
});

test('who may not read metrics is told what to set', async () => {
  const closed = await openWebWorld({ database, env: { WEB_TOKEN: 'a-token-of-some-length' } });
  const refused = await closed.request('/metrics');
  expect([refused.status, await refused.text()]).toEqual([
    401,
    'closed: set METRICS_TOKEN, and send it as a bearer token\n',
  ]);
  await closed.close();
});

test('a server that is closed has closed its queues, and listens no more', async () => {
  let isClosed = false;
  const close = async () => {
    await Promise.resolve();
    await database.pool.query('SELECT 1');
    isClosed = true;
  };
  const server = await startWebServer({ ...world.deps, queues: { ...world.deps.queues, close } }, 0);
  expect(server.url).toBe(`http://localhost:${String(server.port)}/`);
  expect((await fetch(`${server.url}livez`)).status).toBe(200);
  await server.close();
  expect(isClosed).toBe(true);
  await expect(fetch(`${server.url}livez`)).rejects.toThrow();
});

test('where no login is possible, its addresses lead to the page that says what is missing', async () => {
  await withDeps({ connect: null }, async (other) => {
    expect((await other.post('/actions/connect')).headers.get('location')).toBe('/api-status');
    expect((await other.request('/api/callback?code=1&state=2')).headers.get('location')).toBe('/api-status');
    expect(await other.get('/api-status')).toContain('To connect from here, set');
  });
});
