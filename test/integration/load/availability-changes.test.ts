import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAvailabilityChanges } from '../../../src/load/list-availability-changes.ts';
import { empty, found, minute, provenance } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openLoadWorld } from '../../support/load-world.ts';
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

/** What details of an offer show, by the minute: its stock, or a state with stock 1; null: an empty one. */
type Story = readonly (readonly [minutes: number, shown: number | 'published' | 'member expired' | null])[];

const stories: Readonly<Record<string, Story>> = {
  // Of the moment in which the run began.
  81: [
    [90, 'member expired'],
    [100, 'published'],
  ],
  84: [
    [93, 5],
    [100, 0],
  ],
  // The newest change counts, and what it was before.
  82: [
    [91, 'member expired'],
    [105, 'published'],
    [110, null],
    [115, 'published'],
  ],
  85: [
    [94, 3],
    [107, 0],
    [109, 6],
  ],
  // It is missing again.
  83: [
    [92, 'member expired'],
    [106, 'published'],
    [111, null],
  ],
  // Before the run, or no change since.
  86: [
    [95, 5],
    [98, 0],
  ],
  87: [
    [95, 5],
    [101, 0],
    [102, 0],
  ],
  91: [
    [90, 'member expired'],
    [96, 'published'],
    [112, 'published'],
  ],
  // An empty answer says nothing of the stock.
  93: [
    [95, 5],
    [101, null],
    [103, 0],
  ],
};

test('each offer is listed by its newest change since the first run of the trigger began', async () => {
  const world = await openLoadWorld(db.pool);
  let lastCall = 900;
  const answers = Object.entries(stories).flatMap(([id, story]) =>
    story.map(([minutes, shown]) => {
      const from = provenance(minutes, String((lastCall += 1)));
      if (shown === null) return empty(id, from);
      const offer = typeof shown === 'number' ? { stock: shown } : { sourceStatus: shown, stock: 1 };
      return found(id, from, { offer: { ...offer, subject: `offer ${id}` } });
    }),
  );
  const named = (minutes: number, subject: string, stock: number | null) =>
    found('88', provenance(minutes, String((lastCall += 1))), { offer: { subject, stock } });
  // A title that is the name of a state; and a detail without a stock, which says nothing of it.
  const titles = [named(95, 'missing', 7), named(108, 'listed', null), named(109, 'listed', 0)];
  for (const minutes of [120, 100])
    await db.pool.query(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at)
       VALUES ('all', 'dusk', 'sandbox', 'succeeded', '[]', $1)`,
      [minute(minutes)],
    );
  await db.pool.query('UPDATE sync.planner SET recent_found = 1000, recent_empty = 0');
  await world.load(...answers, ...titles);
  const row = (offerId: string, change: string, was: string, subject = `offer ${offerId}`) => ({
    offerId,
    subject,
    change,
    was,
  });
  expect(await listAvailabilityChanges(db.pool, 'dusk', 10)).toEqual([
    row('81', 'listed_again', 'delisted'),
    row('82', 'listed_again', 'missing'),
    row('93', 'listed_again', 'missing'),
    row('84', 'sold_out', '5'),
    row('88', 'sold_out', '7', 'listed'),
    row('93', 'sold_out', '5'),
    row('85', 'in_stock_again', '0'),
  ]);
});
