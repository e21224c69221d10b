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

/** The verb, on any free port. */
function serve(url: string, files: Readonly<Record<string, string>> = {}) {
  const env = { ...sandboxSettings(sandbox), DATABASE_URL: url, LOG_LEVEL: 'silent' };
  const world = createWorld({ env, cwd: createProject(files) });
  return { ...world, exit: runCli(['web', '--port', '0'], world.context) };
}

const countOthers = async () => {
  const { rows } = await database.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  return rows[0]?.n;
};

it('the pages are served until a signal, and then neither a port nor a connection is held', async () => {
  const { context, stderr, exit } = serve(database.url);
  const shown = await until(() => /pages at (http:\S+)/.exec(stderr.text));
  expect(stderr.text).not.toContain('--project');
  const at = shown[1] ?? '';
  expect((await fetch(new URL('/problems', at))).status).toBe(200);
  expect(await countOthers()).toBeGreaterThan(0);
  context.signals.emit('SIGTERM');
  expect(await exit).toBe(0);
  await expect(fetch(at)).rejects.toThrow();
  await until(async () => (await countOthers()) === 0);
  expect(context.signals.listenerCount('SIGTERM')).toBe(0);
});

it('the pages need a database of this version, and do not make one of it', async () => {
  const empty = await createTestDatabase({ migrated: false });
  try {
    const { context, stderr, exit } = serve(empty.url);
    expect(await exit).toBe(1);
    expect(stderr.text).toMatch(/^error DATABASE_NOT_MIGRATED/m);
    expect(stderr.text).not.toContain('pages at');
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
  const { stderr, exit } = serve(database.url, { 'catalog-sync.yaml': 'account: none\n' });
  expect(await exit).toBe(4);
  expect(stderr.text).toMatch(/^error CONFIG_FILE_INVALID/m);
});
