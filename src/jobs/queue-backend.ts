import { createRedisBackend, withBackend, type JobsOptions, type JobType } from 'bullmq';
import type { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { classifyDatabaseErrors, isLockTimeout, toNamedError } from '../db/database-error.ts';
import { lockedError, type LockHolder } from '../db/lock-holder.ts';
import { askRedis } from './ask-redis.ts';
import { createOutageWarning } from './outage-warning.ts';
import { jobKinds, type JobData, type JobKind } from './job-kinds.ts';
import type { QueueConnections, QueueServer } from './queue-server.ts';

/** What our processors use of a BullMQ job; the same on both backends. */
export interface FetchJob<K extends JobKind> {
  readonly id?: string | undefined;
  readonly data: JobData[K];
  /** Attempts that ended with an error so far. */
  readonly attemptsMade: number;
  readonly opts: { readonly attempts?: number | undefined };
  /** Puts the job back for later without costing an attempt; follow it with a DelayedError. */
  moveToDelayed(timestampMs: number, token?: string): Promise<void>;
}

/** The part of a worker that a processor may use: to pause its own kind. */
export interface Pacer {
  rateLimit(ms: number): Promise<void>;
}

export type Processor<K extends JobKind> = (
  job: FetchJob<K>,
  token: string | undefined,
  pacer: Pacer,
) => Promise<void>;

export interface NewJob<K extends JobKind> {
  /** Stable for the same work: adding it twice gives one job. No colons. */
  readonly jobId: string;
  readonly data: JobData[K];
}

export interface JobCounts {
  /** Jobs in work, by any process, or by one that died and was not noticed yet. */
  readonly active: number;
  /** Active, waiting, delayed or prioritized; also of a queue that is paused. */
  readonly unfinished: number;
}

/** The queues of all kinds on one backend. The catalog is the checkpoint: losing them loses nothing. */
export interface Queues {
  readonly backend: 'redis' | 'postgres';
  /** Adds jobs; without jobs, the server is not asked. @throws AppError REDIS_UNREACHABLE, REDIS_REFUSED, DATABASE_* */
  add<K extends JobKind>(kind: K, jobs: readonly NewJob<K>[]): Promise<void>;
  /** Jobs that are not finished. @throws AppError REDIS_UNREACHABLE, REDIS_REFUSED, DATABASE_* */
  count(kind: JobKind): Promise<JobCounts>;
  /** The error code while Redis cannot be used; null: it can, or the queues are in Postgres. */
  findTrouble(): Promise<string | null>;
  /** Starts a worker in this process. */
  work<K extends JobKind>(kind: K, concurrency: number, processor: Processor<K>): void;
  /** Takes no new jobs, waits for those in flight, and keeps the queues. */
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export interface QueuesOptions {
  readonly server: QueueServer;
  readonly log: Logger;
  /** Delay before a job's second attempt, in milliseconds; doubled for each further attempt, with jitter. */
  readonly retryDelayMs: number;
  /** Called after each job, done or not, so that the next tick need not wait for its timer. */
  readonly onSettled: () => void;
}

/**
 * Only `removeOnComplete: true`: with a count or an age, BullMQ's Postgres backend deadlocks and fails jobs that succeeded. Run history
 * is in our own tables anyway.
 */
const jobOptions = (retryDelayMs: number): JobsOptions => ({
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 3,
  backoff: { type: 'exponential', delay: retryDelayMs, jitter: 0.5 },
});

/**
 * A killed worker's job is taken over after `lockDuration`. At half, a slow event loop would lose its own jobs; at double, a kill costs
 * half a minute. `maxStalledCount` is high because being killed is no fault of the job.
 */
const workerOptions = {
  lockDuration: 10_000,
  stalledInterval: 10_000,
  runRetryDelay: 1000,
  maxStalledCount: 1000,
};

/** Prefix of the queues' keys in Redis. */
export const queuePrefix = 'catalog-sync';

/** States of an unfinished job, besides active. */
const waiting = ['waiting', 'delayed', 'prioritized'] as const;

interface QueueLike {
  addBulk(jobs: { name: string; data: unknown; opts: { jobId: string } }[]): Promise<unknown>;
  /** Counts jobs in these states; without any, in all. */
  getJobCounts(...states: JobType[]): Promise<Record<string, number>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

interface FailedJob {
  readonly id?: string | undefined;
  readonly attemptsMade: number;
}

interface WorkerLike extends Pacer {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'completed', listener: () => void): unknown;
  on(event: 'failed', listener: (job: FailedJob | undefined, error: Error) => void): unknown;
  close(): Promise<void>;
}

type AnyProcessor = (job: FetchJob<JobKind>, token?: string) => Promise<void>;

interface Backend {
  readonly name: 'redis' | 'postgres';
  createQueue(kind: JobKind): QueueLike;
  createWorker(kind: JobKind, concurrency: number, run: AnyProcessor): WorkerLike;
}

function redisBackend(url: Secret, defaultJobOptions: JobsOptions): Backend {
  const { Queue, Worker } = withBackend(createRedisBackend);
  const connection = { url: url.reveal(), maxRetriesPerRequest: null };
  return {
    name: 'redis',
    // While Redis is away, a tick must fail and be tried again, not hang with its lock held.
    createQueue: (kind) =>
      new Queue<unknown>(kind, {
        connection: { ...connection, maxRetriesPerRequest: 3 },
        prefix: queuePrefix,
        defaultJobOptions,
      }),
    createWorker: (kind, concurrency, run) =>
      new Worker<JobData[JobKind], void>(kind, run, {
        connection,
        prefix: queuePrefix,
        concurrency,
        ...workerOptions,
      }),
  };
}

function postgresBackend(connections: QueueConnections, defaultJobOptions: JobsOptions): Backend {
  const { Queue, Worker } = withBackend(connections.createBackend);
  const { pool: connection } = connections;
  return {
    name: 'postgres',
    createQueue: (kind) => new Queue<unknown>(kind, { connection, defaultJobOptions }),
    createWorker: (kind, concurrency, run) =>
      new Worker<JobData[JobKind], void>(kind, run, { connection, concurrency, ...workerOptions }),
  };
}

/** Names in an error who holds the lock that one of BullMQ's statements waited for in vain. */
function nameHolders(findReaderLock: () => Promise<LockHolder | null>) {
  const name = async <E>(error: E): Promise<E | AppError> =>
    isLockTimeout(error)
      ? lockedError('of the queues', await findReaderLock().catch(() => null), error)
      : error;
  return {
    name,
    run: async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        throw await name(error);
      }
    },
  };
}

/** How commands reach the server, and how its errors are reported: by code, and with the holder of a lock. */
function openTalk({ server, log }: QueuesOptions, name: Backend['name']) {
  const report = createOutageWarning(log, name);
  if (server.backend === 'redis') return { ask: askRedis, warn: report };
  const locking = nameHolders(() => server.connections.findReaderLock());
  return {
    ask: <T>(work: () => Promise<T>): Promise<T> => classifyDatabaseErrors(() => locking.run(work)),
    warn: (error: Error): void => void locking.name(error).then(report),
  };
}

/** The error code of a command; null: it succeeds. */
const codeOf = (asked: Promise<unknown>): Promise<string | null> =>
  asked.then(
    () => null,
    (error: unknown) => toNamedError(error).code,
  );

/** Opens the queues on their server. Closing them leaves the server open. */
export function openQueues(options: QueuesOptions): Queues {
  const defaults = jobOptions(options.retryDelayMs);
  const { server } = options;
  const backend =
    server.backend === 'redis'
      ? redisBackend(server.url, defaults)
      : postgresBackend(server.connections, defaults);
  const { ask, warn } = openTalk(options, backend.name);
  const workers: WorkerLike[] = [];
  const queues = new Map<JobKind, QueueLike>();
  for (const kind of jobKinds) {
    const queue = backend.createQueue(kind);
    queue.on('error', warn);
    queues.set(kind, queue);
  }
  const queueOf = (kind: JobKind): QueueLike => {
    const queue = queues.get(kind);
    if (!queue) throw new RangeError(`no queue of kind ${kind}`);
    return queue;
  };
  /** Only warns about what cannot be sent to a server that is gone. */
  const closeAll = async (parts: readonly { close(): Promise<void> }[]) => {
    const closed = await Promise.allSettled(parts.map((part) => part.close()));
    for (const end of closed) if (end.status === 'rejected') warn(toNamedError(end.reason));
  };
  return {
    backend: backend.name,
    add: async (kind, jobs) => {
      if (jobs.length === 0) return;
      const added = jobs.map(({ jobId, data }) => ({ name: kind, data, opts: { jobId } }));
      await ask(() => queueOf(kind).addBulk(added));
    },
    count: async (kind) => {
      const { active = 0, ...counts } = await ask(() => queueOf(kind).getJobCounts('active', ...waiting));
      return { active, unfinished: Object.values(counts).reduce((sum, count) => sum + count, active) };
    },
    findTrouble: async () =>
      server.backend === 'postgres' ? null : codeOf(ask(() => queueOf('detail').getJobCounts())),
    work: (kind, concurrency, processor) => {
      const worker: WorkerLike = backend.createWorker(kind, concurrency, (job, token) =>
        processor(job as FetchJob<typeof kind>, token, worker),
      );
      worker.on('error', warn);
      worker.on('completed', options.onSettled);
      worker.on('failed', (job, err) => {
        // The processor has already logged what it threw. BullMQ itself ends jobs that are gone from the queue.
        if (!job) options.log.warn({ err, kind }, 'job was lost from its queue');
        options.onSettled();
      });
      workers.push(worker);
    },
    stopWorkers: () => closeAll(workers.splice(0)),
    close: () => closeAll([...queues.values()]),
  };
}
