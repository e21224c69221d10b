import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestDatabase } from '../../support/database.ts';
import { createFirstReleaseDatabase } from '../../support/first-release.ts';
import { runReprocess, unchanged } from '../../support/reprocess-world.ts';

/* A database that the first release filled: what it did not read is in its stored answers. */

let db: TestDatabase;

beforeAll(async () => {
  db = await createFirstReleaseDatabase();
});
afterAll(() => db.drop());

/** How many rows have a value, by column. */
async function countFilled(table: string, columns: readonly string[]): Promise<Record<string, number>> {
  const counts = columns.map((column) => `count(${column})::int AS ${column}`).join(', ');
  const { rows } = await db.pool.query<Record<string, number>>(`SELECT ${counts} FROM catalog.${table}`);
  return rows[0] ?? {};
}

async function read(): Promise<Record<string, Record<string, number>>> {
  const packageColumns = ['weight_g', 'weight_source', 'length_mm', 'size_source'];
  const { rows } = await db.pool.query<{ kind: string; count: number }>(
    `SELECT kind, count(*)::int AS count FROM catalog.price WHERE kind LIKE 'search\\_%' GROUP BY kind`,
  );
  return {
    offer: await countFilled('offer', [
      ...[
        'shipping_time_guarantee',
        'tags',
        'is_mix_allowed',
        'mix_amount_cny',
        'mix_quantity',
        'cargo_number',
      ],
      ...['seller_identities', 'offer_identities', 'is_patent_product'],
    ]),
    sku: await countFilled('sku', packageColumns),
    seller: await countFilled('seller', [
      ...['trade_medal', 'pickup_48h_rate', 'quality_refund_rate', 'identities'],
    ]),
    observation: await countFilled('observation', [
      ...['repurchase_rate', 'pickup_48h_rate', 'quality_refund_rate'],
    ]),
    price: Object.fromEntries(rows.map(({ kind, count }) => [kind, count])),
  };
}

const countCalls = async () =>
  (await db.pool.query('SELECT count(*)::int AS calls FROM usage.api_call')).rows as unknown;

it('fills all new columns from stored answers, for no call', async () => {
  const before = await read();
  expect(
    Object.values(before)
      .flatMap((table) => Object.values(table))
      .filter((count) => count > 0),
  ).toEqual([]);
  const calls = await countCalls();
  const counts = await runReprocess(db.pool, true);
  const after = await read();
  for (const [table, columns] of Object.entries(after)) {
    for (const [column, count] of Object.entries(columns))
      expect(count, `${table}.${column}`).toBeGreaterThan(5);
  }
  expect(Object.keys(after['price'] ?? {}).sort()).toEqual([
    'search_consign',
    'search_jxhy',
    'search_promotion',
  ]);
  expect(await countCalls()).toEqual(calls);
  expect(await runReprocess(db.pool, true)).toEqual(unchanged(counts.answers));
});

it('takes none of it for a change that was seen', async () => {
  const { rows } = await db.pool.query(
    `SELECT DISTINCT field FROM catalog.offer_change
     WHERE old IS NULL AND field IN ('tags', 'shipping_time_guarantee', 'cargo_number', 'mix_quantity', 'is_mix_allowed')`,
  );
  expect(rows).toEqual([]);
});
