import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { apiOf, chooseEndpoints } from '../../../src/extract/endpoints/endpoints.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { appKey, openLedger, type OpenLedger } from '../../support/open-ledger.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { shellWords } from '../../support/known-commands.ts';

const page = codeBlocks('docs/quota.md');
const blocksIn = (language: string) => page.filter((block) => block.language === language);
const commands = blocksIn('sh')
  .flatMap(({ text }) => text.split('\n'))
  .filter((line) => line !== '');
const file = blocksIn('yaml')[0]?.text ?? '';
const endpoints = chooseEndpoints({});

let at: OpenLedger;
let project: string;
beforeAll(async () => {
  at = await openLedger();
  project = createProject({ 'catalog-sync.yaml': file });
});
afterAll(() => at.db.drop());

/** What a process does with the page's sync file at its start. */
async function start(): Promise<void> {
  const { account, quotas } = parseSyncFile(file, 'catalog-sync.yaml');
  const apis = Object.values(endpoints).map(apiOf);
  await at.quota.applyPresets({ appKey, account, apis, callsPerSecond: quotas.perSecond });
  for (const [operation, calls] of Object.entries(quotas.approved))
    await at.quota.applyApproved(appKey, apiOf(endpoints[operation as keyof typeof endpoints]), calls);
  const groups = quotas.groups.map(({ operations, ...group }) => ({
    ...group,
    apis: operations.map((operation) => apiOf(endpoints[operation])),
  }));
  await at.quota.applyGroups(appKey, groups);
}

beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T15:00:00+08:00');
  await start();
});

/** Runs one line of the page. */
async function runLine(line: string): Promise<{ exitCode: number; out: string; err: string }> {
  const env = { ALIBABA_APP_KEY: appKey, DATABASE_URL: at.db.url };
  const { context, stdout, stderr } = createWorld({ cwd: project, env, columns: 104 });
  return {
    exitCode: await runCli(shellWords(line).slice(2), context),
    out: stdout.text,
    err: stderr.text,
  };
}

/** As if runs had made so many calls, today and earlier this month. */
async function spend(operation: keyof typeof endpoints, today: number, earlier: number): Promise<void> {
  const api = apiOf(endpoints[operation]);
  await at.corrections.recordExternal(appKey, api, today);
  await at.db.pool.query('UPDATE usage.quota_period SET granted = granted + external, external = 0');
  await at.db.pool.query(
    `UPDATE usage.quota_period SET granted = granted + $2, used_before_day = $2 WHERE api = $1 AND period_kind = 'month'`,
    [api, earlier],
  );
}

test('the picture of docs/quota.md is what the command shows', async () => {
  await spend('category.children', 12, 188);
  await spend('search.keyword', 285, 4_310);
  await spend('offer.detail', 331, 6_120);
  await runLine('node bin/catalog-sync.js quota external add offer.detail 40');
  await runLine("node bin/catalog-sync.js quota hold search.image --reason 'no pictures this week'");
  await at.db.pool.query(`UPDATE usage.api_hold SET held_at = '2026-11-24T18:20:00+08:00'`);
  const { out } = await runLine(commands[0] ?? '');
  expect(blocksIn('text').map(({ text }) => text)).toEqual([out.trimEnd()]);
});

test('the commands of docs/quota.md, typed one after the other, do what they say', async () => {
  expect(commands.length).toBeGreaterThan(10);
  for (const line of commands) {
    const { exitCode, err } = await runLine(line);
    expect(exitCode, `${line}\n${err}`).toBe(0);
  }
});
