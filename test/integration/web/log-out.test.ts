import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

const token = 'a-token-of-some-length';
let now = new Date('2026-11-25T08:00:00Z');
const options = { env: { WEB_TOKEN: token }, deps: { clock: { now: () => now } } };

let database: TestDatabase;
let world: WebWorld;
let other: WebWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWebWorld({ database, ...options });
  other = await openWebWorld({ database, ...options });
});
afterAll(async () => {
  await world.close();
  await other.close();
  await database.drop();
});

/** @returns the cookie that a browser keeps */
async function logIn(): Promise<string> {
  const body = new URLSearchParams({ token, next: '/' });
  const { headers } = await world.request('/log-in', { method: 'POST', body });
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

const statusFor = async (at: WebWorld, cookie: string): Promise<number> =>
  (await at.request('/runs', { headers: { cookie } })).status;

test('a copy of a cookie is good for nothing after its log-out, in any process, and others stay logged in', async () => {
  const others = await logIn();
  const cookie = await logIn();
  for (const at of [world, other]) expect(await statusFor(at, cookie)).toBe(200);
  const answer = await world.post('/log-out');
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/log-in']);
  for (const at of [world, other]) {
    expect(await statusFor(at, cookie)).toBe(303);
    expect(await statusFor(at, others)).toBe(200);
  }
});

test('who could not be logged out is not told so, and keeps the cookie', async () => {
  const cookie = await logIn();
  await database.pool.query('ALTER TABLE sync.ended_session ADD CONSTRAINT no_more CHECK (false) NOT VALID');
  try {
    const { status, headers } = await world.post('/log-out');
    expect([status, headers.get('location'), headers.get('set-cookie')]).toEqual([500, null, null]);
  } finally {
    await database.pool.query('ALTER TABLE sync.ended_session DROP CONSTRAINT no_more');
  }
  expect(await statusFor(world, cookie)).toBe(200);
});

test('another site cannot log anybody out', async () => {
  const cookie = await logIn();
  expect((await world.request('/log-out', { method: 'POST' })).status).toBe(403);
  expect(await statusFor(world, cookie)).toBe(200);
});

test('the database forgets a log-out a day later, when its cookie is long too old', async () => {
  const list = async () =>
    (await database.pool.query<{ ended_at: Date }>('SELECT ended_at FROM sync.ended_session')).rows;
  now = new Date('2026-11-26T07:59:00Z');
  await logIn();
  await world.post('/log-out');
  expect(await list()).toHaveLength(2);
  now = new Date('2026-11-26T08:01:00Z');
  await logIn();
  await world.post('/log-out');
  expect((await list()).map(({ ended_at }) => ended_at.toISOString().slice(0, 10))).toEqual([
    '2026-11-26',
    '2026-11-26',
  ]);
});
