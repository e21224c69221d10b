import pg from 'pg';
import type { Logger } from '../core/log.ts';

export interface PoolOptions {
  readonly connectionString: string;
  /** Most connections at once. */
  readonly max: number;
  readonly log: Logger;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
}

/** How much of a pool is in use. */
export interface PoolUse {
  readonly options: { readonly max: number };
  /** Open connections. */
  readonly totalCount: number;
  readonly idleCount: number;
  /** Who wait for one. */
  readonly waitingCount: number;
}

/**
 * A pool of connections. `bigint` and `numeric` arrive as text, `timestamptz` as Date. A connection that breaks
 * while idle is logged and replaced.
 */
export function createPool({ connectionString, max, log, applicationName }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: applicationName ?? 'catalog-sync',
    // At half, a Postgres that is just starting on a busy machine would seem unreachable.
    connectionTimeoutMillis: 10_000,
    // A peer that vanished without a word is noticed by the kernel; by default, it first checks after two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  // Without a listener, one terminated idle connection would end the process.
  pool.on('error', (err) => {
    // `end` does not wait for the server, which may be stopped next.
    if (!pool.ending) log.warn({ err }, 'idle database connection lost');
  });
  return pool;
}
