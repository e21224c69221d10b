import { imageAt } from '../answers/images.ts';
import { maxPageSize } from '../answers/search-page.ts';
import { anything, type Query } from '../world/search.ts';
import type { Snapshot, World } from '../world/world.ts';

/** What a sync fetches. */
export interface Feeds {
  /** Roots of subtrees; `'0'` is the whole tree. */
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  /** `sellerOpenId`s. */
  readonly sellers: readonly string[];
  /** Ids of uploads, or urls on alicdn. */
  readonly images: readonly string[];
}

/** The fewest calls that can pull the feeds once, with the biggest pages. */
export interface MinCalls {
  readonly total: number;
  /** Category nodes to ask for their children. */
  readonly nodes: number;
  /** One for each image that is not a url. */
  readonly uploads: number;
  /** Search pages. */
  readonly pages: number;
  /** Details, one for each distinct offer. */
  readonly offers: number;
}

/** Every branch below the roots of the feeds, and the roots themselves, leaf or not. */
function listVisits(world: World, feeds: Feeds): ReadonlySet<string> {
  const branches = feeds.categories.flatMap((root) => world.categories.subtree(root));
  return new Set([...feeds.categories, ...branches.filter((node) => !node.isLeaf).map((node) => node.id)]);
}

/** The ids of uploads are numbers. */
function isUpload(image: string): boolean {
  return /^\d+$/.test(image);
}

/** One window for each leaf that is in use, each keyword, each shop and each image that 1688 can see. */
function listWindows(world: World, feeds: Feeds): readonly Query[] {
  const nodes = feeds.categories.flatMap((root) => world.categories.subtree(root));
  const leaves = new Set(nodes.filter((node) => node.isLeaf && !node.isRetired).map((node) => node.id));
  const pictures = [...new Set(feeds.images)].map((image) =>
    isUpload(image) ? { key: image, offerIndex: null } : imageAt(image),
  );
  return [
    ...[...leaves].map((id) => ({ ...anything, categoryIds: [id] })),
    ...[...new Set(feeds.keywords)].map((keyword) => ({ ...anything, keyword })),
    ...[...new Set(feeds.sellers)].map((sellerId) => ({ ...anything, sellerId })),
    ...pictures.filter((picture) => picture !== null).map((picture) => ({ ...anything, picture })),
  ];
}

/** The offers that the feeds' windows find, those beyond the reach of one query too, as indexes, each once. */
export function listReach(world: World, snapshot: Snapshot, feeds: Feeds): ReadonlySet<number> {
  const reached = new Set<number>();
  for (const window of listWindows(world, feeds)) {
    for (const index of snapshot.searchAll(window)) reached.add(index);
  }
  return reached;
}

/**
 * Counts the calls of one complete pass; a window without a row still costs the page that says so. Of one beyond the
 * reach of a query, the full pages that hold it: fewer can't list it, however it is split.
 */
export function countMinCalls(world: World, snapshot: Snapshot, feeds: Feeds): MinCalls {
  const nodes = listVisits(world, feeds).size;
  const uploads = new Set(feeds.images.filter(isUpload)).size;
  const pages = listWindows(world, feeds).reduce((sum, window) => {
    return sum + Math.max(1, Math.ceil(snapshot.searchAll(window).length / maxPageSize));
  }, 0);
  const offers = listReach(world, snapshot, feeds).size;
  return { total: nodes + uploads + pages + offers, nodes, uploads, pages, offers };
}
