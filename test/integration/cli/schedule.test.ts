import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSchedules } from '../../../src/health/doctor/check-schedules.ts';
import { runCli } from '../../../src/cli/main.ts';
import { createLogger } from '../../../src/core/log.ts';
import { adoptSchedules } from '../../../src/runs/change-schedules.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createScheduleStore } from '../../../src/runs/schedule-store.ts';
import { createSlotStore } from '../../../src/runs/slot-store.ts';
import { betweenTicks } from '../../../src/db/locks.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const feeds = `
account: business
feeds:
  - { name: bags, categories: ["0"] }
  - { name: shoes, categories: ["0"] }
quotas: { per_second: 1000 }
`;
const nightly = "  - { name: nightly, cron: '30 2 * * *', feeds: [bags], budget_calls: 400 }\n";
const file = `${feeds}schedules:\n${nightly}`;

let stack: TestStack;
beforeAll(async () => {
  stack = await openTestStack({ backend: 'postgres' });
});
afterAll(() => stack.close());
beforeEach(() => stack.query('TRUNCATE sync.schedule, sync.slot, sync.run'));

async function run(args: readonly string[], { text = file, columns = 200 } = {}) {
  const cwd = createProject({ 'catalog-sync.yaml': text });
  const { context, stdout, stderr } = createWorld({ env: stack.env, cwd, columns });
  const exitCode = await runCli(['schedule', ...args], context);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** As a serve or worker does when it starts. */
async function start(text = file): Promise<void> {
  const { pool } = stack.database;
  await adoptSchedules(
    {
      schedules: createScheduleStore({ pool }),
      slots: createSlotStore({ pool }),
      ledgerNow: () => createQuotaStore({ pool }).ledgerNow(),
      betweenTicks: (work) => betweenTicks(pool, work),
      log: createLogger({ level: 'silent', pretty: false }),
    },
    parseSyncFile(text, 'test').schedules,
  );
}

async function countRuns(): Promise<number> {
  return (await stack.query('SELECT FROM sync.run')).length;
}

const weekly = ['add', 'weekly', '--cron', '0 4 * * 0', '--feed', 'bags', 'shoes'];

describe('catalog-sync schedule', () => {
  it('shows schedules with their slots, in the time of Shanghai and in their zones', async () => {
    await start();
    expect(await run([...weekly, '--time-zone', 'Europe/Berlin'])).toMatchObject({ exitCode: 0 });
    await stack.query(
      `INSERT INTO sync.slot VALUES ('weekly', '2026-11-22 03:00Z', 'missed', NULL, '2026-11-22 03:00Z')`,
    );
    const { stdout } = await run([]);
    const [, , first, second] = stdout.split('\n');
    expect(first).toMatch(/^nightly +30 2 \* \* \* +Asia\/Shanghai +bags +400 +once +active +\S+ 02:30 *$/);
    expect(second).toMatch(
      /^weekly +0 4 \* \* 0 .* bags, shoes .* 2026-11-22 11:00 missed +\S+ 1[01]:00 +\S+ 04:00$/,
    );
    const narrow = (await run([], { columns: 80 })).stdout;
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(narrow).toContain('weekly: active\n');
    const rows = JSON.parse((await run(['list', '--json'])).stdout) as unknown;
    expect(rows).toMatchObject([
      { name: 'nightly', origin: 'file', state: 'active', budgetCalls: 400, remarks: [] },
      { name: 'weekly', origin: 'cli', lastSlot: { at: '2026-11-22T03:00:00.000Z', outcome: 'missed' } },
    ]);
  });

  it('names the problems', async () => {
    expect((await run([])).stdout).toContain('! nightly is new in catalog-sync.yaml');
    await start();
    await run(weekly);
    const renamed = feeds.replaceAll('bags', 'boots');
    const { stdout } = await run([], { text: `${renamed}schedules: [{ name: weekly, cron: 0 5 * * * }]` });
    expect(stdout).toContain('! nightly is no longer in catalog-sync.yaml');
    expect(stdout).toContain(
      '! nightly is for feeds that catalog-sync.yaml does not have (bags): its slots are skipped.',
    );
    expect(stdout).toContain(
      '! weekly is for feeds that catalog-sync.yaml does not have (bags): its runs go without them.',
    );
    expect(stdout).toContain('! weekly is also in catalog-sync.yaml');
    expect((await run([], { text: file.replace('30 2', '31 2') })).stdout).toContain(
      '! nightly was changed in',
    );
    await stack.query(
      `UPDATE sync.schedule SET counts_from = now() - interval '3 days' WHERE name = 'nightly'`,
    );
    expect((await run([])).stdout).toContain('! nightly has waiting slots');
    expect((await run([], { text: feeds })).stdout).not.toContain('is new');
  });

  it.each([['worker'], ['serve', '--port', '0']])(
    'is kept by %s, which takes those of the file over, and does not start with a name twice',
    async (...verb) => {
      const cwd = createProject({ 'catalog-sync.yaml': file });
      const { context } = createWorld({ env: stack.env, cwd });
      const working = runCli(verb, context);
      await until(async () => (await stack.query('SELECT FROM sync.schedule')).length === 1);
      await stack.query(`UPDATE sync.schedule SET counts_from = now() - interval '2 days', missed = 'skip'`);
      await until(async () => (await stack.query('SELECT FROM sync.slot')).length >= 2);
      context.signals.emit('SIGTERM');
      expect(await working).toBe(0);
      await stack.query(`UPDATE sync.schedule SET origin = 'cli'`);
      const again = createWorld({ env: stack.env, cwd });
      expect(await runCli(verb, again.context)).toBe(4);
      expect(again.stderr.text).toContain('error SCHEDULE_NAME_TAKEN');
    },
  );

  it('is fetched by the doctor, too', async () => {
    const observation = async (text: string) =>
      (await checkSchedules(stack.database.pool, parseSyncFile(text, 'test'), new Date()))[0];
    expect(await observation(file)).toBeUndefined();
    await start();
    expect(await observation(file)).toMatchObject({ status: 'ok' });
    expect((await observation(file))?.message).toMatch(/^1 stored, next slot/);
    expect(await observation(feeds)).toMatchObject({
      status: 'warn',
      message:
        'nightly is no longer in catalog-sync.yaml, and ends at the next start of `serve` or `worker`.',
    });
  });

  it.each([
    [['--cron', '0 4 * *'], /must have 5 fields \(minute, hour, day, month, weekday\), not 4/],
    [['--cron', '0 0 31 4,6 *'], /names days that never come/],
    [['--cron', '61 4 * * *'], /is no cron expression/],
    [['--cron', '0 4 * * *', '--time-zone', 'Mars/Olympus'], /must be a time zone by its IANA name/],
    [['--cron', '0 4 * * *', '--missed', 'twice'], /Allowed choices are once, skip/],
    [['--cron', '0 4 * * *', '--budget', '0'], /Give a number of calls, 1 or more/],
  ])('refuses %j as wrong use', async (flags, message) => {
    const { exitCode, stderr } = await run(['add', 'weekly', '--feed', 'bags', ...flags]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it('refuses feeds that the file does not have, and names that are taken', async () => {
    const unknown = await run(['add', 'weekly', '--cron', '0 4 * * *', '--feed', 'bags', 'hats']);
    expect(unknown).toMatchObject({ exitCode: 2 });
    expect(unknown.stderr).toContain(
      "option '--feed' is wrong: catalog-sync.yaml has no feed hats; its feeds are bags, shoes",
    );
    // The file has it, and no process has taken it over yet.
    const taken = await run(['add', 'nightly', '--cron', '0 4 * * *', '--feed', 'bags']);
    expect(taken.exitCode).toBe(4);
    expect(taken.stderr).toMatch(/SCHEDULE_NAME_TAKEN.*catalog-sync.yaml \('30 2 .*schedule add` \('0 4 /);
    expect(await createScheduleStore(stack.database).list()).toEqual([]);
    expect((await run(['pause', 'nothing'])).stderr).toContain('SCHEDULE_UNKNOWN');
  });

  it('pauses, resumes and removes, and says what it did', async () => {
    await start();
    await run(weekly);
    const said = [];
    for (const verb of ['pause', 'pause', 'resume', 'resume', 'remove', 'remove']) {
      said.push((await run([verb, 'weekly'])).stderr.split('\n')[0]);
    }
    expect(said).toEqual([
      ...['Schedule weekly is paused.', 'Schedule weekly was already paused.'],
      ...['Schedule weekly continues.', 'Schedule weekly was not paused.', 'Schedule weekly is removed.'],
      'error SCHEDULE_UNKNOWN: no schedule is named weekly; there are nightly',
    ]);
    expect(await run(['remove', 'nightly'])).toMatchObject({ exitCode: 1 });
    await run(['pause', 'nightly']);
    expect((await run([])).stdout).toMatch(/nightly .* paused\n/);
  });

  it('removes one that the file no longer has, also where it is paused', async () => {
    await start();
    await run(['pause', 'nightly']);
    expect(await run(['remove', 'nightly'])).toMatchObject({ exitCode: 1 });
    expect(await run(['remove', 'nightly'], { text: feeds })).toEqual({
      ...{ exitCode: 0, stdout: '', stderr: 'Schedule nightly is removed.\n' },
    });
    expect(await createScheduleStore(stack.database).list()).toEqual([]);
  });

  it.each(['pause', 'resume', 'remove', 'run', 'history'])(
    '%s takes an unknown name for wrong use',
    async (verb) => {
      expect(await run([verb, 'nothing'])).toMatchObject({
        ...{
          exitCode: 2,
          stderr: expect.stringMatching(/no schedule is named nothing; there are nightly\n/) as string,
        },
      });
    },
  );

  it('pauses one of the file before any process has started, which then keeps it paused', async () => {
    expect((await run(['resume', 'nightly'])).stderr).toBe('Schedule nightly was not paused.\n');
    const removed = await run(['remove', 'nightly']);
    expect(removed).toMatchObject({ exitCode: 1 });
    expect(removed.stderr).toMatch(
      /^error SCHEDULE_IN_FILE: .*; `catalog-sync schedule pause nightly` stops it\n/,
    );
    expect(await createScheduleStore(stack.database).list()).toEqual([]);
    expect(await run(['pause', 'nightly'])).toMatchObject({
      ...{ exitCode: 0, stderr: 'Schedule nightly is paused.\n' },
    });
    await start();
    expect((await run([])).stdout).toMatch(/nightly .* paused\n/);
    expect((await run(['resume', 'nightly'])).stderr).toBe('Schedule nightly continues.\n');
    // One that is kept needs no file that can be read.
    expect(await run(['pause', 'nightly'], { text: 'account:' })).toMatchObject({ exitCode: 0 });
    expect((await run(['pause', 'nigthly'])).stderr).toContain(
      'error SCHEDULE_UNKNOWN: no schedule is named nigthly; there are nightly\n',
    );
  });

  it('runs one now with its feeds and budget, unless its feeds are being synced', async () => {
    await start();
    const small = file.replace('400', '3');
    await start(small);
    const first = await run(['run', 'nightly', '--strict-exit', '--json', '--quiet'], { text: small });
    expect(first.exitCode).toBe(5);
    expect(JSON.parse(first.stdout)).toMatchObject({ scope: 'feed:bags', feedNames: ['bags'], callsUsed: 3 });
    const request = { scope: 'feed:bags', feedNames: ['bags'], trigger: 'cli', source: 'sandbox' } as const;
    await stack.app.runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    // Nobody works on this run, and without a heartbeat the command would wait for one and take the run over.
    await stack.query(`UPDATE sync.run SET heartbeat_at = heartbeat_at + interval '1 hour'`);
    const second = await run(['run', 'nightly', '--quiet']);
    expect(second).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(
        /^run \d+ of .* is active in another process, so this command fetched nothing\n$/,
      ) as string,
    });
    expect(await run(['run', 'nightly', '--strict-exit'])).toMatchObject({ exitCode: 6 });
    expect((await run(['run', 'other'])).stderr).toContain('no schedule is named other; there are nightly\n');
    expect(await countRuns()).toBe(2);
    const [ran] = await stack.query<{ trigger: string }>('SELECT trigger FROM sync.run ORDER BY run_id');
    expect(ran).toEqual({ trigger: 'nightly' });
  });

  it('runs none now of a feed that the file no longer has, and says what to do', async () => {
    expect(await run(['add', 'weekly', '--cron', '0 4 * * 0', '--feed', 'shoes'])).toMatchObject({
      exitCode: 0,
    });
    const text = file.replace('name: shoes', 'name: hats');
    expect(await run(['run', 'weekly', '--quiet'], { text })).toMatchObject({
      ...{ exitCode: 4, stdout: '' },
      stderr: expect.stringMatching(
        /^error SCHEDULE_FEED_UNKNOWN: schedule weekly: catalog-sync\.yaml has no feed shoes; its feeds are bags, hats\nwhat to do: .*`catalog-sync schedule remove`/m,
      ) as string,
    });
    expect(await countRuns()).toBe(0);
  });

  it('shows what became of slots, the newest first', async () => {
    expect((await run(['history'])).stdout).toBe('No slot yet.\n');
    expect((await run(['history', 'nightly'])).stdout).toBe('No slot yet.\n');
    expect(await run(['history', 'nigthly'])).toMatchObject({
      ...{ exitCode: 2, stdout: '' },
      stderr: expect.stringMatching(/^error SCHEDULE_UNKNOWN: .* nigthly; there are nightly\n/) as string,
    });
    const request = {
      scope: 'feed:bags',
      feedNames: ['bags'],
      trigger: 'nightly',
      source: 'sandbox',
    } as const;
    const begun = await stack.app.runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    const runId = begun.kind === 'started' ? begun.run.runId : '';
    const slots = createSlotStore(stack.database);
    await slots.decideWithoutRun('gone', [new Date('2026-11-22T18:30:00Z')], 'skipped');
    await slots.decide('nightly', new Date('2026-11-23T18:30:00Z'), 'ran', runId);
    const lines = (await run(['history'])).stdout.split('\n').slice(2, 4);
    expect(lines[0]).toMatch(/^2026-11-24 02:30 +nightly +ran +\d+ +running +0$/);
    expect(lines[1]).toMatch(/^2026-11-23 02:30 +gone +skipped$/);
    const only = JSON.parse((await run(['history', 'gone', '--json'])).stdout) as unknown;
    expect(only).toMatchObject([{ schedule: 'gone', outcome: 'skipped', runId: null }]);
  });
});
