import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/main.ts';
import type { ReprocessReport } from '../../src/cli/reprocess/format-reprocess.ts';
import { readAgain } from '../../src/jobs/reprocess.ts';
import { openReprocess } from '../../src/load/stores/reprocess-store.ts';
import { learn } from '../../src/plan/learn.ts';
import { everything } from '../load/reprocess-world.ts';
import { storeUnreadDetails } from '../load/stored-answers.ts';
import { builtProgram } from '../support/built-program.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { createProject, createWorld } from './in-process.ts';

const program = await builtProgram();
const offers = 750;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await storeUnreadDetails(db.pool, offers);
});
afterAll(() => db.drop());

async function run(...args: string[]) {
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: db.url } });
  const exitCode = await runCli(['reprocess', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const countOffers = async () =>
  Number((await db.pool.query<{ count: string }>('SELECT count(*) FROM catalog.offer')).rows[0]?.count);

async function readState() {
  const { rows } = await db.pool.query<{ after_raw_id: string; ended_at: Date | null }>(
    'SELECT after_raw_id, ended_at FROM sync.reprocess ORDER BY reprocess_id',
  );
  return rows;
}

test('shows the difference, with examples, and changes nothing', async () => {
  const { exitCode, out, err } = await run('--since', '2026-03-10', '--operation', 'offer.detail');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^answers read again +750$/m);
  expect(out).toMatch(/^offers changed +750$/m);
  expect(out).toMatch(/^price intervals added +1,500$/m);
  expect(out).toMatch(/^1 +list price +\(none\) +10 since 2026-03-10$/m);
  expect(err).toMatch(/750 answers read, 750 offers changed/);
  expect(err).toContain('Nothing was changed. The same command with --yes applies this difference.');
  expect(await countOffers()).toBe(0);
  expect(await readState()).toEqual([]);
});

test('one that is killed goes on where it was, and only one works at a time', async () => {
  const child = spawn(process.execPath, [program, 'reprocess', '--yes', '--quiet'], {
    cwd: createProject(),
    env: { ...process.env, DATABASE_URL: db.url },
    stdio: 'ignore',
  });
  await until(async () => (await readState()).some(({ after_raw_id: after }) => after !== '0'));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const [stopped] = await readState();
  const done = Number(stopped?.after_raw_id);
  expect(done).toBeLessThan(offers);
  expect(await until(async () => ((await countOffers()) === done ? done : null))).toBe(done);

  const { exitCode, out, err } = await until(async () => {
    const again = await run('--yes', '--json');
    // Postgres notices that the process is gone a moment later.
    return again.err.includes('REPROCESS_RUNNING') ? null : again;
  });
  expect(exitCode).toBe(0);
  expect(err).toContain('going on where this reprocess was stopped');
  expect((JSON.parse(out) as ReprocessReport).counts).toMatchObject({
    answers: offers,
    offersChanged: offers,
    pricesAdded: 2 * offers,
  });
  expect(await countOffers()).toBe(offers);
  expect(await readState()).toEqual([{ after_raw_id: String(offers), ended_at: expect.any(Date) as Date }]);
});

test('the second time there is nothing to change', async () => {
  const { out, err } = await run('--yes');
  expect(out).toMatch(/^answers read again +750$/m);
  expect(out).toMatch(/^offers changed +0$/m);
  expect(err).toContain('This version reads nothing otherwise: there is nothing to change.');
});

test('a second one is refused while the first is at it', async () => {
  const first = await openReprocess({
    pool: db.pool,
    selection: everything,
    normalizerVersion: 2,
    learn,
    isApplied: false,
    read: readAgain,
  });
  const refused = await run();
  await first.release();
  expect(refused.exitCode).toBe(1);
  expect(refused.err).toMatch(/^error REPROCESS_RUNNING: another reprocess is at this database/);
  expect((await run('--offer', '7')).exitCode).toBe(0);
});

test('says which answers are not kept any more', async () => {
  await db.pool.query('DELETE FROM raw.payload WHERE raw_id <= 7');
  expect((await run('--offer', '7')).out).toMatch(
    /^Answers that are not kept any more: 1; the oldest that is kept is of/m,
  );
});

describe('flags', () => {
  test.each(['2026-02-30', 'yesterday', '2026-11-01T25:00', '1'])('%s is no time', async (since) => {
    const { exitCode, err } = await run('--since', since);
    expect(exitCode).toBe(2);
    expect(err).toContain('Give a day or a time');
  });

  test('an operation without a place in the catalog is refused', async () => {
    expect((await run('--operation', 'image.upload')).exitCode).toBe(2);
  });
});
