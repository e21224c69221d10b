import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openSession } from '../../../src/app/session.ts';
import { createWebDeps, type WebParts } from '../../../src/app/web/create-web-deps.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { CloseStack } from '../../../src/core/lifecycle.ts';
import { Secret } from '../../../src/core/secret.ts';
import { closeQueueServer, openQueueServer } from '../../../src/jobs/queue-server.ts';
import { createScheduleStore } from '../../../src/runs/schedule-store.ts';
import type { WebDeps } from '../../../src/web/web-deps.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';
import { silentLog as log } from '../../support/open-ledger.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

let closing: CloseStack;
beforeEach(() => {
  closing = new CloseStack();
});
afterEach(async () => {
  await closing.close(log);
  await database.pool.query('TRUNCATE sync.schedule, sync.run');
});

const sync = parseSyncFile('account: personal\nfeeds: [{ name: bags, categories: ["54"] }]\n', 'test');

function open(env: Readonly<Record<string, string>> = {}, changes: Partial<WebParts> = {}): WebDeps {
  const settings = {
    ...{ ALIBABA_API_URL: 'http://127.0.0.1:9/openapi', ALIBABA_APP_KEY: '4711471', LOG_LEVEL: 'silent' },
    ...{ ALIBABA_APP_SECRET: 'aB3dE5gH7jK9', DATABASE_URL: database.url, ...env },
  };
  const { context } = createWorld({ env: settings });
  const session = openSession(new Command().setOptionValue('project', context.cwd), context, {
    logs: 'service',
  });
  const redisUrl = env['REDIS_URL'] === undefined ? null : new Secret(env['REDIS_URL']);
  const databaseUrl = new Secret(database.url);
  const queueServer = openQueueServer({ redisUrl, databaseUrl, maxConnections: 2, log });
  closing.add('server of the queues', () => closeQueueServer(queueServer));
  const deps = createWebDeps({
    ...{ session, pool: database.pool, queueServer, sync, env: settings },
    drain: new AbortController().signal,
    ...changes,
  });
  closing.add('queues', () => deps.queues.close());
  return deps;
}

async function plan(name: string, cron: string, state: 'active' | 'paused' | 'unreadable' = 'active') {
  const store = createScheduleStore({ pool: database.pool });
  const rule = {
    cron,
    timezone: 'Asia/Shanghai',
    feeds: ['bags'],
    budgetCalls: null,
    missed: 'skip',
  } as const;
  await store.insert({ name, ...rule }, 'file');
  if (state === 'paused') await store.pause(name);
  if (state === 'unreadable')
    await database.pool.query("UPDATE sync.schedule SET time_zone = 'Nowhere/Else' WHERE name = $1", [name]);
}

/** One hour before midnight in Shanghai. */
const evening = new Date('2026-11-25T23:00:00+08:00');

it('the next run is the first of all schedules that start one', async () => {
  const deps = open();
  expect(await deps.nextRun(evening)).toBeNull();
  await plan('a-paused', '5 23 * * *', 'paused');
  expect(await deps.nextRun(evening)).toBeNull();
  await plan('b-unreadable', '6 23 * * *', 'unreadable');
  expect(await deps.nextRun(evening)).toBeNull();
  await plan('c-last', '0 6 * * *');
  await plan('d-first', '30 23 * * *');
  await plan('e-second', '0 2 * * *');
  expect(await deps.nextRun(evening)).toEqual({
    schedule: 'd-first',
    at: new Date('2026-11-25T23:30:00+08:00'),
  });
});

it('the plan is that of the rest of the day', async () => {
  const deps = open();
  expect(await deps.planToday(evening)).toBeNull();
  await plan('noon', '0 12 * * *');
  await plan('late', '30 23 * * *');
  expect(await open().planToday(evening)).toMatchObject({ schedules: ['late'], activeRuns: 0 });
});

it('without a sync file nothing is planned, and no run can be started', async () => {
  await plan('noon', '30 23 * * *');
  const { planToday, actions } = open({}, { sync: null });
  expect([await planToday(evening), actions]).toEqual([null, null]);
  expect(open().actions).not.toBeNull();
});

it.each([
  [
    { ALIBABA_API_URL: 'http://127.0.0.1:8688/openapi' },
    { kind: 'sandbox', origin: 'http://127.0.0.1:8688' },
  ],
  [{ ALIBABA_API_URL: 'https://gw.example/openapi' }, { kind: 'link' }],
  [{ ALIBABA_API_URL: 'https://gw.example/openapi', WEB_REMOTE_IMAGES: '1' }, { kind: 'remote' }],
])('with %j, pictures come from %j', (env, source) => {
  expect(open(env).imageSource).toEqual(source);
});

it('the use of connections is that of the pages, and of the work where this process works', () => {
  expect(Object.keys(open().metrics.pools)).toEqual(['web']);
  expect(Object.keys(open({}, { workPool: database.pool }).metrics.pools)).toEqual(['web', 'work']);
});

it('a process whose Redis is away is not ready', { timeout: 30_000 }, async () => {
  await open().checkReady();
  await expect(open({ REDIS_URL: 'redis://127.0.0.1:9' }).checkReady()).rejects.toMatchObject({
    code: 'REDIS_UNREACHABLE',
  });
});

it('a catalog of a hundred thousand offers is counted again when a run has loaded something', async () => {
  await database.pool.query(
    `DROP INDEX catalog.offer_text;
     INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id)
     SELECT id, 'listed', 'cup', now(), 1 FROM generate_series(1, 100000) id`,
  );
  const { catalog } = open();
  expect(await catalog.get()).toMatchObject({ offers: 100_000 });
  await database.pool.query(`
    DELETE FROM catalog.offer WHERE offer_id <= 3;
    INSERT INTO sync.run (scope, trigger, source, status, feeds) VALUES ('all', 'cli', 'sandbox', 'running', '[]')`);
  expect(await catalog.get()).toMatchObject({ offers: 99_997 });
});
