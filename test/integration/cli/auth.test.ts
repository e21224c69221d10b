import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { receiveByCallback } from '../../../src/cli/auth/receive-code.ts';
import { runCli } from '../../../src/cli/main.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createAuthorization } from '../../../src/extract/oauth/authorization.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import { findTestPort } from '../../support/find-test-port.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { apis, callApi } from '../../support/plain-client.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';
import { createWorld, type WorldOptions } from '../../support/in-process.ts';

const key = 'ab'.repeat(32);
const silent = createLogger({ level: 'silent', pretty: false });

let database: TestDatabase;
let sandbox: Sandbox;
let redirectUri: string;
beforeAll(async () => {
  database = await createTestDatabase();
  redirectUri = `http://localhost:${await findTestPort()}/api/callback`;
  sandbox = await startTestSandbox({ redirectUris: [redirectUri, 'https://shop.example/back'] });
});
afterAll(() => Promise.all([database.drop(), sandbox.close()]));
afterEach(() => database.pool.query('DELETE FROM sync.token'));

const environment = (): Record<string, string> => ({
  DATABASE_URL: database.url,
  ALIBABA_API_URL: sandbox.url,
  ALIBABA_APP_KEY: sandbox.appKey,
  ALIBABA_APP_SECRET: sandbox.appSecret,
  ALIBABA_REDIRECT_URI: redirectUri,
  TOKEN_KEY: key,
});

type Changes = Readonly<Record<string, string | undefined>>;

/** A command line that runs in this process. */
function start(args: readonly string[], env: Changes = {}, more: Omit<WorldOptions, 'env'> = {}) {
  const world = createWorld({ env: { ...environment(), ...env }, ...more });
  return { ...world, exit: runCli(args, world.context) };
}

async function run(args: readonly string[], env: Changes = {}, more: Omit<WorldOptions, 'env'> = {}) {
  const { stdout, stderr, exit } = start(args, env, more);
  const exitCode = await exit;
  return { exitCode, out: stdout.text, err: stderr.text };
}

const urlForm = /^ {2}(http\S+\/oauth\/authorize\?\S+)$/m;

/** The url to open, once a server listens for the callback. */
async function shownUrl(err: { readonly text: string }): Promise<string> {
  await until(() => err.text.includes('Waiting for the browser'));
  return urlForm.exec(err.text)?.[1] ?? '';
}

/** What the browser ends at, without going there. */
async function agreeAt(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  return answer.headers.get('location') ?? (await answer.text());
}

async function countTokens(): Promise<number> {
  const { rowCount } = await database.pool.query('SELECT FROM sync.token');
  return rowCount ?? 0;
}

/** The form of everything that the sandbox hands out: codes and tokens. */
const handedOut = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

describe('a login in a browser', () => {
  test('ends with tokens that a sync can use, and shows none of them', async () => {
    const { stdout, stderr, exit } = start(['auth']);
    const page = await fetch(await shownUrl(stderr));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('you can close this page');
    expect(await exit).toBe(0);
    expect(stdout.text).toMatch(/^token +tokens of a login, encrypted in the database$/m);
    expect(stdout.text + stderr.text).not.toMatch(handedOut);
    const { rows } = await database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM usage.api_call
       WHERE api = 'system.oauth2:getToken:1' AND is_exempt AND state = 'committed'`,
    );
    expect(rows[0]?.n).toBe(1);
    expect((await run(['auth', 'status'])).exitCode).toBe(0);
    const store = createTokenStore({ pool: database.pool, log: silent, key: new Secret(key) });
    const accessToken = (await store.read(sandbox.appKey))?.accessToken.reveal() ?? '';
    const answer = await callApi(sandbox, apis.search, { access_token: accessToken });
    expect(answer.body).toMatchObject({ error_code: 'gw.ParamMissing' });
  });

  test('without a callback ends after its time, and frees the port', async () => {
    const { context } = createWorld();
    const clock = { now: () => new Date('2026-10-10T08:00:00Z') };
    const uri = `http://localhost:${await findTestPort()}/api/callback`;
    const waiting = receiveByCallback({
      session: { context, talk: () => undefined },
      authorization: createAuthorization({ baseUrl: sandbox.url, appKey: '1', redirectUri: uri, clock }),
      redirectUri: new URL(uri),
      signal: new AbortController().signal,
      waitMs: 50,
    });
    await expect(waiting).rejects.toMatchObject({ code: 'AUTH_TIMED_OUT' });
    await expect(fetch(uri)).rejects.toThrow();
  });

  test('that is given up lets an answer that is under way end first', async () => {
    const { context } = createWorld();
    const clock = { now: () => new Date('2026-10-10T08:00:00Z') };
    const uri = new URL(`http://localhost:${await findTestPort()}/api/callback`);
    const said: string[] = [];
    const stopped = new AbortController();
    let isOver = false;
    const waiting = receiveByCallback({
      session: { context, talk: (line) => void said.push(line) },
      authorization: createAuthorization({
        ...{ baseUrl: sandbox.url, appKey: '1', redirectUri: uri.href, clock },
      }),
      ...{ redirectUri: uri, signal: stopped.signal },
    }).catch((error: unknown) => {
      isOver = true;
      return error;
    });
    await until(() => said.some((line) => line.startsWith('Waiting for the browser')));
    const browser = connect(Number(uri.port), '127.0.0.1');
    await once(browser, 'connect');
    browser.write(`GET ${uri.pathname}?code=c&state=other HTTP/1.1\r\nhost: ${uri.host}\r\n`);
    // Connections are accepted one after the other.
    expect((await fetch(`http://127.0.0.1:${uri.port}/`)).status).toBe(403);
    stopped.abort();
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    browser.write('\r\n');
    const [answer] = (await once(browser, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    expect(said).toContain('an answer that belongs to another login was refused');
    expect(await waiting).toMatchObject({ code: 'AUTH_TIMED_OUT' });
  });

  test('waits past answers of other logins, and takes its own once', async () => {
    const first = start(['auth', '--json']);
    const url = await shownUrl(first.stderr);
    const foreign = await agreeAt(url.replace(/state=[^&]+/, 'state=forged'));
    expect((await fetch(foreign)).status).toBe(400);
    expect((await fetch(`${redirectUri}?code=c`)).status).toBe(400);
    const own = await agreeAt(url);
    expect((await fetch(own)).status).toBe(200);
    expect((await fetch(own).catch(() => ({ status: 400 }))).status).toBe(400);
    expect(await first.exit).toBe(0);
    expect(JSON.parse(first.stdout.text)).toMatchObject({ kind: 'stored', isUsable: true, warnings: [] });
    expect(first.stderr.text).toContain('belongs to another login was refused');
  });

  test('that comes back without agreement ends, and stores nothing', async () => {
    const { stderr, exit } = start(['auth']);
    const state = new URL(await shownUrl(stderr)).searchParams.get('state') ?? '';
    await fetch(`${redirectUri}?error=access_denied&state=${state}`);
    expect(await exit).toBe(4);
    expect(stderr.text).toContain('AUTH_CODE_MISSING');
    expect(await countTokens()).toBe(0);
  });

  test('ends at a signal, and frees the port', async () => {
    const { context, stderr, exit } = start(['auth']);
    await shownUrl(stderr);
    context.signals.emit('SIGINT');
    expect(await exit).toBe(1);
    expect(stderr.text).toContain('INTERRUPTED');
    await until(() =>
      fetch(redirectUri).then(
        () => false,
        () => true,
      ),
    );
  });

  test('with a code that is refused says what to compare', async () => {
    const { stderr, exit } = start(['auth'], { ALIBABA_APP_SECRET: 'another-secret' });
    await fetch(await shownUrl(stderr));
    expect(await exit).toBe(4);
    expect(stderr.text).toMatch(/AUTH_CODE_REFUSED[^]*ALIBABA_APP_SECRET/);
    expect(stderr.text).not.toContain('another-secret');
    expect(await countTokens()).toBe(0);
  });

  test.each([
    ['TOKEN_KEY', /TOKEN_KEY_MISSING[^]*openssl rand -hex 32/],
    ['ALIBABA_APP_SECRET', /CREDENTIALS_MISSING/],
  ])('without %s opens nothing', async (name, expected) => {
    const { exitCode, err } = await run(['auth'], { [name]: undefined, DATABASE_URL: undefined });
    expect(exitCode).toBe(4);
    expect(err).toMatch(expected);
    expect(err).not.toContain('http');
  });
});

describe('a login by paste', () => {
  /** Types what comes back from the url, when it is shown. */
  async function paste(env: Changes, answer: (url: string) => Promise<string>) {
    const { stdin, stdout, stderr, exit } = start(['auth', '--paste'], env, { keepsTyping: true });
    await until(() => stderr.text.includes('Paste the address'));
    const url = urlForm.exec(stderr.text)?.[1] ?? '';
    stdin.write(`${await answer(url)}\n`);
    return { exitCode: await exit, out: stdout.text, err: stderr.text };
  }

  test('takes the address that the browser ended at', async () => {
    const { exitCode, out } = await paste({}, agreeAt);
    expect(exitCode).toBe(0);
    expect(out).toContain('tokens of a login');
  });

  test('takes the bare code', async () => {
    const bare = async (url: string) => new URL(await agreeAt(url)).searchParams.get('code') ?? '';
    expect((await paste({}, bare)).exitCode).toBe(0);
  });

  test('refuses the address of another login', async () => {
    const foreign = async (url: string) => agreeAt(url.replace(/state=[^&]+/, 'state=forged'));
    const { exitCode, err } = await paste({}, foreign);
    expect(exitCode).toBe(4);
    expect(err).toContain('AUTH_STATE_REFUSED');
    expect(await countTokens()).toBe(0);
  });

  test('is what happens by itself when the callback url is not on this machine', async () => {
    const { exitCode, err, out } = await run(['auth'], { ALIBABA_REDIRECT_URI: 'https://shop.example/back' });
    expect({ exitCode, out }).toEqual({ exitCode: 4, out: '' });
    expect(err).toMatch(/redirect_uri=https%3A%2F%2Fshop\.example%2Fback[^]*AUTH_CODE_MISSING/);
  });
});

describe('the other verbs', () => {
  async function logIn() {
    const { stderr, exit } = start(['auth']);
    await fetch(await shownUrl(stderr));
    expect(await exit).toBe(0);
  }

  test('status without any token exits 4 and says how to get one', async () => {
    const { exitCode, out } = await run(['auth', 'status']);
    expect(exitCode).toBe(4);
    expect(out).toContain('run `catalog-sync auth`');
  });

  test('status shows an end ahead of time, and problems of the stored tokens', async () => {
    await logIn();
    await database.pool.query(`UPDATE sync.token SET refresh_expires_at = now() + interval '20 days 1 hour'`);
    expect((await run(['auth', 'status'])).out).toContain('the refresh token expires in 20 days');
    const other = await run(['auth', 'status', '--json'], { TOKEN_KEY: 'cd'.repeat(32) });
    expect(other.exitCode).toBe(4);
    expect(JSON.parse(other.out)).toMatchObject({
      isUsable: false,
      warnings: [expect.stringContaining('TOKEN_KEY_MISMATCH'), expect.stringContaining('20 days')],
    });
  });

  test('rotate-key encrypts again, can be repeated, and asks for what is missing', async () => {
    await logIn();
    const next = 'ef'.repeat(32);
    const missing = await run(['auth', 'rotate-key']);
    expect(missing.exitCode).toBe(4);
    expect(missing.err).toMatch(/TOKEN_NEW_KEY_MISSING[^]*NEW_TOKEN_KEY_FILE/);
    const rotate = () => run(['auth', 'rotate-key', '--json'], { NEW_TOKEN_KEY: next });
    expect(JSON.parse((await rotate()).out)).toEqual({ rotated: 1, already: 0 });
    expect(JSON.parse((await rotate()).out)).toEqual({ rotated: 0, already: 1 });
    expect((await run(['auth', 'status'])).exitCode).toBe(4);
    expect((await run(['auth', 'status'], { TOKEN_KEY: next })).exitCode).toBe(0);
  });

  test('revoke deletes only after a confirmation', async () => {
    await logIn();
    expect(await run(['auth', 'revoke'])).toMatchObject({ exitCode: 1, out: '' });
    expect(await run(['auth', 'revoke'], {}, { typed: 'n\n' })).toMatchObject({ exitCode: 1 });
    expect(await countTokens()).toBe(1);
    const { exitCode, err } = await run(['auth', 'revoke'], {}, { typed: 'y\n' });
    expect(exitCode).toBe(0);
    expect(err).toContain('console');
    expect(await countTokens()).toBe(0);
    expect((await run(['auth', 'revoke', '--yes'])).out).toContain('has no stored tokens');
  });
});
