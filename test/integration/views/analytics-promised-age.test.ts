import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openPast } from '../../support/analytics-world.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
});
afterAll(() => db.drop());

async function assign(maxAge: string): Promise<void> {
  const file = `account: business\nfeeds: [{ name: watch, offers: [1, 2, 3, 4], ${maxAge} }]\n`;
  const { feeds } = parseSyncFile(file, 'test');
  const queue = createRefreshQueue(db);
  await queue.assignFeeds(feeds, -1);
  await queue.notePromisedAges(feeds);
}
const view = async () => (await db.pool.query<object>('SELECT * FROM analytics.promised_age')).rows;

/** Details of an offer, so many hours ago. */
async function observe(offerId: number, hours: readonly number[]): Promise<void> {
  await db.pool.query(
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
     SELECT $1, now() - h * interval '1 hour', 'detail', h * 100, true, false, now() FROM unnest($2::float8[]) h`,
    [offerId, hours],
  );
  await db.pool.query(
    `UPDATE sync.refresh SET detail_at = now() - $2::float8 * interval '1 hour' WHERE offer_id = $1`,
    [offerId, Math.min(...hours)],
  );
}

it('ages of a feed with max_age are those at the next detail, and now; offers that are gone do not count', async () => {
  await assign('max_age: 6h');
  expect(await view()).toEqual([
    {
      ...{ feed: 'watch', max_age_h: '6.00', offers: 4, late_now: 4 },
      ...{ age_max_h: null, age_p95_h: null, share_in_time: null },
    },
  ]);
  // Ages of 5, 5 and 2 hours.
  await observe(1, [12, 7, 2]);
  // Ages of 8 and 4 hours: late for two of its twelve.
  await observe(2, [12, 4]);
  // Ages of 296 and 4 hours, of which the 168 and the 4 are within these days.
  await observe(3, [400, 300, 4]);
  await db.pool.query('UPDATE sync.refresh SET bucket = NULL, order_at = NULL WHERE offer_id = 4');
  expect(await view()).toEqual([
    {
      ...{ feed: 'watch', max_age_h: '6.00', offers: 3, late_now: 0 },
      ...{ age_max_h: '296.00', age_p95_h: '296.00', share_in_time: '0.1354' },
    },
  ]);
});

it('one that was fetched long ago is late by all that time, and a feed without max_age has no row', async () => {
  await db.pool.query('TRUNCATE catalog.observation');
  await db.pool.query(`UPDATE sync.refresh SET detail_at = now() - interval '240 hours' WHERE offer_id = 1`);
  await db.pool.query(`UPDATE sync.refresh SET detail_at = NULL WHERE offer_id <> 1`);
  expect(await view()).toMatchObject([
    { offers: 3, late_now: 3, age_max_h: '240.00', age_p95_h: '240.00', share_in_time: '0.0000' },
  ]);
  await assign('weight: 2');
  expect(await view()).toEqual([]);
});

it('an age that ended within these days counts, whenever it began, and of its time what is within them', async () => {
  await db.pool.query('TRUNCATE catalog.observation');
  await assign('max_age: 1d');
  await db.pool.query('UPDATE sync.refresh SET detail_at = NULL');
  await observe(1, [31 * 24, 30 * 24, 12]);
  // 12 of 168 hours in time.
  const late = { late_now: 2, age_max_h: '708.00', age_p95_h: '708.00', share_in_time: '0.0714' };
  expect(await view()).toMatchObject([late]);
  // In time until these days began, and for the last hour; of the third, nothing is known before its first detail.
  await observe(2, [192, 1]);
  await observe(3, [36]);
  // (12 + 1 + 24) of (168 + 168 + 36) hours.
  expect(await view()).toMatchObject([{ late_now: 1, age_max_h: '708.00', share_in_time: '0.0995' }]);
});

it('an age that lasts over the begin of these days is in time up to the promised one', async () => {
  await db.pool.query('TRUNCATE catalog.observation');
  await db.pool.query('UPDATE sync.refresh SET detail_at = NULL');
  await assign('max_age: 10d');
  await observe(1, [300, 12]);
  // From the 168th hour before now to the 60th it was no older than 240 hours: 108 and 12 of 168 hours.
  expect(await view()).toMatchObject([{ age_max_h: '288.00', share_in_time: '0.7143' }]);
});
