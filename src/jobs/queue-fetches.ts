import type { Run } from '../model/run.ts';
import type { Feed } from '../model/sync-config.ts';
import type { DueWindow, SearchKind } from '../refresh/queue/due-windows.ts';
import { chooseFetches } from '../refresh/choose-fetches.ts';
import type { RefreshQueue, RunDetails, Suspicion } from '../refresh/queue/refresh-queue.ts';
import { detailBatchSize, dueAfterMs } from './job-kinds.ts';
import { releaseLost, type QueueDeps } from './queue-categories.ts';

export interface QueueFetchesDeps extends QueueDeps {
  readonly refreshQueue: RefreshQueue;
}

/** What a run may ask for, besides categories. */
export type FetchKind = SearchKind | 'detail';

export const fetchKinds = ['search', 'seller', 'image', 'detail'] as const satisfies readonly FetchKind[];

export interface QueueFetchesRequest {
  readonly run: Run;
  /** By the ledger clock. */
  readonly now: Date;
  readonly feeds: readonly Feed[];
  /** Why nothing of a kind may be asked for. */
  readonly blocks: ReadonlyMap<FetchKind, string>;
  readonly suspicion: Suspicion;
  /** Of this run; counted before `suspicion` is read, which then knows of them. */
  readonly details: RunDetails;
}

/** What came of it: calls that were chosen, and why others that are due were not. */
export interface QueuedFetches {
  /** A call whose row a load or `reprocess` holds just now is not queued, but chosen again by a later tick. */
  readonly chosen: number;
  readonly blocksMet: readonly string[];
}

/**
 * Calls that a run has taken and not yet loaded, at most. Few, so that the next choice is made on what the last answers
 * showed; at half, the workers of a big host would run dry between two ticks.
 */
const maxCallsInFlight = 128;
/** Below this there is no use in choosing: a few offers make a poor batch. */
const minBatch = 32;

/**
 * Details that a run asks for at first, to see whether they can be believed. At a quarter, chance would decide; at
 * five times, a gateway that fails every night would cost a personal account a day's calls.
 */
export const maxTrials = 20;

/** Pages that come first where no budget makes them compete with details. */
const maxPriorityPages = maxCallsInFlight / 2;

function inBatches(ids: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let i = 0; i < ids.length; i += detailBatchSize) batches.push(ids.slice(i, i + detailBatchSize));
  return batches;
}

async function queueDetails(
  deps: QueueFetchesDeps,
  runId: string,
  offerIds: readonly string[],
): Promise<void> {
  if (offerIds.length === 0) return;
  const taken = new Set(await deps.leases.takeOffers(runId, offerIds));
  // The most valuable first.
  const batches = inBatches(offerIds.filter((id) => taken.has(id)));
  // Leases are disjoint, so its first offer names a batch.
  const jobs = batches.map((ids) => ({
    jobId: `${runId}-d${String(ids[0])}`,
    data: { runId, offerIds: ids },
  }));
  if (jobs.length > 0) await deps.queues.add('detail', jobs);
}

async function queuePages(
  deps: QueueFetchesDeps,
  runId: string,
  windows: readonly DueWindow[],
): Promise<void> {
  if (windows.length === 0) return;
  const kinds = new Map(windows.map(({ windowId, kind }) => [windowId, kind]));
  const taken = await deps.leases.takeWindows(runId, [...kinds.keys()]);
  for (const kind of ['search', 'seller', 'image'] as const) {
    const jobs = taken
      .filter(({ windowId }) => kinds.get(windowId) === kind)
      .map(({ windowId, page }) => ({
        jobId: `${runId}-w${windowId}-${page}`,
        data: { runId, windowId, page },
      }));
    if (jobs.length > 0) await deps.queues.add(kind, jobs);
  }
}

/** Kinds that are blocked and of which something is due. */
async function listBlockedDue(
  deps: QueueFetchesDeps,
  { run, now, feeds, blocks }: QueueFetchesRequest,
  windows: readonly DueWindow[],
): Promise<FetchKind[]> {
  const kinds: FetchKind[] = [...new Set(windows.map(({ kind }) => kind))].filter((kind) => blocks.has(kind));
  if (!blocks.has('detail')) return kinds;
  const sets = await deps.refreshQueue.listFeedSets(feeds.map(({ name }) => name));
  const heads = await deps.refreshQueue.listHeads({
    feedSets: sets.map(({ feedSet }) => feedSet),
    freshForMs: dueAfterMs(deps.sync.freshness, 'detail', { run, now }),
    limit: 1,
  });
  return heads.length > 0 ? [...kinds, 'detail'] : kinds;
}

/**
 * How many details may be asked for now: a few at first, until these show that details can be believed. Nothing can be lost
 * in a catalog without any.
 */
function countAllowedDetails({ blocks, suspicion, details }: QueueFetchesRequest): number {
  if (blocks.has('detail')) return 0;
  const { isListingSuspect, isDetailSuspect, isFirst } = suspicion;
  const isTried = details.loaded >= maxTrials && !(isListingSuspect && details.underWay > 0);
  if (!isDetailSuspect && (isTried || (isFirst && !isListingSuspect))) return Infinity;
  return Math.max(0, maxTrials - details.loaded - details.underWay);
}

/**
 * Tops up the queues with the search pages and details that are worth most of all that are due, out of one budget.
 */
export async function queueFetches(
  deps: QueueFetchesDeps,
  request: QueueFetchesRequest,
): Promise<QueuedFetches> {
  const { run, feeds, blocks } = request;
  const { runId } = run;
  for (const kind of fetchKinds) await releaseLost(deps, kind, { runId, isBlocked: blocks.has(kind) });
  const searches = ['search', 'seller', 'image'] as const;
  const age = dueAfterMs(deps.sync.freshness, 'search', request);
  const windows = await deps.leases.listDueWindows(searches, { runId, feeds, freshForMs: age });
  const blockedDue = await listBlockedDue(deps, request, windows);
  const blocksMet = blockedDue.flatMap((kind) => blocks.get(kind) ?? []);
  const taken = await deps.leases.countLeases(runId);
  const left = run.budgetCalls === null ? Infinity : run.budgetCalls - run.callsUsed - taken;
  const calls = Math.min(maxCallsInFlight - taken, left);
  const open = windows.filter(({ kind }) => !blocks.has(kind));
  const details = countAllowedDetails(request);
  const mayDetail = details > 0;
  if (calls < Math.min(minBatch, left) || calls < 1 || (open.length === 0 && !mayDetail))
    return { chosen: 0, blocksMet };
  const pagesFirst = run.budgetCalls === null ? maxPriorityPages : 0;
  const { now } = request;
  const detailAgeMs = dueAfterMs(deps.sync.freshness, 'detail', request);
  const choice = { feeds, now, calls, windows: open, pagesFirst, mayDetail, detailAgeMs };
  const picks = await chooseFetches(deps, choice);
  const offerIds = picks
    .flatMap((pick) => (pick.kind === 'detail' ? [pick.offer.candidate.offerId] : []))
    .slice(0, details);
  const windowIds = new Set(picks.map((pick) => (pick.kind === 'detail' ? null : pick.windowId)));
  const pages = open.filter(({ windowId }) => windowIds.has(windowId));
  await queuePages(deps, runId, pages);
  await queueDetails(deps, runId, offerIds);
  return { chosen: pages.length + offerIds.length, blocksMet };
}
