import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { createEndedSessions } from '../../../src/web/guard/ended-sessions.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { readCells } from '../../support/read-cells.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

const token = 'a-token-of-some-length';

let database: TestDatabase;
let world: WebWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWebWorld({ database });
});
afterAll(async () => {
  await world.close();
  await database.drop();
});

test('an answer says what a browser may do with it', async () => {
  const { headers } = await world.request('/runs');
  expect(Object.fromEntries(headers)).toMatchObject({
    ...{ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin' },
    ...{ 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin' },
    ...{ 'permissions-policy': 'camera=(), geolocation=(), microphone=()', 'cache-control': 'no-store' },
  });
});

test.each([
  ['style.css', 'text/css; charset=utf-8'],
  ['live.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
])('%s may be kept for a while', async (name, type) => {
  const { status, headers } = await world.request(`/assets/${name}`);
  expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
    200,
    type,
    'private, max-age=300',
  ]);
});

test('a file that no page loads is not served', async () => {
  expect((await world.request('/assets/other.css')).status).toBe(404);
  expect(await (await world.request('/nothing-here')).text()).toContain('Page not found');
});

test('a session is kept for a working day, and over https only where it began there', async () => {
  const begin = async (headers: Readonly<Record<string, string>>) =>
    (await fetch(world.origin, { headers: { accept: 'text/html', ...headers } })).headers.get('set-cookie') ??
    '';
  const plain = await begin({});
  expect(plain).toMatch(/^catalog_sync_session=[\w.-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(await begin({ 'x-forwarded-proto': 'https' })).toContain('; Secure');
  const cookie = plain.split(';')[0] ?? '';
  expect(await begin({ cookie })).toBe('');
});

test('who is not logged in is led to the log-in from pages only', async () => {
  const closed = await openWebWorld({ database, env: { WEB_TOKEN: token } });
  const ask = async (path: string, init: RequestInit) => {
    const response = await closed.request(path, init);
    return [response.status, response.headers.get('location')];
  };
  expect(await ask('/runs?state=failed', {})).toEqual([303, '/log-in?next=%2Fruns%3Fstate%3Dfailed']);
  expect(await ask('/runs', { headers: { accept: 'text/event-stream' } })).toEqual([401, null]);
  expect(await ask('/actions/run', { method: 'POST', body: '' })).toEqual([401, null]);
  // Where no token is asked for, there is no log-in.
  expect((await world.request('/log-in')).status).toBe(404);
  await closed.close();
});

test('a wrong token is told at once, and how long to wait after too many', async () => {
  const now = new Date('2026-11-26T00:00:00Z');
  const closed = await openWebWorld({
    database,
    env: { WEB_TOKEN: token },
    deps: { clock: { now: () => now } },
  });
  const logIn = (given: string, next = '/runs') =>
    closed.request('/log-in', { method: 'POST', body: new URLSearchParams({ token: given, next }) });
  const page = await closed.get('/log-in?next=/usage');
  expect(page).toContain('name="next" value="/usage"');
  expect(page).not.toMatch(/role="alert"|<header/);
  expect(await closed.get('/log-in?next=//evil')).toContain('name="next" value="/"');
  const wrong = await logIn('wrong');
  expect(wrong.status).toBe(401);
  const text = await wrong.text();
  expect(text).toContain('role="alert">The token is wrong.');
  expect(text).toContain('name="next" value="/runs"');
  for (let n = 0; n < 4; n += 1) await logIn('wrong');
  const refused = await logIn(token);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  expect(await refused.text()).toContain('Too many wrong tokens. Try again in 60 s.');
  await closed.close();
});

test('sessions that were ended are forgotten after two lives of them', async () => {
  const ended = createEndedSessions(database.pool);
  const at = (hours: number) => new Date(Date.UTC(2026, 10, 25, hours));
  await ended.add('first', at(0));
  await ended.add('first', at(1));
  await ended.add('second', at(24));
  expect([await ended.has('first'), await ended.has('second'), await ended.has('third')]).toEqual([
    true,
    true,
    false,
  ]);
  await ended.add('third', new Date(at(24).getTime() + 1));
  expect([await ended.has('first'), await ended.has('second')]).toEqual([false, true]);
});

test('a service that is down is told by its code, and a defect by another status', async () => {
  const down = () => Promise.reject(new AppError(databaseErrors.DATABASE_UNREACHABLE, 'away'));
  const { stores } = world.deps;
  const broken = (error: Error) => ({
    ...stores,
    runs: { ...stores.runs, readChoices: () => Promise.reject(error) },
  });
  const other = await openWebWorld({
    database,
    deps: { checkReady: down, stores: broken(new AppError(databaseErrors.DATABASE_UNREACHABLE, 'away')) },
  });
  const ready = await other.request('/readyz');
  expect([ready.status, await ready.text()]).toEqual([503, 'not ready: DATABASE_UNREACHABLE\n']);
  const failed = await other.request('/runs');
  expect(failed.status).toBe(503);
  expect(await failed.text()).toContain('<code>DATABASE_UNREACHABLE</code>');
  await other.close();
  const defect = await openWebWorld({ database, deps: { stores: broken(new Error('odd')) } });
  expect((await defect.request('/runs')).status).toBe(500);
  await defect.close();
});

test('the progress of a run is that of a known one, and of twenty viewers at most', async () => {
  const stream = (path: string, signal?: AbortSignal) =>
    world.request(path, { headers: { accept: 'text/event-stream' }, ...(signal ? { signal } : {}) });
  expect([(await stream('/runs/x/events')).status, await (await stream('/runs/9/events')).text()]).toEqual([
    404,
    '',
  ]);
  await database.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, feeds, status, started_at) VALUES ('all', 'cli', 'sandbox', '[]', 'running', now())`,
  );
  const gone = new AbortController();
  const streams = await Promise.all(Array.from({ length: 20 }, () => stream('/runs/1/events', gone.signal)));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  const refused = await stream('/runs/1/events');
  expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([
    503,
    '30',
    'too many viewers\n',
  ]);
  gone.abort();
  // Their places are free as soon as the server has noticed.
  await expect
    .poll(
      async () => {
        const one = new AbortController();
        const { status } = await stream('/runs/1/events', one.signal);
        one.abort();
        return status;
      },
      { timeout: 30_000 },
    )
    .toBe(200);
});

test('the progress of a run that is active comes until it has ended', async () => {
  const response = await world.request('/runs/1/events', { headers: { accept: 'text/event-stream' } });
  const reader = (response.body ?? new ReadableStream<Uint8Array>())
    .pipeThrough(new TextDecoderStream())
    .getReader();
  const first = (await reader.read()).value ?? '';
  expect(first).toMatch(/^event: progress\ndata: [^\n]*running/);
  await database.pool.query(`UPDATE sync.run SET status = 'failed', ended_at = now(), calls_used = 1234`);
  let rest = '';
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read())
    rest += value ?? '';
  expect(rest).toMatch(/event: progress\ndata: [^\n]*1,234 calls[^\n]*\n\nevent: end\ndata: failed\n\n$/);
});

test('changes that trackers noticed are listed with when they were sent', async () => {
  await database.pool.query(
    `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id) VALUES (601, 'listed', 'cup', now(), 1)`,
  );
  await database.pool.query(
    `INSERT INTO sync.tracked_change (tracker, offer_id, field, condition, old, new, not_before, seen_at, noted_at, sent_at, skipped_at)
     VALUES ('a', 601, 'state', 'delisted', 'listed', 'gone', '2026-11-26T01:00Z', '2026-11-26T02:00Z', now(), '2026-11-26T03:00Z', NULL),
            ('a', 602, 'state', 'delisted', 'listed', 'gone', '2026-11-25T01:00Z', '2026-11-25T02:00Z', now(), NULL, NULL),
            ('b', 601, 'state', 'delisted', 'listed', 'gone', '2026-11-24T01:00Z', '2026-11-24T02:00Z', now(), NULL, now())`,
  );
  const rows = async (path: string) =>
    readCells(await world.get(path), 'Changes that trackers noticed, newest first').map((row) =>
      Object.values(row),
    );
  const all = await rows('/trackers');
  expect(all.map((row) => row.toSpliced(4, 1))).toEqual([
    ['2026-11-26 10:00', '2026-11-26 09:00', 'a', 'cup', '2026-11-26 11:00'],
    ['2026-11-25 10:00', '2026-11-25 09:00', 'a', 'Offer 602', 'waits'],
    ['2026-11-24 10:00', '2026-11-24 09:00', 'b', 'cup', 'no'],
  ]);
  expect(await rows('/trackers?tracker=b')).toEqual([all[2]]);
  expect(await world.get('/trackers?tracker=b')).toContain('Only <code>b</code>.');
  expect(await world.get('/trackers')).not.toContain('All trackers');
  expect(await world.get('/trackers')).not.toContain('The newest');
  await database.pool.query(
    `INSERT INTO sync.tracked_change (tracker, offer_id, field, condition, old, new, not_before, seen_at, noted_at)
     SELECT 'c', 603, 'state', 'delisted', 'listed', 'gone', now(), now() + n * interval '1 s', now() FROM generate_series(1, 201) n`,
  );
  expect(await rows('/trackers')).toHaveLength(200);
  expect(await world.get('/trackers')).toContain('The newest 200; <code>sync.tracked_change</code> has all.');
});
