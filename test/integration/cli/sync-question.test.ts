import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { startTestSandbox } from '../../support/sandbox.ts';

/* A run that the quota will cut short, and who is asked about it. */

const syncFile = `
account: business
feeds:
  - { name: bags, keywords: [手机] }
  - { name: others, offers: ['71', '72', '73', '74', '75', '76', '77', '78', '79'] }
quotas: { approved: { search.keyword: { daily: 3 }, offer.detail: { daily: 2 } } }
`;

let db: TestDatabase;
let sandbox: Awaited<ReturnType<typeof startTestSandbox>>;
beforeAll(async () => {
  [db, sandbox] = await Promise.all([createTestDatabase(), startTestSandbox()]);
});
afterAll(() => Promise.all([db.drop(), sandbox.close()]));

function start(
  flags: string,
  typed?: string,
  keepsTyping = false,
  files: Readonly<Record<string, string>> = {},
) {
  const env = {
    ALIBABA_API_URL: sandbox.url,
    ALIBABA_APP_KEY: sandbox.appKey,
    ALIBABA_APP_SECRET: sandbox.appSecret,
    ALIBABA_ACCESS_TOKEN: sandbox.accessToken,
    DATABASE_URL: db.url,
  };
  const cwd = createProject({ 'catalog-sync.yaml': syncFile, ...files });
  const world = createWorld({ cwd, env, keepsTyping, ...(typed === undefined ? {} : { typed }) });
  return { ...world, exit: runCli(['sync', ...flags.split(' ').filter(Boolean)], world.context) };
}

async function sync(flags: string, typed?: string) {
  const { exit, stdout, stderr } = start(flags, typed);
  const exitCode = await exit;
  return { exitCode, out: stdout.text, err: stderr.text };
}

const question = 'Continue until the quota is used up? [y/N] ';
const listRuns = async () =>
  (
    await db.pool.query(
      'SELECT scope, feeds, trigger, budget_calls::int AS budget FROM sync.run ORDER BY run_id',
    )
  ).rows as unknown;

it('a user who refuses has no run, and 5 as exit code', async () => {
  const { exitCode, out, err } = await sync('', 'n\n');
  expect({ exitCode, out }).toEqual({ exitCode: 5, out: '' });
  expect(err).toMatch(/^SANDBOX: using mock data\nplan \(nothing is known yet: upper bound\): /);
  expect(err).toMatch(/; the rest waits for quota or budget\n/);
  expect(err.endsWith(`${question}you answered no: nothing was fetched\n`)).toBe(true);
  expect(await listRuns()).toEqual([]);
});

it('a signal at the question begins no run', async () => {
  const { context, stderr, exit } = start('', '', true);
  stderr.write = (text: string) => {
    stderr.text += text;
    if (text === question) context.signals.emit('SIGTERM');
    return true;
  };
  expect(await exit).not.toBe(0);
  expect(stderr.text).toContain('INTERRUPTED: stopped at the question; no run was begun');
  expect(await listRuns()).toEqual([]);
});

it('offers of a watch list are planned as those of the sync file', async () => {
  const feed = `{ name: watched, offers_file: w.txt }`;
  const files = { 'catalog-sync.yaml': `account: business\nfeeds: [${feed}]\n`, 'w.txt': '81\n82\n83\n' };
  const { exit, stderr } = start('--budget 1', undefined, false, files);
  expect(await exit).toBe(0);
  expect(stderr.text).toMatch(/^plan.*: 1 offer.detail/m);
  const { rows } = await db.pool.query(`SELECT forecast FROM sync.run WHERE feeds = '["watched"]'`);
  expect(rows).toMatchObject([{ forecast: { calls: { 'offer.detail': 1 } } }]);
  await db.pool.query('DELETE FROM sync.run');
});

it('a feed that the file does not have is refused with those that it has', async () => {
  const { exitCode, err } = await sync('--feed none');
  expect(exitCode).toBe(2);
  expect(err).toBe(
    "error: option '--feed' is wrong: catalog-sync.yaml has no feed none; its feeds are bags, others\nAdd --help for flags and examples.\n",
  );
});

it('nobody is asked who gave a budget, said yes, or is not there', async () => {
  const [budget, yes, cron] = [
    await sync('--budget 1 --feed bags', 'n\n'),
    await sync('--yes --strict-exit', 'n\n'),
    await sync('--feed others --deadline 1m'),
  ];
  for (const { err } of [budget, yes, cron]) expect(err).not.toContain(question);
  expect([budget.exitCode, yes.exitCode, cron.exitCode]).toEqual([0, 5, 0]);
  expect(budget.out).toMatch(/^calls +1 of 1 /m);
  expect(await listRuns()).toEqual([
    { scope: 'feed:bags', feeds: ['bags'], trigger: 'cli', budget: 1 },
    { scope: 'all', feeds: ['bags', 'others'], trigger: 'cli', budget: null },
    { scope: 'feed:others', feeds: ['others'], trigger: 'cli', budget: null },
  ]);
});

it('where no call can be made there is no question', async () => {
  const { exitCode, err } = await sync('', 'n\n');
  expect(exitCode).toBe(0);
  expect(err).toMatch(/^plan: nothing can be called now, and .* wait: the quota or the budget is used up$/m);
  expect(err).not.toContain(question);
});

it('a run whose process was not heard of is waited for, and taken over; one that goes on is left alone', async () => {
  const begin = (silence: string) =>
    db.pool.query<{ run_id: string }>(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at, heartbeat_at)
       VALUES ('all', 'cli', 'sandbox', 'running', '["bags"]', now(), clock_timestamp() - $1::interval) RETURNING run_id`,
      [silence],
    );
  await begin('-60 seconds');
  const left = await sync('--yes');
  expect(left.exitCode).toBe(0);
  const said = /run \d+ of the same scope is active in another process, so this command fetched nothing\n$/;
  expect(left.err).toMatch(said);
  const quiet = await sync('--yes --quiet --strict-exit');
  expect(quiet.exitCode).toBe(6);
  expect(quiet.err).toMatch(new RegExp(`^${said.source}`));
  await db.pool.query(`UPDATE sync.run SET status = 'cancelled', ended_at = now() WHERE status = 'running'`);
  const { rows } = await begin('12 seconds');
  const taken = await sync('--yes');
  expect(taken.err).toMatch(
    /the process of run \d+ has sent no heartbeat for \d+ s: waiting \d s for one, before this process takes the run over/,
  );
  const run = await db.pool.query(`SELECT status FROM sync.run WHERE run_id = $1`, [rows[0]?.run_id]);
  expect(run.rows).toMatchObject([{ status: 'partial_quota' }]);
});
