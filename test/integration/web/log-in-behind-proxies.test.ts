import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

const token = 'a-token-of-some-length';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function withPages(proxies: string, act: (world: WebWorld) => Promise<void>): Promise<void> {
  const world = await openWebWorld({ database, env: { WEB_TOKEN: token, WEB_TRUSTED_PROXIES: proxies } });
  try {
    await act(world);
  } finally {
    await world.close();
  }
}

async function logIn(world: WebWorld, given: string, forwardedFor: string): Promise<number> {
  const body = new URLSearchParams({ token: given, next: '/' });
  const headers = { 'x-forwarded-for': forwardedFor };
  const answer = await world.request('/log-in', { method: 'POST', headers, body });
  await answer.body?.cancel();
  return answer.status;
}

async function guess(world: WebWorld, times: number, addressOf: (index: number) => string): Promise<void> {
  for (let index = 0; index < times; index += 1)
    expect(await logIn(world, 'wrong', addressOf(index))).toBe(401);
}

test('behind a trusted proxy, who guesses locks out the own address only, whatever else it claims to be', async () => {
  await withPages('10.0.0.0/8, 127.0.0.1, ::1', async (world) => {
    await guess(world, 5, (index) => `198.51.100.${String(index)}, 203.0.113.1, 10.0.0.${String(index)}`);
    expect(await logIn(world, token, '203.0.113.1')).toBe(429);
    expect(await logIn(world, token, '203.0.113.2')).toBe(303);
  });
});

test('without a trusted proxy, nobody gets out of the limit by a header', async () => {
  await withPages('10.0.0.0/8', async (world) => {
    await guess(world, 5, (index) => `203.0.113.${String(index)}`);
    expect(await logIn(world, token, '203.0.113.99')).toBe(429);
  });
});

test('guesses from many addresses are slowed down together', async () => {
  await withPages('127.0.0.1, ::1', async (world) => {
    await guess(world, 50, (index) => `203.0.113.${String(index)}`);
    expect(await logIn(world, 'wrong', '203.0.113.99')).toBe(429);
  });
});
