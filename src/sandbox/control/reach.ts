import { maxPageSize } from '../answers/search.ts';
import { maxReach, type Entry, type Snapshot, type World } from '../world/world.ts';

/** What a sync is told to pull. */
export interface Feeds {
  /** Roots of subtrees; `'0'` is the whole tree. */
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
}

/** The fewest calls that can pull the feeds once, with the biggest pages. */
export interface LeastCalls {
  readonly total: number;
  /** Category nodes to ask for their children. */
  readonly nodes: number;
  /** Search pages. */
  readonly pages: number;
  /** Details, one for each distinct offer. */
  readonly offers: number;
}

interface Window {
  readonly keyword: string;
  readonly categoryIds: readonly string[];
}

/** Every branch below the roots of the feeds, and the roots themselves, leaf or not. */
function listVisits(world: World, feeds: Feeds): ReadonlySet<string> {
  const branches = feeds.categories.flatMap((root) => world.categories.subtree(root));
  return new Set([...feeds.categories, ...branches.filter((node) => !node.isLeaf).map((node) => node.id)]);
}

/** One window for each leaf that is in use, and one for each keyword. */
function listWindows(world: World, feeds: Feeds): readonly Window[] {
  const nodes = feeds.categories.flatMap((root) => world.categories.subtree(root));
  const leaves = new Set(nodes.filter((node) => node.isLeaf && !node.isRetired).map((node) => node.id));
  return [
    ...[...leaves].map((id) => ({ keyword: '', categoryIds: [id] })),
    ...[...new Set(feeds.keywords)].map((keyword) => ({ keyword, categoryIds: [] })),
  ];
}

/** The offers that a complete pass over the feeds' windows lists, by id. */
export function listReach(world: World, snapshot: Snapshot, feeds: Feeds): ReadonlyMap<string, Entry> {
  const entries = listWindows(world, feeds).flatMap(
    (window) => snapshot.search({ ...window, minFen: null, maxFen: null }).reachable,
  );
  return new Map(entries.map((entry) => [entry.offer.offerId, entry]));
}

/** Counts the calls of one complete pass; a window without a row still costs the page that says so. */
export function countLeastCalls(world: World, snapshot: Snapshot, feeds: Feeds): LeastCalls {
  const nodes = listVisits(world, feeds).size;
  const pages = listWindows(world, feeds).reduce((sum, window) => {
    const { total } = snapshot.search({ ...window, minFen: null, maxFen: null });
    return sum + Math.max(1, Math.ceil(Math.min(total, maxReach) / maxPageSize));
  }, 0);
  const offers = listReach(world, snapshot, feeds).size;
  return { total: nodes + pages + offers, nodes, pages, offers };
}
