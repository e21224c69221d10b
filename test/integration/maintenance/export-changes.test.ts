import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedFacts } from '../../../src/maintenance/export/changed-facts.ts';
import { withChanges } from '../../../src/maintenance/export/export-changes.ts';
import { createEraseStore } from '../../../src/maintenance/erase-store.ts';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { awaitTransactions } from '../../support/await-transactions.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { readTables, Replica } from './changes-replica.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await ensurePartitions(db.pool, new Date('2026-11-01T00:00:00Z'));
});
afterAll(() => db.drop());

/** Numbers from 0 to below 1 that are the same in each run (Lehmer). */
function createDice(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const at = (dice: () => number) =>
  `timestamptz '2026-11-01 00:00:00+00' + ${String(Math.floor(dice() * 1e6))} * interval '1 second'`;

/** What loads, reprocess and erasures do to one offer, in all kinds of statements. */
function writesOf(offer: number, dice: () => number): string[] {
  const id = String(offer);
  const call = String(Math.ceil(dice() * 1e6));
  const cny = (dice() * 100).toFixed(4);
  return [
    `UPDATE catalog.offer SET subject = '${call}', changed_at = ${at(dice)} WHERE offer_id = ${id}`,
    `INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (${id}, 'list', ${String(Math.ceil(dice() * 3))}, ${cny}, ${at(dice)}, ${call})
     ON CONFLICT (offer_id, sku_id, kind, min_quantity) DO UPDATE SET amount_cny = excluded.amount_cny`,
    `WITH ended AS (DELETE FROM catalog.price WHERE offer_id = ${id} AND min_quantity > 1 RETURNING *)
     INSERT INTO catalog.price_history (offer_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
     SELECT offer_id, kind, min_quantity, valid_from, valid_from + interval '1 day', amount_cny, 1, ${call}
     FROM ended ON CONFLICT DO NOTHING`,
    // As reprocess: the same keys go and come back, some with another amount.
    `WITH undone AS (DELETE FROM catalog.price_history WHERE offer_id = ${id} RETURNING *)
     INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
     SELECT DISTINCT ON (min_quantity) offer_id, kind, min_quantity, ${cny}, valid_from, ${call} FROM undone
     ON CONFLICT (offer_id, sku_id, kind, min_quantity) DO UPDATE SET amount_cny = excluded.amount_cny`,
    `DELETE FROM catalog.price WHERE offer_id = ${id} AND min_quantity = 1`,
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
     VALUES (${id}, ${at(dice)}, 'detail', ${call}, true, false, now()) ON CONFLICT DO NOTHING`,
    `UPDATE catalog.observation SET is_late = NOT is_late, stock = ${call} WHERE offer_id = ${id}`,
    `INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, changed_at, call_id) VALUES (${id}, ${call}, 'listed', '[]', ${at(dice)}, 1)
     ON CONFLICT DO NOTHING`,
    `INSERT INTO catalog.sku_history (offer_id, sku_id, valid_from, call_id, valid_to, closed_by_call_id, state)
     VALUES (${id}, 1, '2026-11-01', ${String(Math.ceil(dice() * 9))}, '2026-11-02', ${call}, 'listed')
     ON CONFLICT (offer_id, sku_id, valid_from, call_id) DO UPDATE SET closed_by_call_id = excluded.closed_by_call_id`,
    `DELETE FROM catalog.sku_history WHERE offer_id = ${id}`,
    `INSERT INTO catalog.stock_history VALUES (${id}, 1, '2026-11-01', '2026-11-02', 5, ${call}, 1) ON CONFLICT DO NOTHING`,
    `DELETE FROM catalog.stock_history WHERE offer_id = ${id}`,
    `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id) VALUES (${id}, 'subject', 'a', 'b', ${at(dice)}, ${call})`,
    `INSERT INTO catalog.seller_history (seller_id, valid_from, call_id) VALUES ('s${id}', '2026-11-01', ${call}) ON CONFLICT DO NOTHING`,
    `DELETE FROM catalog.seller_history WHERE seller_id = 's${id}'`,
  ];
}

const offers = 24;

/** One transaction of a writer, which may be rolled back, in part too, and stay open for a while before its end. */
async function writeOnce(client: PoolClient, dice: () => number): Promise<void> {
  const offer = Math.ceil(dice() * offers);
  const any = () => {
    const writes = writesOf(offer, dice);
    return writes[Math.floor(dice() * writes.length)] ?? '';
  };
  const text = [
    'BEGIN',
    `SELECT FROM catalog.offer WHERE offer_id = ${String(offer)} FOR UPDATE`,
    any(),
    any(),
    'SAVEPOINT a',
    any(),
    dice() < 0.3 ? 'ROLLBACK TO a' : 'RELEASE a',
    any(),
    `SELECT pg_sleep(${(dice() * 0.05).toFixed(3)})`,
    dice() < 0.1 ? 'ROLLBACK' : 'COMMIT',
  ];
  await client.query(text.join(';\n'));
}

/** Writes until it is enough. */
async function keepWriting(seed: number, isEnough: () => boolean): Promise<void> {
  const dice = createDice(seed);
  const client = await db.pool.connect();
  try {
    while (!isEnough()) await writeOnce(client, dice);
  } finally {
    client.release();
  }
}

const addOffers = (from: number, to: number) =>
  `INSERT INTO catalog.offer (offer_id, state, changed_at, call_id)
   SELECT g, 'listed', '2026-11-01', 1 FROM generate_series(${String(from)}, ${String(to)}) g`;

describe('a copy that reads what changed since it read last', () => {
  test(
    'misses nothing of eight writers and of a transaction that stays open',
    { timeout: 300_000 },
    async () => {
      await db.pool.query(addOffers(1, offers));
      const copy = new Replica(db.url);
      await copy.read();
      const slow = await db.pool.connect();
      await slow.query(`BEGIN; ${addOffers(1000, 1000)}; SAVEPOINT a; ${addOffers(1001, 1001)}`);
      let reads = 0;
      const writeUntil = (goal: number) =>
        Promise.all(
          Array.from({ length: 8 }, (_, writer) => keepWriting(goal * 10 + writer + 1, () => reads >= goal)),
        );
      const writing = async () => {
        await writeUntil(4);
        const { rows } = await slow.query<{ xid: string }>('SELECT pg_current_xact_id() AS xid');
        // As long as it is open, its number is as far as a copy gets.
        expect(BigInt(copy.since?.xid ?? 0)).toBeLessThanOrEqual(BigInt(rows[0]?.xid ?? 0));
        await slow.query('DELETE FROM catalog.offer WHERE offer_id = 1001; COMMIT');
        slow.release();
        await writeUntil(10);
      };
      const state = { isDone: false };
      const reading = async () => {
        for (; !state.isDone; reads += 1) await copy.read();
      };
      await Promise.all([writing().finally(() => (state.isDone = true)), reading()]);
      await copy.read();
      const tables = await readTables(db.url);
      expect(copy.content()).toEqual(tables);
      expect(tables['catalog.price_history']?.length).toBeGreaterThan(0);
      expect(tables['catalog.offer']).toHaveLength(offers + 1);
      await awaitTransactions(db.pool);
      await copy.read();
      // Nothing happened since: nothing comes again.
      expect(await copy.read()).toEqual({ changed: 0, deleted: 0 });
    },
  );

  test('loses what an erasure takes, which leaves no more than ids behind', async () => {
    await db.pool.query(`
      INSERT INTO catalog.seller (seller_id, company_name, changed_at, call_id) VALUES ('秘密-id', '秘密 Co', '2026-11-01', 1);
      INSERT INTO catalog.seller_history (seller_id, valid_from, call_id, company_name) VALUES ('秘密-id', '2026-11-01', 1, '秘密 Co');
      INSERT INTO catalog.offer (offer_id, seller_id, state, subject, image_urls, changed_at, call_id)
      VALUES (2000, '秘密-id', 'listed', '秘密', '{https://秘密}', '2026-11-01', 1);
      INSERT INTO catalog.offer_attribute (offer_id, position, name) VALUES (2000, 1, '秘密');
      INSERT INTO catalog.sku (offer_id, sku_id, state, label, attributes, changed_at, call_id)
      VALUES (2000, 1, 'listed', '秘密', '[]', '2026-11-01', 1)`);
    const copy = new Replica(db.url);
    await copy.read();
    expect(JSON.stringify(copy.content())).toContain('秘密');
    await createEraseStore({ pool: db.pool }).erase('秘密-id', () => undefined);
    expect((await copy.read()).deleted).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(copy.content())).not.toContain('秘密');
    expect(copy.content()).toEqual(await readTables(db.url));
    const { rows } = await db.pool.query<{ text: string }>(
      'SELECT d::text AS text FROM catalog.deleted_row d',
    );
    expect(rows.filter(({ text }) => text.includes('秘密'))).toEqual([]);
  });

  test('is told to begin again when its sequence is of another database, or ahead of this one', async () => {
    const copy = new Replica(db.url);
    await copy.read();
    const { since } = copy;
    if (since === null) throw new Error('no sequence');
    copy.since = { ...since, xid: String(BigInt(since.xid) + 1000n) };
    await expect(copy.read()).rejects.toMatchObject({ code: 'EXPORT_SEQUENCE_UNKNOWN' });
    const restored = await createTestDatabase();
    try {
      const moved = new Replica(restored.url);
      moved.since = since;
      await expect(moved.read()).rejects.toMatchObject({ code: 'EXPORT_SEQUENCE_UNKNOWN' });
    } finally {
      await restored.drop();
    }
  });

  test('gets rows alone when it begins, and none of those that are gone', async () => {
    await db.pool.query(`${addOffers(3000, 3000)}; DELETE FROM catalog.offer WHERE offer_id = 3000`);
    await awaitTransactions(db.pool);
    const { signal } = new AbortController();
    let gone = 0;
    await withChanges({ connectionString: db.url, signal, since: null }, async (changes) => {
      const reader = await changes.openDeleted('catalog.offer', changedFacts['catalog.offer'] ?? []);
      await reader.readRows(async (rows) => (gone += rows.length) >= 0);
    });
    expect(gone).toBe(0);
    const { rows } = await db.pool.query("SELECT FROM catalog.deleted_row WHERE fact = 'offer'");
    expect(rows.length).toBeGreaterThan(0);
  });

  test('gets all rows when its sequence is older than rows can say', async () => {
    await awaitTransactions(db.pool);
    const copy = new Replica(db.url);
    await copy.read();
    const { since } = copy;
    const { signal } = new AbortController();
    const options = { connectionString: db.url, signal };
    const countOffers = async (xid: string) => {
      let count = 0;
      await withChanges({ ...options, since: since && { ...since, xid } }, async (changes) => {
        const reader = await changes.openChanged('catalog.offer');
        await reader.readRows(async (rows) => (count += rows.length) >= 0);
      });
      return count;
    };
    expect(await countOffers(since?.xid ?? '')).toBe(0);
    expect(await countOffers('2')).toBe(copy.facts.get('catalog.offer')?.size);
  });
});

test('the rows of a month are those of its days in UTC', async () => {
  const times = [
    ...['2026-10-31T23:59:59.999Z', '2026-11-01T00:00:00Z', '2026-11-30T23:59:59.999Z'],
    ...['2026-12-01T00:00:00Z', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00Z'],
  ];
  for (const time of times) await ensurePartitions(db.pool, new Date(time));
  await db.pool.query(
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
     SELECT 5000, t, 'detail', nth, true, false, now() FROM unnest($1::timestamptz[]) WITH ORDINALITY AS o (t, nth)`,
    [times],
  );
  const { signal } = new AbortController();
  const found: Record<string, unknown[]> = {};
  await withChanges({ connectionString: db.url, signal, since: null }, async (changes) => {
    for (const month of await changes.listMonths('catalog.observation')) {
      const reader = await changes.openChanged('catalog.observation', month);
      const [offer, call] = ['offer_id', 'call_id'].map((of) =>
        reader.columns.findIndex(({ name }) => name === of),
      );
      const calls: unknown[] = [];
      await reader.readRows(
        async (rows) =>
          calls.push(...rows.filter((row) => row[offer ?? 0] === '5000').map((row) => row[call ?? 0])) >= 0,
      );
      if (calls.length > 0) found[month.month] = calls.toSorted();
    }
  });
  expect(found).toEqual({ '2026-10': ['1'], '2026-11': ['2', '3'], '2026-12': ['4', '5'], '2027-01': ['6'] });
});

test('changes are of every table of catalog, each with its key and a trigger', async () => {
  const { rows } = await db.pool.query<{ fact: string; key: string[]; noted: string }>(`
    SELECT c.oid::regclass::text AS fact,
           (SELECT array_agg(a.attname::text ORDER BY k.place)
            FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place), pg_attribute a
            WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum) AS key,
           (SELECT array_to_string(array_agg(encode(t.tgargs, 'escape')), '') FROM pg_trigger t
            WHERE t.tgrelid = c.oid AND t.tgfoid = 'catalog.note_deleted'::regproc) AS noted
    FROM pg_class c
    WHERE c.relnamespace = 'catalog'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> 'deleted_row'`);
  const keys = Object.fromEntries(rows.map(({ fact, key }) => [fact, key]));
  expect(keys).toEqual(changedFacts);
  for (const { key, noted } of rows) expect(noted).toBe(key.map((column) => `${column}\\000`).join(''));
});
