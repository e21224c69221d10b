import type pg from 'pg';
import { until } from './until.ts';

/**
 * Waits until all transactions have ended that are open now. Transactions are numbered for a whole server, so those of
 * other tests on it count, too.
 */
export async function awaitTransactions(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ next: string }>(
    'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next',
  );
  await until(
    async () => {
      const { rows: found } = await pool.query(
        'SELECT WHERE pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8',
        [rows[0]?.next],
      );
      return found.length === 1;
    },
    { what: 'the end of older transactions' },
  );
}
