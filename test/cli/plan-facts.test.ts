import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readPlanFrom } from '../../src/cli/plan/read-plan.ts';
import { createShelfStore } from '../../src/load/stores/shelf-store.ts';
import { parseSyncFile } from '../../src/plan/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  database.pool.query('TRUNCATE sync.refresh, sync.feed, sync.feed_set, sync.erased_seller CASCADE'),
);

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(610_000_000_000 + index));
const fileOf = (feed: string) => parseSyncFile(`account: business\nfeeds: [{ name: a, ${feed} }]\n`, 'test');
const watching = (count: number) => fileOf(`offers: [${ids(count).join(', ')}]`);

/** What is due for the next run, as the database is now. */
async function dueOf(sync = watching(30)): Promise<Record<string, number>> {
  const request = { feedNames: ['a'], budgetCalls: null };
  const { forecast } = await readPlanFrom(database.pool, { sync, appKey: undefined }, request);
  return Object.fromEntries(forecast.apis.map(({ operation, due }) => [operation, due]));
}

/** As a run does before it chooses. */
const assign = (count: number) => createShelfStore(database).assignFeeds(watching(count).feeds, -1);

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
