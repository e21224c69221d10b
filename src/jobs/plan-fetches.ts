import type { Run } from '../model/run.ts';
import type { Feed } from '../model/sync-config.ts';
import type { DueWindow, SearchKind } from '../refresh/queue/due-windows.ts';
import type { FeedSet, RefreshCandidate, RefreshQueue } from '../refresh/queue/refresh-queue.ts';
import { feedWeight } from '../refresh/planner/feed-weight.ts';
import { importance } from '../refresh/planner/importance.ts';
import { defaultObjective } from '../refresh/planner/objective.ts';
import { orderingAgeDays } from '../refresh/planner/offer-value.ts';
import {
  selectCalls,
  type DetailPick,
  type Head,
  type CompetingCall,
  type CandidateSource,
} from '../refresh/planner/select-calls.ts';
import { takeBest } from '../refresh/planner/take-best.ts';
import { windowValue, type WindowScale, type WindowValue } from '../refresh/planner/window-value.ts';
import { detailBatchSize, freshForMs } from './job-kinds.ts';
import { releaseLost, type PlanDeps } from './plan-categories.ts';

export interface PlanFetchesDeps extends PlanDeps {
  readonly refreshQueue: RefreshQueue;
}

/** What a run may ask for, besides categories. */
export type FetchKind = SearchKind | 'detail';

export const fetchKinds = ['search', 'seller', 'image', 'detail'] as const satisfies readonly FetchKind[];

export interface PlanFetchesRequest {
  readonly run: Run;
  /** By the ledger clock. */
  readonly now: Date;
  readonly feeds: readonly Feed[];
  /** Why nothing of a kind may be asked for. */
  readonly blocks: ReadonlyMap<FetchKind, string>;
}

/** What came of it: calls that were queued, and why others that are due were not. */
export interface PlannedFetches {
  readonly planned: number;
  readonly blocksMet: readonly string[];
}

/**
 * Calls that a run has taken and not yet loaded, at most. Few, so that the next choice is made on what the last answers
 * taught; at half, the workers of a big host would run dry between two ticks.
 */
const maxCallsInFlight = 128;
/** Below this there is no use in choosing: a handful of offers makes a poor batch. */
const minBatch = 32;

/** Pages that come first where no budget makes them compete with details. */
const maxPriorityPages = maxCallsInFlight / 2;

/** New offers a day that a search is credited with of which nothing is known. */
const assumedArrivals = 1;

interface Candidate extends Head {
  readonly candidate: RefreshCandidate;
}

interface PageCall extends CompetingCall {
  /** Null: a page that can't be asked for yet, because those before it are not there. It keeps its place. */
  readonly windowId: string | null;
}

/** Offers in several feeds matter as to the one that weighs most. */
function weighSets(sets: readonly FeedSet[], weights: ReadonlyMap<string, number>): Map<number, number> {
  return new Map(
    sets.map((set) => [set.feedSet, Math.max(...set.feeds.map((feed) => weights.get(feed) ?? 0))]),
  );
}

interface Choice {
  readonly feeds: readonly Feed[];
  /** By the ledger clock. */
  readonly now: Date;
  readonly calls: number;
  readonly windows: readonly DueWindow[];
  /** So many pages of known searches come first, whatever they are worth. */
  readonly pagesFirst: number;
  readonly mayDetail: boolean;
}

interface ValuedWindow {
  readonly window: DueWindow;
  readonly page: WindowValue;
}

/** What the next page of each window is worth. */
function valueWindows(
  windows: readonly DueWindow[],
  scale: WindowScale,
  weightOf: ReadonlyMap<string, number>,
): ValuedWindow[] {
  return windows.map((window) => {
    const { ageDays, worth, feed } = window;
    return { window, page: windowValue({ ageDays, worth, weight: weightOf.get(feed) ?? 1 }, scale) };
  });
}

/**
 * The windows whose pages come first, whatever they are worth: those of searches that are known, if they are a handful. They
 * cost less than the details that their rows make unnecessary.
 */
function leadingWindows(valued: readonly ValuedWindow[], pagesFirst: number): ValuedWindow[] {
  const known = valued.filter(({ window }) => window.ageDays !== null);
  const pages = known.reduce((sum, { window }) => sum + window.pagesLeft, 0);
  return pages <= pagesFirst ? known : [];
}

/** Pages of windows, the best first, as many as can be among the best `calls`. */
function listPages(windows: readonly ValuedWindow[], calls: number): PageCall[] {
  const free: PageCall[] = [];
  const later: PageCall[] = [];
  for (const { window, page } of windows) {
    if (window.isFree) free.push({ ...page, windowId: window.windowId });
    const behind = window.isFree ? window.pagesLeft - 1 : window.pagesLeft;
    for (let nth = 0; nth < behind && later.length < calls; nth += 1) later.push({ ...page, windowId: null });
  }
  // Of equal value, those that can be asked for come before those behind them.
  return [...free, ...later];
}

/**
 * The calls that are worth most, highest first, but that those past the floor age come before, and a handful of pages. A page
 * that is still to come may make the details of its offers unnecessary: they wait for it when it is worth more, unless they
 * are known to be wrong.
 */
export async function chooseFetches(
  deps: Pick<PlanFetchesDeps, 'refreshQueue' | 'sync'>,
  { feeds, now, calls, windows, pagesFirst, mayDetail }: Choice,
): Promise<(DetailPick<Candidate> | PageCall)[]> {
  const { prior, visibleShare, meanPopularity, floorDays } = await deps.refreshQueue.planner();
  const sets = mayDetail ? await deps.refreshQueue.listFeedSets(feeds.map(({ name }) => name)) : [];
  const weightOf = new Map(deps.sync.feeds.map((feed) => [feed.name, feedWeight(feed, now)]));
  const weights = weighSets(sets, weightOf);
  const toCandidate = (candidate: RefreshCandidate): Candidate => ({
    candidate,
    // Buckets of different sets are different queues.
    bucket: `${candidate.feedSet}/${candidate.bucket}`,
    weight: importance(candidate.popularity * (weights.get(candidate.feedSet) ?? 1), meanPopularity),
    learned: candidate.learned,
    summaryAgeDays: candidate.summaryAgeDays,
    detailAgeDays: Math.max(candidate.summaryAgeDays, candidate.detailAgeDays),
    isStale: candidate.bucket < 0,
  });
  const feedSets = sets.map(({ feedSet }) => feedSet);
  const age = freshForMs(deps.sync.freshness, 'detail');
  const candidates: CandidateSource<Candidate> = {
    oldest: async (limit, after) => {
      if (feedSets.length === 0) return [];
      const request = { feedSets, freshForMs: age, limit, after: after?.map(({ candidate }) => candidate) };
      return (await deps.refreshQueue.listHeads(request)).map(toCandidate);
    },
  };
  const scale = { prior, meanPopularity, arrivalsPerDay: assumedArrivals, pageSize: deps.sync.pageSize };
  const valued = valueWindows(windows, scale, weightOf);
  const leading = leadingWindows(valued, pagesFirst);
  const others = valued.filter((one) => !leading.includes(one));
  const competing = (['page', 'discovery'] as const).flatMap((kind) => {
    const best = takeBest(
      others.filter(({ page }) => page.kind === kind).map((one) => ({ ...one, value: one.page.value })),
      calls,
    );
    return listPages(best, calls);
  });
  const valuation = { objective: defaultObjective, visibleShare };
  const floorAgeDays = floorDays ?? Infinity;
  const plan = await selectCalls<Candidate, PageCall>({
    ...{ calls, candidates, competing, valuation, prior, floorAgeDays },
    leading: listPages(leading.slice(0, calls), calls),
  });
  const bestPage = others.reduce(
    (best, { page }) => (page.kind === 'page' ? Math.max(best, page.value) : best),
    0,
  );
  const mayWait = ({ offer, value }: DetailPick<Candidate>) =>
    !offer.isStale &&
    (leading.length > 0 || value < bestPage) &&
    orderingAgeDays(offer, valuation) <= floorAgeDays;
  return plan.picks.filter((pick) => pick.kind !== 'detail' || !mayWait(pick));
}

function inBatches(ids: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let i = 0; i < ids.length; i += detailBatchSize) batches.push(ids.slice(i, i + detailBatchSize));
  return batches;
}

async function queueDetails(
  deps: PlanFetchesDeps,
  runId: string,
  offerIds: readonly string[],
): Promise<number> {
  if (offerIds.length === 0) return 0;
  const taken = new Set(await deps.plan.takeOffers(runId, offerIds));
  // The most valuable first.
  const batches = inBatches(offerIds.filter((id) => taken.has(id)));
  // Leases are disjoint, so its first offer names a batch.
  const jobs = batches.map((ids) => ({
    jobId: `${runId}-d${String(ids[0])}`,
    data: { runId, offerIds: ids },
  }));
  if (jobs.length > 0) await deps.queues.add('detail', jobs);
  return taken.size;
}

async function queuePages(
  deps: PlanFetchesDeps,
  runId: string,
  windows: readonly DueWindow[],
): Promise<number> {
  if (windows.length === 0) return 0;
  const kinds = new Map(windows.map(({ windowId, kind }) => [windowId, kind]));
  const taken = await deps.plan.takeWindows(runId, [...kinds.keys()]);
  for (const kind of ['search', 'seller', 'image'] as const) {
    const jobs = taken
      .filter(({ windowId }) => kinds.get(windowId) === kind)
      .map(({ windowId, page }) => ({
        jobId: `${runId}-w${windowId}-${page}`,
        data: { runId, windowId, page },
      }));
    if (jobs.length > 0) await deps.queues.add(kind, jobs);
  }
  return taken.length;
}

/** Kinds that are blocked and of which something is due. */
async function listBlockedDue(
  deps: PlanFetchesDeps,
  { feeds, blocks }: PlanFetchesRequest,
  windows: readonly DueWindow[],
): Promise<FetchKind[]> {
  const kinds: FetchKind[] = [...new Set(windows.map(({ kind }) => kind))].filter((kind) => blocks.has(kind));
  if (!blocks.has('detail')) return kinds;
  const sets = await deps.refreshQueue.listFeedSets(feeds.map(({ name }) => name));
  const heads = await deps.refreshQueue.listHeads({
    feedSets: sets.map(({ feedSet }) => feedSet),
    freshForMs: freshForMs(deps.sync.freshness, 'detail'),
    limit: 1,
  });
  return heads.length > 0 ? [...kinds, 'detail'] : kinds;
}

/**
 * Tops up the queues with the search pages and details that are worth most of all that are due, out of one budget.
 */
export async function planFetches(
  deps: PlanFetchesDeps,
  request: PlanFetchesRequest,
): Promise<PlannedFetches> {
  const { run, feeds, blocks } = request;
  const { runId } = run;
  for (const kind of fetchKinds) await releaseLost(deps, kind, { runId, isBlocked: blocks.has(kind) });
  const searches = ['search', 'seller', 'image'] as const;
  const age = freshForMs(deps.sync.freshness, 'search');
  const windows = await deps.plan.listDueWindows(searches, { runId, feeds, freshForMs: age });
  const blockedDue = await listBlockedDue(deps, request, windows);
  const blocksMet = blockedDue.flatMap((kind) => blocks.get(kind) ?? []);
  const taken = await deps.plan.countLeases(runId);
  const left = run.budgetCalls === null ? Infinity : run.budgetCalls - run.callsUsed - taken;
  const calls = Math.min(maxCallsInFlight - taken, left);
  const open = windows.filter(({ kind }) => !blocks.has(kind));
  const mayDetail = !blocks.has('detail');
  if (calls < Math.min(minBatch, left) || calls < 1 || (open.length === 0 && !mayDetail))
    return { planned: 0, blocksMet };
  const pagesFirst = run.budgetCalls === null ? maxPriorityPages : 0;
  const { now } = request;
  const picks = await chooseFetches(deps, { feeds, now, calls, windows: open, pagesFirst, mayDetail });
  const offerIds = picks.flatMap((pick) => (pick.kind === 'detail' ? [pick.offer.candidate.offerId] : []));
  const windowIds = new Set(picks.map((pick) => (pick.kind === 'detail' ? null : pick.windowId)));
  const pages = await queuePages(
    deps,
    runId,
    open.filter(({ windowId }) => windowIds.has(windowId)),
  );
  return { planned: pages + (await queueDetails(deps, runId, offerIds)), blocksMet };
}
