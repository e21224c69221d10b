import { dayMs } from '../../core/duration.ts';
import type { ForecastFacts, WindowFacts } from '../../model/forecast-facts.ts';
import type { PlannerKnowledge } from '../../model/learning.ts';
import type { Feed, SyncConfig } from '../../model/sync-config.ts';
import { estimateAssumptions } from './estimate-calls.ts';
import { nothingLearned } from '../planner/change-rate.ts';
import { assumedArrivals } from './steady-state-searches.ts';
import { searchReach } from '../../model/search-limits.ts';
import {
  isFull,
  type CallLimit,
  type FeedKnowledge,
  type Knowledge,
  type OfferGroup,
  type SearchGroup,
} from './knowledge.ts';

const { roots, branchesPerRoot, leavesPerBranch } = estimateAssumptions;

/** Nodes and leaves below a node that was never visited, by its level, with the assumptions of `estimateCalls`. */
const below: readonly { readonly nodes: number; readonly leaves: number }[] = [
  { nodes: roots * (1 + branchesPerRoot), leaves: roots * branchesPerRoot * leavesPerBranch },
  { nodes: branchesPerRoot, leaves: branchesPerRoot * leavesPerBranch },
  { nodes: 0, leaves: leavesPerBranch },
];

const operationOf = {
  keyword: 'search.keyword',
  category: 'search.keyword',
  seller: 'search.seller',
  image: 'search.image',
} as const satisfies Record<WindowFacts['kind'], SearchGroup['operation']>;

function toSearch(facts: WindowFacts, pages: number): SearchGroup {
  const { feed, kind, label, windows, nextPage, ageDays, isPostponed, mayStop, worth } = facts;
  return {
    ...{ feed, label, windows, pages, ageDays, isPostponed, mayStop, worth },
    pagesPassed: nextPage - 1,
    operation: operationOf[kind],
    pagesToFirstPass: ageDays === null ? Math.max(1, pages - nextPage + 1) : 0,
    isAssumed: facts.pages === null,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pages of a search that was never made: those of similar ones, or the maximum. */
function assumedPages({ maxPages }: Feed, known: readonly WindowFacts[], pageSize: number): number {
  const pages = known.flatMap((facts) => facts.pages ?? []);
  return pages.length > 0 ? mean(pages) : Math.min(maxPages ?? Infinity, searchReach / pageSize);
}

interface Nodes {
  readonly nodes: number;
  readonly toFirstPass: number;
  readonly due: number;
  /** Leaf categories that were never fetched. */
  readonly leaves: number;
}

function countNodes(feed: Feed, facts: ForecastFacts): Nodes {
  const sum = { nodes: 0, toFirstPass: 0, due: 0, leaves: 0 };
  for (const { feed: name, level, nodes, unvisited, due } of facts.nodes) {
    if (name !== feed.name) continue;
    const each = below[level] ?? { nodes: 0, leaves: 0 };
    sum.nodes += nodes + unvisited * each.nodes;
    sum.toFirstPass += unvisited * (1 + each.nodes);
    sum.due += due + Math.min(unvisited, due) * each.nodes;
    sum.leaves += unvisited * each.leaves;
  }
  return sum;
}

function searchesOf(feed: Feed, facts: ForecastFacts, nodes: Nodes, pageSize: number): SearchGroup[] {
  const known = facts.windows.filter((window) => window.feed === feed.name);
  const terms = { keyword: feed.keywords, seller: feed.sellers, image: feed.images };
  const unseen = (['keyword', 'seller', 'image'] as const).flatMap((kind) => {
    const have = new Set(known.filter((window) => window.kind === kind).map(({ term }) => term));
    // Of a large number of windows, a sample represents all.
    const isSampled = known.some((window) => window.kind === kind && window.windows > 1);
    return isSampled ? [] : terms[kind].filter((term) => !have.has(term)).map((term) => ({ kind, term }));
  });
  const pages = assumedPages(feed, known, pageSize);
  const blank = {
    feed: feed.name,
    pages: null,
    nextPage: 1,
    ageDays: null,
    isPostponed: false,
    reach: null,
    mayStop: false,
    worth: null,
  };
  const groups = [
    ...known.map((window) => toSearch(window, window.pages ?? pages)),
    ...unseen.map(({ kind, term }) => toSearch({ ...blank, kind, term, label: term, windows: 1 }, pages)),
  ];
  if (nodes.leaves === 0) return groups;
  const label = 'categories not seen yet';
  return [...groups, toSearch({ ...blank, kind: 'category', term: '', label, windows: nodes.leaves }, pages)];
}

function groupOffers({ sample, offersPerSample }: ForecastFacts, feeds: readonly string[]): OfferGroup[] {
  const groups = new Map<string, { feeds: string[]; sample: OfferGroup['sample'][number][] }>();
  for (const { feeds: all, changes, days, ...offer } of sample) {
    const own = all.filter((feed) => feeds.includes(feed));
    const key = JSON.stringify(own);
    const group = groups.get(key) ?? { feeds: own, sample: [] };
    group.sample.push({ ...offer, learned: { changes, days } });
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({
    ...group,
    offers: group.sample.length * offersPerSample,
    isAssumed: false,
  }));
}

const countHeld = (groups: readonly OfferGroup[], feed: string): number =>
  groups.reduce((sum, group) => sum + (group.feeds.includes(feed) ? group.offers : 0), 0);

const countUnheld = ({ unheld }: ForecastFacts, feed: string): number =>
  unheld.find(({ feed: of }) => of === feed)?.offers ?? 0;

/**
 * Groups as they will be when the next run begins. A feed above its bound keeps as many offers as the bound leaves beside the new offers
 * of its watch list. A sample does not tell which ones, so each of its groups keeps the same share.
 */
function keepBounds(facts: ForecastFacts, feeds: readonly Feed[]): OfferGroup[] {
  const names = feeds.map(({ name }) => name);
  return feeds.reduce<OfferGroup[]>(
    (groups, { name, maxOffers }) => {
      const held = countHeld(groups, name);
      if (maxOffers === null) return groups;
      const kept = Math.max(0, maxOffers - countUnheld(facts, name));
      if (held <= kept) return groups;
      return groups.flatMap((group) => {
        if (!group.feeds.includes(name)) return [group];
        const offers = (group.offers * kept) / held;
        const others = group.feeds.filter((feed) => feed !== name);
        const rest = { ...group, feeds: others, offers: group.offers - offers };
        const own = offers > 0 ? [{ ...group, offers }] : [];
        return others.length === 0 ? own : [...own, rest];
      });
    },
    groupOffers(facts, names),
  );
}

/** Distinct offers per listed row; 1 where nothing, or not all, is known. */
function noveltyOf(feed: Feed, facts: ForecastFacts, held: number): number {
  const rows = facts.windows.reduce(
    (sum, window) => sum + (window.feed === feed.name ? window.windows * (window.reach ?? 0) : 0),
    0,
  );
  return rows === 0 || isFull(feed, held + countUnheld(facts, feed.name))
    ? 1
    : Math.min(1, Math.max(0.05, held / rows));
}

/** New offers of a watch list, and offers that searches will list which were never made. */
function unseenOffers(
  feed: FeedKnowledge,
  searches: readonly SearchGroup[],
  { held, pageSize }: { readonly held: number; readonly pageSize: number },
): OfferGroup[] {
  const pages = searches.reduce((sum, { windows, pagesToFirstPass }) => sum + windows * pagesToFirstPass, 0);
  const room = Math.max(0, (feed.maxOffers ?? Infinity) - held - feed.unheld);
  const offers = feed.unheld + Math.min(pages * pageSize * feed.novelty, room);
  if (offers <= 0) return [];
  const now = { summaryAgeDays: 0, detailAgeDays: 0, isPostponed: false };
  const typical = { ...now, popularity: 1, learned: nothingLearned, hasDetail: false, isStale: true };
  return [{ feeds: [feed.name], offers, sample: [typical], isAssumed: true }];
}

/** Prior: every database is treated as if it had seen three days of one search with the assumed arrivals. */
const creditedDays = 3;

function meanArrivals({ windows }: ForecastFacts): number {
  let [offers, days] = [assumedArrivals * creditedDays, creditedDays];
  for (const { windows: count, worth } of windows) {
    offers += count * (worth?.newOffers ?? 0);
    days += count * (worth?.exposureDays ?? 0);
  }
  return offers / days;
}

export interface Surroundings {
  readonly planner: Pick<PlannerKnowledge, 'prior' | 'visibleShare'> &
    Pick<Knowledge, 'shown' | 'meanPopularity'>;
  readonly limits: readonly CallLimit[];
  readonly runEveryDays: number;
  /** The app's pace; runs are not assumed faster than `facts` show. */
  readonly callsPerSecond: number;
}

/** The input of a forecast; empty `facts`: the sync file alone. */
export function buildKnowledge(
  sync: Pick<SyncConfig, 'feeds' | 'freshness' | 'pageSize'>,
  facts: ForecastFacts,
  { planner, limits, runEveryDays, callsPerSecond }: Surroundings,
): Knowledge {
  const { pageSize, freshness } = sync;
  const known = keepBounds(facts, sync.feeds);
  const parts = sync.feeds.map((feed) => {
    const { name, weight, maxOffers } = feed;
    const held = countHeld(known, name);
    const nodes = countNodes(feed, facts);
    const searches = searchesOf(feed, facts, nodes, pageSize);
    const knowledge: FeedKnowledge = {
      ...{ name, weight, maxOffers },
      nodes: nodes.nodes,
      nodesToFirstPass: nodes.toFirstPass,
      nodesDue: nodes.due,
      unheld: countUnheld(facts, name),
      novelty: noveltyOf(feed, facts, held),
    };
    return { knowledge, searches, unseen: unseenOffers(knowledge, searches, { held, pageSize }) };
  });
  return {
    feeds: parts.map(({ knowledge }) => knowledge),
    searches: parts.flatMap(({ searches }) => searches),
    offers: [...known, ...parts.flatMap(({ unseen }) => unseen)],
    prior: planner.prior,
    visibleShare: planner.visibleShare,
    shown: planner.shown,
    meanPopularity: known.length > 0 ? planner.meanPopularity : 1,
    arrivalsPerDay: meanArrivals(facts),
    limits,
    freshness: {
      category: freshness.categoryMs / dayMs,
      search: freshness.searchMs / dayMs,
      detail: freshness.detailMs / dayMs,
    },
    runEveryDays,
    pageSize,
    callsPerSecond: Math.min(callsPerSecond, facts.callsPerSecond ?? Infinity),
  };
}
