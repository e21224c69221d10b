import { createRedisBackend, withBackend, type Queue } from 'bullmq';
import type { Logger } from '../core/log.ts';
import { askRedis } from './ask-redis.ts';
import { jobKinds } from './job-kinds.ts';
import { createOutageWarning } from './outage-warning.ts';
import { queuePrefix } from './queue-backend.ts';
import type { QueueServer } from './queue-server.ts';

/** The queues as they are, for people to inspect. */
export interface QueuesToSee {
  readonly backend: 'redis' | 'postgres';
  /** Opens them at the first use: on Redis, each holds a connection. */
  list(): readonly Queue[];
  /** @throws AppError REDIS_UNREACHABLE, REDIS_REFUSED; never where they are in Postgres */
  requireAnswer(): Promise<void>;
  close(): Promise<void>;
}

export interface QueuesToSeeOptions {
  readonly server: QueueServer;
  readonly log: Logger;
}

function openAll({ server, log }: QueuesToSeeOptions): Queue[] {
  const warn = createOutageWarning(log, server.backend);
  const queues = jobKinds.map((kind) => {
    if (server.backend === 'redis') {
      const { Queue: RedisQueue } = withBackend(createRedisBackend);
      return new RedisQueue(kind, {
        connection: { url: server.url.reveal(), maxRetriesPerRequest: 3 },
        prefix: queuePrefix,
      });
    }
    const { Queue: PostgresQueue } = withBackend(server.connections.createBackend);
    return new PostgresQueue(kind, { connection: server.connections.pool });
  });
  for (const queue of queues) queue.on('error', warn);
  return queues as unknown as Queue[];
}

/** The queues of all kinds, wherever they live. Nothing is added to them or taken from them here. */
export function createQueuesToSee(options: QueuesToSeeOptions): QueuesToSee {
  let opened: readonly Queue[] | null = null;
  const { backend } = options.server;
  const list = () => (opened ??= openAll(options));
  return {
    backend,
    list,
    requireAnswer: async () => {
      if (backend === 'redis') await askRedis(async () => list()[0]?.getJobCounts());
    },
    close: async () => {
      await Promise.allSettled((opened ?? []).map((queue) => queue.close()));
    },
  };
}
