import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtProgram } from '../../support/built-program.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';
import { createProject } from '../../support/in-process.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';

const bin = await builtProgram();
const path = process.env['PATH'] ?? '';

interface Started {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
  running.clear();
});

/** Starts the command line as a process of its own, with nothing but PATH and `env` around it. */
function start(
  args: readonly string[],
  options: { env?: Record<string, string>; nodeArgs?: string[] } = {},
): Started {
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), bin, ...args], {
    cwd: '/',
    env: { PATH: path, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, output, ended };
}

async function run(args: readonly string[], options: Parameters<typeof start>[1] = {}) {
  const { output, ended } = start(args, options);
  return { exitCode: await ended, ...output };
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('help goes to stdout and exits 0', async () => {
  const { exitCode, out, err } = await run(['--help']);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toContain('Usage: catalog-sync');
});

test('a usage error goes to stderr and exits 2', async () => {
  const { exitCode, out, err } = await run(['sql']);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain("missing required argument 'statement'");
});

test('bad settings of the project exit 4, named without their value', async () => {
  const project = createProject({ '.env.local': 'TOKEN_KEY=hunter2' });
  const { exitCode, out, err } = await run(['status', '--project', project]);
  expect({ exitCode, out }).toEqual({ exitCode: 4, out: '' });
  expect(err).toMatch(/^error CONFIG_INVALID: .*TOKEN_KEY must be 64 hex digits[^]*what to do: /);
  expect(err).not.toContain('hunter2');
});

test('the environment of the project decides which database sql reads', async () => {
  const project = createProject({ '.env': `DATABASE_URL=${database.url}` });
  const { exitCode, out } = await run(['sql', 'select 7 as seven', '--json', '--project', project]);
  expect({ exitCode, out }).toEqual({ exitCode: 0, out: '{"seven":7}\n' });
});

test('a reader that leaves is no error', async () => {
  const env = { DATABASE_URL: database.url };
  const { child, output, ended } = start(
    ['sql', "select repeat('x', 1000) from generate_series(1, 100000)"],
    { env },
  );
  await once(child.stdout ?? child, 'data');
  child.stdout?.destroy();
  expect(await ended).toBe(0);
  expect(output.err).not.toMatch(/error|EPIPE|\d rows/);
  expect(output.err).toMatch(/^the output was closed before all rows were written$/m);
});

test('nothing is coloured off a terminal, nor with NO_COLOR', async () => {
  const results = await Promise.all([run(['--help']), run(['status', 'x'], { env: { NO_COLOR: '1' } })]);
  for (const { out, err } of results) expect(out + err).not.toContain('\u001b');
});

test('an older Node is refused in a plain sentence', async () => {
  const pretend =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.18.1" } })';
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
  const { exitCode, out, err } = await run(['--help'], { nodeArgs });
  expect({ exitCode, out }).toEqual({ exitCode: 4, out: '' });
  expect(err).toBe('catalog-sync needs Node 20.19 or newer; this is Node 20.18.1.\n');
});

describe('sandbox', () => {
  test('prints lines for an env file, and stops at SIGTERM with 0', async () => {
    const { child, output, ended } = start(['sandbox', '--offers', '100', '--categories', '10']);
    await until(() => output.out.includes('ALIBABA_ACCESS_TOKEN=') && output.err.includes('SANDBOX'));
    const url = /^ALIBABA_API_URL=(http:\/\/127\.0\.0\.1:\d+\/openapi)$/m.exec(output.out)?.[1] ?? '';
    expect((await fetch(`${url}/param2/1/system/currentTime/1`)).headers.get('content-type')).toContain(
      'json',
    );
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('redirects to the addresses that it was started with, and to no other', async () => {
    const uris = ['https://shop.example/back', 'http://localhost:4000/back'];
    const flags = uris.flatMap((uri) => ['--redirect-uri', uri]);
    const { output } = start(['sandbox', '--json', ...flags]);
    await until(() => output.out.includes('controlUrl'));
    const { ALIBABA_API_URL, ALIBABA_APP_KEY = '' } = JSON.parse(output.out) as Record<string, string>;
    const authorize = async (uri: string) => {
      const page = new URL('/oauth/authorize', ALIBABA_API_URL);
      page.search = String(
        new URLSearchParams({ client_id: ALIBABA_APP_KEY, site: '1688', redirect_uri: uri }),
      );
      return (await fetch(page, { redirect: 'manual' })).headers.get('location');
    };
    for (const uri of uris) expect(await authorize(uri)).toMatch(`${uri}?code=`);
    expect(await authorize('http://localhost:3000/api/callback')).toBeNull();
  });

  test('takes no redirect uri that is no address', async () => {
    const { exitCode, err } = await run(['sandbox', '--redirect-uri', 'shop.example/back']);
    expect(err).toContain('Give an address like http://localhost:3000/api/callback.');
    expect(exitCode).toBe(2);
  });

  test('on a port in use says so and exits 1', async () => {
    const first = start(['sandbox', '--json']);
    await until(() => first.output.out.includes('controlUrl'));
    const { ALIBABA_API_URL } = JSON.parse(first.output.out) as { ALIBABA_API_URL: string };
    const { exitCode, err } = await run(['sandbox', '--port', new URL(ALIBABA_API_URL).port]);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^error SANDBOX_NOT_STARTED: .*EADDRINUSE/);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
  });
});

describe('doctor', () => {
  const syncFile = 'account: personal\nfeeds: [{ name: bags, keywords: [包] }]\n';
  const credentials = { ALIBABA_APP_KEY: '1000000', ALIBABA_APP_SECRET: 'sandbox-secret' };

  test('offline, over settings as they should be, exits 0 and makes no call', async () => {
    const project = createProject({ 'catalog-sync.yaml': syncFile });
    const env = { ...credentials, DATABASE_URL: database.url };
    const { exitCode, out } = await run(['doctor', '--offline', '--project', project], { env });
    expect(out).toMatch(/^skip {2}signed call: not made: --offline$/m);
    expect(out).toContain(
      'alibaba.cross.search -> com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1',
    );
    expect(out).not.toMatch(/^fail/m);
    expect(exitCode).toBe(0);
  });

  test('of a new project makes no database just to check it', async () => {
    const project = createProject({ 'catalog-sync.yaml': syncFile });
    const { exitCode, out } = await run(['doctor', '--offline', '--project', project], { env: credentials });
    expect(out).toMatch(/^skip {2}database: none yet/m);
    expect(readdirSync(project)).toEqual(['catalog-sync.yaml']);
    expect(exitCode).toBe(0);
  });

  test('with placeholders left in exits 4 and says which', async () => {
    const project = createProject({
      'catalog-sync.yaml': syncFile,
      '.env.local': `ALIBABA_APP_KEY=12345678\nALIBABA_APP_SECRET=1a2b3c4d5e6f7g8h9i0j1k2l3m4n\nDATABASE_URL=${database.url}\n`,
    });
    const { exitCode, out } = await run(['doctor', '--offline', '--json', '--project', project]);
    const { checks, next } = JSON.parse(out) as {
      checks: { status: string; message: string }[];
      next: string;
    };
    const failures = checks.filter((check) => check.status === 'fail').map((check) => check.message);
    expect(failures).toContain('.env.local:2 ALIBABA_APP_SECRET still has the placeholder of the guide');
    expect(out).not.toContain('1a2b3c4d');
    expect(next).toContain('Next: correct');
    expect(exitCode).toBe(4);
  });

  test('makes one signed call with its flag', async () => {
    const sandbox = start(['sandbox', '--json', '--offers', '100', '--categories', '10']);
    await until(() => sandbox.output.out.includes('controlUrl'));
    const { controlUrl, ...settings } = JSON.parse(sandbox.output.out) as Record<string, string>;
    const project = createProject({ 'catalog-sync.yaml': syncFile });
    const env = { ...settings, DATABASE_URL: database.url };
    const good = await run(['doctor', '--yes', '--project', project], { env });
    expect(good.out).toMatch(/^ok {4}signed call: the gateway accepted/m);
    expect(good.exitCode).toBe(0);
    expect(controlUrl).toBeDefined();
    sandbox.child.kill('SIGTERM');
    await sandbox.ended;
  });

  test('believes the gateway that refuses its signed call', async () => {
    const sandbox = await startTestSandbox();
    const project = createProject({ 'catalog-sync.yaml': syncFile });
    const env = {
      ...sandboxSettings(sandbox),
      ALIBABA_APP_SECRET: 'another-secret',
      DATABASE_URL: database.url,
    };
    const bad = await run(['doctor', '--yes', '--project', project], { env });
    expect(bad.out).toMatch(/^fail {2}signed call: GATEWAY_SIGNATURE_REFUSED/m);
    expect(bad.exitCode).toBe(4);
    await sandbox.close();
  });
});
