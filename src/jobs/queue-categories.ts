import type { Run } from '../model/run.ts';
import type { Feed, SyncConfig } from '../model/sync-config.ts';
import type { LeaseStore } from '../refresh/queue/lease-store.ts';
import { dueAfterMs, type JobKind } from './job-kinds.ts';
import type { Queues } from './queue-backend.ts';

export interface QueueDeps {
  readonly leases: LeaseStore;
  readonly queues: Queues;
  readonly sync: SyncConfig;
}

/** Jobs that the queue of a kind holds. */
export interface QueueState {
  readonly unfinished: number;
}

/**
 * Gives back what a run has taken of a kind and has no jobs for: the queue was flushed or replaced, and what was lost is
 * due again. And when nothing may be asked for any more, jobs that wait would only keep the run from its end.
 */
export async function releaseLost(
  { leases, queues }: QueueDeps,
  kind: JobKind,
  { runId, isBlocked }: { readonly runId: string; readonly isBlocked: boolean },
): Promise<QueueState> {
  const { active, unfinished } = await queues.count(kind);
  if (unfinished === 0 || (isBlocked && active === 0)) await leases.release(kind, runId);
  return { unfinished };
}

/** Jobs in the queue at most. Few, so that the tree is followed as it is learned. */
const queueDepth = 32;

/**
 * Tops up the queue of categories with nodes that are due. They come before everything else: without the tree nobody
 * knows what to search.
 *
 * @returns how many were queued, or, when blocked, whether any is due (0 or 1)
 */
export async function queueCategories(
  deps: QueueDeps,
  {
    run,
    now,
    feeds,
    isBlocked,
  }: { readonly run: Run; readonly now: Date; readonly feeds: readonly Feed[]; readonly isBlocked: boolean },
): Promise<number> {
  const { runId } = run;
  const { unfinished } = await releaseLost(deps, 'category', { runId, isBlocked });
  const lease = { runId, feeds, freshForMs: dueAfterMs(deps.sync.freshness, 'category', { run, now }) };
  if (isBlocked) {
    const ids = await deps.leases.leaseCategories({ ...lease, limit: 1 });
    if (ids.length > 0) await deps.leases.release('category', runId, ids);
    return ids.length;
  }
  if (unfinished >= queueDepth) return 0;
  const ids = await deps.leases.leaseCategories({ ...lease, limit: queueDepth - unfinished });
  const jobs = ids.map((id) => ({ jobId: `${runId}-c${id}`, data: { runId, categoryId: id } }));
  await deps.queues.add('category', jobs);
  return ids.length;
}
