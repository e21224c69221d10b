import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
let sandbox: Sandbox;
const cwd = createProject({
  'catalog-sync.yaml': 'account: personal\nfeeds: [{ name: a, keywords: [包] }]\n',
});
beforeAll(async () => {
  [db, sandbox] = await Promise.all([createTestDatabase(), startTestSandbox()]);
});
afterAll(async () => {
  await sandbox.close();
  await db.drop();
});

/** An idle connection of a pool that nobody ends lives for ten seconds. */
const timeoutMs = 8000;

async function countConnections(): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'catalog-sync%'`,
  );
  return rows[0]?.n ?? NaN;
}

it.each([
  ['status', 0],
  ['status --json', 0],
  ['migrate', 0],
  ['retry --list', 0],
  ['explain 7', 1],
  ['erase-seller nobody-here', 0],
  ['quota', 0],
  ['permissions', 0],
  ['schedule', 0],
  ['trackers', 0],
  ['quarantine', 0],
  ['plan', 0],
  ['reprocess', 0],
  ['record offer.detail 7', 1],
  ['auth status', 4],
  ['export catalog.offer', 0],
  ['sql TABLE/**/catalog.offer', 0],
])('`%s` leaves no connection', async (line, code) => {
  const env = { DATABASE_URL: db.url, ALIBABA_APP_KEY: '1234567' };
  const { context, stderr } = createWorld({ env, cwd });
  expect(await runCli(line.split(' '), context), stderr.text).toBe(code);
  await until(async () => (await countConnections()) === 0, { timeoutMs });
});

it.each(['web --port 0', 'serve --port 0', 'worker'])('`%s` leaves none when it is stopped', async (line) => {
  const { context, stderr } = createWorld({
    env: { DATABASE_URL: db.url, ...sandboxSettings(sandbox) },
    cwd,
  });
  const run = runCli(line.split(' '), context);
  await until(() => /pages at|worker ready/.test(stderr.text), { timeoutMs });
  const [url] = /http:\S+/.exec(stderr.text) ?? [];
  // A page makes use of all that it reads from.
  if (url) expect((await fetch(new URL('/queues', url))).status).toBe(200);
  expect(await countConnections()).toBeGreaterThan(0);
  context.signals.emit('SIGTERM');
  await run;
  await until(async () => (await countConnections()) === 0, { timeoutMs });
});
