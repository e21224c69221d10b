import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestDatabase } from '../../support/database.ts';
import { createFirstReleaseDatabase, createPartlyReadDatabase } from '../../support/first-release.ts';
import { runReprocess, unchanged } from '../../support/reprocess-world.ts';

/* A database in which less was read: what is missing is in its stored answers. */

let db: TestDatabase;
let whole: TestDatabase;

beforeAll(async () => {
  [db, whole] = [await createPartlyReadDatabase(), await createFirstReleaseDatabase()];
});
afterAll(async () => {
  await db.drop();
  await whole.drop();
});

/** How many rows have a value, by column. */
async function countFilled(
  { pool }: TestDatabase,
  table: string,
  columns: readonly string[],
): Promise<Record<string, number>> {
  const counts = columns.map((column) => `count(${column})::int AS ${column}`).join(', ');
  const { rows } = await pool.query<Record<string, number>>(`SELECT ${counts} FROM catalog.${table}`);
  return rows[0] ?? {};
}

async function read(from: TestDatabase): Promise<Record<string, Record<string, number>>> {
  const { rows } = await from.pool.query<{ kind: string; count: number }>(
    `SELECT kind, count(*)::int AS count FROM catalog.price WHERE kind::text LIKE 'search\\_%' GROUP BY kind ORDER BY kind`,
  );
  return {
    offer: await countFilled(from, 'offer', [
      ...['shipping_time_guarantee', 'tags', 'is_mix_allowed', 'mix_amount_cny', 'mix_quantity'],
      ...['cargo_number', 'seller_identities', 'offer_identities', 'is_patent_product'],
    ]),
    sku: await countFilled(from, 'sku', ['weight_g', 'weight_source', 'length_mm', 'size_source']),
    seller: await countFilled(from, 'seller', [
      ...['trade_medal', 'pickup_48h_rate', 'quality_refund_rate', 'identities'],
    ]),
    observation: await countFilled(from, 'observation', [
      ...['repurchase_rate', 'pickup_48h_rate', 'quality_refund_rate'],
    ]),
    price: Object.fromEntries(rows.map(({ kind, count }) => [kind, count])),
  };
}

const countAll = (counts: Record<string, Record<string, number>>) =>
  Object.values(counts).flatMap((table) => Object.values(table));

const countCalls = async () =>
  (await db.pool.query('SELECT count(*)::int AS calls FROM usage.api_call')).rows as unknown;

it('fills what was not read from stored answers, all of it, for no call', async () => {
  expect(countAll(await read(db)).filter((count) => count > 0)).toEqual([]);
  const calls = await countCalls();
  const counts = await runReprocess(db.pool, true);
  const filled = await read(db);
  expect(filled).toEqual(await read(whole));
  expect(Math.min(...countAll(filled))).toBeGreaterThan(0);
  expect(Object.keys(filled['price'] ?? {})).toEqual(
    expect.arrayContaining(['search_consign', 'search_jxhy', 'search_promotion']),
  );
  expect(await countCalls()).toEqual(calls);
  expect(await runReprocess(db.pool, true)).toEqual(unchanged(counts.answers));
});

it('takes none of it for a change that was seen', async () => {
  const changes = `SELECT count(*)::int AS changes FROM catalog.offer_change
    WHERE field IN ('tags', 'shipping_time_guarantee', 'cargo_number', 'mix_quantity', 'is_mix_allowed')`;
  const count = async ({ pool }: TestDatabase) =>
    (await pool.query<{ changes: number }>(changes)).rows[0]?.changes;
  expect(await count(db)).toBe(await count(whole));
});
