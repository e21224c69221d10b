import type { Pool } from 'pg';
import { createPool, type PoolOptions } from '../db/pool.ts';

/** Runs `work` over connections to a database, and ends them once nothing uses them any more. */
export async function withPool<T>(options: PoolOptions, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool(options);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
