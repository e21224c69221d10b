import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeBasis } from '../../../src/cli/plan/describe-basis.ts';
import { formatWhatIf, planScenarios } from '../../../src/cli/plan/format-what-if.ts';
import { scenariosAsJson } from '../../../src/cli/plan/plan-as-json.ts';
import { readPlanFrom } from '../../../src/cli/plan/read-plan.ts';
import { createScheduleStore } from '../../../src/runs/schedule-store.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import type { Schedule, SyncConfig } from '../../../src/model/sync-config.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  database.pool.query(
    `TRUNCATE sync.refresh, sync.feed, sync.feed_set, sync.erased_seller, sync.schedule, sync.search_window,
       sync.category_visit CASCADE`,
  ),
);

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(610_000_000_000 + index));
const fileOf = (feed: string) => parseSyncFile(`account: business\nfeeds: [{ name: a, ${feed} }]\n`, 'test');
const watching = (count: number) => fileOf(`offers: [${ids(count).join(', ')}]`);

/** The plan as the database is now. */
const planOf = (sync = watching(30)) =>
  readPlanFrom(database.pool, { sync, appKey: undefined }, { feedNames: ['a'], budgetCalls: null });

/** What is due for the next run. */
async function dueOf(sync?: SyncConfig): Promise<Record<string, number>> {
  const { forecast } = await planOf(sync);
  return Object.fromEntries(forecast.apis.map(({ operation, due }) => [operation, due]));
}

/** As a run does before it chooses. */
const assign = (count: number) => createRefreshQueue(database).assignFeeds(watching(count).feeds, -1);

describe('offers of a watch list', () => {
  test('are due before the first run, as new ones of a longer list are, each once', async () => {
    expect(await dueOf()).toEqual({ 'offer.detail': 30 });
    await assign(30);
    expect(await dueOf()).toEqual({ 'offer.detail': 30 });
    expect(await dueOf(watching(45))).toEqual({ 'offer.detail': 45 });
  });

  test('are not due when they are gone, or their seller was erased', async () => {
    await assign(30);
    await database.pool.query('UPDATE sync.refresh SET bucket = NULL, order_at = NULL WHERE offer_id = $1', [
      ids(1)[0],
    ]);
    await database.pool.query(
      `WITH seller AS (INSERT INTO sync.erased_seller (seller_hash, requested_at) VALUES ('x', now()) RETURNING *)
       INSERT INTO sync.erased_offer SELECT $1, seller_hash, requested_at FROM seller`,
      [ids(40)[39]],
    );
    expect(await dueOf(watching(40))).toEqual({ 'offer.detail': 38 });
  });
});

test('a feed whose bound was lowered has no more offers than that, also before they are assigned again', async () => {
  await assign(30);
  await database.pool.query(
    `WITH w AS (
       INSERT INTO sync.search_window (feed, keyword, completed_at, total_records, last_outcome, language)
       VALUES ('a', 'cup', usage.ledger_now(), 30, 'complete', 'en') RETURNING window_id)
     INSERT INTO sync.window_offer SELECT window_id, id::bigint, now(), now() FROM w, unnest($1::text[]) id`,
    [ids(30)],
  );
  const bounded = (offers: number) => fileOf(`keywords: [cup], max_offers: ${String(offers)}`);
  const assigned = (offers: number) => createRefreshQueue(database).assignFeeds(bounded(offers).feeds, -1);
  await assigned(30);
  expect(await dueOf(bounded(30))).toMatchObject({ 'offer.detail': 30 });
  for (const at of ['before', 'after']) {
    const { forecast } = await planOf(bounded(12));
    expect([at, forecast.feeds[0]?.offers]).toEqual([at, expect.closeTo(12, 6)]);
    expect(forecast.apis.find(({ operation }) => operation === 'offer.detail')?.due).toBeCloseTo(12, 6);
    await assigned(12);
  }
});

describe('runs come as often', () => {
  const schedule = (name: string, cron: string, feeds = ['a']) =>
    ({ ...{ name, cron, feeds, timezone: 'UTC' }, budgetCalls: null, missed: 'skip' }) as const;
  const rhythm = async (...schedules: Schedule[]) =>
    describeBasis(await planOf({ ...watching(30), schedules })).find((line) => line.includes('schedule'));

  test('as schedules say that were added', async () => {
    const store = createScheduleStore(database);
    expect(await rhythm()).toBe('Assumed: one run a day, because no schedule starts runs of these feeds.');
    await store.insert(schedule('other', '0 * * * *', ['b']), 'cli');
    expect(await rhythm()).toMatch(/^Assumed/);
    await store.insert(schedule('weekly', '0 4 * * 0'), 'cli');
    expect(await rhythm()).toBe('Runs: every 7.0 days, as the schedules say.');
    await store.insert(schedule('unreadable', 'soon'), 'cli');
    expect(await rhythm(schedule('often', '0 */6 * * *'))).toBe('Runs: every 6.0 h, as the schedules say.');
  });

  test('as schedules of the file say, whether they are stored already or not', async () => {
    const store = createScheduleStore(database);
    const [often, nightly] = [schedule('often', '0 */6 * * *'), schedule('nightly', '0 2 * * *')];
    // The file has it no more: it ends when a process begins.
    await store.insert(schedule('gone', '0 * * * *'), 'file');
    await store.insert(often, 'file');
    await store.pause('often');
    expect(await rhythm(often, nightly)).toBe('Runs: once a day, as the schedules say.');
    expect(await rhythm(often)).toMatch(/^Assumed/);
    await store.resume('often');
    expect(await rhythm(often)).toBe('Runs: every 6.0 h, as the schedules say.');
  });
});

test('what was postponed is not due, and a pass that was cut has the rest of its pages left', async () => {
  await assign(30);
  const later = "usage.ledger_now() + interval '5 hours'";
  await database.pool.query(`UPDATE sync.refresh SET not_before = ${later} WHERE offer_id % 3 = 0`);
  expect(await dueOf()).toEqual({ 'offer.detail': 20 });
  await database.pool.query(
    `INSERT INTO sync.search_window
       (feed, keyword, next_page, pass_started_at, completed_at, total_records, last_outcome, language, not_before)
     SELECT 'a', keyword, page, CASE WHEN page > 1 THEN now END, now - interval '3 days', 1000, 'truncated', 'en', later
     FROM usage.ledger_now() now,
          (VALUES ('whole', 1, NULL), ('cut', 16, NULL), ('failed', 1, ${later})) w (keyword, page, later)`,
  );
  await database.pool.query(`INSERT INTO sync.category_visit (category_id, not_before) VALUES (1, ${later})`);
  expect(await dueOf(fileOf('keywords: [whole, cut, failed]'))).toMatchObject({ 'search.keyword': 25 });
  expect(await dueOf(fileOf("categories: ['1']"))).toMatchObject({ 'category.children': 0 });
});

test('what is held is due, and not called', async () => {
  const quota = createQuotaStore(database);
  await quota.holdApi({ api: '*', code: 'HELD_BY_HAND', forMs: null, reason: null });
  const { holds, forecast } = await planOf();
  expect(holds).toMatchObject([{ api: '*', code: 'HELD_BY_HAND' }]);
  expect(holds[0]?.operations).toContain('offer.detail');
  expect(forecast.apis).toMatchObject([{ operation: 'offer.detail', nextRun: 0, due: 30 }]);
  await quota.resumeApi('*');
});

describe('other limits', () => {
  const limits = new Map([['offer.detail', [4, 200] as const]] as const);

  test('bring younger details over the days that are looked ahead, from how old they are now', async () => {
    await assign(30);
    await database.pool.query(
      `UPDATE sync.refresh SET detail_at = usage.ledger_now() - interval '4 days', bucket = abs(bucket),
         order_at = usage.ledger_now() - interval '4 days'`,
    );
    const plan = await planOf();
    const [now, few, many] = planScenarios(plan, { limits, days: 5 }).map(({ ahead }) => ahead);
    expect(now).toEqual(many);
    // A day's 4 calls of 30 offers, which are 4 to 9 days old by then; 190 calls are enough for all.
    expect(few?.callsPerDay).toBeCloseTo(4, 0);
    expect(few?.ages.p90Days).toBeGreaterThan(7);
    expect(few?.ages.p90Days).toBeLessThan(9);
    expect(many?.ages.p90Days).toBeLessThan(1);
    const text = formatWhatIf(plan, { limits, days: 5 }, 100);
    expect(text).toMatch(/^Over the next 5 days:\noffer\.detail limit {2}a day {2}details: age/);
    expect(text).toMatch(/^ +4 +4 +4\.\d d +/m);
    expect(formatWhatIf(plan, { limits, days: 1 }, 100)).toMatch(/^Over the next day:\n/);
    expect(text).toContain('\n\nIn the long run:\n');
    expect(scenariosAsJson(planScenarios(plan, { limits, days: 5 }))[1]).toMatchObject({
      ahead: { detailsPerDay: few?.callsPerDay, details: few?.ages, fresh: few?.fresh },
    });
  });

  test('are not looked ahead with where no detail is known', async () => {
    const plan = await planOf();
    expect(planScenarios(plan, { limits, days: 5 }).map(({ ahead }) => ahead)).toEqual([null, null, null]);
  });
});
