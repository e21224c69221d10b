import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openPast } from '../../support/analytics-world.ts';

/* Statistics of a part of the offers, drawn at random. */

const [offers, categories] = [6000, 30];
const at = (daysAgo: number) =>
  `((SELECT day FROM analytics.clock) - ${String(daysAgo)})::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '1 hour'`;

/** All offers were observed eight, four and one days ago. A third has another price since the second time, a third since the last. */
const world = `
  SELECT setseed(0.5);
  CREATE TEMPORARY TABLE made AS
    SELECT n AS offer_id, n % ${String(categories)} + 1 AS category_id, 10::numeric AS before, round((10 * exp(0.4 * random() - 0.2))::numeric, 2) AS after,
           CASE n / ${String(categories)} % 3 WHEN 0 THEN ${at(4)} WHEN 1 THEN ${at(1)} END AS changed_at
    FROM generate_series(1, ${String(offers)}) n;
  INSERT INTO catalog.offer (offer_id, category_id, state, quote_type, unit, min_order_quantity, changed_at, call_id)
    SELECT offer_id, category_id, 'listed', 0, '件', 1, now(), 1 FROM made;
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, stock, loaded_at)
    SELECT offer_id, observed_at, 'detail', nextval('usage.call_id_seq'), true, false, (random() * 2)::int, now()
    FROM made CROSS JOIN (VALUES (${at(8)}), (${at(4)}), (${at(1)})) o (observed_at);
  INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, next_amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
    SELECT offer_id, 0, 'list', 1, before, after, ${at(8)}, changed_at, 1, 2 FROM made WHERE changed_at IS NOT NULL;
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
    SELECT offer_id, 0, 'list', 1, CASE WHEN changed_at IS NULL THEN before ELSE after END, coalesce(changed_at, ${at(8)}), 1 FROM made;
  INSERT INTO sync.refresh (offer_id, first_seen_at, last_call_id, bucket, order_at, popularity, detail_at)
    SELECT offer_id, ${at(8)}, 1, 0, ${at(8)}, 1, ${at(1)} FROM made;
`;

/** Of so many offers, those that are drawn. */
const isDrawn = (most: number) =>
  `(hashint8(offer_id) & 65535) < 65536.0 * ${String(most)} / ${String(offers)}`;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
  await db.pool.query(world);
});
afterAll(() => db.drop());

type Row = Readonly<Record<string, string | number | null>>;

const read = async (call: string, on: Pick<PoolClient, 'query'> = db.pool) =>
  (await on.query<Row>(`SELECT * FROM analytics.${call}`)).rows;

/** Asks of a catalog that is as it was before again afterwards. */
async function inChanged<T>(
  changes: readonly string[],
  ask: (on: Pick<PoolClient, 'query'>) => Promise<T>,
): Promise<T> {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    for (const change of changes) await client.query(change);
    return await ask(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

/** What the statistics of all offers are where there are no others than those that are drawn. */
const readOfDrawn = (call: string, most: number) =>
  inChanged(
    ['price', 'price_history', 'observation', 'offer'].map(
      (table) => `DELETE FROM catalog.${table} WHERE NOT ${isDrawn(most)}`,
    ),
    (on) => read(call, on),
  );

const withoutErrors = (rows: readonly Row[]) => rows.map((row) => ({ ...row, standard_error: null }));
const errorsOf = (rows: readonly Row[]) => rows.map((row) => Number(row['standard_error']));

describe.each([
  ['price_index(9', 'index_points'],
  ['price_index(9, by_category => true', 'index_points'],
  ["change_rates(9, 'list'", 'per_day'],
  ['change_rates(9', 'per_day'],
])('analytics.%s) of a part of the offers', (call, figure) => {
  // A small part is looked up, a larger one is picked from all rows.
  it.each([300, 3000])('is that of a catalog with no others, of %i', async (most) => {
    const drawn = await read(`${call}, max_offers => ${String(most)})`);
    expect(withoutErrors(drawn)).toEqual(withoutErrors(await readOfDrawn(`${call})`, most)));
  });

  it.each(['NULL', String(offers), '2000000000'])(
    'is that of all with %s, without an error',
    async (most) => {
      const all = await read(`${call})`);
      expect(await read(`${call}, max_offers => ${most})`)).toEqual(all);
      expect(new Set(errorsOf(all))).toEqual(new Set([0]));
    },
  );

  it('is off by as much as it says', async () => {
    const all = await read(`${call})`);
    // The last day, or each category and figure.
    const key = (row: Row) => [row['category_id'], row['figure'] ?? row['day']].map(String).join('/');
    const known = new Map(all.map((row) => [key(row), Number(row[figure])]));
    const off = (await read(`${call}, max_offers => 3000)`))
      .filter((row) => Number(row['standard_error']) > 0)
      .map((row) => (Number(row[figure]) - (known.get(key(row)) ?? NaN)) / Number(row['standard_error']));
    const typical = Math.sqrt(off.reduce((sum, one) => sum + one ** 2, 0) / off.length);
    expect(typical).toBeGreaterThan(off.length < 30 ? 0 : 0.7);
    expect(typical).toBeLessThan(off.length < 30 ? 2 : 1.3);
  });
});

describe('the index of one category', () => {
  const category = 7;
  const ofCategory = (rows: readonly Row[]) => rows.filter((row) => row['category_id'] === String(category));
  const withoutPoints = (rows: readonly Row[]) =>
    withoutErrors(rows).map((row) => ({ ...row, index_points: null }));

  it('is that of each category, and of none that is not there', async () => {
    const each = ofCategory(await read('price_index(9, by_category => true)'));
    expect(each).toHaveLength(9);
    expect(await read('price_index(9, category => 7)')).toEqual(each);
    expect(await read('price_index(9, by_category => true, category => 7)')).toEqual(each);
    expect(await read('price_index(9, category => 31)')).toEqual([]);
  });

  it('has all its offers; by those that are drawn of the others it is off by as much as it says', async () => {
    // It moved otherwise than the others, so that it must not count for more than its share.
    const dearer = `UPDATE catalog.price SET amount_cny = 3 * amount_cny WHERE amount_cny <> 10 AND offer_id % ${String(categories)} = 6`;
    // Half of it was not observed since the beginning, and moves by the mean of all.
    const unseen = `UPDATE sync.refresh SET detail_at = ${at(8)} WHERE offer_id % 60 = 36`;
    const { each, drawn } = await inChanged([dearer, unseen], async (on) => ({
      each: ofCategory(await read('price_index(9, by_category => true)', on)),
      drawn: await read('price_index(9, category => 7, max_offers => 600)', on),
    }));
    expect(withoutPoints(drawn)).toEqual(withoutPoints(each));
    const off = drawn.map((row, nth) => Number(row['index_points']) - Number(each[nth]?.['index_points']));
    const errors = errorsOf(drawn);
    expect(Math.max(...errors)).toBeGreaterThan(0.01);
    for (const [nth, one] of off.entries())
      expect(Math.abs(one)).toBeLessThan(2 * (errors[nth] ?? 0) + 0.001);
  });
});

it('with few offers drawn there may be none of them', async () => {
  for (const most of [0, -1]) {
    expect(await read(`price_index(9, max_offers => ${String(most)})`)).toEqual([]);
    expect(await read(`change_rates(9, max_offers => ${String(most)})`)).toEqual([]);
  }
});
