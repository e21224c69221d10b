import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoSyncFile } from '../../../src/cli/demo/demo-config.ts';
import { runCli } from '../../../src/cli/main.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
});
afterAll(() => database.drop());

/** A command in a folder below a project that has the sync file of a demo, and no settings. */
async function runIn(below: string, verb: string, env: Readonly<Record<string, string>> = {}) {
  const cwd = join(createProject({}), below);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'catalog-sync.yaml'), demoSyncFile);
  const { context, stdout, stderr } = createWorld({
    env: { DATABASE_URL: database.url, ...env },
    ...{ cwd, columns: 200 },
  });
  return { exitCode: await runCli([verb], context), said: stdout.text, err: stderr.text };
}

const examine = (below: string, env: Readonly<Record<string, string>> = {}) => runIn(below, 'doctor', env);

it('a demo is complete without keys, and goes on by `demo`', async () => {
  const { exitCode, said } = await examine('.catalog-sync/demo');
  expect(said).not.toContain('init`');
  expect(said).toContain('Next: `catalog-sync demo` plays the next day');
  expect(said).toMatch(/^ok +data: the database has mock data of the sandbox, and runs fetch the same$/m);
  expect(said).toMatch(/^skip +token: not needed: the demo's sandbox has its own$/m);
  expect(said).toMatch(/^skip +quota: no limit is known yet: the first run or signed call sets them$/m);
  expect(exitCode).toBe(0);
});

it.each([
  ['quota', 'so it is not known whose quota this is'],
  ['permissions', 'so it is not known whose permissions these are'],
  ['auth', 'so 1688 cannot be called'],
  ['sync', 'so 1688 cannot be called'],
])('`%s` says that a demo has no keys, and what shows its quota', async (verb, consequence) => {
  const { exitCode, err } = await runIn('.catalog-sync/demo', verb);
  expect(err).toContain(
    `error PROJECT_IS_DEMO: this is the folder of a demo, which needs no keys and has none, ${consequence}\nwhat to do: `,
  );
  for (const works of ['demo', 'status', 'doctor']) expect(err).toContain(`\`catalog-sync ${works}\``);
  expect(err).not.toContain('init');
  expect(exitCode).toBe(4);
  expect(await runIn('demo', verb)).toMatchObject({
    exitCode: 4,
    err: expect.stringContaining('error CREDENTIALS_MISSING: ') as string,
  });
});

it('what is left of the limits of its sandbox is told, whose key the folder does not have', async () => {
  await database.pool.query(
    `INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, valid_from, created_at)
     VALUES ('1000000', 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1', 'day', 2000, 'configured', false, now(), now())`,
  );
  const { said } = await examine('.catalog-sync/demo');
  expect(said.match(/^\S+ +quota: .*$/gm)).toEqual([
    'ok    quota: product.search.keywordQuery: used 0 of 2,000 a day',
  ]);
});

it.each<[string, string, Record<string, string>]>([
  ['another folder', 'demo', {}],
  ['a demo with a key of its own', '.catalog-sync/demo', { ALIBABA_APP_KEY: '1234567' }],
])('%s needs both keys', async (_, below, env) => {
  const { exitCode, said } = await examine(below, env);
  expect(said).toMatch(/^fail +app secret: ALIBABA_APP_SECRET is not set$/m);
  expect(said).toMatch(/^fail +data: /m);
  expect(exitCode).toBe(4);
});

it('without a key, and not in a demo, it is not known whose limits to show', async () => {
  await database.pool.query(`UPDATE sync.database_identity SET source = 'live'`);
  const { said } = await examine('demo');
  expect(said).toMatch(/^skip +quota: not shown: ALIBABA_APP_KEY is not set, so the app is not known$/m);
  expect(said).toContain('`catalog-sync status` shows the limits of every app in the database.');
});
