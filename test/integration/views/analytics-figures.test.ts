import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { insertIntervals, insertOffers, openPast } from '../../support/analytics-world.ts';

/* Each figure of a view once, against rows of which it can be worked out by hand. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
});
afterAll(() => db.drop());

type Row = Record<string, unknown>;
const ask = async (sql: string) => (await db.pool.query<Row>(sql)).rows;

/** When intervals of so many days ago begin and end. */
const at = (days: number) =>
  `((SELECT day FROM analytics.clock) - ${String(days)})::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '1 second'`;

it('a price that begins at the instant of another unit is of that unit, and the one that ends there of the unit before', async () => {
  await insertOffers(db, [{ offerId: '1', unit: '件' }]);
  await insertIntervals(db, [
    { offerId: '1', cny: '30', from: 9, to: 6 },
    { offerId: '1', cny: '5', from: 6, to: 3 },
    { offerId: '1', cny: '6', from: 3 },
  ]);
  await db.pool.query(
    `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
     VALUES (1, 'unit', '箱', '件', ${at(6)}, 1), (1, 'unit', '盒', '箱', ${at(20)}, 1), (1, 'subject', 'a', 'b', ${at(4)}, 1)`,
  );
  expect(
    await ask(
      'SELECT amount_cny, unit, is_current FROM analytics.fct_price_history WHERE offer_id = 1 ORDER BY valid_from',
    ),
  ).toEqual([
    { amount_cny: '30.0000', unit: '箱', is_current: false },
    { amount_cny: '5.0000', unit: '件', is_current: false },
    { amount_cny: '6.0000', unit: '件', is_current: true },
  ]);
  // 6 days ago the price is of another unit than before; 3 days ago both are of the same.
  expect(
    await ask(
      `SELECT before_cny, after_cny, change_cny, unit, is_unit_changed FROM analytics.fct_price_change
       WHERE offer_id = 1 ORDER BY changed_at`,
    ),
  ).toEqual([
    { before_cny: '30.0000', after_cny: '5.0000', change_cny: '-25.0000', unit: '件', is_unit_changed: true },
    { before_cny: '5.0000', after_cny: '6.0000', change_cny: '1.0000', unit: '件', is_unit_changed: false },
  ]);
});

it('a seller is scored by offers of each state, the new ones and the list prices that changed in 30 days', async () => {
  await db.pool.query(`INSERT INTO catalog.seller (seller_id, company_name, changed_at, call_id)
    VALUES ('s', '公司', now(), 1), ('other', NULL, now(), 1)`);
  const states = ['listed', 'listed', 'listed', 'delisted', 'delisted', 'missing', 'gone', 'gone'];
  await insertOffers(
    db,
    states.map((state, index) => ({ offerId: String(101 + index), state })),
  );
  await insertOffers(db, [{ offerId: '120' }]);
  await db.pool.query(
    `UPDATE catalog.offer SET seller_id = CASE WHEN offer_id < 120 THEN 's' ELSE 'other' END WHERE offer_id > 100`,
  );
  await db.pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at)
     VALUES (101, now() - interval '29 days 23 hours'), (102, now() - interval '30 days 1 hour'), (106, now()), (120, now())`,
  );
  await insertIntervals(db, [
    { offerId: '101', cny: '1', from: 60, to: 31 },
    { offerId: '101', cny: '2', from: 31, to: 29 },
    { offerId: '101', cny: '3', from: 29, to: 2 },
    { offerId: '104', cny: '4', from: 40, to: 10 },
    { offerId: '101', kind: 'consign', cny: '9', from: 40, to: 5 },
    { offerId: '120', cny: '7', from: 40, to: 5 },
  ]);
  expect(
    await ask(
      `SELECT company_name, offers, listed_offers, delisted_offers, missing_offers, gone_offers, new_offers_30d, delisted_share, list_price_changes_30d
       FROM analytics.seller_scorecard WHERE seller_id = 's'`,
    ),
  ).toEqual([
    {
      company_name: '公司',
      offers: 8,
      listed_offers: 3,
      delisted_offers: 2,
      missing_offers: 1,
      gone_offers: 2,
      new_offers_30d: 2,
      delisted_share: '0.2500',
      list_price_changes_30d: 3,
    },
  ]);
});

it('a category is summed up by its offers, sellers and quartiles of what is listed with a price', async () => {
  await db.pool.query(
    `INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, is_leaf, first_seen_at, call_id)
     VALUES (7, NULL, 1, '7', '箱包', false, now(), 1), (71, 7, 2, '7/71', '女包', true, now(), 1), (8, NULL, 1, '8', '鞋', true, now(), 1)`,
  );
  // Eight listed ones for 1 to 8, one listed without a price, one gone for 100; two sellers, and one without.
  await insertOffers(
    db,
    Array.from({ length: 10 }, (_, index) => ({
      offerId: String(201 + index),
      state: index === 9 ? 'gone' : 'listed',
    })),
  );
  await db.pool.query(
    `UPDATE catalog.offer SET category_id = CASE WHEN offer_id = 201 THEN 7 ELSE 71 END,
            seller_id = CASE WHEN offer_id <= 204 THEN 's' WHEN offer_id <= 208 THEN 'other' END
     WHERE offer_id BETWEEN 201 AND 210`,
  );
  await insertIntervals(db, [
    ...Array.from({ length: 8 }, (_, index) => ({
      offerId: String(201 + index),
      cny: String(index + 1),
      from: 3,
    })),
    { offerId: '210', cny: '100', from: 3 },
  ]);
  expect(
    await ask(
      `SELECT category_id, offers, listed_offers, sellers, priced_offers, min_cny, quartile_1_cny, median_cny, quartile_3_cny, max_cny
       FROM analytics.category_summary WHERE category_id IN (7, 8) ORDER BY 1`,
    ),
  ).toEqual([
    {
      ...{ category_id: '7', offers: 10, listed_offers: 9, sellers: 2, priced_offers: 8 },
      ...{ min_cny: '1.0000', quartile_1_cny: '2.0000', median_cny: '4.0000' },
      ...{ quartile_3_cny: '6.0000', max_cny: '8.0000' },
    },
    {
      ...{ category_id: '8', offers: 0, listed_offers: 0, sellers: 0, priced_offers: 0 },
      ...{ min_cny: null, quartile_1_cny: null, median_cny: null, quartile_3_cny: null, max_cny: null },
    },
  ]);
});

it('freshness has the age of half and of nine tenths of the offers, by search and by detail', async () => {
  await db.pool
    .query(`INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, is_leaf, first_seen_at, call_id)
    VALUES (9, NULL, 1, '9', '茶', true, now(), 1)`);
  await insertOffers(
    db,
    Array.from({ length: 11 }, (_, index) => ({ offerId: String(301 + index) })),
  );
  await db.pool.query('UPDATE catalog.offer SET category_id = 9 WHERE offer_id BETWEEN 301 AND 311');
  // Offer 300 + n: by search n hours ago, by detail 20 n hours ago; the eleventh never by either.
  await db.pool.query(
    `INSERT INTO sync.feed_set (feeds) VALUES ('{tea}');
     INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at, stale_since, stale_by, feed_set)
     SELECT 300 + n, now(), CASE WHEN n < 11 THEN now() - make_interval(hours => n) END,
            CASE WHEN n < 11 THEN now() - make_interval(hours => 20 * n) END,
            CASE WHEN n IN (2, 5) THEN now() END, CASE WHEN n IN (2, 5) THEN 'row' END,
            (SELECT feed_set FROM sync.feed_set WHERE feeds = '{tea}')
     FROM generate_series(1, 11) n`,
  );
  expect(await ask('SELECT * FROM analytics.freshness WHERE category_id = 9')).toEqual([
    {
      ...{ feed: 'tea', category_id: '9', offers: 11, never_observed: 1, known_stale: 2 },
      ...{ search_age_median_h: '5.0', search_age_p90_h: '9.0' },
      ...{ detail_age_median_h: '100.0', detail_age_p90_h: '180.0', detail_age_max_h: '200.0' },
      // 20 h; 20 to 160 h.
      ...{ share_within_1d: '0.0909', share_within_7d: '0.7273' },
      // No detail found any of them.
      ...{ expected_current_share: null, expected_prices_current_share: null },
    },
  ]);
});

it('a mover is compared with what stood seven days ago, by all changes since', async () => {
  await insertOffers(db, [{ offerId: '401' }, { offerId: '402' }]);
  await insertIntervals(db, [
    { offerId: '401', cny: '50', from: 30, to: 8 },
    { offerId: '401', cny: '10', from: 8, to: 6 },
    { offerId: '401', cny: '20', from: 6, to: 2 },
    { offerId: '401', cny: '12.5', from: 2 },
    { offerId: '402', cny: '50', from: 30, to: 8 },
    { offerId: '402', cny: '10', from: 8 },
  ]);
  expect(
    await ask(
      `SELECT offer_id, before_cny, now_cny, change_cny, change_percent, changes FROM analytics.price_movers WHERE offer_id > 400`,
    ),
  ).toEqual([
    {
      ...{ offer_id: '401', before_cny: '10.0000', now_cny: '12.5000', change_cny: '2.5000' },
      ...{ change_percent: '25.00', changes: 2 },
    },
  ]);
});
