import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAvailabilityChanges } from '../../../src/load/list-availability-changes.ts';
import { minute } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { detailOf, openStoredAnswers, plainOffer } from '../../support/stored-answers.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const withStock = (id: string, amountOnSale: number, status = 'published') =>
  plainOffer(
    id,
    { 1: '10' },
    {
      status,
      productSaleInfo: { quoteType: 0, amountOnSale, priceRangeList: [{ startQuantity: 1, price: '10' }] },
    },
  );

test('offers that were listed again, sold out or in stock again since a run began are listed with what they were', async () => {
  const at = openStoredAnswers(db.pool);
  const before = { 71: 5, 72: 0, 73: 5, 74: 5, 75: 5 };
  for (const [id, stock] of Object.entries(before))
    await at.answer(
      Number(id) - 70,
      detailOf(id),
      withStock(id, stock, id === '73' ? 'member expired' : undefined),
    );
  await at.answer(8, detailOf('74'), withStock('74', 0));
  await db.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at)
     VALUES ('all', 'noon', 'sandbox', 'succeeded', '[]', $1)`,
    [minute(10)],
  );
  const after = { 71: 0, 72: 9, 73: 6, 76: 0 };
  for (const [id, stock] of Object.entries(after))
    await at.answer(Number(id) - 50, detailOf(id), withStock(id, stock));
  await at.answer(30, detailOf('75'), null);
  const subject = '杯子';
  const changes = await listAvailabilityChanges(db.pool, 'noon', 10);
  expect(changes).toEqual([
    { offerId: '73', subject, change: 'listed_again', was: 'delisted' },
    { offerId: '71', subject, change: 'sold_out', was: '5' },
    { offerId: '72', subject, change: 'in_stock_again', was: '0' },
  ]);
  expect(await listAvailabilityChanges(db.pool, 'noon', 1)).toEqual(changes.slice(0, 1));
  expect(await listAvailabilityChanges(db.pool, 'midnight', 10)).toEqual([]);
});
