import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { shellWords } from '../../support/known-commands.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';

/* The commands of docs/several-apps.md, at once: each app with a project, a database and a simulated 1688 of its own. */

const commands = codeBlocks('docs/several-apps.md')
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.split('\n'))
  .filter((line) => line.includes('--project /srv/app-'));

const syncFile =
  "account: business\nquotas: { per_second: 1000 }\nfeeds: [{ name: all, categories: ['0'] }]\n";

interface Side {
  readonly database: TestDatabase;
  readonly sandbox: Sandbox;
  readonly folder: string;
}

async function openSide(appKey: string, offers: number): Promise<Side> {
  const database = await createTestDatabase();
  const sandbox = await startTestSandbox({ appKey, offers, categories: 10, worldStepMs: 1e14 });
  const settings = { ...sandboxSettings(sandbox), DATABASE_URL: database.url };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  const folder = createProject({ 'catalog-sync.yaml': syncFile, '.env.local': lines.join('') });
  return { database, sandbox, folder };
}

interface World {
  readonly offers: readonly unknown[];
}

const sides: Side[] = [];
beforeAll(async () => {
  sides.push(await openSide('1000001', 100), await openSide('2000002', 150));
});
afterAll(async () => {
  for (const { database, sandbox } of sides) await Promise.all([database.drop(), sandbox.close()]);
});

interface Arrived {
  readonly calls: readonly { readonly outcome: string }[];
}

test('two apps sync side by side, each within its own database and quota', { timeout: 60_000 }, async () => {
  expect(commands).toHaveLength(2);
  const ends = await Promise.all(
    commands.map(async (command, i) => {
      const words = shellWords(command).slice(2, -1);
      const { context, stderr } = createWorld();
      return { code: await runCli([...words, sides[i]?.folder ?? ''], context), err: stderr.text };
    }),
  );
  expect(ends.map(({ code, err }) => (code === 0 ? code : err))).toEqual([0, 0]);
  for (const { database, sandbox } of sides) {
    const { rows } = await database.pool.query<{ app: string; calls: number }>(
      'SELECT app_key AS app, count(*)::int AS calls FROM usage.api_call GROUP BY 1',
    );
    const { calls } = (await (await fetch(`${sandbox.controlUrl}/stats`)).json()) as Arrived;
    expect(rows).toEqual([{ app: sandbox.appKey, calls: calls.length }]);
    expect(calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    const truth = (await (await fetch(`${sandbox.controlUrl}/truth?categories=0`)).json()) as World;
    const found = await database.pool.query('SELECT FROM catalog.offer');
    expect(found.rowCount).toBe(truth.offers.length);
  }
});
