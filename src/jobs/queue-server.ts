import { setMaxListeners } from 'node:events';
import {
  PostgresConnection,
  PostgresQueueBackend,
  isPgPool,
  runMigrations,
  type BackendFactory,
  type PgPool,
  type PostgresConnectionOptions,
} from 'bullmq';
import { sleep } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { findReaderLock, type LockHolder } from '../db/lock-holder.ts';
import { createPool } from '../db/pool.ts';
import { withConnection } from '../db/with-connection.ts';

/** Where the queues in Postgres are. */
export const queueSchema = 'bullmq';

/** Connections to Postgres that all queues, workers and the board of a process share. */
export interface QueueConnections {
  /** The `connection` of each queue and worker. */
  readonly pool: PgPool;
  /** For `withBackend` of BullMQ. */
  readonly createBackend: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions>;
  /** The read-only login that holds a lock of the queues, if any. */
  findReaderLock(): Promise<LockHolder | null>;
  /** Creates the tables of the queues, or updates them. Idempotent. */
  ready(): Promise<void>;
  /** To be called after all queues and workers are closed. */
  close(): Promise<void>;
}

/** The server of the queues. */
export type QueueServer =
  | { readonly backend: 'redis'; readonly url: Secret }
  | { readonly backend: 'postgres'; readonly connections: QueueConnections };

export interface QueueServerOptions {
  /** Null: the queues live in Postgres, in schema `bullmq`. */
  readonly redisUrl: Secret | null;
  readonly databaseUrl: Secret;
  /** Connections to Postgres at once: each worker holds one, to be notified of new jobs. */
  readonly maxConnections: number;
  /** Aborts when nothing waits for Postgres any more. */
  readonly cut?: AbortSignal;
  readonly log: Logger;
}

/**
 * BullMQ retries at once what failed, unless the server refused the connection itself. At half, an outage costs twice as many attempts;
 * at double, jobs wait that much longer after it.
 */
const failurePauseMs = 1000;

/**
 * BullMQ uses advisory locks, which any login can take and keep. Each of its own transactions takes milliseconds. At half, a slow disk
 * would fail jobs; at double, work stands still for longer before the log names the holder of the lock.
 */
const lockTimeoutMs = 5_000;

/** SQLSTATEs with which BullMQ's statements report that a job or its lock is gone, or a parent is missing. */
const answerStates = new Set(['BM001', '23503']);

function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'code' in error && answerStates.has(String(error.code));
}

/** BullMQ keeps the first failure of its own check for ever (ADR 0019). Here, one check serves all and is repeated. */
class SharedConnection extends PostgresConnection {
  readonly #ready: () => Promise<void>;

  constructor(pool: PostgresConnectionOptions, ready: () => Promise<void>) {
    super(pool);
    this.#ready = ready;
  }

  override waitUntilReady(): Promise<void> {
    return this.#ready();
  }
}

/** The same for a backend, which awaits it before it marks a job as done. */
class SharedBackend extends PostgresQueueBackend {
  override async waitUntilReady(): Promise<void> {
    await this.connection.waitUntilReady();
    return super.waitUntilReady();
  }
}

/** Runs work, and throws its error after a pause, which `signal` ends. */
function createPacer(signal: AbortSignal) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isAnswer(error)) await sleep(failurePauseMs, signal);
      throw error;
    }
  };
}

function openConnections(options: QueueServerOptions): QueueConnections {
  const { databaseUrl, maxConnections, log, cut } = options;
  const pool = createPool({
    connectionString: databaseUrl.reveal(),
    max: maxConnections,
    log,
    ...(cut && { cut }),
    searchPath: queueSchema,
    lockTimeoutMs,
  });
  const closing = new AbortController();
  // Every failing call listens meanwhile: many listeners are no leak here.
  setMaxListeners(0, closing.signal);
  const paced = createPacer(closing.signal);
  const migrate = () =>
    withConnection(pool, async (client) => {
      await runMigrations(client, queueSchema);
    });
  let migrated: Promise<void> | null = null;
  const ready = () => {
    migrated ??= paced(migrate).catch((error: unknown) => {
      migrated = null;
      throw error;
    });
    return migrated;
  };
  const shared = {
    // Without it, BullMQ polls for jobs every ten seconds.
    options: { keepAlive: true },
    connect: () => paced(() => pool.connect()),
    query: (text: string, params: unknown[] = []) => paced(() => pool.query(text, params)),
    end: () => Promise.resolve(),
    // The pool logs idle connections that break; each queue and worker would do so as well.
    on() {
      return this;
    },
  };
  if (!isPgPool(shared)) throw new TypeError('BullMQ expects more of a pool');
  return {
    pool: shared,
    createBackend: (name, opts, { withBlockingConnection = false } = {}) => {
      const connection = new SharedConnection(opts.connection, ready);
      return new SharedBackend(connection, name, opts, true, withBlockingConnection ? name : undefined);
    },
    findReaderLock: () => findReaderLock(pool),
    ready,
    close: async () => {
      closing.abort();
      await pool.end();
    },
  };
}

/** Opens no connection yet. */
export function openQueueServer(options: QueueServerOptions): QueueServer {
  const { redisUrl } = options;
  return redisUrl === null
    ? { backend: 'postgres', connections: openConnections(options) }
    : { backend: 'redis', url: redisUrl };
}

/** Ends its connections; queues and workers must be closed. */
export async function closeQueueServer(server: QueueServer): Promise<void> {
  if (server.backend === 'postgres') await server.connections.close();
}
