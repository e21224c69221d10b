import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readAttribute, readFacts, readWords } from '../../../support/read-words.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* The page of an offer, against rows of the catalog: what it is, its parts in their order, and where all of it comes from. */

let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00', { imageSource: { kind: 'remote' } });
  await world.execute(
    `INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, is_leaf, first_seen_at, call_id)
     VALUES (1, NULL, 1, '1', '箱包', false, now(), 1), (11, 1, 2, '1/11', '背包', true, now(), 1)`,
  );
  await world.execute(
    `INSERT INTO catalog.seller (seller_id, company_name, identities, pickup_48h_rate, quality_refund_rate, changed_at, call_id)
     VALUES ('s', '厂', '{tp_member}', 0.985, 0.0012, now(), 1)`,
  );
  await world.execute(
    `INSERT INTO catalog.offer (offer_id, category_id, seller_id, state, subject, subject_translated, main_image_url, image_urls,
       white_image_url, seller_identities, trade_score, mix_amount_cny, is_mix_allowed, call_id, changed_at)
     VALUES (601, 11, 's', 'listed', '杯子', 'cup', 'https://cbu01.alicdn.com/main.jpg',
             ARRAY(SELECT 'https://cbu01.alicdn.com/main' || n || '.jpg' FROM generate_series(0, 8) n), 'https://cbu01.alicdn.com/white0.jpg',
             '{super_factory}', 4.50, 100.00, true, 12,
             '2026-11-25T10:00:00+08:00'),
            (602, NULL, NULL, 'gone', NULL, NULL, 'https://cbu01.alicdn.com/main.jpg', NULL,
             'https://cbu01.alicdn.com/white0.jpg', '{super_factory}', NULL, NULL, NULL, 1, now()),
            (603, 9, NULL, 'listed', '同', '同', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, now())`,
  );
  await world.execute(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, detail_at)
     VALUES (601, '2026-11-20T10:00:00+08:00', '2026-11-21T10:00:00+08:00', '2026-11-25T10:00:00+08:00')`,
  );
  await world.execute(
    `INSERT INTO catalog.offer_attribute (offer_id, position, name, value) VALUES (601, 1, 'b', NULL), (601, 0, NULL, 'a')`,
  );
  await world.execute(
    `INSERT INTO catalog.sku (offer_id, sku_id, state, label, cargo_number, stock, weight_g, length_mm, width_mm, height_mm, attributes, changed_at,
       call_id)
     VALUES (601, 9, 'listed', 'blue', 'B-9', 1200, NULL, 10, 20, 30, '[]', now(), 1),
            (601, 8, 'listed', 'red', NULL, NULL, 350, NULL, NULL, NULL, '[]', now(), 1),
            (602, 5, 'listed', 'plain', NULL, 1, NULL, NULL, NULL, NULL, '[]', now(), 1)`,
  );
  await world.execute(
    `INSERT INTO catalog.sku (offer_id, sku_id, state, stock, attributes, changed_at, call_id, last_listed_at, last_listed_call_id)
     VALUES (601, 7, 'gone', 0, '[]', now(), 1, now(), 1)`,
  );
  await insertCalls(world.ledger.db.pool, [
    pastCall('2026-11-24T10:00:00+08:00', { callId: '11', runId: '7' }),
    pastCall('2026-11-25T10:00:00+08:00', { callId: '12', runId: '8' }),
  ]);
  await world.execute(
    `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at, http_status, body, body_bytes,
       body_sha256, loaded_at, normalizer_version)
     VALUES (77, '2026-11-25T10:00:00+08:00', 12, 'offer.detail', '{}', '', now(), 200, '', 0, '', now(), 3)`,
  );
  const observed = `'2026-11-25T10:00:00+08:00'`;
  await world.execute(
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, min_price_cny, stock, loaded_at)
     VALUES (601, '2026-11-24T10:00:00+08:00', 'detail', 11, true, false, 5.50, 100, now()),
            (601, ${observed}, 'detail', 12, true, false, 6, 1300, now()),
            (601, ${observed}, 'search', 13, false, true, NULL, NULL, now()), (602, ${observed}, 'detail', 14, true, false, 1, 1, now())`,
  );
  await world.execute(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
     VALUES (77, 12, 'offer.detail', 'b', 'odd', 'x', now()), (77, 12, 'offer.detail', 'a', 'odd', NULL, now()), (76, 11, 'offer.detail', 'c', 'odd', 'z', now()),
            (78, 13, 'search.keyword', 'd', 'odd', 'of a search', now())`,
  );
  await world.execute(
    `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
     VALUES (601, 'unit', 'a', 'b', '2026-11-24T10:00:00+08:00', 11), (601, 'subject', 'x', 'y', ${observed}, 12), (601, 'state', NULL, 'listed', ${observed}, 12),
            (602, 'unit', 'a', 'b', ${observed}, 14)`,
  );
  await world.execute(
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (601, 9, 'list', 10, 5.50, '2026-11-25T10:00:00+08:00', 12), (601, 9, 'list', 1, 6.00, '2026-11-24T10:00:00+08:00', 11)`,
  );
  await world.execute(
    `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
     VALUES (601, 9, 'list', 10, 7.00, '2026-11-24T10:00:00+08:00', '2026-11-25T10:00:00+08:00', 11, 12)`,
  );
});
afterAll(() => world.close());

const cells = async (id: number, caption: string) =>
  readCells(await world.get(`/products/${String(id)}`), caption).map((row) => Object.values(row));

test('an offer has its names, its category from the root and what is known of its seller', async () => {
  const page = await world.get('/products/601');
  expect(page).toContain('<h1 lang="zh">杯子</h1>');
  expect(page).toContain('<p class="subtitle">cup</p>');
  expect(readFacts(page)).toMatchObject({ state: 'listed', score: '4.5', 'mixed orders': 'from ¥100' });
  const words = readWords(page);
  expect(words).toMatch(
    /箱包.*背包 Seller: 厂 TrustPass member Of its last 30 days: 98\.5 % .*, 0\.12 % refunded/,
  );
  const gone = readWords(await world.get('/products/602'));
  expect(gone).toContain('super factory');
  expect(await world.get('/products/602')).not.toContain('class="subtitle"');
  expect(await world.get('/products/603')).not.toContain('class="subtitle"');
});

test('nine pictures are shown in their order, the first one where there is no other, and a place for none', async () => {
  const images = async (id: number) => {
    const page = await world.get(`/products/${String(id)}`);
    return [...page.matchAll(/<img src="https:\/\/cbu01\.alicdn\.com\/([^"]*)" alt="([^"]*)"/g)].map(
      ([, name, alt]) => [name, alt],
    );
  };
  const shown = await images(601);
  expect(shown[0]).toEqual(['main0.jpg', 'Picture 1 of offer 601']);
  expect(shown.map(([name]) => name)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `main${String(n)}.jpg`));
  expect(await images(602)).toEqual([
    ['main.jpg', 'Picture 1 of offer 602'],
    ['white0.jpg', 'Picture 2 of offer 602'],
  ]);
  expect(await images(603)).toEqual([]);
  expect(readAttribute(await world.get('/products/603'), 'class')).toContain('picture');
});

test('SKUs that are listed come first, with measures where any has one', async () => {
  expect(await cells(601, 'SKUs')).toEqual([
    ['red', 'listed', '–', '350 g', '–', '–', '8'],
    ['blue', 'listed', '1,200', '–', '1 × 2 × 3 cm', 'B-9', '9'],
    ['–', 'gone', '0', '–', '–', '–', '7'],
  ]);
  expect(await cells(602, 'SKUs')).toEqual([['plain', 'listed', '1', '–', '5']]);
  const columns = async (id: number) =>
    Object.keys(readCells(await world.get(`/products/${String(id)}`), 'SKUs')[0] ?? {});
  expect(await columns(601)).toEqual(['SKU', 'State', 'Stock', 'Weight', 'Size', 'Seller’s number', 'Id']);
  expect(await columns(602)).toEqual(['SKU', 'State', 'Stock', 'Seller’s number', 'Id']);
  expect(await world.get('/products/603')).toContain('It has no SKUs, or none are known yet.');
  await world.execute('UPDATE catalog.sku SET length_mm = 5 WHERE offer_id = 602');
  expect((await cells(602, 'SKUs'))[0]).toHaveLength(7);
  await world.execute('UPDATE catalog.sku SET length_mm = NULL, weight_g = 5 WHERE offer_id = 602');
  expect((await cells(602, 'SKUs'))[0]).toHaveLength(7);
});

test('attributes are in their order, and none make no table', async () => {
  expect(await cells(601, 'Attributes')).toEqual([
    ['–', 'a'],
    ['b', '–'],
  ]);
  expect(await world.get('/products/602')).not.toContain('<h2>Attributes</h2>');
});

test('prices that hold and those that have ended are told apart', async () => {
  expect(await cells(601, 'Prices that hold')).toEqual([
    ['blue', 'list list', '¥6 1+ ¥5.50 10+', '2026-11-25 10:00'],
  ]);
  expect(await cells(601, 'Prices that have ended')).toEqual([
    ['blue', 'list list', '10', '¥7', '2026-11-24 10:00', '2026-11-25 10:00'],
  ]);
  expect(readWords(await world.get('/products/601'))).toContain(
    'Lowest list price for the smallest order from ¥6.00 to ¥6.00, newest ¥6.00',
  );
});

test('observations are the newest first, with their call and answer while these are stored', async () => {
  expect(await cells(601, 'Observations, newest first')).toEqual([
    ['2026-11-25 10:00', 'search', 'no', '–', '–', '–', '13', 'not kept', '–'],
    [
      '2026-11-25 10:00',
      'detail',
      'yes',
      '¥6',
      '1,300',
      'product.search.queryProductDetail',
      '12',
      '77',
      'Run 8',
    ],
    [
      '2026-11-24 10:00',
      'detail',
      'yes',
      '¥5.50',
      '100',
      'product.search.queryProductDetail',
      '11',
      'not kept',
      'Run 7',
    ],
  ]);
});

test('changes are the newest first, and what could not be read is that of details that are stored', async () => {
  expect(await cells(601, 'Changes, newest first')).toEqual([
    ['2026-11-25 10:00', 'state', '–', 'listed', '12'],
    ['2026-11-25 10:00', 'subject', 'x', 'y', '12'],
    ['2026-11-24 10:00', 'unit', 'a', 'b', '11'],
  ]);
  expect(await cells(601, 'Values of its answers that could not be read')).toEqual([
    ['a', 'odd', '–', '77'],
    ['b', 'odd', 'x', '77'],
  ]);
});

test('the row of an offer says since which call it is as it is, and when it was seen', async () => {
  expect(readWords(await world.get('/products/601'))).toContain(
    'As it is since call 12 , 2026-11-25 10:00 . First seen 2026-11-20 10:00 , in searches 2026-11-21 10:00 , in detail 2026-11-25 10:00 .',
  );
  const explained = await world.web.deps.stores.products.explainOffer('601', 1);
  expect(explained?.offer).toMatchObject({
    category: '箱包 / 背包',
    sellerId: 's',
    emptyDetailStreak: 0,
    callId: '12',
  });
  expect([explained?.observations.length, explained?.changes.length, explained?.rejects.length]).toEqual([
    1, 1, 0,
  ]);
  expect(await world.web.deps.stores.products.explainOffer('604', 1)).toBeNull();
});

test('an unknown offer is not found', async () => {
  for (const id of ['604', '0', 'x']) expect((await world.web.request(`/products/${id}`)).status).toBe(404);
});
