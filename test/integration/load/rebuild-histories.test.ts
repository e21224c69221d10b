import { afterAll, beforeAll, expect, it } from 'vitest';
import { addWindow, believeEmptyDetails, minute } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { runReprocess, unchanged } from '../../support/reprocess-world.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
} from '../../support/stored-answers.ts';

/* What the catalog has of offers of two sellers, when it was bent, and their answers are read again. */

let db: TestDatabase;

interface Shown {
  readonly score: string;
  readonly price: string;
  readonly stocks: Readonly<Record<number, number>>;
  readonly cargo?: string;
  readonly hasUnreadSkus?: boolean;
}

type Answer = readonly [minutes: number, offerId: string, shown: Shown | null];

/** In the order of loading, which that of the calls is not. */
const answers: readonly Answer[] = [
  [1, '1', { score: '4', price: '10', stocks: { 11: 5, 12: 3 } }],
  [2, '2', { score: '4', price: '20', stocks: { 11: 7 } }],
  [2, '1', { score: '4', price: '10', stocks: { 11: 5 } }],
  [4, '1', { score: '5', price: '11', stocks: { 11: 0, 12: 3 } }],
  [4, '1', { score: '5', price: '12', stocks: { 11: 1, 12: 3 } }],
  [3, '1', { score: '4.5', price: '10', stocks: { 11: 5, 13: 9 } }],
  [5, '2', { score: '3', price: '20', stocks: { 11: 7, 14: 1 } }],
  [6, '1', null],
  [8, '1', { score: '5', price: '12', stocks: { 11: 1 }, cargo: 'b', hasUnreadSkus: true }],
  [7, '1', { score: '5', price: '13', stocks: { 11: 1, 12: 4 } }],
  [9, '1', { score: '5', price: '12', stocks: { 11: 1, 12: 4 }, cargo: 'b' }],
  [10, '2', { score: '5', price: '21', stocks: { 11: 7 } }],
  [1, '3', { score: '4', price: '30', stocks: { 11: 2 } }],
  [3, '3', { score: '4', price: '31', stocks: { 11: 2, 12: 2 } }],
  [5, '3', { score: '5', price: '30', stocks: { 12: 2 } }],
  [1, '4', { score: '4', price: '40', stocks: {} }],
  [1, '5', { score: '4', price: '50', stocks: {} }],
  [2, '5', null],
  [1, '6', null],
  [2, '6', null],
];

/** When search rows show the first offer, at which price. */
const rows: readonly (readonly [minutes: number, price: string])[] = [
  [2.5, '10'],
  [3.5, '11'],
];

const toPayload = (offerId: string, { score, price, stocks, cargo = 'a', hasUnreadSkus }: Shown) =>
  plainOffer(
    offerId,
    { 1: price },
    {
      productSkuInfos: [
        ...Object.entries(stocks).map(([skuId, amountOnSale]) => ({
          skuId: Number(skuId),
          amountOnSale,
          cargoNumber: cargo,
        })),
        ...(hasUnreadSkus ? [{ skuId: '?' }] : []),
      ],
      sellerOpenId: Number(offerId) > 2 ? 's-2' : 's-1',
      sellerDataInfo: { compositeServiceScore: score },
    },
  );

const tables = {
  'catalog.sku': 'offer_id, sku_id',
  'catalog.sku_history': 'offer_id, sku_id, valid_from, call_id',
  'catalog.stock_history': 'offer_id, sku_id, valid_from, call_id',
  'catalog.seller_history': 'seller_id, valid_from, call_id',
  'catalog.price': 'offer_id, sku_id, kind, min_quantity',
  'catalog.price_history': 'offer_id, sku_id, kind, min_quantity, valid_from',
  'catalog.observation': 'offer_id, observed_at, call_id',
} as const;

type Rows = Record<string, { readonly row: string; readonly xmin: string }[]>;

/** Every row, and the transactions that wrote them, by its table. */
async function readRows(): Promise<Rows> {
  const rows: Rows = {};
  for (const [table, order] of Object.entries(tables))
    rows[table] = (
      await db.pool.query<{ row: string; xmin: string }>(
        `SELECT t::text AS row, xmin::text FROM ${table} t ORDER BY ${order}`,
      )
    ).rows;
  return rows;
}

const contentOf = (rows: Rows) =>
  Object.fromEntries(Object.entries(rows).map(([table, all]) => [table, all.map(({ row }) => row)]));

/** Rows of SKUs and sellers that another transaction wrote just as they were. Prices are written by whole offers. */
function listRewritten(before: Rows, after: Rows): string[] {
  const isOfPrices = (table: string) => table.startsWith('catalog.price');
  return Object.keys(tables)
    .filter((table) => !isOfPrices(table))
    .flatMap((table) => {
      const writers = new Map(before[table]?.map(({ row, xmin }) => [row, xmin]));
      return (after[table] ?? []).filter(({ row, xmin }) => (writers.get(row) ?? xmin) !== xmin);
    })
    .map(({ row }) => row);
}

let truth: Rows;

beforeAll(async () => {
  db = await createTestDatabase();
  await believeEmptyDetails(db.pool);
  const at = openStoredAnswers(db.pool);
  for (const [minutes, offerId, shown] of answers)
    await at.answer(minutes, detailOf(offerId), shown === null ? null : toPayload(offerId, shown));
  const windowId = await addWindow(db.pool);
  for (const [minutes, price] of rows)
    await at.answer(
      minutes,
      searchFor('cup'),
      searchPayload([{ offerId: '1', priceInfo: { price } }]),
      windowId,
    );
  truth = await readRows();
});
afterAll(() => db.drop());

it('of answers that say what the catalog has, nothing is written', async () => {
  expect(await runReprocess(db.pool, true)).toEqual(unchanged(answers.length + rows.length));
  expect(await readRows()).toEqual(truth);
});

it.each([
  ['DELETE FROM catalog.sku_history', 3],
  [`UPDATE catalog.sku_history SET cargo_number = 'x' WHERE state = 'listed'`, 3],
  ['DELETE FROM catalog.sku_history WHERE offer_id = 1 AND sku_id = 12', 1],
  ['DELETE FROM catalog.stock_history', 3],
  ['UPDATE catalog.stock_history SET stock = 77', 3],
  ['DELETE FROM catalog.stock_history WHERE offer_id = 3', 1],
  [`UPDATE catalog.sku SET stock = 77 WHERE state = 'listed'`, 3],
  [`UPDATE catalog.sku SET cargo_number = 'x' WHERE (offer_id, sku_id) = (1, 11)`, 1],
  ['DELETE FROM catalog.sku WHERE offer_id = 1', 1],
  ['DELETE FROM catalog.seller_history', 0],
  [`DELETE FROM catalog.seller_history WHERE seller_id = 's-1' AND valid_to IS NOT NULL`, 0],
  ['UPDATE catalog.seller_history SET composite_service_score = 1', 0],
  ['DELETE FROM catalog.price_history', 3],
  ['UPDATE catalog.price_history SET amount_cny = 77 WHERE offer_id = 1', 1],
  ['DELETE FROM catalog.price WHERE offer_id = 2', 1],
  ['UPDATE catalog.price SET amount_cny = amount_cny + 7', 5],
  ['UPDATE catalog.observation SET stock = 77 WHERE offer_id = 3', 0],
])('%s is undone', async (damage, offers) => {
  await db.pool.query(damage);
  const damaged = await readRows();
  const counts = await runReprocess(db.pool, true);
  const rebuilt = await readRows();
  expect(contentOf(rebuilt)).toEqual(contentOf(truth));
  expect(counts.offersChanged).toBe(offers);
  expect(listRewritten(damaged, rebuilt)).toEqual([]);
});

it('what was booked of whether answers found their offers is undone', async () => {
  const readStates = async () =>
    (
      await db.pool.query<Record<string, unknown>>(
        `SELECT offer_id, state, found_at, empty_detail_streak FROM catalog.offer JOIN sync.refresh USING (offer_id)
         WHERE offer_id > 3 ORDER BY offer_id`,
      )
    ).rows.map((row) => Object.values(row));
  const states = [
    ['4', 'listed', minute(1), 0],
    ['5', 'missing', minute(1), 1],
    ['6', 'gone', null, 2],
  ];
  expect(await readStates()).toEqual(states);
  await db.pool.query(
    'UPDATE catalog.observation SET is_found = NOT is_found WHERE offer_id = 4 OR (offer_id > 4 AND observed_at = $1)',
    [minute(2)],
  );
  await db.pool.query(
    `UPDATE sync.refresh SET found_at = CASE WHEN offer_id > 4 THEN detail_at END,
       found_call_id = CASE WHEN offer_id > 4 THEN detail_call_id END, empty_detail_streak = (offer_id = 4)::int
     WHERE offer_id > 3`,
  );
  await db.pool.query(
    `UPDATE catalog.offer SET state = CASE offer_id WHEN 4 THEN 'missing' ELSE 'listed' END WHERE offer_id > 3`,
  );
  expect(await runReprocess(db.pool, true)).toMatchObject({ offersChanged: 3, observationsChanged: 3 });
  expect(await readStates()).toEqual(states);
  expect(contentOf(await readRows())).toEqual(contentOf(truth));
});
