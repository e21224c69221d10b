import type { Pool, PoolClient } from 'pg';
import { sleep } from '../../src/core/clock.ts';

async function countScans(pool: Pool | PoolClient): Promise<Map<string, number>> {
  // Each session tells of its counts now and then; it can't be made to for the others.
  await pool.query('SELECT pg_stat_force_next_flush()');
  await sleep(1500);
  const { rows } = await pool.query<{ name: string; scans: string }>(
    `SELECT relid::regclass::text AS name, seq_scan AS scans FROM pg_stat_user_tables WHERE n_live_tup > 5000`,
  );
  return new Map(rows.map((row) => [row.name, Number(row.scans)]));
}

/** Tables and partitions of more than 5,000 rows that some work read from end to end, with how often. */
export async function listScans(pool: Pool | PoolClient, work: () => Promise<unknown>): Promise<string[]> {
  const before = await countScans(pool);
  await work();
  const after = await countScans(pool);
  return [...after].flatMap(([name, scans]) => {
    const times = scans - (before.get(name) ?? 0);
    return times > 0 ? [`${name} (${String(times)})`] : [];
  });
}
