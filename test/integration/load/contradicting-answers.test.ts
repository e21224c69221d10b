import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSql } from '../../../src/db/sql-file.ts';
import { readPriceIntervals } from '../../../src/load/price-intervals.ts';
import { readSql } from '../../../src/load/read-sql.ts';
import { minute } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { detailOf, openStoredAnswers, plainOffer } from '../../support/stored-answers.ts';

/* Which booked answers the histories do not agree with. One that agrees is not placed again. */

type Stocks = Readonly<Record<number, number>>;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  const at = openStoredAnswers(db.pool);
  const show = (minutes: number, offerId: string, stocks: Stocks) =>
    at.answer(
      minutes,
      detailOf(offerId),
      plainOffer(
        offerId,
        { 1: '10' },
        {
          productSkuInfos: Object.entries(stocks).map(([skuId, amountOnSale]) => ({
            skuId: Number(skuId),
            amountOnSale,
          })),
        },
      ),
    );
  await show(1, '1', { 11: 5 });
  await show(2, '1', { 11: 6 });
  await show(3, '1', { 12: 2 });
  await show(1, '2', { 11: 5 });
});
afterAll(() => db.drop());

/** Whether the answer of a minute about offer 1 contradicts its histories if it lists these SKUs. */
async function contradicts(minutes: number, stocks: Stocks, isComplete: boolean): Promise<boolean> {
  const { rows } = await db.pool.query<{ answer: object; skus: object[] }>(
    `SELECT jsonb_build_object('offer_id', 1, 'is_complete', $3::boolean, 'observed_at', o.observed_at, 'call_id', o.call_id) AS answer,
            (SELECT coalesce(jsonb_agg(to_jsonb(k) || jsonb_build_object('stock', s.value, 'call_id', o.call_id)), '[]')
             FROM jsonb_each($2::jsonb) s JOIN catalog.sku k ON k.offer_id = 1 AND k.sku_id = s.key::bigint) AS skus
     FROM catalog.observation o WHERE o.offer_id = 1 AND o.observed_at = $1`,
    [minute(minutes), JSON.stringify(stocks), isComplete],
  );
  const [found] = rows;
  const params = [JSON.stringify([found?.answer]), JSON.stringify(found?.skus)];
  const contradicting = await runSql<{ call_id: string }>(
    db.pool,
    readSql('find-contradicting-skus'),
    params,
  );
  return contradicting.length > 0;
}

it.each<[number, Stocks, boolean, boolean?]>([
  [1, { 11: 5 }, false],
  [1, { 11: 6 }, true],
  [1, { 11: 5, 12: 2 }, true],
  [1, {}, true],
  [1, {}, false, false],
  [2, { 11: 6 }, false],
  [2, { 11: 5 }, true],
  [3, { 12: 2 }, false],
  [3, { 12: 1 }, true],
  [3, { 11: 6, 12: 2 }, true],
  [3, {}, true],
])(
  'the answer of minute %s contradicts them with %j: %s',
  async (minutes, stocks, does, isComplete = true) => {
    expect(await contradicts(minutes, stocks, isComplete)).toBe(does);
  },
);

it.each([
  [1, 10, 4, false],
  [1, 10, 5, true],
  [2, 11, 5, false],
  [2, 11, 4, true],
  [1, 9, 4, true],
  [3, 12, 5, false],
])(
  'a seller described at minute %s by call %s, with score %s, contradicts a history of 4 and 5: %s',
  async (minutes, callId, score, does) => {
    await db.pool.query(
      `INSERT INTO catalog.seller_history (seller_id, valid_from, call_id, valid_to, closed_by_call_id, composite_service_score)
       VALUES ('s', $1, 10, $2, 11, 4), ('s', $2, 11, NULL, NULL, 5) ON CONFLICT DO NOTHING`,
      [minute(1), minute(2)],
    );
    const described = { seller_id: 's', valid_from: minute(minutes), call_id: callId };
    const contradicting = await runSql(db.pool, readSql('find-contradicting-sellers'), [
      JSON.stringify([{ ...described, composite_service_score: score }]),
    ]);
    expect(contradicting).toEqual(does ? [{ seller_id: 's' }] : []);
  },
);

it('prices are read of the offers that are asked for, and of no other', async () => {
  const client = await db.pool.connect();
  try {
    expect([...(await readPriceIntervals(client, ['2'], 'detail')).keys()]).toEqual(['2']);
  } finally {
    client.release();
  }
});
