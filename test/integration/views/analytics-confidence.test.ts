import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  insertChange,
  insertIntervals,
  insertObservedOffers,
  insertOffers,
  openPast,
} from '../../support/analytics-world.ts';

type Row = Record<string, unknown>;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
  // All figures change once in ten days, known as if two changes had been seen; rows hide three of twenty changes.
  await db.pool.query('UPDATE sync.figure SET prior_changes = 2, prior_days = 20, hidden_changes = 1.2');
});
afterAll(() => db.drop());

const ask = async (sql: string) => (await db.pool.query<Row>(sql)).rows;
const chance = (ageDays: number, changes = 2, days = 20) => (1 + ageDays / days) ** -changes;

interface Refreshed {
  readonly offerId: string;
  /** Days ago. */
  readonly detail: number;
  readonly vouched?: number;
  readonly stale?: { readonly since: number; readonly by: string };
  readonly isInStock?: boolean | null;
  /** The detail before them, which found it, is ten days older. */
  readonly emptyDetails?: number;
  readonly prices?: readonly [changes: number, days: number];
}

async function insertRefreshed(one: Refreshed): Promise<void> {
  const {
    offerId,
    detail,
    vouched = detail,
    stale,
    isInStock = true,
    emptyDetails = 0,
    prices = [0, 0],
  } = one;
  await db.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at, detail_call_id, found_at, found_call_id, summary_at,
       summary_call_id, vouched_at, stale_since, stale_by, is_in_stock, empty_detail_streak, price_changes, price_days)
     SELECT $1, n, n - $2 * d, 1, n - ($2 + 10 * least($7::int, 1)) * d, 1, n - $3 * d, 2, n - $3 * d, n - $4 * d, $5, $6, $7, $8, $9
     FROM (SELECT now() AS n, interval '1 day' AS d) t`,
    [offerId, detail, vouched, stale?.since ?? null, stale?.by ?? null, isInStock, emptyDetails, ...prices],
  );
}

const confidence = async (offerId: string) => {
  const [row] = await ask(
    `SELECT p_current::float8 AS offer, price_p_current::float8 AS prices, stock_p_current::float8 AS stock, is_in_stock, hint
     FROM analytics.offer_confidence WHERE offer_id = ${offerId}`,
  );
  return row;
};

describe('analytics.offer_confidence', () => {
  it('falls with the age of the detail, by the rate that is known', async () => {
    await insertRefreshed({ offerId: '1', detail: 10, prices: [3, 5] });
    const found = await confidence('1');
    expect(found?.['offer']).toBeCloseTo(chance(10), 3);
    expect(found?.['prices']).toBeCloseTo(chance(10, 5, 25), 3);
    expect(found?.['stock']).toBeCloseTo(chance(10), 3);
  });

  it('has the rate of the offer alone where that follows of all that is known', async () => {
    await insertRefreshed({ offerId: '7', detail: 10, isInStock: false, prices: [3, 5] });
    await db.pool.query(
      `UPDATE sync.refresh SET offer_changes = 2, offer_days = 30,
         evidence = array_fill(0::real, '{20}') || array_fill(NULL::real, '{10}') || array_fill(0::real, '{10}'), out_of_stock_changes = 0.5, out_of_stock_days = 4, in_stock_changes = 9, in_stock_days = 9
       WHERE offer_id = 7`,
    );
    const found = await confidence('7');
    expect(found?.['prices']).toBeCloseTo(chance(10, 3, 5), 3);
    expect(found?.['offer']).toBeCloseTo(chance(10, 2, 30), 3);
    expect(found?.['stock']).toBeCloseTo(chance(10, 0.5, 4), 3);
    await db.pool.query(
      `UPDATE sync.refresh SET evidence = evidence[:10] || array_fill(NULL::real, '{10}') || evidence[21:] WHERE offer_id = 7`,
    );
    expect(await confidence('7')).toMatchObject({
      prices: expect.closeTo(chance(10, 5, 25), 3) as number,
      offer: expect.closeTo(chance(10, 2, 30), 3) as number,
    });
    await db.pool.query(
      `UPDATE sync.refresh SET empty_detail_streak = 2, evidence = array_fill(NULL::real, '{40}') || array_fill(0::real, '{10}'),
         gone_changes = 2, gone_days = 90
       WHERE offer_id = 7`,
    );
    expect(await confidence('7')).toMatchObject({
      offer: expect.closeTo(chance(10, 2, 90), 3) as number,
      ...{ prices: null, stock: null },
    });
  });

  it('is younger where rows vouched for the detail, but for the share that they do not show', async () => {
    await insertRefreshed({ offerId: '2', detail: 10, vouched: 2 });
    expect((await confidence('2'))?.['prices']).toBeCloseTo(chance(2 + 0.15 * 8), 3);
  });

  it('is what details found after such a hint, and falls from then on', async () => {
    await db.pool.query(`UPDATE sync.figure SET row_details = 98, row_changes = 79 WHERE figure = 'price'`);
    await insertRefreshed({ offerId: '3', detail: 10, vouched: 4, stale: { since: 4, by: 'row' } });
    const found = await confidence('3');
    expect(found?.['prices']).toBeCloseTo(0.2 * chance(4), 3);
    expect(found?.['offer']).toBeCloseTo(0.5 * chance(4), 3);
    expect(found?.['hint']).toBe('row');
  });

  it('knows of an offer that is gone only that it is, by the rate at which such come back', async () => {
    await db.pool.query(`UPDATE sync.figure SET prior_changes = 1, prior_days = 50 WHERE figure = 'gone'`);
    await insertRefreshed({ offerId: '4', detail: 10, isInStock: null, emptyDetails: 2 });
    await db.pool.query(
      'UPDATE sync.refresh SET offer_changes = 7, offer_days = 7, gone_changes = 2, gone_days = 30 WHERE offer_id = 4',
    );
    const found = await confidence('4');
    expect(found?.['offer']).toBeCloseTo(chance(10, 3, 80), 3);
    expect(found).toMatchObject({ prices: null, stock: null, is_in_stock: null });
  });

  it('knows an offer to be gone as long as complete passes of searches that listed it do not list it', async () => {
    await db.pool.query(`UPDATE sync.figure SET prior_changes = 1, prior_days = 50 WHERE figure = 'gone'`);
    await insertRefreshed({ offerId: '8', detail: 10, isInStock: null, emptyDetails: 1 });
    const lists = (keyword: string, seenAgo: number, completeAgo: number, more = '') =>
      db.pool.query(
        `WITH w AS (
           INSERT INTO sync.search_window (feed, ${more === 'picture' ? 'image' : 'keyword'}, language, complete_since, retired_at)
           VALUES ('all', $1, 'zh', now() - $3 * interval '1 day', ${more === 'retired' ? 'now()' : 'NULL'}) RETURNING window_id)
         INSERT INTO sync.window_offer (window_id, offer_id, first_seen_at, last_seen_at)
         SELECT window_id, 8, now() - interval '20 days', now() - $2 * interval '1 day' FROM w`,
        [keyword, seenAgo, completeAgo],
      );
    await lists('retired', 20, 1, 'retired');
    await lists('still lists it', 1, 2);
    await lists('https://example.com/1.jpg', 20, 1, 'picture');
    expect((await confidence('8'))?.['offer']).toBeCloseTo(chance(10, 1, 50), 3);
    // One part lacks it, and the other lists it: the search does.
    const [whole] = await ask(
      `INSERT INTO sync.search_window (feed, keyword, language, complete_since) VALUES ('all', 'whole', 'zh', now() - interval '1 day')
       RETURNING window_id`,
    );
    await lists('part 1', 20, 2);
    await lists('part 2', 0.5, 2);
    await db.pool.query(
      `UPDATE sync.search_window SET parent_window_id = $1, complete_since = NULL WHERE keyword LIKE 'part %'`,
      [whole?.['window_id']],
    );
    expect((await confidence('8'))?.['offer']).toBeCloseTo(chance(10, 1, 50), 3);
    await lists('a', 12, 4);
    await lists('b', 12, 3);
    // Rows show 85 of 100 changes: so much of 7 days is known to be quiet, and so much of them is over.
    expect((await confidence('8'))?.['offer']).toBeCloseTo(chance(3 + 0.15 * 7, 1, 50 + 0.85 * 7), 3);
    const [row] = await ask(
      `SELECT now()::date - vouched_at::date AS days FROM analytics.offer_confidence WHERE offer_id = 8`,
    );
    expect(row).toEqual({ days: 3 });
    // No part lists it any more, so that the pass over all of them vouches.
    await db.pool.query(
      `UPDATE sync.window_offer SET last_seen_at = now() - interval '15 days'
       WHERE offer_id = 8 AND window_id IN (SELECT window_id FROM sync.search_window WHERE keyword LIKE 'part %')`,
    );
    const [left] = await ask(
      `SELECT now()::date - vouched_at::date AS days FROM analytics.offer_confidence WHERE offer_id = 8`,
    );
    expect(left).toEqual({ days: 1 });
    // Where a row speaks against it, no list that lacks it vouches.
    await db.pool.query(
      `UPDATE sync.refresh SET stale_since = now() - interval '4 days', stale_by = 'row' WHERE offer_id = 8`,
    );
    const [hinted] = await ask(
      `SELECT now()::date - vouched_at::date AS days, now()::date - hinted_at::date AS hinted FROM analytics.offer_confidence WHERE offer_id = 8`,
    );
    expect(hinted).toEqual({ days: 10, hinted: 4 });
  });

  it('learns nothing of one that is gone from a search that it had left when a detail found it last', async () => {
    await insertRefreshed({ offerId: '9', detail: 10, isInStock: null, emptyDetails: 2 });
    const vouchedAfter = async (seenAgo: number) => {
      await db.pool.query(
        `WITH w AS (
           INSERT INTO sync.search_window (feed, keyword, language, complete_since)
           VALUES ('all', 'seen ' || $1::int, 'zh', now() - interval '1 day') RETURNING window_id)
         INSERT INTO sync.window_offer (window_id, offer_id, first_seen_at, last_seen_at)
         SELECT window_id, 9, now() - interval '60 days', now() - $1 * interval '1 day' FROM w`,
        [seenAgo],
      );
      const [row] = await ask(
        `SELECT now()::date - vouched_at::date AS days FROM analytics.offer_confidence WHERE offer_id = 9`,
      );
      return row?.['days'];
    };
    // A detail found it 20 days ago, though one search listed it last 30 days ago.
    expect(await vouchedAfter(30)).toBe(10);
    expect(await vouchedAfter(19)).toBe(1);
  });

  it('says nothing of offers without a detail', async () => {
    await db.pool.query(
      `INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, summary_call_id) VALUES (5, now(), now(), 1)`,
    );
    expect(await confidence('5')).toBeUndefined();
  });

  it('finds the stock that the release before observed, by its own rate of each state', async () => {
    await db.pool.query(
      `UPDATE sync.figure SET prior_changes = 1 WHERE figure = 'out_of_stock';
       INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at, detail_call_id, found_at, found_call_id)
       SELECT 6, at, at, 1, at, 1 FROM (SELECT now() - interval '10 days' AS at) t;
       INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, stock, loaded_at)
       SELECT 6, detail_at, 'detail', 1, true, false, 0, now() FROM sync.refresh WHERE offer_id = 6`,
    );
    const found = await confidence('6');
    expect(found).toMatchObject({ is_in_stock: false });
    expect(found?.['stock']).toBeCloseTo(chance(10, 1), 3);
  });

  it('reads no observations of offers that this release observed', async () => {
    const plan = await ask(
      'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT * FROM analytics.offer_confidence WHERE offer_id = 1',
    );
    const lines = plan.map((row) => String(row['QUERY PLAN']));
    expect(lines.join('\n')).toContain('Index Cond: (offer_id = ');
    const observed = lines.filter((line) => line.includes('on observation'));
    expect(observed.every((line) => line.includes('never executed'))).toBe(true);
  });
});

describe('how likely a price held', () => {
  beforeAll(async () => {
    await insertOffers(db, [{ offerId: '10' }]);
    await insertIntervals(db, [
      { offerId: '10', cny: '5', from: 40, to: 10 },
      { offerId: '10', cny: '8', from: 10 },
    ]);
    await insertObservedOffers(db, '10', [40, 30, 10, 2]);
    await insertRefreshed({ offerId: '10', detail: 2 });
  });

  const priceAt = async (days: number) =>
    (
      await ask(
        `SELECT unit_price_cny, p_current::float8 AS p FROM analytics.price_at(10, quantity => 2,
           at => ((SELECT day FROM analytics.clock) - ${String(days)})::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '1 second')`,
      )
    )[0];

  it('is certain between observations that show it, and falls evenly to the one that shows another', async () => {
    expect(await priceAt(35)).toEqual({ unit_price_cny: '5.0000', p: 1 });
    expect(await priceAt(30)).toEqual({ unit_price_cny: '5.0000', p: 1 });
    expect(await priceAt(25)).toEqual({ unit_price_cny: '5.0000', p: 0.75 });
    expect(await priceAt(10)).toEqual({ unit_price_cny: '8.0000', p: 1 });
  });

  it('is that of offer_confidence now, and has no figure without a price', async () => {
    const [current] = await ask('SELECT p_current::float8 AS p FROM analytics.price_at(10, quantity => 2)');
    expect(current?.['p']).toBeCloseTo(chance(2), 3);
    expect(await ask('SELECT p_current FROM analytics.price_at(10, quantity => 1)')).toEqual([
      { p_current: null },
    ]);
  });

  const lowest = async (args: string) =>
    (
      await ask(
        `SELECT price_cny::float8 AS cny, reason, p_lowest::float8 AS p,
                (SELECT day FROM analytics.clock) - day AS days_ago FROM analytics.lowest_price(${args})`,
      )
    )[0];

  it('a low is as likely as that what was lower before had changed before the days', async () => {
    // 5 yuan 30 days ago and 8 from 10 days ago on: the change came before the last 20 days in half of all cases, about.
    const found = await lowest('10, 20');
    expect(found).toMatchObject({ cny: 8, reason: null, days_ago: 2 });
    const before = (30 - 19) / 20;
    const since = 1 - (1 - chance(2)) / 2;
    expect(found?.['p']).toBeCloseTo(before * since, 2);
  });

  it('a low that observations on both sides show is doubted only where nobody looked since', async () => {
    expect((await lowest('10, 10'))?.['p']).toBeCloseTo(1 - (1 - chance(2)) / 2, 3);
    expect(await lowest(`10, 5, last_day => (SELECT day - 4 FROM analytics.clock)`)).toMatchObject({
      cny: 8,
      reason: 'carried',
      p: 1,
    });
  });

  it('where nothing was observed in the days, what the observation before showed is carried', async () => {
    const found = await lowest('10, 1');
    expect(found).toMatchObject({ cny: 8, reason: 'carried', days_ago: 2 });
    expect(found?.['p']).toBeGreaterThan(chance(2) - 1e-3);
    expect(found?.['p']).toBeLessThan(1);
  });

  it('between observations that show other prices, a lower one may have come and gone', async () => {
    await insertOffers(db, [{ offerId: '13' }]);
    await insertIntervals(db, [
      { offerId: '13', cny: '8', from: 30, to: 10 },
      { offerId: '13', cny: '9', from: 10 },
    ]);
    await insertObservedOffers(db, '13', [30, 10]);
    await insertRefreshed({ offerId: '13', detail: 10 });
    const found = await lowest('13, 31');
    expect(found).toMatchObject({ cny: 8, reason: null, days_ago: 30 });
    const held = [chance(20), chance(10)].map((one) => 1 - (1 - one) / 3);
    expect(found?.['p']).toBeCloseTo((held[0] ?? 0) * (held[1] ?? 0), 3);
  });

  it('what a later observation shows lower may have been so before the last day', async () => {
    const day = (days: number) => `(SELECT day - ${String(days)} FROM analytics.clock)`;
    await insertOffers(db, [{ offerId: '11' }]);
    await insertIntervals(db, [
      { offerId: '11', cny: '9', from: 30, to: 10 },
      { offerId: '11', cny: '4', from: 10 },
    ]);
    await insertObservedOffers(db, '11', [30, 10]);
    const found = await lowest(`11, 10, last_day => ${day(21)}`);
    expect(found).toMatchObject({ cny: 9, reason: null });
    expect(found?.['p']).toBeCloseTo(0.5, 3);
  });

  it('a low is carried over days between two observations, of which the later shows a higher one', async () => {
    // It is one if 5 yuan still held as these days began.
    const found = await lowest('10, 5, last_day => (SELECT day - 15 FROM analytics.clock)');
    expect(found).toMatchObject({ cny: 5, reason: 'carried' });
    expect(found?.['p']).toBeCloseTo(1 - (30 - 19) / 20, 3);
  });

  it('carries no price of an offer that was off sale', async () => {
    await insertOffers(db, [{ offerId: '12', state: 'delisted' }]);
    await insertIntervals(db, [{ offerId: '12', cny: '9', from: 30 }]);
    await insertObservedOffers(db, '12', [30, 20]);
    await insertChange(db, { offerId: '12', field: 'state', old: 'listed', new: 'delisted', at: 20 });
    expect(await lowest('12, 5')).toMatchObject({ cny: null, reason: 'not_observed', p: null });
    expect(await lowest('12, 30')).toMatchObject({ cny: null, reason: 'no_price', p: null });
  });
});

it('freshness says what share of offers is still right', async () => {
  await insertOffers(db, [{ offerId: '1' }, { offerId: '2' }]);
  const [row] = await ask(
    `SELECT expected_current_share::float8 AS offers, expected_prices_current_share::float8 AS prices
     FROM analytics.freshness WHERE feed IS NULL AND category_id IS NULL`,
  );
  const [known] = await ask(
    `SELECT avg(p_current)::float8 AS offers, avg(price_p_current)::float8 AS prices
     FROM catalog.offer JOIN analytics.offer_confidence USING (offer_id)`,
  );
  expect(row?.['offers']).toBeCloseTo(Number(known?.['offers']), 3);
  expect(row?.['prices']).toBeCloseTo(Number(known?.['prices']), 3);
});
