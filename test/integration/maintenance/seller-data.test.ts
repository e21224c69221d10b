import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEraseStore } from '../../../src/maintenance/erase-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* What is kept of two sellers, counted by hand: each table has another number of rows of each. */

let db: TestDatabase;
const quietly = () => undefined;

/** Two offers of `mine`, and one of `other`. */
const rows = `
  INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('mine', now(), 1), ('other', now(), 1);
  INSERT INTO catalog.seller_history (seller_id, valid_from, call_id)
    SELECT id, now() - n * interval '1 day', n FROM (VALUES ('mine', 3), ('other', 1)) AS s (id, count), generate_series(1, count) n;
  INSERT INTO catalog.offer (offer_id, seller_id, state, changed_at, call_id)
    VALUES (1, 'mine', 'listed', now(), 1), (2, 'mine', 'listed', now(), 1), (3, 'other', 'listed', now(), 1);
  INSERT INTO catalog.offer_attribute (offer_id, position, name)
    SELECT id, n, 'a' FROM (VALUES (1, 2), (2, 3), (3, 1)) AS o (id, count), generate_series(1, count) n;
  INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, changed_at, call_id)
    SELECT id, n, 'listed', '[]', now(), 1 FROM (VALUES (1, 4), (2, 2), (3, 2)) AS o (id, count), generate_series(1, count) n;
  INSERT INTO catalog.sku_history (offer_id, sku_id, valid_from, call_id, valid_to, closed_by_call_id, state)
    SELECT id, n, '2026-11-01', 1, '2026-11-02', 2, 'listed'
    FROM (VALUES (1, 5), (2, 2), (3, 3)) AS o (id, count), generate_series(1, count) n;
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
    VALUES (1, 'subject', 'a', 'b', now(), 1), (1, 'tags', 'a', 'b', now(), 1), (2, 'subject', 'a', 'b', now(), 1),
      -- Nothing of a seller is in these.
      (1, 'state', 'listed', 'missing', now(), 1), (2, 'category_id', '1', '2', now(), 1), (2, 'quote_type', '1', '2', now(), 1),
      (1, 'min_order_quantity', '1', '2', now(), 1), (1, 'batch_number', '1', '2', now(), 1),
      -- An offer that it has no more, one that it has got, and what only looks like it.
      (3, 'seller_id', 'mine', 'other', now(), 1), (3, 'seller_id', 'none', 'mine', now(), 1),
      (3, 'subject', 'mine', 'other', now(), 1), (3, 'seller_id', 'none', 'other', now(), 1);
  INSERT INTO sync.search_window (feed, seller_id, language)
    VALUES ('a', 'mine', 'en'), ('b', 'mine', 'en'), ('a', 'other', 'en');
  INSERT INTO sync.seller_observation (seller_id, observed_at, call_id) VALUES ('mine', now(), 1), ('other', now(), 1);
  INSERT INTO sync.shop_suspicion (seller_id, known_since) VALUES ('mine', now()), ('other', now());
  INSERT INTO sync.refresh (offer_id, first_seen_at) VALUES (1, now()), (3, now());
  INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
                              state, send_at, send_by)
    SELECT t, '1', 'a', 'search.seller', request::jsonb, '\\x00', 'manual', false, '{}', 'unknown', t, t
    FROM usage.ledger_now() t,
      (VALUES ('{"sellerId":"mine"}'), ('{"sellerId":"mine","page":2}'), ('{"sellerId":"other"}'), ('{"keyword":"mine"}')) AS r (request)`;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool.query(rows);
});
afterAll(() => db.drop());

it('what is kept of a seller is counted by table', async () => {
  expect(await createEraseStore({ pool: db.pool }).count('mine', quietly)).toEqual({
    seller: 1,
    seller_history: 3,
    offer: 2,
    offer_attribute: 5,
    sku: 6,
    sku_history: 7,
    offer_change: 5,
    search_window: 2,
    seller_observation: 1,
    shop_suspicion: 1,
    refresh: 1,
    api_call: 2,
    answersDeleted: 0,
    answersRewritten: 0,
  });
});

it('all offers of a seller are erased, however many it has', async () => {
  await db.pool.query(
    `INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('large', now(), 1);
     INSERT INTO catalog.offer (offer_id, seller_id, state, subject, changed_at, call_id)
     SELECT n, 'large', 'listed', 's', now(), 1 FROM generate_series(1001, 1401) n`,
  );
  await db.pool.query(`INSERT INTO sync.shop_suspicion (seller_id, known_since) VALUES ('large', now())`);
  await createEraseStore({ pool: db.pool }).erase('large', quietly);
  const { rows: left } = await db.pool.query(
    'SELECT offer_id FROM catalog.offer WHERE offer_id > 1000 AND (seller_id IS NOT NULL OR subject IS NOT NULL)',
  );
  expect(left).toEqual([]);
  const { rows: others } = await db.pool.query(
    'SELECT offer_id FROM catalog.offer WHERE seller_id IS NOT NULL',
  );
  expect(others).toHaveLength(3);
  const { rows: shops } = await db.pool.query('SELECT seller_id FROM sync.shop_suspicion ORDER BY 1');
  expect(shops).toEqual([{ seller_id: 'mine' }, { seller_id: 'other' }]);
});
