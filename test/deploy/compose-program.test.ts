import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';
import { interpolate, root, serviceOf } from './compose-file.ts';

/*
 * The program's own services of docker-compose.yml, run on this machine: their commands, variables and health
 * check, with nothing changed but addresses and folders.
 */

let database: TestDatabase;
let redis: TestRedis;
let sandbox: Sandbox;
let project: string;
let worker: ChildProcess | undefined;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  redis = await startTestRedis();
  sandbox = await startTestSandbox({ offers: 100, categories: 10 });
  project = mkdtempSync(join(tmpdir(), 'compose-program-'));
  cpSync(join(root, 'catalog-sync.example.yaml'), join(project, 'catalog-sync.yaml'));
});

afterAll(async () => {
  if (worker?.exitCode === null) worker.kill('SIGKILL');
  await sandbox.close();
  await redis.close();
  await database.drop();
  rmSync(project, { recursive: true, force: true });
});

const native = (word: string) =>
  word.replace('/app/bin/', join(root, 'bin/')).replace(/^\/project$/, project);

function environmentOf(service: string): Record<string, string> {
  const values = {
    POSTGRES_PASSWORD: 'unused',
    REDIS_PASSWORD: 'unused',
    ALIBABA_APP_KEY: sandbox.appKey,
    ALIBABA_APP_SECRET: sandbox.appSecret,
    ALIBABA_ACCESS_TOKEN: sandbox.accessToken,
  };
  const own = Object.entries(serviceOf(service).environment ?? {}).map(([name, value]) => [
    name,
    interpolate(value, values),
  ]);
  const addresses = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url ?? '',
    ALIBABA_API_URL: sandbox.url,
  };
  return {
    PATH: process.env['PATH'] ?? '',
    ...(Object.fromEntries(own) as Record<string, string>),
    ...addresses,
  };
}

const entry = join(root, 'bin/catalog-sync.js');
const argumentsOf = (service: string) => (serviceOf(service).command ?? []).map(native);

function isHealthy(): boolean {
  const [, program = '', ...rest] = serviceOf('worker').healthcheck?.test ?? [];
  return spawnSync(program, rest.map(native), { cwd: '/', env: environmentOf('worker') }).status === 0;
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
    let log = '';
    worker = spawn('node', [entry, ...argumentsOf('worker')], { cwd: '/', env: environmentOf('worker') });
    worker.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const ended = once(worker, 'exit');
    await until(() => worker?.exitCode !== null || log.includes('worker ready'), {
      timeoutMs: 60_000,
      what: 'the worker is ready',
    });
    expect(log).toContain('worker ready');
    expect(isHealthy()).toBe(true);
    worker.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('fails its health check when the database is gone', async () => {
    await database.drop();
    expect(isHealthy()).toBe(false);
  });
});
