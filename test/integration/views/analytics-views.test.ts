import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { insertIntervals, insertOffers, openPast } from '../../support/analytics-world.ts';
import { connectAbroad } from './usage-calls.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
});
afterAll(() => db.drop());

type Row = Record<string, unknown>;

/** As a dashboard abroad asks: its own time zone has no whole hours from Shanghai. */
async function ask(sql: string): Promise<Row[]> {
  const client = await connectAbroad(db.pool);
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    client.release(true);
  }
}

/** `days` ago at an hour of Shanghai, as SQL. */
const at = (days: number, hours: string) =>
  `((SELECT day FROM analytics.clock) - ${days})::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '${hours}'`;

describe('facts of observations', () => {
  beforeAll(async () => {
    await insertOffers(db, [{ offerId: '1' }, { offerId: '2' }]);
    const observation = (time: string, source: string, values: string, isFound = true) =>
      `(1, ${time}, '${source}', nextval('usage.call_id_seq'), ${isFound}, false, ${values}, now())`;
    await db.pool.query(
      `INSERT INTO catalog.observation
         (offer_id, observed_at, source, call_id, is_found, is_late, min_price_cny, stock, sold_count, month_sold, loaded_at)
       VALUES ${[
         observation(at(4, '23:59:59.999'), 'detail', '9, 50, 100, NULL'),
         observation(at(3, '0:00:00'), 'detail', '8, 40, 110, NULL'),
         observation(at(3, '12:00:00'), 'search', '7.5, NULL, NULL, 30'),
         observation(at(3, '23:00:00'), 'detail', '8.5, 45, 111, NULL'),
         observation(at(1, '10:00:00'), 'detail', 'NULL, NULL, NULL, NULL', false),
         observation(at(1, '11:00:00'), 'search', '7.4, NULL, NULL, 36'),
       ].join()}`,
    );
  });

  it('a day is one of Shanghai, and differences are to what was known before it', async () => {
    const rows = await ask('SELECT * FROM analytics.fct_offer_daily WHERE offer_id = 1 ORDER BY day');
    expect(rows).toMatchObject([
      { observations: 1, detail_observations: 1, stock: '50', stock_change: null, lowest_list_cny: '9.0000' },
      {
        ...{ observations: 3, detail_observations: 2, search_observations: 1, empty_observations: 0 },
        ...{ lowest_list_cny: '8.0000', lowest_search_cny: '7.5000', unit: '件' },
        ...{ stock: '45', stock_change: '-5', sold_count: '111', sold_count_change: '11' },
        ...{ month_sold: '30', month_sold_change: null },
      },
      {
        ...{ observations: 2, empty_observations: 1, lowest_list_cny: null, stock: null, stock_change: null },
        ...{ month_sold: '36', month_sold_change: '6' },
      },
    ]);
  });

  it('days are found by their index', async () => {
    const client = await db.pool.connect();
    await client.query('SET enable_seqscan = off');
    const plan = await client.query<Row>(
      'EXPLAIN SELECT * FROM analytics.fct_observation WHERE day = (SELECT day - 3 FROM analytics.clock)',
    );
    client.release(true);
    expect(JSON.stringify(plan.rows)).toContain('Bitmap Index Scan');
  });
});

describe('fct_price_daily', () => {
  it('has the price as it stood when a day ended, and says whether it was seen', async () => {
    await insertIntervals(db, [
      { offerId: '2', cny: '5', from: 6, to: 3 },
      { offerId: '2', cny: '4', from: 3, to: 1 },
    ]);
    await db.pool.query(
      `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
       VALUES (2, ${at(3, '0:00:01')}, 'detail', 1, true, false, now())`,
    );
    const rows = await ask(
      `SELECT (SELECT day FROM analytics.clock) - day AS ago, amount_cny, is_observed FROM analytics.fct_price_daily
       WHERE offer_id = 2 ORDER BY day`,
    );
    expect(rows).toEqual([
      { ago: 6, amount_cny: '5.0000', is_observed: false },
      { ago: 5, amount_cny: '5.0000', is_observed: false },
      { ago: 4, amount_cny: '5.0000', is_observed: false },
      { ago: 3, amount_cny: '4.0000', is_observed: true },
      { ago: 2, amount_cny: '4.0000', is_observed: false },
    ]);
  });
});

describe('price changes', () => {
  beforeAll(async () => {
    await insertOffers(db, [{ offerId: '20' }, { offerId: '21' }, { offerId: '22' }]);
    await insertIntervals(db, [
      { offerId: '20', cny: '10', from: 20, to: 5 },
      { offerId: '20', cny: '12', from: 5, to: 2 },
      { offerId: '20', cny: '9', from: 2 },
      { offerId: '21', cny: '10', from: 20, to: 5 },
      { offerId: '21', cny: '12', from: 5, to: 2 },
      { offerId: '21', cny: '10', from: 2 },
      { offerId: '22', cny: '10', from: 20, to: 9 },
      { offerId: '22', cny: '5', from: 9 },
    ]);
    await db.pool.query(
      `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
       VALUES (20, 'unit', '箱', '件', ${at(2, '0:00:01')}, 1)`,
    );
  });

  it('stand side by side with what came after, and say when the unit is another', async () => {
    const rows = await ask(
      'SELECT before_cny, after_cny, change_percent, unit, is_unit_changed FROM analytics.fct_price_change WHERE offer_id = 20 ORDER BY changed_at',
    );
    expect(rows).toEqual([
      {
        before_cny: '10.0000',
        after_cny: '12.0000',
        change_percent: '20.00',
        unit: '箱',
        is_unit_changed: false,
      },
      {
        before_cny: '12.0000',
        after_cny: '9.0000',
        change_percent: '-25.00',
        unit: '件',
        is_unit_changed: true,
      },
    ]);
  });

  it('of a price that ended without another have nothing after', async () => {
    const rows = await ask(
      'SELECT after_cny, change_percent FROM analytics.fct_price_change WHERE offer_id = 2',
    );
    expect(rows).toContainEqual({ after_cny: null, change_percent: null });
  });

  it('of the week count from where it began, and what came back is no mover', async () => {
    const rows = await ask(
      'SELECT offer_id, before_cny, now_cny, change_percent, changes FROM analytics.price_movers',
    );
    expect(rows).toEqual([
      { offer_id: '20', before_cny: '10.0000', now_cny: '9.0000', change_percent: '-10.00', changes: 2 },
    ]);
  });
});

describe('categories and sellers', () => {
  beforeAll(async () => {
    await db.pool.query(
      `INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, name_translated, is_leaf, first_seen_at, call_id)
       VALUES (5, NULL, 1, '5', '箱包', 'Bags', false, now(), 1), (51, 5, 2, '5/51', '女包', NULL, false, now(), 1),
              (511, 51, 3, '5/51/511', '手提包', 'Handbags', true, now(), 1), (52, 5, 2, '5/52', '男包', 'Men', true, now(), 1);
       INSERT INTO catalog.seller (seller_id, company_name, changed_at, call_id) VALUES ('s', '公司', now(), 1), ('t', NULL, now(), 1);
       INSERT INTO catalog.offer (offer_id, category_id, seller_id, state, changed_at, call_id)
       SELECT 500 + g, CASE WHEN g < 4 THEN 511 ELSE 52 END, 's', CASE g WHEN 5 THEN 'delisted' ELSE 'listed' END, now(), 1
       FROM generate_series(1, 5) g;
       INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
       SELECT 500 + g, 0, 'list', q, 10 * g - q / 100.0, now(), 1 FROM generate_series(1, 5) g, unnest('{1,100}'::int[]) q;
       INSERT INTO sync.feed_set (feeds) VALUES ('{a}'), ('{a,b}');
       INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at, stale_since, stale_by, feed_set)
       SELECT 500 + g, now() - make_interval(days => 20 * g), now(), CASE WHEN g <> 3 THEN now() - make_interval(hours => 20 * g) END,
              CASE WHEN g = 4 THEN now() END, CASE WHEN g = 4 THEN 'row' END,
              (SELECT feed_set FROM sync.feed_set WHERE cardinality(feeds) = CASE WHEN g = 1 THEN 2 ELSE 1 END)
       FROM generate_series(1, 5) g;
       INSERT INTO sync.search_window (feed, keyword, language) VALUES ('a', 'x', 'en'), ('a', 'y', 'en'), ('b', 'x', 'en');
       INSERT INTO sync.window_offer (window_id, offer_id, first_seen_at, last_seen_at)
       SELECT w.window_id, 500 + g, now(), now() FROM sync.search_window w, generate_series(1, 5) g WHERE w.feed = 'a' OR g = 1`,
    );
  });

  it('have paths from the root, with the Chinese name where there is no other', async () => {
    expect(
      await ask(
        'SELECT path_zh, path_translated, path_ids FROM analytics.dim_category WHERE category_id = 511',
      ),
    ).toEqual([
      {
        path_zh: '箱包 > 女包 > 手提包',
        path_translated: 'Bags > 女包 > Handbags',
        path_ids: ['5', '51', '511'],
      },
    ]);
    expect(
      await ask('SELECT category_path_zh, seller_name FROM analytics.dim_offer WHERE offer_id = 504'),
    ).toEqual([{ category_path_zh: '箱包 > 男包', seller_name: '公司' }]);
  });

  it('are summed up with all below them, over prices of the smallest order of what is on sale', async () => {
    const rows = await ask(
      `SELECT category_id, offers, listed_offers, priced_offers, min_cny, median_cny, max_cny FROM analytics.category_summary
       ORDER BY category_id`,
    );
    const of = (id: string) => rows.find((row) => row['category_id'] === id);
    expect(of('5')).toMatchObject({
      offers: 5,
      listed_offers: 4,
      priced_offers: 4,
      min_cny: '9.9900',
      max_cny: '39.9900',
    });
    expect(of('51')).toMatchObject({ offers: 3, median_cny: '19.9900' });
    expect(of('52')).toMatchObject({ offers: 2, listed_offers: 1, min_cny: '39.9900' });
  });

  it('score sellers by what they offer, also those with nothing', async () => {
    const rows = await ask('SELECT * FROM analytics.seller_scorecard ORDER BY seller_id');
    expect(rows).toMatchObject([
      {
        seller_id: 's',
        offers: 5,
        listed_offers: 4,
        delisted_offers: 1,
        missing_offers: 0,
        gone_offers: 0,
        new_offers_30d: 1,
        delisted_share: '0.2000',
      },
      { seller_id: 't', offers: 0, delisted_share: null },
    ]);
  });

  it('say how fresh they are, once for each feed', async () => {
    const rows = await ask(
      'SELECT * FROM analytics.freshness WHERE category_id IN (511, 52) ORDER BY category_id, feed',
    );
    expect(rows).toMatchObject([
      {
        ...{ feed: 'a', category_id: '52', offers: 2, known_stale: 1 },
        ...{ detail_age_max_h: '100.0', share_within_1d: '0.0000' },
      },
      {
        feed: 'a',
        category_id: '511',
        offers: 3,
        never_observed: 1,
        share_within_1d: '0.3333',
        share_within_7d: '0.6667',
      },
      { feed: 'b', category_id: '511', offers: 1, never_observed: 0, detail_age_median_h: '20.0' },
    ]);
  });

  it('say how well changes were predicted, and what hints were worth', async () => {
    await db.pool.query(
      `INSERT INTO sync.observation_stat (date_day, source, hint, decile, observations, expected, changed)
       SELECT k.day - d, s, h, n, l, e, c
       FROM analytics.clock k,
         (VALUES (1, 'detail', 'none', 3, 10, 2.4, 3), (2, 'detail', 'none', 3, 30, 7.6, 7), (1, 'search', 'none', 1, 50, 2, 1),
                 (1, 'detail', 'row', 1, 40, 1, 30), (91, 'detail', 'none', 3, 999, 1, 1)) v (d, s, h, n, l, e, c)`,
    );
    expect(await ask('SELECT * FROM analytics.change_calibration ORDER BY source')).toEqual([
      { source: 'detail', decile: 3, observations: 40, expected_share: '0.2500', changed_share: '0.2500' },
      { source: 'search', decile: 1, observations: 50, expected_share: '0.0400', changed_share: '0.0200' },
    ]);
    expect(await ask('SELECT * FROM analytics.hint_quality ORDER BY hint')).toEqual([
      { hint: 'none', observations: 40, changed: 10, precision: '0.2500', share_of_changes: '0.2500' },
      { hint: 'row', observations: 40, changed: 30, precision: '0.7500', share_of_changes: '0.7500' },
    ]);
  });

  it('rank over all pages of a day', async () => {
    await db.pool.query(
      `INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, offer_id)
       SELECT window_id, c, ${at(1, '9:00:00')}, p, r, 501
       FROM sync.search_window, (VALUES (1, 2, 3), (2, 1, 7), (3, 3, 1)) h (c, p, r) WHERE feed = 'b'`,
    );
    // A shop's own list has no ranking of this kind.
    await db.pool.query(
      `WITH shop AS (INSERT INTO sync.search_window (feed, seller_id, language) VALUES ('shop', 's', 'en') RETURNING window_id)
       INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, offer_id)
       SELECT window_id, 9, ${at(1, '9:00:00')}, 1, 1, 501 FROM shop`,
    );
    const rows = await ask(
      'SELECT feed, keyword, offer_id, best_rank, page, observations FROM analytics.fct_keyword_rank',
    );
    expect(rows).toEqual([
      { feed: 'b', keyword: 'x', offer_id: '501', best_rank: 7, page: 1, observations: 3 },
    ]);
  });
});
