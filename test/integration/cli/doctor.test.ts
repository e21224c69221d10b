import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { contractReportFile } from '../../../src/health/contract/check-contract.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';

/* Which calls a doctor makes, by its flags. */

let database: TestDatabase;
let sandbox: Sandbox;
let project: string;
beforeAll(async () => {
  [database, sandbox] = await Promise.all([createTestDatabase(), startTestSandbox()]);
  const sync = 'account: business\nfeeds: [{ name: bags, keywords: [包] }]\n';
  project = createProject({ 'catalog-sync.yaml': sync });
});
afterAll(() => Promise.all([database.drop(), sandbox.close()]));
beforeEach(() => database.pool.query('DELETE FROM usage.api_call'));

interface Report {
  readonly checks: readonly { readonly name: string; readonly status: string; readonly message: string }[];
  readonly contract?: unknown;
}

async function examine(flags: readonly string[], typed?: string) {
  const env = { ...sandboxSettings(sandbox), DATABASE_URL: database.url };
  const world = createWorld({ env, cwd: project, ...(typed === undefined ? {} : { typed }) });
  await runCli(['doctor', '--json', ...flags], world.context);
  const { checks, contract } = JSON.parse(world.stdout.text) as Report;
  const { rows } = await database.pool.query<{ operation: string }>(
    'SELECT operation FROM usage.api_call ORDER BY call_id',
  );
  const about = (wanted: string) =>
    checks.flatMap(({ name, status, message }) => (name === wanted ? [`${status} ${message}`] : []));
  return { about, contract, calls: rows.map(({ operation }) => operation), asked: world.stderr.text };
}

const signed = ['category.children', 'system.time'];

it('with --yes, the signed call is made without a question', async () => {
  const { about, calls, asked } = await examine(['--yes']);
  expect(about('signed call')).toEqual([expect.stringMatching(/^ok /)]);
  expect(calls).toEqual(signed);
  expect(asked).not.toContain('Make two calls');
});

it('at a terminal, the signed call is made if the user agrees', async () => {
  const agreed = await examine([], 'y\n');
  expect(agreed.asked).toContain('Make two calls');
  expect(agreed.calls).toEqual(signed);
});

it.each<[readonly string[], string | undefined, string]>([
  [[], undefined, 'skip not made: there is no terminal to ask for confirmation'],
  [[], 'n\n', 'skip not made: you answered no'],
  [['--offline'], 'y\n', 'skip not made: --offline'],
])('with the flags %j, and %j at a terminal, no call is made: %s', async (flags, typed, said) => {
  const { about, calls } = await examine(flags, typed);
  expect(about('signed call')).toEqual([said]);
  expect(calls).toEqual([]);
});

it('the APIs are probed on demand only', async () => {
  const probed = await examine(['--yes', '--probe']);
  expect(probed.calls.slice(0, 2)).toEqual(signed);
  expect(probed.calls.length).toBeGreaterThan(2);
  expect(probed.contract).toBeUndefined();
});

it('the contract is asked in place of the signed call, and what it brings is kept in the project', async () => {
  const report = join(project, contractReportFile);
  const refused = await examine(['--contract']);
  expect(refused.about('signed call')).toEqual([]);
  expect(refused.about('contract')).toEqual(['skip not made: there is no terminal to ask for confirmation']);
  expect([refused.contract, existsSync(report)]).toEqual([undefined, false]);
  const { contract, calls } = await examine(['--contract', '--yes']);
  expect(calls.length).toBeGreaterThan(3);
  expect(contract).toEqual(JSON.parse(readFileSync(report, 'utf8')));
});

it('a terminal shows the checks that are fine on demand only', async () => {
  const show = async (...flags: readonly string[]) => {
    const { context, stdout } = createWorld({ env: { DATABASE_URL: database.url }, cwd: project });
    await runCli(['doctor', '--offline', ...flags], {
      ...context,
      isTty: { ...context.isTty, stdout: true },
    });
    return stdout.text;
  };
  const folded = /\d+ checks are fine \(--all shows them\)/;
  expect(await show()).toMatch(folded);
  const all = await show('--all');
  expect(all).not.toMatch(folded);
  expect(all).toContain('DATABASE_URL answers and is migrated');
});
