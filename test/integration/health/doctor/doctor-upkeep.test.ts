import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkUpkeep } from '../../../../src/health/doctor/check-upkeep.ts';
import { createUpkeepStore } from '../../../../src/health/doctor/upkeep-store.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { until } from '../../../support/until.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

async function findings(): Promise<string[]> {
  return (await checkUpkeep(db.pool)).map((check) => `${check.name}: ${check.message} ${check.advice ?? ''}`);
}

test('a new database has no findings', async () => {
  expect(await findings()).toEqual([]);
});

test('a table that is full of dead rows is named with their number', async () => {
  await db.pool.query('ALTER TABLE sync.category_visit SET (autovacuum_enabled = false)');
  await db.pool.query('INSERT INTO sync.category_visit (category_id) SELECT generate_series(1, 60000)');
  await db.pool.query('DELETE FROM sync.category_visit WHERE category_id > 1000');
  await until(async () => (await findings()).length === 1, { what: 'the statistics have arrived' });
  expect((await findings())[0]).toMatch(
    /^bloat: sync\.category_visit: 59,000 dead rows beside 1,000 live ones, never vacuumed Check that autovacuum is on/,
  );
  const store = createUpkeepStore({ pool: db.pool });
  const list = async (deadRows: number, deadPerLive: number) =>
    (await store.listBloatedTables({ deadRows, deadPerLive })).map(({ tableName }) => tableName);
  expect(await list(59_000, 58.9)).toEqual(['sync.category_visit']);
  expect(await list(59_001, 0.5)).toEqual([]);
  // Rows of others are not ours to judge; those with fewer come later.
  await db.pool.query('CREATE TABLE public.mine (n int) WITH (autovacuum_enabled = false)');
  await db.pool.query('ALTER TABLE sync.feed_set SET (autovacuum_enabled = false)');
  await db.pool.query('INSERT INTO public.mine SELECT generate_series(1, 300)');
  await db.pool.query(
    'INSERT INTO sync.feed_set (feeds) SELECT ARRAY[n::text] FROM generate_series(1, 200) n',
  );
  await db.pool.query('DELETE FROM public.mine');
  await db.pool.query('DELETE FROM sync.feed_set WHERE feeds[1] IS NOT NULL');
  await until(async () => (await list(100, 0.5)).length > 1, { what: 'the statistics have arrived' });
  expect(await list(100, 0.5)).toEqual(['sync.category_visit', 'sync.feed_set']);
  expect(await list(59_000, 59)).toEqual([]);
  await db.pool.query('VACUUM sync.category_visit');
  await until(async () => (await findings()).length === 0, { what: 'the statistics have arrived' });
});

test('a table that was vacuumed is told with the time of that', async () => {
  await db.pool.query(
    `DO $$ BEGIN FOR n IN 1..52 LOOP UPDATE sync.category_visit SET failed_tries = n; END LOOP; END $$`,
  );
  await until(async () => (await findings()).length === 1, { what: 'the statistics have arrived' });
  expect((await findings())[0]).toMatch(
    /^bloat: sync\.category_visit: \d\d,\d{3} dead rows beside 1,000 live ones, vacuumed last at 20\S+ [\d:]+ \(Shanghai\) /,
  );
  await db.pool.query('VACUUM sync.category_visit');
  await until(async () => (await findings()).length === 0, { what: 'the statistics have arrived' });
});

test('an index whose build failed is named', async () => {
  await db.pool
    .query(`INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
    SELECT 'offer.detail', p, 'unknown', 1, now(), now(), 1 FROM unnest('{a,b}'::text[]) p`);
  await expect(
    db.pool.query('CREATE UNIQUE INDEX CONCURRENTLY drift_twice ON sync.drift (operation)'),
  ).rejects.toThrow(/could not create unique index/);
  expect(await findings()).toEqual([
    expect.stringMatching(
      /^indexes: not valid, so never used: sync\.drift_twice .*REINDEX INDEX CONCURRENTLY/,
    ),
  ]);
  await db.pool.query('DROP INDEX sync.drift_twice');
});

test('an index is reported as unread only when it is large, keeps nothing unique, and the statistics are old', async () => {
  await db.pool.query('CREATE INDEX visit_of_mine ON sync.category_visit (last_call_id)');
  const store = createUpkeepStore({ pool: db.pool });
  const list = async (bytes: number, days: number) =>
    (await store.listIdleIndexes({ bytes, days })).map(({ indexName }) => indexName);
  await db.pool.query('CREATE INDEX mine_of_others ON public.mine (n)');
  await db.pool.query('CREATE INDEX visit_that_is_read ON sync.category_visit (visited_at)');
  const client = await db.pool.connect();
  await client.query('SET enable_seqscan = off');
  await client.query("SELECT FROM sync.category_visit WHERE visited_at = '2026-01-01'");
  await client.query('RESET enable_seqscan');
  client.release();
  await until(async () => !(await list(1, 0)).includes('sync.visit_that_is_read'), {
    what: 'the scan is counted',
  });
  const unread = await list(1, 0);
  expect(unread).toContain('sync.visit_of_mine');
  expect(unread).not.toContain('sync.category_visit_pkey');
  expect(await list(100_000_000, 0)).toEqual([]);
  expect(new Set(unread).size).toBe(unread.length);
  expect(unread.every((name) => /^(catalog|sync|usage|raw)\./.test(name))).toBe(true);
  const sizes = (await store.listIdleIndexes({ bytes: 1, days: 0 })).map(({ bytes }) => bytes);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  const [largest = 0] = sizes;
  expect(await list(largest, 0)).not.toEqual([]);
  expect(await list(largest + 1, 0)).toEqual([]);
  await db.pool.query('SELECT pg_stat_reset()');
  await until(async () => (await list(1, 32)).length === 0, { what: 'the statistics begin anew' });
});
