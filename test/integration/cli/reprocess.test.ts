import { afterAll, describe, expect, test } from 'vitest';
import { readAgain } from '../../../src/jobs/normalize-and-load.ts';
import { openReprocess } from '../../../src/maintenance/reprocess/reprocess-store.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { everything } from '../../support/reprocess-world.ts';
import { openReprocessCli } from '../../support/reprocess-cli.ts';

const offers = 750;

const { db, run, countOffers, readState } = await openReprocessCli(offers);
afterAll(() => db.drop());

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
  expect(err).toContain('This version reads all answers in the same way: there is nothing to change.');
});

test('a second one is refused while the first is working', async () => {
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
  expect(refused.err).toMatch(/^error REPROCESS_RUNNING: another reprocess is running on this database/);
  expect((await run('--offer', '7')).exitCode).toBe(0);
});

test('says which answers are no longer stored', async () => {
  await db.pool.query('DELETE FROM raw.payload WHERE raw_id <= 7');
  expect((await run('--offer', '7')).out).toMatch(
    /^Answers that are no longer stored: 1; the oldest stored answer is of/m,
  );
});

test('an offer that no answer has named is an error; one without such answers is not', async () => {
  const { exitCode, out, err } = await run('--offer', '4711', '--yes');
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(err).toMatch(/^error OFFER_UNKNOWN: no answer has named offer 4711\nwhat to do: Check the id/m);
  expect((await run('--offer', '8', '--operation', 'search.keyword')).exitCode).toBe(0);
});

test('--since a day begins with the day in Shanghai', async () => {
  await db.pool.query(
    `UPDATE raw.payload SET observed_at = CASE raw_id WHEN 8 THEN '2026-03-10T15:59:59Z' ELSE '2026-03-10T16:00Z' END::timestamptz
     WHERE raw_id IN (8, 9)`,
  );
  expect((await run('--since', '2026-03-11')).out).toMatch(/^answers read again +1$/m);
});

describe('flags', () => {
  test.each(['2026-02-30', 'yesterday', '2026-11-01T25:00Z', '2026-11-01T08:00', '1'])(
    '%s is no time',
    async (since) => {
      const { exitCode, err } = await run('--since', since);
      expect(exitCode).toBe(2);
      expect(err).toContain('Give an instant with its zone');
    },
  );

  test('an operation without a place in the catalog is refused', async () => {
    expect((await run('--operation', 'image.upload')).exitCode).toBe(2);
  });
});
