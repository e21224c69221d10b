import { dayMs } from '../../core/duration.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import type { Feed, SyncConfig } from '../../model/sync-config.ts';
import { daysPerMonth } from './days-per-month.ts';
import { searchReach } from '../../model/search-limits.ts';

/** Calls that one API will need, at most, if the assumptions hold. */
export interface CallEstimate {
  readonly operation: ApiOperation;
  /** Calls until the initial crawl is complete. */
  readonly firstPass: number;
  /** Calls on a day that fetches everything as often as its freshness age needs. */
  readonly daily: number;
  readonly monthly: number;
}

/**
 * The assumptions of an estimate before the first call. Clients measured the number of roots (49 to 52), and 1688 docs category.get v1
 * say that there are at most three levels. How wide the tree is below its roots is documented nowhere and is a guess. At half, an
 * operator would apply for half of the calls that a whole tree takes.
 */
export const estimateAssumptions = {
  roots: 50,
  branchesPerRoot: 20,
  leavesPerBranch: 8,
} as const;

const { roots, branchesPerRoot, leavesPerBranch } = estimateAssumptions;

/** Number of nodes to fetch. Leaves need no call: the answer about their parent has them. */
function countNodes(categories: ReadonlySet<string>): number {
  const isWholeTree = categories.has('0');
  return isWholeTree ? 1 + roots * (1 + branchesPerRoot) : categories.size * (1 + branchesPerRoot);
}

function countSearches({ categories, keywords }: Feed): number {
  const subtrees = categories.includes('0') ? roots : categories.length;
  return subtrees * branchesPerRoot * leavesPerBranch + keywords.length;
}

/** An age of 12 to 24 hours means once a day, not 1.2 times: runs are nightly, and the age gives them slack. */
function detailCallsPerDay(ageMs: number): number {
  return ageMs <= dayMs ? Math.floor(dayMs / ageMs) : dayMs / ageMs;
}

function estimate(operation: ApiOperation, firstPass: number, ageMs: number): CallEstimate {
  const daily = firstPass * detailCallsPerDay(ageMs);
  return { operation, firstPass, daily: Math.ceil(daily), monthly: Math.ceil(daily * daysPerMonth) };
}

/** Each file is uploaded once, so there are calls on the first day only. */
function estimateUploads(feeds: readonly Feed[]): CallEstimate {
  const files = feeds.flatMap(({ images }) => images.filter((image) => !image.includes('://')));
  const { size } = new Set(files);
  return { operation: 'image.upload', firstPass: size, daily: size, monthly: size };
}

/**
 * A first, deliberately high estimate of the calls that a sync file needs, from the file alone: every category counts as a root, every
 * search lists all that one query can (2,000 rows), and no offer is found twice. Meant for applying for call volumes, when nothing is
 * known of the catalog yet.
 */
export function estimateCalls({ feeds, freshness, pageSize }: SyncConfig): CallEstimate[] {
  const lastPage = searchReach / pageSize;
  const pagesEach = (feed: Feed) => Math.min(feed.maxPages ?? lastPage, lastPage);
  const offersOf = (feed: Feed) => {
    const searches = countSearches(feed) + feed.sellers.length + feed.images.length;
    const listed = searches * pagesEach(feed) * pageSize;
    return Math.min(feed.maxOffers ?? Infinity, listed + feed.offers.length);
  };
  const sum = (countOf: (feed: Feed) => number) => feeds.reduce((total, feed) => total + countOf(feed), 0);
  const sumPages = (countOf: (feed: Feed) => number) => sum((feed) => countOf(feed) * pagesEach(feed));
  const nodes = countNodes(new Set(feeds.flatMap((feed) => feed.categories)));
  return [
    estimate('category.children', nodes, freshness.categoryMs),
    estimate('search.keyword', sumPages(countSearches), freshness.searchMs),
    ...[
      estimate(
        'search.seller',
        sumPages(({ sellers }) => sellers.length),
        freshness.searchMs,
      ),
      estimate(
        'search.image',
        sumPages(({ images }) => images.length),
        freshness.searchMs,
      ),
      estimateUploads(feeds),
    ].filter(({ firstPass }) => firstPass > 0),
    estimate('offer.detail', sum(offersOf), freshness.detailMs),
  ];
}
