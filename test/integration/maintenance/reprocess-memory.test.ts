import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAgain } from '../../../src/jobs/normalize-and-load.ts';
import { openReprocess, type Reprocess } from '../../../src/maintenance/reprocess/reprocess-store.ts';
import type { ReprocessCounts, ReprocessedOperation } from '../../../src/model/reprocess.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { normalizerVersion } from '../../../src/transform/normalize-answer.ts';
import { addWindow } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { everything } from '../../support/reprocess-world.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
} from '../../support/stored-answers.ts';
import { until } from '../../support/until.ts';

/* What a reprocess notes of offers, so that each is counted once. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  const answers = openStoredAnswers(db.pool);
  const windowId = await addWindow(db.pool, 'cups');
  for (const nth of [1, 2, 3]) {
    const price = String(nth);
    await answers.answer(10 * nth, detailOf('71'), plainOffer('71', { 1: price }));
    await answers.answer(
      10 * nth + 1,
      searchFor('cups'),
      searchPayload([{ offerId: '71', priceInfo: { price } }]),
      windowId,
    );
  }
});
afterAll(() => db.drop());

async function withReprocess<T>(isApplied: boolean, work: (open: Reprocess) => Promise<T>): Promise<T> {
  const { pool } = db;
  const open = await openReprocess({
    ...{ pool, selection: everything, normalizerVersion, learn, isApplied, read: readAgain },
  });
  try {
    return await work(open);
  } finally {
    await open.release();
  }
}

/** All answers of an operation. */
async function correctAll(
  open: Reprocess,
  operation: ReprocessedOperation,
  before: ReprocessCounts,
): Promise<ReprocessCounts> {
  const { answers, lastRawId } = await open.listAnswers(operation, '0', 10);
  const read = answers.flatMap((stored) => readAgain(stored) ?? []);
  return (await open.correct(read, { operation, afterRawId: lastRawId ?? '' }, before)).counts;
}

const raisePrices = () => db.pool.query('UPDATE catalog.price SET amount_cny = amount_cny + 1');

it('a batch is over once its offers are noted', async () => {
  await raisePrices();
  const other = await db.pool.connect();
  try {
    await withReprocess(false, async (open) => {
      const { rows } = await other.query<{ memory: string }>(
        `SELECT oid::regclass::text AS memory FROM pg_class WHERE relname = 'reprocessed'`,
      );
      // It can be read, and not written to.
      await other.query(`BEGIN; LOCK TABLE ${rows[0]?.memory ?? ''} IN SHARE MODE`);
      let isOver = false;
      const correcting = correctAll(open, 'offer.detail', open.counts).finally(() => (isOver = true));
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      const isWaiting = until(async () => isOver || (await other.query(waiting)).rows.length > 0).then(
        () => !isOver,
      );
      const seen = await isWaiting.finally(() => other.query('COMMIT'));
      await correcting;
      expect(seen).toBe(true);
    });
  } finally {
    other.release(true);
  }
});

it('an offer is counted once, though details and rows of searches differ, and older answers of both are kept no longer', async () => {
  await db.pool.query('DELETE FROM raw.payload WHERE raw_id < (SELECT max(raw_id) - 1 FROM raw.payload)');
  await raisePrices();
  const counts = await withReprocess(false, async (open) =>
    correctAll(open, 'search.keyword', await correctAll(open, 'offer.detail', open.counts)),
  );
  expect(counts).toMatchObject({ offersChanged: 1, offersPartial: 1, pricesChanged: 2 });
});
