import type { Queue } from 'bullmq';
import type { PoolUse } from '../../db/pool.ts';
import type { Family } from './metric-table.ts';

const states = ['active', 'waiting', 'prioritized', 'delayed', 'paused', 'failed'] as const;

/** Jobs of every queue, and whether it is paused. */
export async function readQueueFamilies(queues: readonly Queue[]): Promise<Family[]> {
  const read = queues.map(async (queue) => {
    const [counts, isPaused] = await Promise.all([queue.getJobCounts(), queue.isPaused()]);
    return { queue: queue.name, counts, isPaused };
  });
  const rows = await Promise.all(read);
  return [
    {
      type: 'gauge',
      name: 'queue_jobs',
      help: 'Jobs by state; those of a paused queue that would wait are paused.',
      samples: rows.flatMap(({ queue, counts }) =>
        states.map((state) => ({ labels: { queue, state }, value: counts[state] ?? 0 })),
      ),
    },
    {
      type: 'gauge',
      name: 'queue_paused',
      help: '1: the queue is paused.',
      samples: rows.map(({ queue, isPaused }) => ({ labels: { queue }, value: Number(isPaused) })),
    },
  ];
}

/** The connections to Postgres of this process. */
export function poolFamilies(pools: Readonly<Record<string, PoolUse>>): Family[] {
  const each = (read: (use: PoolUse) => number) =>
    Object.entries(pools).map(([pool, use]) => ({ labels: { pool }, value: read(use) }));
  const family = (name: string, help: string, read: (use: PoolUse) => number): Family => ({
    ...{ type: 'gauge', name, help, samples: each(read) },
  });
  return [
    family('pool_limit_connections', 'Maximum connections of the pool.', (use) => use.options.max),
    family('pool_used_connections', 'Those in use.', (use) => use.totalCount - use.idleCount),
    family('pool_idle_connections', 'Open and idle connections.', (use) => use.idleCount),
    family('pool_waiting_requests', 'Requests that wait for a connection.', (use) => use.waitingCount),
  ];
}
