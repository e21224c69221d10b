import { afterAll, beforeAll, expect, it } from 'vitest';
import { addWindow } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
  type StoredAnswers,
} from '../../support/stored-answers.ts';

/* What loads learn of how often the offer, its prices and its stock change. */

const day = 24 * 60;
let db: TestDatabase;
let answers: StoredAnswers;
let lastId = 1000;

beforeAll(async () => {
  db = await createTestDatabase();
  answers = openStoredAnswers(db.pool);
});
afterAll(() => db.drop());

interface Offer {
  detail(atDay: number, price: number | null, stock?: number): Promise<unknown>;
  row(atDay: number, price: number): Promise<unknown>;
  known(): Promise<Record<string, unknown>>;
}

/** A new offer with a search of its own. */
async function openOffer(): Promise<Offer> {
  const offerId = String(++lastId);
  const keyword = `search ${offerId}`;
  const windowId = await addWindow(db.pool, keyword);
  return {
    detail: (atDay, price, stock = 5) => {
      const priceRangeList = [{ startQuantity: 1, price }];
      const productSaleInfo = { quoteType: 0, amountOnSale: stock, priceRangeList, unitInfo: { unit: '个' } };
      const answer = price === null ? null : plainOffer(offerId, {}, { productSaleInfo });
      return answers.answer(atDay * day, detailOf(offerId), answer);
    },
    row: (atDay, price) => {
      const rows = searchPayload([{ offerId, priceInfo: { price: String(price) } }]);
      return answers.answer(atDay * day, searchFor(keyword), rows, windowId);
    },
    known: async () => {
      const { rows } = await db.pool.query<Record<string, unknown>>(
        `SELECT round(price_changes::numeric, 2)::float8 AS price_changes, round(price_days::numeric)::float8 AS price_days,
                round(in_stock_changes::numeric, 2)::float8 AS sold_out, round(in_stock_days::numeric)::float8 AS in_stock_days,
                round(out_of_stock_changes::numeric, 2)::float8 AS restocked, is_in_stock,
                round(extract(epoch FROM vouched_at - detail_at) / 86400)::int AS vouched_days
         FROM sync.refresh WHERE offer_id = $1`,
        [offerId],
      );
      return rows[0] ?? {};
    },
  };
}

it('a detail that shows what the one before did adds its days, and one that differs a change', async () => {
  const offer = await openOffer();
  await offer.detail(0, 10);
  expect(await offer.known()).toMatchObject({ price_changes: 0, price_days: 0, is_in_stock: true });
  await offer.detail(4, 10);
  expect(await offer.known()).toMatchObject({
    price_changes: 0,
    price_days: 4,
    in_stock_days: 4,
    sold_out: 0,
  });
  await offer.detail(5, 12);
  const changed = await offer.known();
  expect(changed['price_changes']).toBeGreaterThan(0.9);
  expect(changed).toMatchObject({ sold_out: 0, in_stock_days: 5 });
});

it('stock that runs out, and comes back, counts for the state that it left', async () => {
  const offer = await openOffer();
  await offer.detail(0, 10);
  await offer.detail(2, 10, 0);
  const out = await offer.known();
  expect(out['sold_out']).toBeGreaterThan(0.9);
  expect(out).toMatchObject({ restocked: 0, is_in_stock: false, price_changes: 0 });
  await offer.detail(3, 10, 7);
  const back = await offer.known();
  expect(back['restocked']).toBeGreaterThan(0.9);
  expect(back).toMatchObject({ is_in_stock: true });
});

it('an empty detail ends prices and stock, once', async () => {
  const offer = await openOffer();
  await offer.detail(0, 10);
  await offer.detail(3, null);
  const missing = await offer.known();
  expect(missing['price_changes']).toBeGreaterThan(0.9);
  expect(missing['is_in_stock']).toBeNull();
  await offer.detail(4, null);
  expect(await offer.known()).toMatchObject({ price_changes: missing['price_changes'] });
});

it('the first detail that has anything says how an offer is, and that of no change', async () => {
  const offer = await openOffer();
  await offer.detail(0, null);
  await offer.detail(4, 10);
  const read = async () =>
    (
      await db.pool.query<object>(
        'SELECT rate_changes, rate_days, offer_changes, offer_days, changed_at FROM sync.refresh WHERE offer_id = $1',
        [lastId],
      )
    ).rows;
  const nothing = { rate_changes: 0, rate_days: 0, offer_changes: 0, offer_days: 0, changed_at: null };
  expect(await read()).toEqual([nothing]);
  await offer.detail(6, 10);
  expect(await read()).toMatchObject([{ offer_changes: 0, offer_days: 2 }]);
});

it('a row with the same price vouches for the detail, and one with another hints at a change', async () => {
  const offer = await openOffer();
  await offer.row(0, 10);
  await offer.detail(1, 10);
  await offer.row(5, 10);
  // Rows are taken to show 19 of 20 changes.
  expect(await offer.known()).toMatchObject({ price_days: 4, vouched_days: 4 });
  const before = await db.pool.query(
    `SELECT row_details, row_changes FROM sync.figure WHERE figure = 'price'`,
  );
  await offer.row(6, 12);
  expect(await offer.known()).toMatchObject({ price_days: 4, vouched_days: 4 });
  await offer.detail(7, 12);
  const after = await db.pool.query(
    `SELECT row_details, row_changes FROM sync.figure WHERE figure = 'price'`,
  );
  expect([before.rows, after.rows]).toEqual([
    [{ row_details: 0, row_changes: 0 }],
    [{ row_details: 1, row_changes: 1 }],
  ]);
});

it('an answer that comes late teaches nothing, and takes nothing away', async () => {
  const offer = await openOffer();
  await offer.detail(0, 10);
  await offer.detail(6, 10);
  const before = await offer.known();
  await offer.detail(3, 99);
  expect(await offer.known()).toEqual(before);
});
