import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addWindow } from '../../support/answers.ts';
import { dumpCatalog, runReprocess, unchanged } from '../../support/reprocess-world.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
} from '../../support/stored-answers.ts';

let db: TestDatabase;
let lastOffer = 100;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const amount = fc.constantFrom('1', '2', '?');
/** What an answer says; its place in the list is the order of loading, which its time does not follow. */
const observation = fc.record({
  kind: fc.constantFrom('found', 'found', 'found', 'empty', 'search'),
  time: fc.integer({ min: 0, max: 8 }),
  one: amount,
  ten: fc.option(amount),
  skus: fc.subarray([1, 2]),
  stock: fc.integer({ min: 0, max: 1 }),
  score: fc.constantFrom('4', '5'),
});

/** Takes away or bends some of what the catalog has of prices, SKUs and sellers. */
const damage = fc.record({
  history: fc.constantFrom('DELETE FROM', `UPDATE`, null),
  current: fc.constantFrom('DELETE FROM', `UPDATE`, null),
  states: fc.constantFrom(
    'DELETE FROM catalog.sku_history',
    `UPDATE catalog.sku_history SET label = CASE state WHEN 'listed' THEN 'x' END`,
    'DELETE FROM catalog.stock_history',
    'UPDATE catalog.stock_history SET stock = 7',
    `UPDATE catalog.sku SET stock = CASE state WHEN 'listed' THEN 7 ELSE stock END`,
    'DELETE FROM catalog.seller_history',
    'UPDATE catalog.seller_history SET composite_service_score = 1',
    null,
  ),
});

async function damageTable(table: string, how: string | null, offerId: string): Promise<void> {
  if (how === null) return;
  const change = how === 'UPDATE' ? 'SET amount_cny = amount_cny + 7' : '';
  await db.pool.query(`${how} ${table} ${change} WHERE offer_id = $1`, [offerId]);
}

async function damageStates(statement: string, offerId: string): Promise<void> {
  const of = statement.includes('seller') ? `seller_id = 's-${offerId}'` : `offer_id = ${offerId}`;
  await db.pool.query(`${statement} WHERE ${of}`);
}

/** What an answer says of SKUs and of the seller. */
const partsOf = (
  offerId: string,
  {
    skus,
    stock,
    score,
  }: { readonly skus: readonly number[]; readonly stock: number; readonly score: string },
) => ({
  productSkuInfos: skus.map((skuId) => ({ skuId, amountOnSale: stock, cargoNumber: `of ${stock}` })),
  sellerOpenId: `s-${offerId}`,
  sellerDataInfo: { compositeServiceScore: score },
});

it('rebuilds the prices, SKUs and sellers of offers exactly, for any order in which their answers were loaded', async () => {
  const at = openStoredAnswers(db.pool);
  const plans = fc.array(observation, { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(plans, damage, async (freshness, { history, current, states }) => {
      await db.pool.query('DELETE FROM raw.payload');
      const offerId = String(++lastOffer);
      const windowId = await addWindow(db.pool, `of ${offerId}`);
      for (const { kind, time, one, ten, ...rest } of freshness) {
        const prices = { 1: one, ...(ten === null ? {} : { 10: ten }) };
        if (kind === 'empty') await at.answer(time, detailOf(offerId), null);
        else if (kind === 'found')
          await at.answer(time, detailOf(offerId), plainOffer(offerId, prices, partsOf(offerId, rest)));
        else {
          const row = { offerId, priceInfo: { price: one } };
          await at.answer(time, searchFor('x'), searchPayload([row]), windowId);
        }
      }
      const truth = await dumpCatalog(db.pool);
      expect(await runReprocess(db.pool, true)).toEqual(unchanged(freshness.length));
      expect(await dumpCatalog(db.pool)).toEqual(truth);
      await damageTable('catalog.price_history', history, offerId);
      await damageTable('catalog.price', current, offerId);
      if (states !== null) await damageStates(states, offerId);
      const damaged = await dumpCatalog(db.pool);
      const shown = await runReprocess(db.pool, false);
      expect(await dumpCatalog(db.pool)).toEqual(damaged);
      expect(await runReprocess(db.pool, true)).toEqual(shown);
      expect(await dumpCatalog(db.pool)).toEqual(truth);
    }),
    { numRuns: 25 },
  );
});
