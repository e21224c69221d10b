import { expect, test } from 'vitest';
import { minute } from '../../support/answers.ts';
import { createTestDatabase } from '../../support/database.ts';
import { detailOf, openStoredAnswers, plainOffer } from '../../support/stored-answers.ts';
import { recipes } from './cookbook-recipes.ts';

test('a SKU sold out if it had some before: not one that came without, nor one that came back without', async () => {
  const db = await createTestDatabase();
  try {
    const at = openStoredAnswers(db.pool);
    const show = (minutes: number, stocks: Readonly<Record<number, number>>) =>
      at.answer(
        minutes,
        detailOf('1'),
        plainOffer(
          '1',
          { 1: '10' },
          {
            productSkuInfos: Object.entries(stocks).map(([skuId, amountOnSale]) => ({
              skuId: Number(skuId),
              amountOnSale,
            })),
          },
        ),
      );
    await show(1, { 11: 5, 13: 4, 14: 0 });
    await show(2, { 11: 0, 12: 0, 14: 0 });
    await show(3, { 11: 7, 12: 0, 13: 0, 14: 2 });
    await show(4, { 11: 0, 12: 0, 13: 0, 14: 2 });
    await db.pool.query('UPDATE usage.ledger_clock SET "offset" = $1::timestamptz - clock_timestamp()', [
      minute(60),
    ]);
    const recipe = recipes.find(({ question }) => question.includes('Which SKUs sold out'));
    const { rows } = await db.pool.query<Record<string, unknown>>(recipe?.sql ?? '');
    expect(
      rows.map((row) => [row['sku_id'], row['not_before'], row['sold_out_at'], row['ended_at']]),
    ).toEqual([
      ['11', minute(1), minute(2), minute(3)],
      ['11', minute(3), minute(4), null],
    ]);
  } finally {
    await db.drop();
  }
});
