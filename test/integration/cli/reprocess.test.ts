import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { readAgain } from '../../../src/maintenance/reprocess/reprocess.ts';
import { openReprocess } from '../../../src/maintenance/reprocess/reprocess-store.ts';
import { learn } from '../../../src/refresh/searches/learn.ts';
import { everything } from '../maintenance/reprocess-world.ts';
import { storeUnreadDetails } from '../../support/stored-answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';

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

test('the second time there is nothing to change', async () => {
  expect((await run('--yes')).out).toMatch(/^offers changed +750$/m);
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
