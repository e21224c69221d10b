import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPriceMoves, type PriceMove } from '../../../src/load/list-price-moves.ts';
import type { PricePoint } from '../../../src/model/records.ts';
import {
  addWindow,
  found,
  minute,
  price,
  provenance,
  searchPage,
  searchRow,
  sku,
} from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

let db: TestDatabase;
let world: LoadWorld;
let lastCall = 100;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

const addRun = (trigger: string, minutes: number) =>
  db.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at)
     VALUES ('all', $1, 'sandbox', 'succeeded', '[]', $2)`,
    [trigger, minute(minutes)],
  );

/** A detail of an offer with a SKU, and with a subject that names the offer. */
const shown = (offerId: string, minutes: number, prices: readonly PricePoint[]) =>
  found(offerId, provenance(minutes, String((lastCall += 1))), {
    prices,
    skus: [sku('7', { label: 'red' })],
    offer: { subject: `offer ${offerId}` },
  });

const move = (offerId: string, fromCny: string, toCny: string, changes: Partial<PriceMove> = {}) => ({
  offerId,
  subject: `offer ${offerId}`,
  label: null,
  kind: 'list',
  minQuantity: 1,
  fromCny,
  toCny,
  ...changes,
});

test('the largest move of each offer since the first run of a trigger began is listed, the largest of all first', async () => {
  await addRun('noon', 20);
  await addRun('noon', 10);
  await addRun('night', 14);
  await addRun('dawn', 1);
  const ten = { minQuantity: 10 };
  const ofSku = { skuId: '7' };
  await world.load(
    // In the very moment in which the run began.
    ...[shown('1', 1, [price('10')]), shown('1', 10, [price('12')])],
    // Three prices of one offer: half, a ninth less, a third more.
    shown('2', 1, [price('10'), price('9', ten), price('3', ofSku)]),
    shown('2', 15, [price('5'), price('8', ten), price('4', ofSku)]),
    // Before it.
    ...[shown('3', 1, [price('10')]), shown('3', 9, [price('30')])],
    // A price that is new, and one that ended.
    ...[shown('5', 1, [price('9', ten)]), shown('5', 15, [price('10')])],
    // Free, and not any more; and the other way round.
    ...[shown('6', 1, [price('0')]), shown('6', 12, [price('2')])],
    ...[shown('7', 1, [price('4')]), shown('7', 12, [price('0')])],
    // Twice: the last move counts. As large as that of another offer.
    ...[shown('8', 1, [price('10')]), shown('8', 12, [price('40')]), shown('8', 15, [price('20')])],
    // Of a SKU, from three units on.
    shown('9', 1, [price('8', { ...ofSku, minQuantity: 3, kind: 'promotion' })]),
    shown('9', 16, [price('10', { ...ofSku, minQuantity: 3, kind: 'promotion' })]),
  );
  const windowId = await addWindow(db.pool);
  await world.load(
    searchPage(windowId, provenance(2, '50'), [searchRow('4', { priceCny: '1' })]),
    searchPage(windowId, provenance(15, '51'), [searchRow('4', { priceCny: '100' })]),
  );
  const moves = [
    move('7', '4', '0'),
    move('6', '0', '2'),
    move('2', '10', '5'),
    move('8', '40', '20'),
    move('9', '8', '10', { label: 'red', kind: 'promotion', minQuantity: 3 }),
    move('1', '10', '12'),
  ];
  expect(await listPriceMoves(db.pool, 'noon', 10)).toEqual({ offers: 6, largest: moves });
  expect(await listPriceMoves(db.pool, 'noon', 2)).toEqual({ offers: 6, largest: moves.slice(0, 2) });
  expect(await listPriceMoves(db.pool, 'night', 10)).toEqual({ offers: 3, largest: moves.slice(2, 5) });
  expect((await listPriceMoves(db.pool, 'dawn', 10)).offers).toBe(7);
  expect(await listPriceMoves(db.pool, 'never', 10)).toEqual({ offers: 0, largest: [] });
});
