import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReprocessCounts } from '../../../src/model/reprocess.ts';
import { createEraseStore } from '../../../src/maintenance/erase-store.ts';
import { packBody } from '../../../src/raw/stored-answer.ts';
import { normalizerVersion } from '../../../src/transform/normalize-answer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addWindow, minute } from '../../support/answers.ts';
import { dumpCatalog, runReprocess, unchanged } from '../../support/reprocess-world.ts';
import {
  detailOf,
  envelope,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
  type StoredAnswers,
} from '../../support/stored-answers.ts';

/* What an older version wrote otherwise, planted by hand: reprocess shows it, and --yes repairs it. */

let db: TestDatabase;
let at: StoredAnswers;
let windowId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  at = openStoredAnswers(db.pool);
});
afterAll(() => db.drop());

const offer = '610947572360';
const sku = (skuId: string, price: string) => ({ skuId, amountOnSale: 3, price, skuAttributes: [] });
const withSkus = (...skus: object[]) =>
  plainOffer(offer, {}, { productSkuInfos: skus, productSaleInfo: { quoteType: 1, amountOnSale: 3 } });

/** A small catalog: one offer with a history, a neighbour, searches, a vanished offer, and an unreadable price. */
beforeEach(async () => {
  await db.pool.query(
    `TRUNCATE catalog.offer, catalog.category, catalog.seller, catalog.price_history, catalog.observation,
       catalog.search_hit, sync.refresh, sync.search_window, sync.category_visit, sync.seller_observation, sync.quarantine,
       sync.drift, sync.reprocess, sync.erased_seller, sync.erased_offer, raw.payload CASCADE`,
  );
  windowId = await addWindow(db.pool, '杯子');
  const seller = {
    sellerOpenId: 'BBB',
    companyName: '义乌杯厂',
    sellerDataInfo: { compositeServiceScore: '4.5' },
  };
  await at.answer(0, searchFor('杯子'), searchPayload([row(offer, '10'), row('71', '5')]), windowId);
  await at.answer(1, detailOf(offer), plainOffer(offer, { 1: '10', 100: '9' }, seller));
  await at.answer(2, detailOf('71'), plainOffer('71', { 1: '面议', 50: '4' }));
  await at.answer(10, detailOf(offer), plainOffer(offer, { 1: '12', 100: '9' }, seller));
  await at.answer(11, searchFor('杯子'), searchPayload([row(offer, '12'), row('71', '5')]), windowId);
  await at.answer(20, detailOf(offer), plainOffer(offer, { 1: '12' }, seller));
  await at.answer(21, detailOf('72'), null);
  await at.answer(22, detailOf('72'), null);
});
const answers = 8;

const hex = (bytes: unknown) => `\\x${(bytes as Buffer).toString('hex')}`;

function row(offerId: string, price: unknown, more: object = {}) {
  return { offerId, priceInfo: { price }, monthSold: 3, topCategoryId: 7, ...more };
}

async function select(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

/** Shows a difference and changes nothing, applies it, and then finds nothing more. Gives the counts. */
async function repair(): Promise<ReprocessCounts> {
  const before = await dumpCatalog(db.pool);
  const shown = await runReprocess(db.pool, false);
  expect(await dumpCatalog(db.pool)).toEqual(before);
  expect(await select('SELECT FROM sync.reprocess')).toEqual([]);
  expect(await runReprocess(db.pool, true)).toEqual(shown);
  expect(await runReprocess(db.pool, true)).toEqual(unchanged(shown.answers));
  return shown;
}

it('changes not one row of a catalog that this version has loaded', async () => {
  const before = await dumpCatalog(db.pool);
  const xmins = () =>
    select('SELECT xmin::text FROM catalog.offer UNION ALL SELECT xmin::text FROM catalog.price ORDER BY 1');
  const written = await xmins();
  expect(await runReprocess(db.pool, true)).toEqual(unchanged(answers));
  expect(await dumpCatalog(db.pool)).toEqual(before);
  expect(await xmins()).toEqual(written);
});

describe('what an older version read otherwise is made what this one reads', () => {
  it('in the prices that hold, and in those that are past', async () => {
    const truth = await dumpCatalog(db.pool);
    await db.pool.query(`UPDATE catalog.price SET amount_cny = 1.2 WHERE offer_id = $1 AND kind = 'list'`, [
      offer,
    ]);
    await db.pool.query(
      `UPDATE catalog.price_history SET amount_cny = 0.9 WHERE offer_id = $1 AND min_quantity = 100`,
      [offer],
    );
    expect(await repair()).toEqual({ ...unchanged(answers), offersChanged: 1, pricesChanged: 2 });
    expect(await dumpCatalog(db.pool)).toEqual(truth);
  });

  it('in intervals that there should be, or should not be, at all', async () => {
    const truth = await dumpCatalog(db.pool);
    await db.pool.query('DELETE FROM catalog.price_history WHERE offer_id = $1', [offer]);
    await db.pool.query(
      `UPDATE catalog.price SET valid_from = $2, call_id = 2 WHERE offer_id = $1 AND kind = 'list'`,
      [offer, minute(1)],
    );
    await db.pool.query(
      `INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
       VALUES ($1, 'promotion', 1, 3, $2, 5), (71, 'search', 7, 3, $2, 5)`,
      [offer, minute(11)],
    );
    const counts = await repair();
    expect(counts).toMatchObject({ offersChanged: 2, offersPartial: 0 });
    expect(await dumpCatalog(db.pool)).toEqual(truth);
  });

  it('in a price that could not be read: it opens when its answer was seen, and leaves quarantine', async () => {
    await at.answer(30, detailOf('73'), plainOffer('73', { 1: '8' }));
    await at.answer(31, detailOf('73'), plainOffer('73', { 1: '7' }));
    const truth = await dumpCatalog(db.pool, ['sync.quarantine']);
    await db.pool.query('DELETE FROM catalog.price_history WHERE offer_id = 73');
    await db.pool.query(
      `UPDATE catalog.price SET amount_cny = 8, valid_from = $1, call_id = call_id - 1 WHERE offer_id = 73`,
      [minute(30)],
    );
    await db.pool.query(
      `UPDATE catalog.observation SET min_price_cny = NULL WHERE offer_id = 73 AND observed_at = $1`,
      [minute(31)],
    );
    await db.pool.query(
      `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
       SELECT raw_id, call_id, operation, 'productSaleInfo.priceRangeList[0].price', 'not_money', '7', observed_at
       FROM raw.payload WHERE observed_at = $1`,
      [minute(31)],
    );
    expect(await repair()).toMatchObject({
      offersChanged: 1,
      pricesAdded: 1,
      pricesChanged: 1,
      observationsChanged: 1,
      quarantineResolved: 1,
      quarantineAdded: 0,
    });
    expect(await dumpCatalog(db.pool, ['sync.quarantine'])).toEqual(truth);
    expect(await select('SELECT path FROM sync.quarantine')).toHaveLength(1);
  });

  it('in the fields of an offer, and says so in its changes', async () => {
    await db.pool.query(
      `UPDATE catalog.offer SET subject = 'wrong', min_order_quantity = 7 WHERE offer_id = $1`,
      [offer],
    );
    await db.pool.query('UPDATE catalog.sku SET stock = 999');
    expect(await repair()).toMatchObject({ offersChanged: 1 });
    expect(
      await select(
        `SELECT field, old, new, observed_at FROM catalog.offer_change WHERE offer_id = $1 AND old IS NOT NULL ORDER BY field`,
        offer,
      ),
    ).toEqual([
      { field: 'min_order_quantity', old: '7', new: '1', observed_at: minute(20) },
      { field: 'subject', old: 'wrong', new: '杯子', observed_at: minute(20) },
    ]);
  });

  it('in its seller, its SKUs, pictures and attributes', async () => {
    await at.answer(40, detailOf(offer), withSkus(sku('5', '3'), sku('6', '4')));
    const truth = await dumpCatalog(db.pool, ['catalog.offer_change', 'catalog.seller']);
    await db.pool.query(`UPDATE catalog.sku SET stock = 1 WHERE sku_id = 5`);
    await db.pool.query(`DELETE FROM catalog.sku WHERE sku_id = 6`);
    await db.pool.query(`UPDATE catalog.seller SET composite_service_score = 1`);
    await db.pool.query(`DELETE FROM catalog.offer_attribute`);
    await db.pool.query(
      `UPDATE catalog.offer SET image_urls = NULL, white_image_url = 'x' WHERE image_urls IS NOT NULL`,
    );
    await db.pool.query(`UPDATE catalog.offer SET content_hash = '\\x00' WHERE content_hash IS NOT NULL`);
    expect(await repair()).toMatchObject({ offersChanged: 2, sellersChanged: 1 });
    expect(await dumpCatalog(db.pool, ['catalog.offer_change', 'catalog.seller'])).toEqual(truth);
    expect(await select('SELECT composite_service_score AS score, changed_at FROM catalog.seller')).toEqual([
      { score: '4.5000', changed_at: minute(20) },
    ]);
  });

  it('in search rows: fields, numbers, prices, and rows that were unreadable', async () => {
    await at.answer(50, searchFor('杯子'), searchPayload([row('74', '6'), row(offer, '12')]), windowId);
    const truth = await dumpCatalog(db.pool, [
      'catalog.offer_change',
      'catalog.observation',
      'sync.quarantine',
    ]);
    await db.pool.query(`UPDATE catalog.price SET amount_cny = 77 WHERE kind = 'search' AND offer_id = $1`, [
      offer,
    ]);
    await db.pool.query(`UPDATE catalog.observation SET month_sold = 9 WHERE source = 'search'`);
    for (const table of ['catalog.offer_change', 'catalog.price', 'catalog.observation', 'catalog.offer'])
      await db.pool.query(`DELETE FROM ${table} WHERE offer_id = 74`);
    for (const table of ['catalog.search_hit', 'sync.refresh', 'sync.window_offer'])
      await db.pool.query(`DELETE FROM ${table} WHERE offer_id = 74`);
    const counts = await repair();
    expect(counts).toMatchObject({ offersChanged: 2, observationsChanged: 5 });
    expect(
      await dumpCatalog(db.pool, ['catalog.offer_change', 'catalog.observation', 'sync.quarantine']),
    ).toEqual(truth);
    expect(await select('SELECT is_late FROM catalog.observation WHERE offer_id = 74')).toEqual([
      { is_late: false },
    ]);
  });

  it('in whether an answer found the offer', async () => {
    const truth = await dumpCatalog(db.pool, ['catalog.offer_change']);
    await db.pool.query('UPDATE catalog.observation SET is_found = true WHERE offer_id = 72');
    await db.pool.query(`UPDATE catalog.offer SET state = 'listed' WHERE offer_id = 72`);
    await db.pool.query(
      `UPDATE sync.refresh SET empty_detail_streak = 0, found_at = $1, found_call_id = detail_call_id WHERE offer_id = 72`,
      [minute(22)],
    );
    expect(await repair()).toMatchObject({ offersChanged: 1, observationsChanged: 2 });
    expect(await dumpCatalog(db.pool, ['catalog.offer_change'])).toEqual(truth);
  });

  it('in the newest answer, when it was unreadable: it did not come late', async () => {
    const rawId = await at.answer(30, detailOf(offer), { offerId: 'another' });
    const good = await packBody(envelope(plainOffer(offer, { 1: '15' })));
    await db.pool.query('UPDATE raw.payload SET body = $2, body_sha256 = $3 WHERE raw_id = $1', [
      rawId,
      good.gzipped,
      good.sha256,
    ]);
    expect(await repair()).toMatchObject({ offersChanged: 1, quarantineResolved: 1 });
    expect(
      await select('SELECT is_late FROM catalog.observation WHERE observed_at = $1', minute(30)),
    ).toEqual([{ is_late: false }]);
  });

  it('in an answer that was unreadable: it takes its place among the others', async () => {
    const rawId = await at.store(5, detailOf(offer), plainOffer(offer, { 1: '11' }));
    await db.pool.query(
      `UPDATE raw.payload SET normalizer_version = 1, loaded_at = (SELECT loaded_at + interval '1 us' FROM raw.payload
         WHERE observed_at = $2) WHERE raw_id = $1`,
      [rawId, minute(1)],
    );
    expect(await repair()).toMatchObject({ offersChanged: 1 });
    expect(
      await select(
        `SELECT trim_scale(amount_cny) AS amount, valid_from, valid_to FROM catalog.price_history
         WHERE offer_id = $1 AND kind = 'list' AND min_quantity = 1 ORDER BY valid_from`,
        offer,
      ),
    ).toEqual([
      { amount: '10', valid_from: minute(1), valid_to: minute(5) },
      { amount: '11', valid_from: minute(5), valid_to: minute(10) },
    ]);
  });
});

it('brings nothing back of a seller that was erased', async () => {
  const detail = await db.pool.query('SELECT * FROM raw.payload WHERE observed_at = $1', [minute(20)]);
  await createEraseStore({ pool: db.pool }).erase('BBB', () => undefined);
  const erased = await dumpCatalog(db.pool);
  expect(erased['raw.payload']).toHaveLength(answers - 3);
  expect(await runReprocess(db.pool, true)).toEqual(unchanged(answers - 3));
  expect(await dumpCatalog(db.pool)).toEqual(erased);
  // As from a backup.
  const [kept] = detail.rows as Record<string, unknown>[];
  await db.pool.query('INSERT INTO raw.payload SELECT * FROM jsonb_populate_record(NULL::raw.payload, $1)', [
    JSON.stringify({
      ...kept,
      body: hex(kept?.['body']),
      body_sha256: hex(kept?.['body_sha256']),
      request_hash: hex(kept?.['request_hash']),
    }),
  ]);
  await runReprocess(db.pool, true);
  expect(await dumpCatalog(db.pool)).toEqual(erased);
});

describe('answers that are not kept any more', () => {
  it('leave what they made as it is, and the rest is built upon it', async () => {
    await db.pool.query('DELETE FROM raw.payload WHERE observed_at < $1', [minute(5)]);
    const truth = await dumpCatalog(db.pool);
    await db.pool.query(`UPDATE catalog.price SET amount_cny = 1 WHERE offer_id = $1`, [offer]);
    expect(await repair()).toMatchObject({ offersChanged: 1, offersPartial: 1, pricesChanged: 2 });
    expect(await dumpCatalog(db.pool)).toEqual(truth);
  });

  it('keep even what is wrong in them', async () => {
    await db.pool.query('DELETE FROM raw.payload WHERE observed_at < $1', [minute(15)]);
    await db.pool.query(
      `UPDATE catalog.price_history SET amount_cny = 3 WHERE offer_id = $1 AND min_quantity = 1`,
      [offer],
    );
    await db.pool.query(`UPDATE catalog.price SET amount_cny = 1 WHERE offer_id = $1 AND kind = 'list'`, [
      offer,
    ]);
    await repair();
    expect(
      await select(
        `SELECT trim_scale(amount_cny) AS amount, valid_from, valid_to FROM catalog.price_history
         WHERE offer_id = $1 AND kind = 'list' AND min_quantity = 1 ORDER BY valid_from`,
        offer,
      ),
    ).toEqual([
      { amount: '3', valid_from: minute(1), valid_to: minute(10) },
      { amount: '1', valid_from: minute(10), valid_to: minute(20) },
    ]);
  });

  it('are told apart from damaged ones, which are counted', async () => {
    await db.pool.query(`UPDATE raw.payload SET body = '\\x00' WHERE observed_at = $1`, [minute(2)]);
    expect(await runReprocess(db.pool, true)).toEqual({ ...unchanged(answers), unreadable: 1 });
  });
});

describe('a selection', () => {
  beforeEach(() => db.pool.query('UPDATE raw.payload SET normalizer_version = 1'));

  it.each([
    ['an operation', { operation: 'offer.detail' }, 6],
    ['a time', { since: minute(11).toISOString() }, 4],
    ['an offer', { offerId: '71' }, 3],
    ['something in quarantine', { isQuarantined: true }, 1],
    ['an older version', { olderThanVersion: normalizerVersion }, answers],
    ['a version that there was not', { olderThanVersion: 1 }, 0],
  ] as const)('takes answers of %s only', async (_, selection, count) => {
    expect((await runReprocess(db.pool, true, selection)).answers).toBe(count);
    const [read] = await select(
      'SELECT count(*)::int AS count FROM raw.payload WHERE normalizer_version = $1',
      normalizerVersion,
    );
    expect(read).toEqual({ count });
  });

  it('skips answers that are not loaded yet, and searches that no window selected', async () => {
    await at.store(60, detailOf('80'), plainOffer('80', { 1: '1' }));
    await at.store(61, searchFor('x'), searchPayload([]));
    await db.pool.query('UPDATE raw.payload SET loaded_at = now() WHERE observed_at = $1', [minute(61)]);
    expect((await runReprocess(db.pool, true)).answers).toBe(answers);
  });
});
