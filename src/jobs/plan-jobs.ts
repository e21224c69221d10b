import type { Run } from '../model/run.ts';
import type { Feed, SyncConfig } from '../model/sync-config.ts';
import type { LeaseRequest, PlanStore } from '../load/stores/plan-store.ts';
import { detailBatchSize, freshForMs, type JobKind } from './job-kinds.ts';
import type { Queues } from './queue-backend.ts';

export interface PlanJobsDeps {
  readonly plan: PlanStore;
  readonly queues: Queues;
  readonly sync: SyncConfig;
}

export interface PlanJobsRequest {
  readonly run: Run;
  readonly feeds: readonly Feed[];
  readonly kind: JobKind;
  /** Only find out whether anything is due; ask for nothing. */
  readonly isBlocked: boolean;
}

/**
 * Jobs in a queue at most. Few, so that the next choice is made on what the last answers taught; at half, the
 * workers of a big host would run dry between two ticks.
 */
const queueDepth = { category: 32, search: 32, seller: 32, image: 32, detail: 16 } as const satisfies Record<
  JobKind,
  number
>;

function inBatches(ids: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let i = 0; i < ids.length; i += detailBatchSize) batches.push(ids.slice(i, i + detailBatchSize));
  return batches;
}

/** Leases up to `room` jobs' worth of due targets and queues them. Returns the number of targets. */
async function leaseAndQueue(deps: PlanJobsDeps, kind: JobKind, lease: LeaseRequest): Promise<number> {
  const { runId } = lease;
  switch (kind) {
    case 'category': {
      const ids = await deps.plan.leaseCategories(lease);
      const jobs = ids.map((id) => ({ jobId: `${runId}-c${id}`, data: { runId, categoryId: id } }));
      await deps.queues.add('category', jobs);
      return ids.length;
    }
    case 'search':
    case 'seller':
    case 'image': {
      const windows = await deps.plan.leaseWindows(kind, lease);
      const jobs = windows.map(({ windowId, page }) => ({
        jobId: `${runId}-w${windowId}-${page}`,
        data: { runId, windowId, page },
      }));
      await deps.queues.add(kind, jobs);
      return windows.length;
    }
    case 'detail': {
      const ids = await deps.plan.leaseOffers({ ...lease, limit: lease.limit * detailBatchSize });
      const jobs = inBatches(ids).map((offerIds) => ({
        // Leases are disjoint, so its first offer names a batch.
        jobId: `${runId}-d${String(offerIds[0])}`,
        data: { runId, offerIds },
      }));
      await deps.queues.add('detail', jobs);
      return ids.length;
    }
  }
}

async function leaseIds(deps: PlanJobsDeps, kind: JobKind, lease: LeaseRequest): Promise<string[]> {
  if (kind === 'category') return deps.plan.leaseCategories(lease);
  if (kind === 'detail') return deps.plan.leaseOffers(lease);
  return (await deps.plan.leaseWindows(kind, lease)).map(({ windowId }) => windowId);
}

async function hasDue(deps: PlanJobsDeps, kind: JobKind, lease: LeaseRequest): Promise<number> {
  const probe = { ...lease, limit: 1 };
  const ids = await leaseIds(deps, kind, probe);
  if (ids.length > 0) await deps.plan.release(kind, lease.runId, ids);
  return ids.length;
}

/**
 * Tops up the queue of one kind with the best targets that are due.
 *
 * @returns how many targets were queued, or, when blocked, whether any is due (0 or 1)
 */
export async function planJobs(deps: PlanJobsDeps, request: PlanJobsRequest): Promise<number> {
  const { kind, run, feeds } = request;
  const lease = { runId: run.runId, feeds, freshForMs: freshForMs(deps.sync.freshness, kind), limit: 0 };
  const { active, unfinished } = await deps.queues.count(kind);
  // Leases without jobs: the queue was flushed or replaced, and what was lost is due again. And when nothing may
  // be asked for any more, jobs that wait would only keep the run from its end.
  if (unfinished === 0 || (request.isBlocked && active === 0)) await deps.plan.release(kind, run.runId);
  if (request.isBlocked) return hasDue(deps, kind, lease);
  const room = queueDepth[kind] - unfinished;
  return room > 0 ? leaseAndQueue(deps, kind, { ...lease, limit: room }) : 0;
}
