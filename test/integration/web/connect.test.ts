import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { findTestPort } from '../../support/find-test-port.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

let database: TestDatabase;
let sandbox: Sandbox;
let world: WebWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  const port = await findTestPort();
  const site = `http://localhost:${String(port)}`;
  sandbox = await startTestSandbox({ redirectUris: [`${site}/api/callback`] });
  const env = {
    ALIBABA_API_URL: sandbox.url,
    ALIBABA_APP_SECRET: sandbox.appSecret,
    NEXT_PUBLIC_SITE_URL: site,
    TOKEN_KEY: '0'.repeat(64),
  };
  world = await openWebWorld({ database, env, port });
});
afterAll(async () => {
  await world.close();
  await sandbox.close();
  await database.drop();
});

/** Where the page that begins a login leads to. */
async function beginLogin(): Promise<string> {
  const page = await (await world.post('/actions/connect')).text();
  return (/href="([^"]+oauth\/authorize[^"]+)"/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&');
}

/** Agrees on the sandbox's page, and gives the path that it sends the browser back to. */
async function agree(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '', url);
  return back.pathname + back.search;
}

const lastOutcome = async () => {
  const { rows } = await database.pool.query<{ action: string; outcome: string }>(
    'SELECT action, outcome FROM sync.operator_action ORDER BY action_id DESC LIMIT 1',
  );
  return rows[0];
};

test('an app is connected from the page of its status, once', async () => {
  expect(await world.get('/api-status')).toContain('Connect to 1688');
  const back = await agree(await beginLogin());
  const response = await world.request(back);
  expect([response.status, response.headers.get('location')]).toEqual([303, '/api-status?done=connected']);
  expect(await lastOutcome()).toEqual({ action: 'connect', outcome: 'done' });
  const { rows } = await database.pool.query<{ app_key: string }>('SELECT app_key FROM sync.token');
  expect(rows).toEqual([{ app_key: '1000000' }]);
  const page = await world.get('/api-status?done=connected');
  expect(page).toContain('The app is authorised');
  expect(page).toMatch(/stored, good until/);

  const again = await (await world.request(back)).text();
  expect(again).toContain('AUTH_STATE_REFUSED');
  expect(again).not.toContain(new URL(back, 'http://localhost').searchParams.get('code'));
});

test('no page shows a secret', async () => {
  const secrets = [sandbox.appSecret, sandbox.accessToken, sandbox.refreshToken ?? '-', '0'.repeat(64)];
  for (const path of [
    '/',
    '/workers',
    '/trackers',
    '/usage',
    '/calls/1',
    '/problems',
    '/queues',
    '/api-status',
  ]) {
    const page = await world.get(path);
    for (const secret of secrets.filter((text) => text.length > 8)) expect(page, path).not.toContain(secret);
  }
});

const countActions = async () =>
  Number((await database.pool.query('SELECT FROM sync.operator_action')).rowCount);

test('an answer to the login of another session, or to none, is refused and costs no row', async () => {
  const back = await agree(await beginLogin());
  const before = await countActions();
  const ask = (path: string) => fetch(world.origin + path, { redirect: 'manual' });
  for (const path of [back, '/api/callback', '/api/callback?code=1&state=2'])
    expect(await (await ask(path)).text()).toContain('AUTH_STATE_REFUSED');
  // In the session that began the login, without its state.
  expect(await world.get('/api/callback?code=1&state=2')).toContain('AUTH_STATE_REFUSED');
  expect(await countActions()).toBe(before);
});

test('a login that was not agreed to is recorded', async () => {
  const back = new URL(await agree(await beginLogin()), world.origin);
  back.searchParams.delete('code');
  expect(await world.get(back.pathname + back.search)).toContain('AUTH_CODE_MISSING');
  expect(await lastOutcome()).toEqual({ action: 'connect', outcome: 'AUTH_CODE_MISSING' });
});

test.each([
  ['was agreed to', true],
  ['was not agreed to', false],
])('a login that %s and could not be recorded is an error', async (_, isAgreed) => {
  const back = new URL(await agree(await beginLogin()), world.origin);
  if (!isAgreed) back.searchParams.delete('code');
  await database.pool.query(
    'ALTER TABLE sync.operator_action ADD CONSTRAINT no_more CHECK (false) NOT VALID',
  );
  try {
    const response = await world.request(back.pathname + back.search);
    expect([response.status, response.headers.get('location')]).toEqual([500, null]);
  } finally {
    await database.pool.query('ALTER TABLE sync.operator_action DROP CONSTRAINT no_more');
  }
});

test('at another host than that of the callback url, the page says where to begin', async () => {
  const elsewhere = await fetch(`http://127.0.0.1:${String(world.port)}/api-status`);
  expect(await elsewhere.text()).toContain(`<a href="${world.origin}/api-status">`);
});
