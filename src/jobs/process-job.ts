import type { ApiChoices } from '../model/known-apis.ts';
import type { FreshnessAges } from '../model/sync-config.ts';
import type { PlanStore } from '../load/stores/plan-store.ts';
import { disposeOf, type DispositionDeps, type JobInHand } from './disposition.ts';
import { fetchTargets, type FetchDeps, type Target } from './fetch-targets.ts';
import { freshForMs, jobOperations, type JobData, type JobKind } from './job-kinds.ts';
import type { Processor } from './queue-backend.ts';

export interface ProcessDeps extends FetchDeps, Omit<DispositionDeps, 'plan'> {
  readonly plan: PlanStore;
  readonly freshness: FreshnessAges;
  readonly language: string;
  /** Which API is asked for categories: one of them translates their names. */
  readonly apis: ApiChoices;
}

/** The targets of a job that its run still holds: the others were answered while the job waited. */
async function listTargets<K extends JobKind>(
  deps: ProcessDeps,
  kind: K,
  data: JobData[K],
): Promise<Target[]> {
  if ('categoryId' in data) {
    const held = await deps.plan.keepLeased(kind, data.runId, [data.categoryId]);
    const isTranslated = deps.apis['category.children']?.speaks === 'category.translation.getById';
    const language = isTranslated ? { language: deps.language } : {};
    return held.map((id) => ({
      id,
      windowId: null,
      request: { operation: 'category.children', categoryId: id, ...language },
    }));
  }
  if ('windowId' in data) {
    const [id] = await deps.plan.keepLeased(kind, data.runId, [data.windowId]);
    const request = id === undefined ? null : await deps.plan.searchRequest(id);
    return id !== undefined && request?.page === data.page ? [{ id, windowId: id, request }] : [];
  }
  const held = await deps.plan.keepLeased(kind, data.runId, data.offerIds);
  const staleFromMs = await deps.plan.listKnownStale(held);
  return held.map((id) => ({
    id,
    windowId: null,
    request: { operation: 'offer.detail', offerId: id, language: deps.language },
    staleFromMs: staleFromMs.get(id),
  }));
}

/** The processor of a job kind: ask, load, and say what becomes of the rest. */
export function createProcessor<K extends JobKind>(deps: ProcessDeps, kind: K): Processor<K> {
  return async (job, token, pacer) => {
    const targets = await listTargets(deps, kind, job.data);
    if (targets.length === 0) return;
    const startedAt = deps.clock.now().getTime();
    const result = await fetchTargets(deps, targets, {
      runId: job.data.runId,
      jobId: job.id ?? null,
      lane: jobOperations[kind].lane,
      freshForMs: freshForMs(deps.freshness, kind),
    });
    const loaded = targets.length - result.failed.length - result.waiting.length;
    deps.log.debug(
      {
        kind,
        jobId: job.id,
        runId: job.data.runId,
        loaded,
        durationMs: deps.clock.now().getTime() - startedAt,
      },
      'job done',
    );
    const hand: JobInHand = { kind, job, token, pacer };
    await disposeOf(deps, hand, result);
  };
}
