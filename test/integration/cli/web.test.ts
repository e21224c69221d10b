import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let sandbox: Sandbox;
beforeAll(async () => {
  [database, sandbox] = await Promise.all([createTestDatabase(), startTestSandbox()]);
});
afterAll(() => Promise.all([database.drop(), sandbox.close()]));

/** The verb, on any free port, until it serves pages or has ended; `at` is null if it serves none. */
async function serve(url: string, files: Readonly<Record<string, string>> = {}) {
  const env = { ...sandboxSettings(sandbox), DATABASE_URL: url, LOG_LEVEL: 'silent' };
  const { context, stderr } = createWorld({ env, cwd: createProject(files) });
  let hasEnded = false;
  const exit = runCli(['web', '--port', '0'], context).finally(() => (hasEnded = true));
  await until(() => hasEnded || stderr.text.includes('pages at '));
  const at = /pages at (http:\S+)/.exec(stderr.text)?.[1] ?? null;
  return { context, stderr, exit, at, stop: () => context.signals.emit('SIGTERM') };
}

const countOthers = async () => {
  const { rows } = await database.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  return rows[0]?.n;
};

it('the pages are served until a signal, and then neither a port nor a connection is held', async () => {
  const { context, stderr, exit, at, stop } = await serve(database.url);
  expect(stderr.text).not.toContain('--project');
  expect((await fetch(new URL('/problems', at ?? ''))).status).toBe(200);
  expect(await countOthers()).toBeGreaterThan(0);
  stop();
  expect(await exit).toBe(0);
  await expect(fetch(at ?? '')).rejects.toThrow();
  // Those that are idle would be closed after ten seconds all the same.
  await until(async () => (await countOthers()) === 0, { timeoutMs: 8_000 });
  expect(context.signals.listenerCount('SIGTERM')).toBe(0);
});

it('the pages need a database of this version, and do not make one of it', async () => {
  const empty = await createTestDatabase({ migrated: false });
  try {
    const { context, stderr, exit, at, stop } = await serve(empty.url);
    stop();
    expect(await exit).toBe(1);
    expect(stderr.text).toMatch(/^error DATABASE_NOT_MIGRATED/m);
    expect(at).toBeNull();
    expect(context.signals.listenerCount('SIGTERM')).toBe(0);
    const { rows } = await empty.pool.query<{ there: boolean }>(
      `SELECT to_regnamespace('catalog') IS NOT NULL AS there`,
    );
    expect(rows).toEqual([{ there: false }]);
  } finally {
    await empty.drop();
  }
});

it('pages of a sync file that is wrong are not served', async () => {
  const { stderr, exit, at, stop } = await serve(database.url, { 'catalog-sync.yaml': 'account: none\n' });
  stop();
  expect(await exit).toBe(4);
  expect(stderr.text).toMatch(/^error CONFIG_FILE_INVALID/m);
  expect(at).toBeNull();
});
