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
  /** All feeds whose details have a promised age, including those of other runs. */
  readonly promised: readonly PromisedFeed[];
  /** Kinds that may not be called, and why. */
  readonly blocks: ReadonlyMap<FetchKind, string>;
  readonly suspicion: Suspicion;
  /** Details of this run; counted before `suspicion` is read, which then includes them. */
  readonly details: RunDetails;
}

/** The calls that were chosen, and why other due calls were not. */
export interface QueuedFetches {
  /** Number of chosen calls. A call whose row a load or `reprocess` locks at the moment is not queued; a later tick chooses it again. */
  readonly chosen: number;
  readonly blocksMet: readonly string[];
}

/**
 * Most calls that a run has taken and not yet loaded. Few, so that the next choice uses what the last answers showed. At half, the
 * workers of a big host would run dry between two ticks.
 */
const maxCallsInFlight = 128;
/** Below this, choosing is useless: a few offers make a poor batch. */
const minBatch = 32;

/**
 * Details that a run fetches first, to see whether they can be believed. At a quarter, chance would decide; at five times, a gateway that
 * fails every night would cost a personal account a day's calls.
 */
export const maxTrials = 20;

/** Pages that go first where no budget makes them compete with details. */
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
  // Leases are disjoint, so the first offer identifies a batch.
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
 * Windows of shops that seem to have repriced. No feed needs them: if their API is blocked, or nobody stated that it was approved, the
 * run lacks nothing.
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

/** Kinds that are blocked although something of them is due. */
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
 * Number of details that may be fetched now: a few at first, until these show that details can be believed. In a catalog without details,
 * nothing can be lost.
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
  /** True: limits have no calls for some of the chosen ones, or keep them for promised ages. */
  readonly isHeldBack: boolean;
}

/** The chosen calls that may be made: at most `details` details, and of those chosen by value what is spare. */
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
 * Tops up the queues with details that their promised age makes due, and then with the most valuable of all due search pages and details,
 * out of one budget. Keeps calls that promised ages will need on the same day.
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
