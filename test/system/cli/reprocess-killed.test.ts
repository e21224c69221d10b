import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import type { ReprocessReport } from '../../../src/cli/reprocess/format-reprocess.ts';
import { openReprocessCli } from '../../support/reprocess-cli.ts';
import { builtProgram } from '../../support/built-program.ts';
import { until } from '../../support/until.ts';
import { createProject } from '../../support/in-process.ts';

const program = await builtProgram();
const offers = 750;

const { db, run, countOffers, readState } = await openReprocessCli(offers);
afterAll(() => db.drop());

test('one that is killed continues where it was, and only one works at a time', async () => {
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
  expect(err).toContain('continuing where this reprocess was stopped');
  expect((JSON.parse(out) as ReprocessReport).counts).toMatchObject({
    answers: offers,
    offersChanged: offers,
    pricesAdded: 2 * offers,
  });
  expect(await countOffers()).toBe(offers);
  expect(await readState()).toEqual([{ after_raw_id: String(offers), ended_at: expect.any(Date) as Date }]);
});
