import type {
  CallLimit,
  FeedKnowledge,
  Knowledge,
  SampledOffer,
  SearchGroup,
} from '../../../../src/refresh/forecast/knowledge.ts';

/*
 * A world whose figures can be reckoned by hand: rows show no changes, and each search has so many new offers that no pass
 * is stopped early.
 */

/** Four searches of ten pages: 20 calls a day, one pass every other day. */
export const search: SearchGroup = {
  ...{ operation: 'search.keyword', feed: 'a', label: 'w', windows: 4, pages: 10, pagesToFirstPass: 0 },
  ...{ pagesPassed: 0, isPostponed: false, ageDays: 3, mayStop: true, worth: null, isAssumed: false },
};

export const offer: SampledOffer = {
  ...{ popularity: 1, learned: { changes: 0, days: 0 }, summaryAgeDays: 1, detailAgeDays: 3 },
  ...{ isStale: false, hasDetail: true, isPostponed: false },
};

export const feed: FeedKnowledge = {
  ...{ name: 'a', weight: 1, maxOffers: null, nodes: 14, nodesToFirstPass: 3, nodesDue: 2, unheld: 0 },
  novelty: 0.5,
};

export const knowledge: Knowledge = {
  feeds: [feed],
  searches: [search],
  offers: [{ feeds: ['a'], offers: 100, sample: [offer], isAssumed: false }],
  prior: { changes: 1, days: 10 },
  visibleShare: 0,
  shown: null,
  meanPopularity: 1,
  arrivalsPerDay: 50,
  limits: [],
  freshness: { category: 7, search: 2, detail: 3 },
  runEveryDays: 1,
  pageSize: 50,
  callsPerSecond: 3,
};

/** A limit of one API: so many calls on each day, and in the present one. */
export const limitOf = (
  operation: CallLimit['operations'][number],
  perDay: number,
  left = perDay,
): CallLimit => ({ operations: [operation], perDay, left });
