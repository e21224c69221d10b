import type { Feed, SyncConfig } from '../model/sync-config.ts';
import type { DueWindow } from './queue/due-windows.ts';
import type { FeedSet, RefreshCandidate, RefreshQueue } from './queue/refresh-queue.ts';
import { feedWeight } from './planner/feed-weight.ts';
import { importance } from './planner/importance.ts';
import { defaultObjective } from './planner/objective.ts';
import { orderingAgeDays } from './planner/offer-value.ts';
import {
  selectCalls,
  type DetailPick,
  type Head,
  type CompetingCall,
  type CandidateSource,
} from './planner/select-calls.ts';
import type { PromisedSet } from './promised-ages.ts';
import { takeBest } from './planner/take-best.ts';
import { windowValue, type WindowValue } from './planner/window-value.ts';
import type { PlannerFigures } from './queue/read-planner.ts';
import { valueShop } from './value-shop.ts';

/** New offers per day assumed for a search without observations. */
const assumedArrivals = 1;

interface Candidate extends Head {
  readonly candidate: RefreshCandidate;
}

interface PageCall extends CompetingCall {
  /** Null: the page cannot be fetched yet, because pages before it are missing. It keeps its place. */
  readonly windowId: string | null;
}

/** An offer in several feeds has the weight of the heaviest of them. */
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
  /** This many pages of known searches go first, regardless of value. */
  readonly pagesFirst: number;
  readonly mayDetail: boolean;
  /** Offers fetched within this time are not due, unless their details are known to be wrong. */
  readonly detailAgeMs: number;
  /** The sets of feeds with a promised age. */
  readonly promisedSets: readonly PromisedSet[];
}

/** What to fetch next. */
export interface ChosenFetches {
  /** Offers whose details are due by their promised age, those that exceed it soonest first. They go before all others. */
  readonly promised: readonly string[];
  /** The calls that are worth most, highest first. */
  readonly picks: readonly (DetailPick<Candidate> | PageCall)[];
}

interface ChoiceDeps {
  readonly refreshQueue: RefreshQueue;
  readonly sync: SyncConfig;
}

interface ValuedWindow {
  readonly window: DueWindow;
  readonly page: WindowValue;
}

/** What the value of a page depends on, apart from its offers. */
interface Worth {
  readonly planner: PlannerFigures;
  readonly pageSize: number;
  /** Weights by feed name; `weights`: by set of feeds. */
  readonly weightOf: ReadonlyMap<string, number>;
  readonly weights: ReadonlyMap<number, number>;
}

/** The value of the next page of each window. */
function valueWindows(
  windows: readonly DueWindow[],
  { planner, pageSize, weightOf, weights }: Worth,
): ValuedWindow[] {
  const { prior, meanPopularity } = planner;
  const scale = { prior, meanPopularity, arrivalsPerDay: assumedArrivals, pageSize };
  return windows.map((window) => {
    const { ageDays, worth, feed, shop } = window;
    if (shop) return { window, page: valueShop(shop, planner, weights) };
    return { window, page: windowValue({ ageDays, worth, weight: weightOf.get(feed) ?? 1 }, scale) };
  });
}

/**
 * The windows whose pages go first, regardless of value: those of known searches, if they are few. They cost less than the details that
 * their rows make unnecessary.
 */
function leadingWindows(valued: readonly ValuedWindow[], pagesFirst: number): ValuedWindow[] {
  const known = valued.filter(({ window }) => window.ageDays !== null && !window.shop);
  const pages = known.reduce((sum, { window }) => sum + window.pagesLeft, 0);
  return pages <= pagesFirst ? known : [];
}

/** Pages of windows, best first, as many as can be among the best `calls`. */
function listPages(windows: readonly ValuedWindow[], calls: number): PageCall[] {
  const free: PageCall[] = [];
  const later: PageCall[] = [];
  for (const { window, page } of windows) {
    if (window.isFree) free.push({ ...page, windowId: window.windowId });
    const behind = window.isFree ? window.pagesLeft - 1 : window.pagesLeft;
    for (let nth = 0; nth < behind && later.length < calls; nth += 1) later.push({ ...page, windowId: null });
  }
  // At equal value, calls that can be made now go first.
  return [...free, ...later];
}

/**
 * The most valuable calls, highest first, after offers past the floor age and a few pages. A page to come may make the details of its
 * offers unnecessary: if it is worth more, they wait for it, unless they are known to be wrong.
 */
async function chooseByValue(
  deps: ChoiceDeps,
  { feeds, now, calls, windows, pagesFirst, mayDetail, detailAgeMs }: Choice,
  isTaken: (offerId: string) => boolean,
): Promise<ChosenFetches['picks']> {
  const planner = await deps.refreshQueue.planner();
  const { prior, visibleShare, meanPopularity, floorDays } = planner;
  const sets = await deps.refreshQueue.listFeedSets(feeds.map(({ name }) => name));
  const weightOf = new Map(deps.sync.feeds.map((feed) => [feed.name, feedWeight(feed, now)]));
  const weights = weighSets(sets, weightOf);
  const toCandidate = (candidate: RefreshCandidate): Candidate => ({
    candidate,
    // Buckets of different sets are different queues. A bucket number has 32 bits; text keys would be slow.
    bucket: candidate.feedSet * 2 ** 32 + candidate.bucket,
    weight: importance(candidate.popularity * (weights.get(candidate.feedSet) ?? 1), meanPopularity),
    learned: candidate.learned,
    summaryAgeDays: candidate.summaryAgeDays,
    detailAgeDays: Math.max(candidate.summaryAgeDays, candidate.detailAgeDays),
    isStale: candidate.bucket < 0,
  });
  const feedSets = mayDetail ? sets.map(({ feedSet }) => feedSet) : [];
  const due = { feedSets, freshForMs: detailAgeMs };
  const candidates: CandidateSource<Candidate> = {
    heads: async () => (await deps.refreshQueue.listHeads(due)).map(toCandidate),
    following: async (places) => {
      const asked = places.map(({ after, limit }) => ({ after: after.candidate, limit }));
      return (await deps.refreshQueue.listFollowing(asked, detailAgeMs)).map(toCandidate);
    },
  };
  const { pageSize } = deps.sync;
  const valued = valueWindows(windows, { planner, pageSize, weightOf, weights });
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
  const selection = await selectCalls<Candidate, PageCall>({
    ...{ calls, candidates, competing, valuation, prior, floorAgeDays },
    isTaken: ({ candidate }) => isTaken(candidate.offerId),
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
  return selection.picks.filter((pick) => pick.kind !== 'detail' || !mayWait(pick));
}

/** Details due by their promised age, then the most valuable calls. */
export async function chooseFetches(deps: ChoiceDeps, choice: Choice): Promise<ChosenFetches> {
  const { calls, mayDetail, promisedSets } = choice;
  const isAsked = mayDetail && promisedSets.length > 0;
  const promised = isAsked ? await deps.refreshQueue.listPromised(promisedSets, calls) : [];
  const taken = new Set(promised);
  const rest = { ...choice, calls: calls - promised.length };
  return { promised, picks: await chooseByValue(deps, rest, (offerId) => taken.has(offerId)) };
}
