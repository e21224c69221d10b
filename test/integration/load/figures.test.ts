import { afterAll, beforeAll, expect, it } from 'vitest';
import { addWindow } from '../../support/answers.ts';
import { firstShares, rates, toChangeRate, weighRates } from '../../../src/refresh/planner/rate-grid.ts';
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
  detail(atDay: number, price: number | null, stock?: number, status?: string): Promise<unknown>;
  /** An answer that can't be read. */
  unreadable(atDay: number): Promise<unknown>;
  row(atDay: number, price: number, modifiedAt?: string): Promise<unknown>;
  known(): Promise<Record<string, unknown>>;
}

/** A new offer with a search of its own. */
async function openOffer(): Promise<Offer> {
  const offerId = String(++lastId);
  const keyword = `search ${offerId}`;
  const windowId = await addWindow(db.pool, keyword);
  return {
    detail: (atDay, price, stock = 5, status = 'published') => {
      const priceRangeList = [{ startQuantity: 1, price }];
      const productSaleInfo = { quoteType: 0, amountOnSale: stock, priceRangeList, unitInfo: { unit: '个' } };
      const answer = price === null ? null : plainOffer(offerId, {}, { productSaleInfo, status });
      return answers.answer(atDay * day, detailOf(offerId), answer);
    },
    unreadable: (atDay) => answers.answer(atDay * day, detailOf(offerId), { offerId: 'x' }),
    row: (atDay, price, modifiedAt) => {
      const rows = searchPayload([{ offerId, priceInfo: { price: String(price) }, modifyDate: modifiedAt }]);
      return answers.answer(atDay * day, searchFor(keyword), rows, windowId);
    },
    known: async () => {
      const { rows } = await db.pool.query<Record<string, unknown>>(
        // By the lowest rate, a change in 2,000 days, any change is unlikely, and days without one cost in proportion.
        `SELECT evidence[11] < -1 AS is_price_changed, round(-evidence[11] * 2000)::float8 AS price_days,
                evidence[21] < -1 AS is_sold_out, round(-evidence[21] * 2000)::float8 AS in_stock_days,
                evidence[31] < -1 AS is_restocked, evidence[11:20] AS price_evidence, is_in_stock,
                round(extract(epoch FROM vouched_at - detail_at) / 86400)::int AS vouched_days,
                round(extract(epoch FROM detail_at - price_hinted_at) / 86400)::int AS price_hinted_days
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
  expect(await offer.known()).toMatchObject({ price_evidence: null, in_stock_days: null, is_in_stock: true });
  await offer.detail(4, 10);
  expect(await offer.known()).toMatchObject({
    is_price_changed: false,
    price_days: 4,
    in_stock_days: 4,
    is_sold_out: false,
  });
  await offer.detail(5, 12);
  expect(await offer.known()).toMatchObject({
    is_price_changed: true,
    is_sold_out: false,
    in_stock_days: 5,
  });
});

it('stock that runs out, and comes back, counts for the state that it left', async () => {
  const offer = await openOffer();
  await offer.detail(0, 10);
  await offer.detail(2, 10, 0);
  expect(await offer.known()).toMatchObject({
    ...{ is_sold_out: true, is_restocked: null, is_in_stock: false, is_price_changed: false },
  });
  await offer.detail(3, 10, 7);
  expect(await offer.known()).toMatchObject({ is_restocked: true, is_in_stock: true });
});

it('an empty detail ends prices and stock, once', async () => {
  const offer = await openOffer();
  await offer.detail(0, 10);
  await offer.detail(3, null);
  const missing = await offer.known();
  expect(missing).toMatchObject({ is_price_changed: true, is_in_stock: null });
  await offer.detail(4, null);
  expect(await offer.known()).toMatchObject({ price_evidence: missing['price_evidence'] });
});

it('the first detail that has anything says how an offer is, and that of no change', async () => {
  const offer = await openOffer();
  await offer.detail(0, null);
  await offer.detail(4, 10);
  const read = async () =>
    (
      await db.pool.query<object>(
        'SELECT rate_changes, rate_days, offer_changes, offer_days, evidence[1:10] AS offer_evidence, changed_at FROM sync.refresh WHERE offer_id = $1',
        [lastId],
      )
    ).rows;
  const nothing = {
    rate_changes: 0,
    rate_days: 0,
    offer_changes: 0,
    offer_days: 0,
    offer_evidence: null,
    changed_at: null,
  };
  expect(await read()).toEqual([nothing]);
  await offer.detail(6, 10);
  const held = rates.map((one) => -2 * Math.log1p(one));
  const evidence = held.map((one) => expect.closeTo(one, 5) as number);
  const rate = toChangeRate(weighRates(firstShares.offer, held));
  expect(await read()).toMatchObject([
    {
      offer_evidence: evidence,
      offer_changes: expect.closeTo(rate.changes, 5) as number,
      offer_days: expect.closeTo(rate.days, 4) as number,
    },
  ]);
});

it('a row with the same price vouches for the detail, and one with another hints at a change', async () => {
  const offer = await openOffer();
  await offer.row(0, 10);
  await offer.detail(1, 10);
  await offer.row(5, 10);
  // Rows are taken to show 97 of 100 changes.
  expect(await offer.known()).toMatchObject({ price_days: 4, vouched_days: 4 });
  const before = await db.pool.query(
    `SELECT row_details, row_changes FROM sync.figure WHERE figure = 'price'`,
  );
  expect(await offer.known()).toMatchObject({ is_price_changed: false });
  await offer.row(6, 12);
  expect(await offer.known()).toMatchObject({ is_price_changed: true, vouched_days: 4 });
  await offer.detail(7, 12);
  const after = await db.pool.query(
    `SELECT row_details, row_changes FROM sync.figure WHERE figure = 'price'`,
  );
  expect([before.rows, after.rows]).toEqual([
    [{ row_details: 0, row_changes: 0 }],
    // It may have changed in the day since.
    [{ row_details: 1, row_changes: expect.closeTo(0.92, 2) as number }],
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

/** Of the lowest rate, as which any change is unlikely. */
const evidence = async (offer: Offer) => (await offer.known())['price_evidence'] as readonly number[];

it('one change counts once, also where the first answer about it could not be read', async () => {
  const offer = await openOffer();
  await offer.row(0, 10);
  await offer.detail(1, 10);
  await offer.row(5, 12);
  const [counted = 0] = await evidence(offer);
  expect(counted).toBeLessThan(-1);
  await offer.unreadable(6);
  expect(await offer.known()).toMatchObject({ price_hinted_days: 1 });
  const { rows } = await db.pool.query(
    `SELECT hint, price_p_current < 0.6 AS is_doubted, observed_at = r.found_at AS is_of_found
     FROM analytics.offer_confidence JOIN sync.refresh r USING (offer_id) WHERE offer_id = $1`,
    [lastId],
  );
  expect(rows).toEqual([{ hint: 'row', is_doubted: true, is_of_found: true }]);
  await offer.detail(8, 12);
  expect((await evidence(offer))[0]).toBeCloseTo(counted * 2 ** (-3 / 90), 5);
  expect(await offer.known()).toMatchObject({ price_hinted_days: null });
});

it('a detail that shows no change takes back what a row had hinted at', async () => {
  const offer = await openOffer();
  await offer.row(0, 10);
  await offer.detail(1, 10);
  await offer.row(5, 12);
  await offer.detail(6, 10);
  expect(await offer.known()).toMatchObject({ is_price_changed: false, price_days: 5 });
  const other = await openOffer();
  await other.row(0, 10);
  await other.detail(1, 10);
  await other.row(5, 12);
  await other.unreadable(6);
  await other.detail(8, 10);
  expect(await other.known()).toMatchObject({ is_price_changed: false, price_days: 7 });
});

it('a row with another date counts as a change until a detail says what changed, also after one that could not be read', async () => {
  const offer = await openOffer();
  await offer.row(0, 10, '2026-01-01 00:00:00');
  await offer.detail(1, 10);
  await offer.row(5, 10, '2027-01-01 00:00:00');
  const [counted = 0] = await evidence(offer);
  expect(counted).toBeLessThan(-1);
  await offer.unreadable(6);
  const { rows } = await db.pool.query(
    `SELECT c.hint, r.stale_by, c.hinted_at = r.date_hinted_at AS is_since, c.price_p_current < 0.6 AS is_doubted
     FROM analytics.offer_confidence c JOIN sync.refresh r USING (offer_id) WHERE offer_id = $1`,
    [lastId],
  );
  expect(rows).toEqual([{ hint: 'modify_date', stale_by: null, is_since: true, is_doubted: true }]);
  await offer.detail(8, 10);
  expect(await offer.known()).toMatchObject({ is_price_changed: false, price_days: 7 });
});

it('what changed while an offer was off sale is learned from the detail that finds it back', async () => {
  const offer = await openOffer();
  await offer.row(0, 10, '2026-01-01 00:00:00');
  await offer.detail(1, 10);
  await offer.detail(10, 10, 5, 'member expired');
  const [held = 0] = await evidence(offer);
  await offer.row(30, 15, '2026-03-20 00:00:00');
  expect((await evidence(offer))[0]).toBe(held);
  await offer.detail(31, 15);
  expect((await evidence(offer))[0]).toBeLessThan(held - 1);
});

it('a detail that is loaded after a newer row teaches nothing', async () => {
  const offer = await openOffer();
  await offer.row(0, 10);
  await offer.detail(1, 10);
  await offer.row(5, 10);
  const before = await offer.known();
  await offer.detail(3, 10);
  const { price_evidence, price_days } = before;
  expect(await offer.known()).toMatchObject({ price_evidence, price_days, vouched_days: 2 });
});
