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
 * Gives back what a run has taken of a kind and has no jobs for: the queue was flushed or replaced, and what was lost is due again. Also
 * when no more calls are allowed: waiting jobs would only delay the end of the run.
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

/** Most jobs in the queue. Few, so that the tree is followed as it becomes known. */
const queueDepth = 32;

/**
 * Tops up the queue of categories with nodes that are due. They go before everything else: without the tree, it is not known what to
 * search.
 *
 * @returns the number queued or, when blocked, whether any is due (0 or 1)
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
