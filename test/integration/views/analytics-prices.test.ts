import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  insertChange,
  insertIntervals,
  insertObservedOffers,
  insertOffers,
  openPast,
  type IntervalRow,
} from '../../support/analytics-world.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
});
afterAll(() => db.drop());

type Row = Record<string, unknown>;

async function ask(call: string): Promise<Row> {
  const { rows } = await db.pool.query<Row>(`SELECT * FROM analytics.${call}`);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

const span = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

describe('analytics.price_at', () => {
  beforeAll(async () => {
    await insertOffers(db, [
      { offerId: '10', quoteType: 0 },
      { offerId: '11', quoteType: 1, minOrder: 3 },
      { offerId: '12', quoteType: 2, unit: '箱' },
      { offerId: '13', state: 'gone' },
      { offerId: '14' },
    ]);
    for (const id of ['10', '11', '12', '13']) await insertObservedOffers(db, id, [20, 10, 0]);
    for (const [offerId, skuId, state] of [
      ['11', '7', 'listed'],
      ['11', '8', 'listed'],
      ['12', '7', 'listed'],
      ['12', '9', 'gone'],
    ] as const) {
      await db.pool.query(
        `INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, last_listed_at, last_listed_call_id, changed_at, call_id)
         VALUES ($1, $2, $3, '[]', CASE WHEN $3 = 'gone' THEN now() - interval '20 days' END, CASE WHEN $3 = 'gone' THEN 1 END,
                 now() - interval '9 days', 1)`,
        [offerId, skuId, state],
      );
    }
    const by = (offerId: string): Omit<IntervalRow, 'cny' | 'from'> => ({ offerId });
    await insertIntervals(db, [
      { ...by('10'), cny: '10', from: 20, to: 10 },
      { ...by('10'), cny: '12', from: 10 },
      { ...by('10'), minQuantity: 500, cny: '9.5', from: 20 },
      { ...by('10'), kind: 'consign', minQuantity: 1, cny: '15', from: 20 },
      { ...by('11'), skuId: '7', minQuantity: 1, cny: '5', from: 20 },
      { ...by('12'), cny: '30', from: 20 },
      { ...by('12'), skuId: '7', kind: 'consign', minQuantity: 1, cny: '40', from: 20 },
      { ...by('13'), cny: '1', from: 20 },
    ]);
    await insertChange(db, { offerId: '13', field: 'state', old: 'listed', new: 'gone', at: 10 });
  });

  it('takes the tier of the quantity, with its unit and total', async () => {
    expect(await ask('price_at(10, quantity => 500)')).toMatchObject({
      unit_price_cny: '9.5000',
      total_cny: '4750.0000',
      unit: '件',
      min_quantity: 500,
      reason: null,
    });
    expect(await ask('price_at(10, quantity => 499)')).toMatchObject({
      unit_price_cny: '12.0000',
      min_quantity: 2,
    });
  });

  it('takes what stood at the time', async () => {
    expect(await ask(`price_at(10, quantity => 2, at => now() - interval '15 days')`)).toMatchObject({
      unit_price_cny: '10.0000',
    });
  });

  it('answers a clock that is ahead by less than a minute', async () => {
    expect(await ask(`price_at(10, quantity => 2, at => now() + interval '50 seconds')`)).toMatchObject({
      unit_price_cny: '12.0000',
      reason: null,
    });
  });

  it('prices SKUs one by one, or by quantity whatever the SKU', async () => {
    expect(await ask('price_at(11, 7, 3)')).toMatchObject({ unit_price_cny: '5.0000', priced_sku_id: '7' });
    expect(await ask('price_at(12, 7, 3)')).toMatchObject({ unit_price_cny: '30.0000', priced_sku_id: '0' });
    expect(await ask(`price_at(12, 7, 1, kind => 'consign')`)).toMatchObject({ unit_price_cny: '40.0000' });
  });

  it.each([
    ['unknown_kind', `price_at(10, kind => 'lowest')`],
    ['quantity_not_positive', 'price_at(10, quantity => 0)'],
    ['no_such_offer', 'price_at(99)'],
    ['not_seen_yet', `price_at(10, quantity => 2, at => now() - interval '21 days')`],
    ['not_seen_yet', `price_at(14, quantity => 2)`],
    ['not_on_sale', 'price_at(13, quantity => 2)'],
    ['in_the_future', `price_at(10, quantity => 2, at => now() + interval '61 seconds')`],
    ['no_such_sku', 'price_at(11, 77, 3)'],
    ['sku_gone', 'price_at(12, 9, 3)'],
    ['sku_needed', 'price_at(11, quantity => 3)'],
    ['sku_needed', `price_at(12, quantity => 3, kind => 'consign')`],
    ['no_price', 'price_at(11, 8, 3)'],
    ['no_price', `price_at(10, quantity => 3, kind => 'promotion')`],
    ['below_minimum', 'price_at(10, quantity => 1)'],
    ['below_minimum', 'price_at(11, 7, 2)'],
  ])('says %s for %s', async (reason, call) => {
    expect(await ask(call)).toMatchObject({ unit_price_cny: null, total_cny: null, reason });
  });

  it('says what is the least', async () => {
    expect(await ask('price_at(11, 7, 2)')).toMatchObject({ min_quantity: 3 });
  });

  it('knows that an offer which is gone was on sale before', async () => {
    expect(await ask(`price_at(13, quantity => 2, at => now() - interval '15 days')`)).toMatchObject({
      unit_price_cny: '1.0000',
      reason: null,
    });
  });
});

describe('analytics.lowest_price', () => {
  beforeAll(async () => {
    await insertOffers(
      db,
      ['20', '21', '22', '23', '24', '25', '26'].map((offerId) => ({
        offerId,
        ...(offerId === '24' ? { unit: '箱' } : {}),
      })),
    );
    await insertIntervals(db, [
      // Cheap once; nobody looked for 55 days; dearer since.
      { offerId: '20', cny: '3', from: 60, to: 5 },
      { offerId: '20', cny: '8', from: 5 },
      { offerId: '20', cny: '6.5', minQuantity: 500, from: 5 },
      { offerId: '20', cny: '5', kind: 'jxhy', minQuantity: 1, from: 5 },
      { offerId: '21', cny: '7', from: 40, to: 12 },
      { offerId: '21', cny: '6', from: 12, to: 11 },
      { offerId: '21', cny: '7', from: 11 },
      { offerId: '22', cny: '7', from: 60 },
      { offerId: '23', cny: '7', from: 60 },
      { offerId: '24', cny: '7', from: 60, to: 10 },
      { offerId: '24', cny: '70', from: 10 },
      { offerId: '26', cny: '7', from: 60 },
    ]);
    await insertObservedOffers(db, '20', [60, ...span(5, 0)]);
    await insertObservedOffers(db, '21', span(40, 0));
    await insertObservedOffers(db, '22', [31, 28, 25, 22, 19, 16, 13, 10, 7, 4, 1]);
    await insertObservedOffers(db, '23', [32, 28, 24, 20, 16, 12, 8, 4, 0]);
    await insertObservedOffers(db, '24', span(40, 0));
    await insertObservedOffers(db, '25', [3, 2, 1, 0], [3, 2, 1, 0]);
    await insertChange(db, { offerId: '24', field: 'unit', old: '件', new: '箱', at: 10 });
  });

  it('takes no price of before the days, which a long interval carries into them', async () => {
    expect(await ask('lowest_price(20)')).toMatchObject({ price_cny: '8.0000', reason: null });
    expect(await ask('lowest_price(20, min_coverage => 0.8)')).toMatchObject({
      price_cny: null,
      coverage: '0.2000',
      covered_days: 6,
      asked_days: 30,
      reason: 'coverage',
    });
    expect(await ask('lowest_price(20, 6)')).toMatchObject({ price_cny: '8.0000', coverage: '1.0000' });
  });

  it('compares prices of one kind and quantity', async () => {
    expect(await ask('lowest_price(20, 6, quantity => 500)')).toMatchObject({ price_cny: '6.5000' });
    expect(await ask(`lowest_price(20, 6, kind => 'jxhy')`)).toMatchObject({ price_cny: '5.0000' });
  });

  it('finds a low of one day', async () => {
    expect(await ask('lowest_price(21)')).toMatchObject({ price_cny: '6.0000', covered_days: 30 });
    expect(await ask('lowest_price(21, 10)')).toMatchObject({ price_cny: '7.0000' });
  });

  it('bridges equal looks up to max_gap, also over the edge of the days, and no further', async () => {
    expect(await ask('lowest_price(22)')).toMatchObject({ price_cny: '7.0000', covered_days: 29 });
    expect(await ask('lowest_price(23, min_coverage => 0.8)')).toMatchObject({
      covered_days: 8,
      reason: 'coverage',
    });
    expect(await ask(`lowest_price(23, max_gap => '4 days')`)).toMatchObject({
      price_cny: '7.0000',
      coverage: '1.0000',
    });
    expect(await ask('lowest_price(22, max_gap => NULL)')).toMatchObject({
      price_cny: '7.0000',
      covered_days: 29,
    });
    expect(await ask('lowest_price(23, max_gap => NULL)')).toMatchObject({
      price_cny: '7.0000',
      covered_days: 30,
    });
    // Between 7 and 6, the days in between are nobody's.
    expect(await ask(`lowest_price(20, 61, max_gap => '60 days')`)).toMatchObject({ covered_days: 7 });
  });

  it('can be asked for days that are covered', async () => {
    expect(await ask('lowest_price(20, min_coverage => 0.2)')).toMatchObject({ price_cny: '8.0000' });
    expect(await ask('lowest_price(20, min_coverage => 0.21)')).toMatchObject({
      price_cny: null,
      p_lowest: null,
      reason: 'coverage',
    });
  });

  it.each([
    ['unknown_kind', `lowest_price(20, kind => 'x')`],
    ['days_out_of_range', 'lowest_price(20, 0)'],
    ['no_such_offer', 'lowest_price(99)'],
    ['not_observed', 'lowest_price(26)'],
    ['unit_changed', 'lowest_price(24)'],
    ['no_price', 'lowest_price(25, 4)'],
    ['no_such_sku', 'lowest_price(20, sku_id => 77)'],
    ['sku_gone', 'lowest_price(12, 1, sku_id => 9)'],
    ['in_the_future', `lowest_price(20, last_day => '2199-01-01')`],
    ['in_the_future', `lowest_price(20, last_day => 'infinity')`],
    ['in_the_future', `lowest_price(20, last_day => '5874897-12-31')`],
    ['not_observed', `lowest_price(20, last_day => '-infinity')`],
  ])('says %s for %s', async (reason, call) => {
    expect(await ask(call)).toMatchObject({ price_cny: null, reason });
  });
});

it('price_as_of gives what stood, no more and no less, and reaches the index', async () => {
  const { rows } = await db.pool.query<Row>(
    `SELECT min_quantity, amount_cny FROM analytics.price_as_of(now() - interval '15 days')
     WHERE offer_id = 10 AND kind = 'list' ORDER BY min_quantity`,
  );
  expect(rows).toEqual([
    { min_quantity: 2, amount_cny: '10.0000' },
    { min_quantity: 500, amount_cny: '9.5000' },
  ]);
  const plan = await db.pool.query<{ 'QUERY PLAN': string }>(
    'EXPLAIN SELECT * FROM analytics.price_as_of(now()) WHERE offer_id = 10',
  );
  expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Cond: (offer_id = ');
});
