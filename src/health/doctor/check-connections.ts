import type { Pool } from 'pg';
import { connectionsPerProcess } from '../../db/connection-limits.ts';
import { runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { warn, type Check } from './check.ts';

interface ConnectionLimits {
  /** Without those that are kept for superusers. */
  readonly server: number;
  /** Null: unlimited. */
  readonly login: number | null;
  /** Null: unlimited. */
  readonly database: number | null;
  readonly processes: number;
}

/**
 * Whether Postgres lets the processes that work have all their connections, or the first of them if there is none yet; empty
 * when it does.
 */
export async function checkConnections(pool: Pool, queues: 'postgres' | 'redis'): Promise<Check[]> {
  const limits = await runSqlForOne<ConnectionLimits>(pool, readSql('read-connection-limits'));
  const processes = Math.max(1, limits.processes);
  const need = processes * connectionsPerProcess[queues];
  const allowed = [
    { who: 'the server', most: limits.server },
    { who: 'this login', most: limits.login ?? Infinity },
    { who: 'this database', most: limits.database ?? Infinity },
  ].filter(({ most }) => most < need);
  if (allowed.length === 0) return [];
  const tooFew = allowed.map(({ who, most }) => `${who} ${String(most)}`).join(', ');
  const working = processes === 1 ? '1 process uses' : `${String(processes)} processes use`;
  const hint = queues === 'postgres' ? ', or set REDIS_URL: a process then uses 12' : '';
  return [
    warn(
      'connections',
      `${working} up to ${String(need)} connections to Postgres; allowed are: ${tooFew}`,
      `Raise max_connections or the connection limit that is named, or run fewer processes${hint}.`,
    ),
  ];
}
