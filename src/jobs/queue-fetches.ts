import type { Run } from '../model/run.ts';
import type { Feed } from '../model/sync-config.ts';
import type { DueWindow } from '../refresh/queue/due-windows.ts';
import { chooseFetches, type ChosenFetches } from '../refresh/choose-fetches.ts';
import type { PromisedFeed, PromisedSet } from '../refresh/promised-ages.ts';
import type { RefreshQueue, RunDetails, Suspicion } from '../refresh/queue/refresh-queue.ts';
import { detailBatchSize, dueAfterMs } from './job-kinds.ts';
import { fetchKinds, type FetchKind } from './fetch-kinds.ts';
import {
  keepSpared,
  listPromisedSets,
  readSpare,
  type PromisedDetailsDeps,
  type Spare,
} from './promised-details.ts';
import { releaseLost, type QueueDeps } from './queue-categories.ts';

export interface QueueFetchesDeps extends QueueDeps {
  readonly refreshQueue: RefreshQueue;
  readonly listAllowances: PromisedDetailsDeps['listAllowances'];
  readonly mayAskShops: () => Promise<boolean>;
}

export interface QueueFetchesRequest {
  readonly run: Run;
  /** By the ledger clock. */
  readonly now: Date;
  readonly feeds: readonly Feed[];
  /** All feeds whose details have a promised age, also those of other runs. */
  readonly promised: readonly PromisedFeed[];
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
  { offerIds, promised }: { readonly offerIds: readonly string[]; readonly promised: readonly string[] },
): Promise<void> {
  if (offerIds.length === 0) return;
  const taken = new Set(await deps.leases.takeOffers(runId, offerIds, promised));
  // The most valuable first.
  const batches = inBatches(offerIds.filter((id) => taken.has(id)));
  // Leases are disjoint, so its first offer names a batch.
  const jobs = batches.map((ids) => ({
    jobId: `${runId}-d${String(ids[0])}`,
    data: { runId, offerIds: ids },
  }));
  await deps.queues.add('detail', jobs);
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
    await deps.queues.add(kind, jobs);
  }
}

/**
 * Windows of shops that seem to have repriced. No feed asks for them: where their API is blocked, or nobody said that it was
 * approved, the run lacks nothing.
 */
async function listShops(
  { leases, refreshQueue, sync, mayAskShops }: QueueFetchesDeps,
  { run, now, feeds, blocks }: QueueFetchesRequest,
): Promise<DueWindow[]> {
  if (blocks.has('seller') || !(await mayAskShops())) return [];
  const sets = await refreshQueue.listFeedSets(feeds.map(({ name }) => name));
  return leases.listDueShops({
    runId: run.runId,
    feedSets: sets.map(({ feedSet }) => feedSet),
    freshForMs: dueAfterMs(sync.freshness, 'seller', { run, now }),
    language: sync.language,
    limit: maxCallsInFlight,
  });
}

/** Kinds that are blocked and of which something is due. */
async function listBlockedDue(
  deps: QueueFetchesDeps,
  { run, now, feeds, blocks }: QueueFetchesRequest,
  windows: readonly DueWindow[],
  promisedSets: readonly PromisedSet[],
): Promise<FetchKind[]> {
  const kinds: FetchKind[] = [...new Set(windows.map(({ kind }) => kind))].filter((kind) => blocks.has(kind));
  if (!blocks.has('detail')) return kinds;
  if (promisedSets.length > 0 && (await deps.refreshQueue.listPromised(promisedSets, 1)).length > 0)
    return [...kinds, 'detail'];
  const sets = await deps.refreshQueue.listFeedSets(feeds.map(({ name }) => name));
  const heads = await deps.refreshQueue.listHeads({
    feedSets: sets.map(({ feedSet }) => feedSet),
    freshForMs: dueAfterMs(deps.sync.freshness, 'detail', { run, now }),
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

interface Queued {
  readonly pages: readonly DueWindow[];
  readonly offerIds: readonly string[];
  /** Limits have no calls for some that were chosen, or they are left for promised ages. */
  readonly isHeldBack: boolean;
}

/** Of chosen calls those that may be made: `details` at most, and of those that are chosen by value what is spare. */
function allow(
  { promised, picks }: ChosenFetches,
  windows: readonly DueWindow[],
  { details, spare }: { readonly details: number; readonly spare: readonly Spare[] },
): Queued {
  const kinds = new Map(windows.map(({ windowId, kind }) => [windowId, kind]));
  const calls = picks.flatMap((pick): { kind: FetchKind; id: string }[] => {
    if (pick.kind === 'detail') return [{ kind: 'detail', id: pick.offer.candidate.offerId }];
    const kind = pick.windowId === null ? undefined : kinds.get(pick.windowId);
    return pick.windowId === null || kind === undefined ? [] : [{ kind, id: pick.windowId }];
  });
  const kept = keepSpared(calls, ({ kind }) => kind, spare);
  const windowIds = new Set(kept.map(({ kind, id }) => (kind === 'detail' ? null : id)));
  const chosen = kept.flatMap(({ kind, id }) => (kind === 'detail' ? [id] : []));
  return {
    pages: windows.filter(({ windowId }) => windowIds.has(windowId)),
    offerIds: [...promised, ...chosen].slice(0, details),
    isHeldBack: kept.length < calls.length,
  };
}

/**
 * Tops up the queues with details that their promised age makes due, and then with the search pages and details that are worth
 * most of all that are due, out of one budget. Calls that promised ages will take on the same day are left for them.
 */
export async function queueFetches(
  deps: QueueFetchesDeps,
  request: QueueFetchesRequest,
): Promise<QueuedFetches> {
  const { run, now, feeds, blocks } = request;
  const { runId } = run;
  for (const kind of fetchKinds) await releaseLost(deps, kind, { runId, isBlocked: blocks.has(kind) });
  const searches = ['search', 'seller', 'image'] as const;
  const age = dueAfterMs(deps.sync.freshness, 'search', request);
  const selected = await deps.leases.listDueWindows(searches, { runId, feeds, freshForMs: age });
  const windows = [...selected, ...(await listShops(deps, request))];
  const allPromised = await listPromisedSets(deps, request.promised, request);
  const promisedSets = allPromised.filter((set) => feeds.some(({ name }) => set.feeds.includes(name)));
  const blockedDue = await listBlockedDue(deps, request, windows, promisedSets);
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
  const detailAgeMs = dueAfterMs(deps.sync.freshness, 'detail', request);
  const choice = { feeds, now, calls, windows: open, pagesFirst, mayDetail, detailAgeMs, promisedSets };
  const chosen = await chooseFetches(deps, choice);
  const spare = await readSpare(deps, allPromised, taken);
  const { pages, offerIds, isHeldBack } = allow(chosen, open, { details, spare });
  await queuePages(deps, runId, pages);
  await queueDetails(deps, runId, { offerIds, promised: chosen.promised });
  return {
    chosen: pages.length + offerIds.length,
    blocksMet: isHeldBack ? [...blocksMet, 'quota'] : blocksMet,
  };
}
