import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { findTestPort } from '../../support/find-test-port.ts';
import { startTestRedis, type TestRedis } from '../../support/redis.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';
import { interpolate, root, serviceOf, targetsOf } from '../../support/compose-file.ts';

/*
 * The program's own services of docker-compose.yml, run on this machine: their commands, variables and health
 * check, with nothing changed but addresses and folders.
 */

let database: TestDatabase;
let redis: TestRedis;
let sandbox: Sandbox;
let project: string;
let worker: ChildProcess | undefined;
let web: ChildProcess | undefined;
let webPort: number;
const [webToken, metricsToken] = ['a-token-for-people', 'a-token-for-prometheus'];

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  redis = await startTestRedis();
  sandbox = await startTestSandbox({ offers: 100, categories: 10 });
  webPort = await findTestPort();
  project = mkdtempSync(join(tmpdir(), 'compose-program-'));
  cpSync(join(root, 'catalog-sync.example.yaml'), join(project, 'catalog-sync.yaml'));
});

afterAll(async () => {
  for (const child of [worker, web]) if (child?.exitCode === null) child.kill('SIGKILL');
  await sandbox.close();
  await redis.close();
  await database.drop();
  rmSync(project, { recursive: true, force: true });
});

const native = (word: string) =>
  word
    .replace('/app/bin/', join(root, 'bin/'))
    .replace(/^\/project$/, project)
    .replace('/tmp/worker', join(project, 'worker'))
    .replace('127.0.0.1:3000', `127.0.0.1:${String(webPort)}`);

function environmentOf(service: string): Record<string, string> {
  const values = {
    POSTGRES_PASSWORD: 'unused',
    REDIS_PASSWORD: 'unused',
    ALIBABA_APP_KEY: sandbox.appKey,
    ALIBABA_APP_SECRET: sandbox.appSecret,
    ALIBABA_ACCESS_TOKEN: sandbox.accessToken,
    WEB_TOKEN: webToken,
    METRICS_TOKEN: metricsToken,
  };
  const own = Object.entries(serviceOf(service).environment ?? {}).map(([name, value]) => [
    name,
    interpolate(value, values),
  ]);
  const addresses = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url ?? '',
    ALIBABA_API_URL: sandbox.url,
    ...(service === 'web' ? { WEB_HOST: '127.0.0.1', PORT: String(webPort) } : {}),
  };
  return {
    PATH: process.env['PATH'] ?? '',
    ...(Object.fromEntries(own) as Record<string, string>),
    ...addresses,
  };
}

const entry = join(root, 'bin/catalog-sync.js');
const argumentsOf = (service: string) => (serviceOf(service).command ?? []).map(native);

function isHealthy(service: string): boolean {
  const [kind, ...words] = serviceOf(service).healthcheck?.test ?? [];
  const [program = '', ...rest] = kind === 'CMD-SHELL' ? ['sh', '-c', ...words] : words;
  return spawnSync(program, rest.map(native), { cwd: '/', env: environmentOf(service) }).status === 0;
}

/** Starts a service that keeps running, and waits for what it says when it does. */
async function start(service: string, sign: string): Promise<ChildProcess> {
  let log = '';
  const child = spawn('node', [entry, ...argumentsOf(service)], { cwd: '/', env: environmentOf(service) });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(() => child.exitCode !== null || log.includes(sign), {
    timeoutMs: 60_000,
    what: `${service} says ${sign}`,
  });
  expect(log).toContain(sign);
  return child;
}

describe('migrate', () => {
  const run = () =>
    spawnSync('node', [entry, ...argumentsOf('migrate'), '--json'], {
      cwd: '/',
      encoding: 'utf8',
      env: environmentOf('migrate'),
    });

  test('brings an empty database to the schema, and a second time changes nothing', () => {
    const first = run();
    expect(first).toMatchObject({ status: 0 });
    expect((JSON.parse(first.stdout) as { applied: string[] }).applied.length).toBeGreaterThan(0);
    expect(run()).toMatchObject({ status: 0, stdout: '{"applied":[]}\n' });
  });
});

describe('worker', () => {
  test('gets ready, passes its health check, and ends well when it is told to stop', async () => {
    worker = await start('worker', 'worker ready');
    const ended = once(worker, 'exit');
    await until(() => isHealthy('worker'), { what: 'its first tick' });
    worker.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

describe('web', () => {
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${String(webPort)}${path}`, { redirect: 'manual', headers });

  test('passes its health check, and lets in nobody without a token', async () => {
    web = await start('web', 'pages at');
    expect(isHealthy('web')).toBe(true);
    expect([(await ask('/')).status, (await ask('/metrics')).status]).toEqual([401, 401]);
    const metrics = await ask('/metrics', { authorization: `Bearer ${metricsToken}` });
    expect(await metrics.text()).toContain('catalogsync_database_up 1\n');
  });

  test('answers by the name that Prometheus calls it', () => {
    const [target = ''] = targetsOf('deploy/prometheus/prometheus.compose.yml');
    const names = environmentOf('web')['WEB_ALLOWED_HOSTS']?.split(',');
    expect(names).toContain(target.split(':')[0]);
    expect(target.split(':')[1]).toBe(interpolate(serviceOf('web').ports?.[0] ?? '', {}).split(':')[2]);
  });

  test('ends well when it is told to stop', async () => {
    if (web === undefined) throw new Error('it was not started');
    const ended = once(web, 'exit');
    web.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(isHealthy('web')).toBe(false);
  });
});

test('a worker fails its health check a minute after its last tick, and has none without a database', async () => {
  const file = join(project, 'worker');
  const last = () => statSync(file).mtimeMs;
  worker = await start('worker', 'worker ready');
  // Without its database it may end by itself.
  const ended = once(worker, 'exit');
  const before = last();
  await until(() => last() > before, { what: 'a tick' });
  await database.drop();
  await until(() => Date.now() - last() > 3000, { what: 'no tick for three seconds' });
  worker.kill('SIGTERM');
  await ended;
  const minuteAgo = last() / 1000 - 60;
  utimesSync(file, minuteAgo, minuteAgo);
  expect(isHealthy('worker')).toBe(false);
});
