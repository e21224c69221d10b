import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const monthly = ['catalog.observation', 'catalog.search_hit', 'raw.payload', 'usage.api_call'];

it('makes the month of a time and three more, of every table that is cut by month', async () => {
  const made = await ensurePartitions(db.pool, new Date('2001-11-30T23:59:59Z'));
  const months = ['2001_11', '2001_12', '2002_01', '2002_02'];
  expect(made.toSorted()).toEqual(monthly.flatMap((table) => months.map((month) => `${table}_${month}`)));
});

it('makes nothing twice, also when many ask at once', async () => {
  const around = new Date('2003-05-15T00:00:00Z');
  const made = await Promise.all(Array.from({ length: 6 }, () => ensurePartitions(db.pool, around)));
  expect(made.flat()).toHaveLength(monthly.length * 4);
});

it('cuts months in UTC, for any time zone of the session', async () => {
  const client = await db.pool.connect();
  try {
    await client.query(`SET TIME ZONE 'Asia/Shanghai'`);
    await client.query(`SELECT sync.ensure_partitions('2005-03-31 23:00:00+00', 0)`);
    const { rows } = await client.query(
      `SELECT pg_get_expr(relpartbound, oid) AS bound FROM pg_class WHERE oid = 'catalog.observation_2005_03'::regclass`,
    );
    await client.query(`SET TIME ZONE 'UTC'`);
    const utc = await client.query(
      `SELECT pg_get_expr(relpartbound, oid) AS bound FROM pg_class WHERE oid = 'catalog.observation_2005_03'::regclass`,
    );
    expect(rows).not.toEqual(utc.rows);
    expect(utc.rows).toEqual([
      { bound: `FOR VALUES FROM ('2005-03-01 00:00:00+00') TO ('2005-04-01 00:00:00+00')` },
    ]);
  } finally {
    client.release(true);
  }
});

it('waits for no reader and no writer', async () => {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT FROM catalog.observation LIMIT 1');
    await client.query('LOCK TABLE catalog.observation IN ROW EXCLUSIVE MODE');
    const made = await ensurePartitions(db.pool, new Date('2007-01-01T00:00:00Z'));
    expect(made).toContain('catalog.observation_2007_01');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

it('has price history in eight parts', async () => {
  const { rows } = await db.pool.query(
    `SELECT FROM pg_inherits WHERE inhparent = 'catalog.price_history'::regclass`,
  );
  expect(rows).toHaveLength(8);
});
