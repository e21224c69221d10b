import { Socket } from 'node:net';
import pg from 'pg';
import { sleep } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { toDatabaseError } from './database-error.ts';
import { readSql } from './read-sql.ts';
import { applySql } from './sql-file.ts';

export interface PoolOptions {
  readonly connectionString: string;
  /** Most connections at once. */
  readonly max: number;
  readonly log: Logger;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Aborts when nothing waits for Postgres any more: what is under way then fails within `cancelMs`. */
  readonly cut?: AbortSignal;
  /** Where names without a schema are looked up. Default: that of the login. */
  readonly searchPath?: string;
  /** A statement that waits longer for a lock fails. Default: what the server says. */
  readonly lockTimeoutMs?: number;
}

/**
 * What a server that answers has to end statements that wait for a lock: they fail as DATABASE_BUSY then, and not as
 * DATABASE_UNREACHABLE. At double, the process ends that much later.
 */
const cancelMs = 500;

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
export function createPool(options: PoolOptions): pg.Pool {
  const { connectionString, max, log, applicationName, searchPath, lockTimeoutMs, cut } = options;
  const sockets = new OpenSockets();
  const pool = new pg.Pool({
    connectionString,
    max,
    stream: () => sockets.open(),
    application_name: applicationName ?? 'catalog-sync',
    ...(searchPath === undefined ? {} : { options: `-c search_path=${searchPath}` }),
    ...(lockTimeoutMs === undefined ? {} : { lock_timeout: lockTimeoutMs }),
    // At half, a Postgres that is just starting on a busy machine would seem unreachable.
    connectionTimeoutMillis: 10_000,
    // A peer that vanished without a word is noticed by the kernel; by default, it first checks after two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  });
  // Without a listener, one terminated idle connection would end the process.
  pool.on('error', (err) => {
    // `end` does not wait for the server, which may be stopped next.
    if (!pool.ending) log.warn({ err: toDatabaseError(err) }, 'idle database connection lost');
  });
  // A server that is told to may end a connection in the packet that opens it, before whoever asked for it can listen.
  pool.on('connect', (client) => client.on('error', () => undefined));
  if (cut) cutWithSignal(pool, sockets, { connectionString, signal: cut });
  return pool;
}

/** The sockets of a pool, which node-postgres does not show. */
class OpenSockets {
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  open(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // After its caller has begun to listen.
    if (this.#isCut) setImmediate(() => end(socket));
    return socket;
  }

  /** Ends all sockets, and all that are opened later. */
  cut(): void {
    this.#isCut = true;
    this.#sockets.forEach(end);
  }
}

function end(socket: Socket): void {
  socket.destroy(Object.assign(new Error('the database did not answer in time'), { code: 'ETIMEDOUT' }));
}

interface Cut {
  readonly connectionString: string;
  readonly signal: AbortSignal;
}

/** Ends what the pool waits for once `signal` aborts: by the server if it answers, otherwise without it. */
function cutWithSignal(pool: pg.Pool, sockets: OpenSockets, { connectionString, signal }: Cut): void {
  const pids = new Map<pg.PoolClient, number>();
  pool.on('connect', (client) => {
    if ('processID' in client && typeof client.processID === 'number') pids.set(client, client.processID);
  });
  pool.on('remove', (client) => pids.delete(client));
  const cut = () => {
    void cancelStatements(connectionString, [...pids.values()]);
    void sleep(cancelMs).then(() => sockets.cut());
  };
  signal.addEventListener('abort', cut, { once: true });
}

/** Never fails: a server that is full or away cancels nothing. */
async function cancelStatements(connectionString: string, pids: readonly number[]): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: cancelMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await applySql(client, readSql('cancel-statements'), [pids]);
  } catch {
    // The sockets are closed next.
  } finally {
    await client.end().catch(() => undefined);
  }
}
