import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/* What search rows say of details that were fetched before: which are due at once. */

const day = 24 * 60;
let db: TestDatabase;
let answers: StoredAnswers;
let lastId = 1000;
const newId = () => String(++lastId);

beforeAll(async () => {
  db = await createTestDatabase();
  answers = openStoredAnswers(db.pool);
});
afterAll(() => db.drop());

/** A search of its own, that lists offers. */
async function openSearch() {
  const keyword = `search ${newId()}`;
  const windowId = await addWindow(db.pool, keyword);
  return {
    rows: (at: number, rows: readonly Readonly<Record<string, unknown>>[]) =>
      answers.answer(at, searchFor(keyword), searchPayload(rows), windowId),
    row: (at: number, offerId: string, price: number, more: Readonly<Record<string, unknown>> = {}) =>
      answers.answer(
        at,
        searchFor(keyword),
        searchPayload([{ offerId, priceInfo: { price: String(price) }, ...more }]),
        windowId,
      ),
  };
}

const detail = (at: number, offerId: string, price: number | null, changes = {}) =>
  answers.answer(at, detailOf(offerId), price === null ? null : plainOffer(offerId, { 1: price }, changes));

/** Whether the detail of an offer is due whatever its age. */
async function isDue(offerId: string): Promise<boolean> {
  const { rows } = await db.pool.query<{ isDue: boolean }>(
    `SELECT stale_since IS NOT NULL AND bucket < 0 AS "isDue" FROM sync.refresh WHERE offer_id = $1`,
    [offerId],
  );
  return rows[0]?.isDue ?? false;
}

const stateOf = async (offerId: string) =>
  (await db.pool.query<{ state: string }>('SELECT state FROM catalog.offer WHERE offer_id = $1', [offerId]))
    .rows[0]?.state;

describe('a row with another price', () => {
  it('makes the detail due on each of several days, though details found the changes of the days before', async () => {
    const offer = newId();
    const search = await openSearch();
    await search.row(0, offer, 10);
    await detail(1, offer, 10);
    for (const nth of [1, 2, 3, 4]) {
      await search.row(nth * day, offer, 10 + nth);
      expect([nth, await isDue(offer)]).toEqual([nth, true]);
      await detail(nth * day + 5, offer, 10 + nth);
      expect([nth, await isDue(offer)]).toEqual([nth, false]);
    }
  });

  it('says nothing new when it shows the price of a detail that came before it', async () => {
    const offer = newId();
    const search = await openSearch();
    await search.row(0, offer, 10);
    await detail(1, offer, 10);
    await detail(day, offer, 11);
    await search.row(2 * day, offer, 11);
    expect(await isDue(offer)).toBe(false);
  });

  it('makes the detail due when it shows a newer price than a detail that came before it', async () => {
    const offer = newId();
    const search = await openSearch();
    await search.row(0, offer, 10);
    await detail(1, offer, 10);
    await detail(day, offer, 11);
    await search.row(2 * day, offer, 12);
    expect(await isDue(offer)).toBe(true);
  });

  it('says nothing new of offers whose rows never have the price of their details, after a detail that changed', async () => {
    const offer = newId();
    const search = await openSearch();
    await search.row(0, offer, 8);
    await detail(1, offer, 10);
    await detail(day, offer, 11);
    await search.row(2 * day, offer, 9);
    expect(await isDue(offer)).toBe(false);
    await search.row(3 * day, offer, 10);
    expect(await isDue(offer)).toBe(true);
    await detail(3 * day + 5, offer, 12);
    await search.row(4 * day, offer, 11);
    expect(await isDue(offer)).toBe(true);
  });

  it('is compared with the lowest list price at the smallest quantity, not with any price of the detail', async () => {
    const offer = newId();
    const search = await openSearch();
    const tiers = (at: number, prices: Readonly<Record<number, number>>) =>
      answers.answer(at, detailOf(offer), plainOffer(offer, prices));
    await search.row(0, offer, 10);
    await tiers(1, { 1: 10, 100: 9 });
    await tiers(day, { 1: 11, 100: 12 });
    await search.row(2 * day, offer, 12);
    expect(await isDue(offer)).toBe(true);
  });
});

describe('a row with another date of modification', () => {
  const modifiedOn = (nth: number) => ({ modifyDate: `2026-03-${10 + nth} 23:00:00` });

  it('says nothing new when a detail has found that change', async () => {
    const offer = newId();
    const search = await openSearch();
    await search.row(0, offer, 10, modifiedOn(0));
    await detail(1, offer, 10);
    await detail(2 * day, offer, 10, { subject: '新' });
    await search.row(3 * day, offer, 10, modifiedOn(1));
    expect(await isDue(offer)).toBe(false);
    await search.row(5 * day, offer, 10, modifiedOn(4));
    expect(await isDue(offer)).toBe(true);
  });

  it('makes the detail due when the date is later than the detail that found a change', async () => {
    const offer = newId();
    const search = await openSearch();
    await search.row(0, offer, 10, modifiedOn(0));
    await detail(1, offer, 10);
    await detail(2 * day, offer, 10, { subject: '新' });
    await search.row(3 * day, offer, 10, modifiedOn(2));
    expect(await isDue(offer)).toBe(true);
  });
});

describe('an offer that its details did not find on sale', () => {
  /** Two offers that a search lists; of the first, details say that it is not on sale. */
  async function offSale(says: 'gone' | 'delisted') {
    const [offer, other] = [newId(), newId()];
    const search = await openSearch();
    const price = { priceInfo: { price: '10' } };
    const list = (at: number, ...ids: string[]) =>
      search.rows(
        at,
        ids.map((offerId) => ({ offerId, ...price, modifyDate: '2026-03-01 12:00:00' })),
      );
    await list(0, offer, other);
    for (const id of [offer, other]) await detail(1, id, 10);
    if (says === 'gone') for (const at of [day, 2 * day]) await detail(at, offer, null);
    else await detail(day, offer, 10, { status: 'expired' });
    expect(await stateOf(offer)).toBe(says);
    return { offer, other, list, search };
  }

  it.each(['gone', 'delisted'] as const)('%s: is due at once when it comes back to a list', async (says) => {
    const { offer, other, list } = await offSale(says);
    await list(3 * day, other);
    expect(await isDue(offer)).toBe(false);
    await list(4 * day, offer, other);
    expect(await isDue(offer)).toBe(true);
    await detail(4 * day + 1, offer, 10);
    expect([await stateOf(offer), await isDue(offer)]).toEqual(['listed', false]);
  });

  it.each(['gone', 'delisted'] as const)(
    '%s: is due at once when its date of modification moves',
    async (says) => {
      const { offer, search } = await offSale(says);
      await search.rows(3 * day, [
        { offerId: offer, priceInfo: { price: '10' }, modifyDate: '2026-03-13 08:00:00' },
      ]);
      expect(await isDue(offer)).toBe(true);
      await detail(3 * day + 1, offer, null);
      expect(await isDue(offer)).toBe(false);
    },
  );

  it.each(['gone', 'delisted'] as const)(
    '%s: is left alone while the search never stopped listing it',
    async (says) => {
      const { offer, other, list } = await offSale(says);
      for (const nth of [3, 4, 5]) await list(nth * day, offer, other);
      expect(await isDue(offer)).toBe(false);
    },
  );

  it('delisted while its search was read: is due at once when it comes back', async () => {
    const { offer, other, list } = await offSale('gone');
    await detail(3 * day - 1, offer, 10, { status: 'expired' });
    await list(3 * day - 2, other);
    await list(4 * day, offer, other);
    expect(await isDue(offer)).toBe(true);
  });
});
