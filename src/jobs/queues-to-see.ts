import { createPostgresBackend, createRedisBackend, withBackend, type Queue } from 'bullmq';
import type { Logger } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { jobKinds } from './job-kinds.ts';
import { queuePrefix, queueSchema } from './queue-backend.ts';

/** The queues as they are, for people to look into. */
export interface QueuesToSee {
  readonly backend: 'redis' | 'postgres';
  /** Opens them at the first observation: each holds a connection. */
  list(): readonly Queue[];
  close(): Promise<void>;
}

export interface QueuesToSeeOptions {
  /** Null: the queues live in Postgres. */
  readonly redisUrl: Secret | null;
  readonly databaseUrl: Secret;
  readonly log: Logger;
}

function openAll({ redisUrl, databaseUrl, log }: QueuesToSeeOptions): Queue[] {
  const queues = jobKinds.map((kind) => {
    if (redisUrl !== null) {
      const { Queue: RedisQueue } = withBackend(createRedisBackend);
      return new RedisQueue(kind, {
        connection: { url: redisUrl.reveal(), maxRetriesPerRequest: 3 },
        prefix: queuePrefix,
      });
    }
    const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
    const connection = { connectionString: databaseUrl.reveal(), schema: queueSchema, max: 1, migrate: true };
    return new PostgresQueue(kind, { connection });
  });
  for (const queue of queues)
    queue.on('error', (err: Error) => log.warn({ err }, 'queue connection of the pages failed'));
  return queues as unknown as Queue[];
}

/** The queues of all kinds, wherever they live. Nothing is added to them or taken from them here. */
export function createQueuesToSee(options: QueuesToSeeOptions): QueuesToSee {
  let opened: readonly Queue[] | null = null;
  return {
    backend: options.redisUrl === null ? 'postgres' : 'redis',
    list: () => (opened ??= openAll(options)),
    close: async () => {
      await Promise.allSettled((opened ?? []).map((queue) => queue.close()));
      opened = null;
    },
  };
}
