import { chooseApis } from '../extract/endpoints/endpoints.ts';
import type { ApiChoices } from '../model/known-apis.ts';
import type { FreshnessAges } from '../model/sync-config.ts';
import type { LeaseStore } from '../refresh/queue/lease-store.ts';
import { applyFetchResult, type DispositionDeps } from './disposition.ts';
import { fetchTargets, type FetchDeps, type Target } from './fetch-targets.ts';
import { freshForMs, jobOperations, type JobData, type JobKind } from './job-kinds.ts';
import { logJobEnd, logJobStop, type JobEnd } from './log-job-end.ts';
import type { FetchJob, Processor } from './queue-backend.ts';

export interface ProcessDeps extends FetchDeps, Omit<DispositionDeps, 'leases'> {
  readonly leases: LeaseStore;
  readonly freshness: FreshnessAges;
  readonly language: string;
  /** The API for categories: one of them translates their names. */
  readonly apis: ApiChoices;
}

/**
 * The targets of a job that its run still holds; others were answered while the job waited. The ages of existing answers are read before
 * the leases: a detail that is loaded in between is then new enough, and is not fetched again.
 */
async function listTargets<K extends JobKind>(
  deps: ProcessDeps,
  kind: K,
  data: JobData[K],
): Promise<Target[]> {
  if ('categoryId' in data) {
    const held = await deps.leases.keepLeased(kind, data.runId, [data.categoryId]);
    const isTranslated = deps.apis['category.children']?.speaks === 'category.translation.getById';
    const language = isTranslated ? { language: deps.language } : {};
    return held.map((id) => ({
      id,
      windowId: null,
      request: { operation: 'category.children', categoryId: id, ...language },
    }));
  }
  if ('windowId' in data) {
    const staleFromMs = (await deps.leases.pageStaleFromMs(data.windowId)) ?? undefined;
    const [id] = await deps.leases.keepLeased(kind, data.runId, [data.windowId]);
    const request = id === undefined ? null : await deps.leases.searchRequest(id);
    if (id === undefined || request?.page !== data.page) return [];
    return [{ id, windowId: id, request, staleFromMs }];
  }
  const staleFromMs = await deps.leases.listKnownStale(data.offerIds);
  // A promised age may request a detail that is still fresh: the existing answer will not do.
  const knownFromMs = await deps.leases.listDetailAges(data.offerIds);
  const held = await deps.leases.keepLeased(kind, data.runId, data.offerIds);
  return held.map((id) => ({
    id,
    windowId: null,
    request: { operation: 'offer.detail', offerId: id, language: deps.language },
    staleFromMs: staleFromMs.get(id) ?? knownFromMs.get(id),
  }));
}

/** Fetches and loads; null: nothing was left to fetch. */
async function fetchJob<K extends JobKind>(
  deps: ProcessDeps,
  kind: K,
  job: FetchJob<K>,
): Promise<Omit<JobEnd, 'durationMs'>> {
  const targets = await listTargets(deps, kind, job.data);
  if (targets.length === 0) return { targets: 0, result: null };
  const result = await fetchTargets(deps, targets, {
    runId: job.data.runId,
    jobId: job.id ?? null,
    lane: jobOperations[kind].lane,
    freshForMs: freshForMs(deps.freshness, kind),
  });
  return { targets: targets.length, result };
}

/**
 * The processor of a job kind: fetches, loads, and decides what happens to the rest. A job that ends logs one line; a job that waits or
 * is tried again has not ended.
 */
export function createProcessor<K extends JobKind>(deps: ProcessDeps, kind: K): Processor<K> {
  const api = chooseApis(deps.apis)[jobOperations[kind].operation];
  return async (job, token, pacer) => {
    const log = deps.log.child({ runId: job.data.runId, jobId: job.id, kind, api });
    const startedAt = deps.clock.now().getTime();
    const passedMs = () => deps.clock.now().getTime() - startedAt;
    let callIds: readonly string[] = [];
    try {
      const end = await fetchJob({ ...deps, log }, kind, job);
      if (end.result !== null) {
        ({ callIds } = end.result);
        await applyFetchResult({ ...deps, log }, { kind, job, token, pacer }, end.result);
      }
      logJobEnd(log, { ...end, durationMs: passedMs() });
    } catch (error) {
      logJobStop(log, error, { job, callIds, durationMs: passedMs() });
      throw error;
    }
  };
}
