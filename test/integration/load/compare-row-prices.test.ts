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

/* Whether a detail that came between two rows explains the price of the second: by the price of the details that the first row
   showed. */

let db: TestDatabase;
let at: StoredAnswers;
let lastId = 700;
beforeAll(async () => {
  db = await createTestDatabase();
  at = openStoredAnswers(db.pool);
});
afterAll(() => db.drop());

type Ranges = Readonly<Record<number, string>>;

/** A piece at the retail price, two or more at the price: as in the one real offer of this model. */
const retailModel = (piece: string, two: string) => ({
  productSaleInfo: {
    quoteType: 1,
    amountOnSale: 5,
    priceRangeList: [{ startQuantity: 2, price: two }],
    retailPrice: piece,
  },
  productSkuInfos: [{ skuId: 7, price: two }],
});

/** A detail, a row, a detail and another row; gives whether the detail is due by the last row's price. */
async function isDue(
  rows: readonly [string, string],
  details: readonly (Ranges | ReturnType<typeof retailModel>)[],
): Promise<boolean> {
  const offerId = String(++lastId);
  const windowId = await addWindow(db.pool, `of ${offerId}`);
  const show = (minutes: number, price: string) =>
    at.answer(minutes, searchFor('x'), searchPayload([{ offerId, priceInfo: { price } }]), windowId);
  const ask = (minutes: number, detail: (typeof details)[number] | undefined) =>
    at.answer(
      minutes,
      detailOf(offerId),
      detail && 'productSaleInfo' in detail
        ? plainOffer(offerId, {}, detail)
        : plainOffer(offerId, detail ?? {}),
    );
  await ask(1, details[0]);
  await show(2, rows[0]);
  await ask(3, details[1]);
  await show(4, rows[1]);
  const { rows: found } = await db.pool.query<{ stale_by: string | null }>(
    'SELECT stale_by FROM sync.refresh WHERE offer_id = $1',
    [offerId],
  );
  return found[0]?.stale_by === 'row';
}

it.each([
  [
    'the first range',
    ['10', '8'],
    [
      { 1: '10', 10: '9' },
      { 1: '8', 10: '7' },
    ],
    false,
  ],
  [
    'the first range, which changed again',
    ['10', '8'],
    [
      { 1: '10', 10: '9' },
      { 1: '9', 10: '8' },
    ],
    true,
  ],
  [
    'the last range',
    ['9', '7'],
    [
      { 1: '10', 10: '9' },
      { 1: '8', 10: '7' },
    ],
    false,
  ],
  [
    'the last range, which changed again',
    ['9', '8'],
    [
      { 1: '10', 10: '9' },
      { 1: '8', 10: '7' },
    ],
    true,
  ],
  [
    'the last range of another quantity',
    ['9', '7'],
    [
      { 2: '10', 10: '9' },
      { 3: '8', 50: '7' },
    ],
    false,
  ],
  [
    'the price from two units on',
    ['4.05', '3.5'],
    [retailModel('4.8', '4.05'), retailModel('4.8', '3.5')],
    false,
  ],
  [
    'that, which changed again',
    ['4.05', '4.8'],
    [retailModel('4.8', '4.05'), retailModel('4.8', '3.5')],
    true,
  ],
  [
    'none of them',
    ['8.5', '6.5'],
    [
      { 1: '10', 10: '9' },
      { 1: '8', 10: '7' },
    ],
    false,
  ],
  ['none of them, of details that did not change', ['8.5', '6.5'], [{ 1: '10' }, { 1: '10' }], true],
] as const)('rows that show %s: %j', async (_, rows, details, isDetailDue) => {
  expect(await isDue(rows, details)).toBe(isDetailDue);
});
