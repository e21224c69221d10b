import type { CategoryTree } from './categories.ts';
import { goodsOf } from './goods.ts';
import { listAlike, type ImageFeatures } from './likeness.ts';
import type { OfferIndex } from './offer-index.ts';
import { subjectOf } from './texts.ts';
import type { Entry } from './entry.ts';

/** 1688 shows at most this many records of a query, whatever exists (measured by clients, and its own skill). */
export const maxReach = 2000;

/** What a search asks for; all parts must hold. */
export interface Query {
  /** Each matches its whole subtree; empty: everywhere. */
  readonly categoryIds: readonly string[];
  /** Words that the title must contain, all of them; empty: any title. */
  readonly keyword: string;
  /** One shop's `sellerOpenId`; null: all. */
  readonly sellerId: string | null;
  /** Offers that look like this, most alike first; null: whatever they look like. */
  readonly picture: ImageFeatures | null;
  readonly minFen: number | null;
  readonly maxFen: number | null;
}

/** Asks for everything. */
export const anything: Query = {
  categoryIds: [],
  keyword: '',
  sellerId: null,
  picture: null,
  minFen: null,
  maxFen: null,
};

/** What a search looks at. */
export interface ListingIndex {
  readonly index: OfferIndex;
  readonly categories: CategoryTree;
  /** Offers born so far. */
  readonly count: number;
  entryAt(index: number): Entry;
  /** How much this step moves an offer in every ranking: from 0 up to `maxMood`. */
  moodOf(entry: Entry): number;
}

/** What a step can add to a popularity, which is 1 at most: popular offers stay near the top. */
export const maxMood = 0.02;

/**
 * A search by words reads so many titles, the most popular offers' first, and gives up, as those of 1688 must.
 * Smaller worlds are read to the end; at ten times that, a word that is in no title of a million takes seconds.
 */
const maxTitles = 25_000;

function matchesPrice(entry: Entry, { minFen, maxFen }: Query): boolean {
  if (minFen === null && maxFen === null) return true;
  const { searchFen } = goodsOf(entry.offer, entry.state);
  return searchFen !== null && searchFen >= (minFen ?? 0) && searchFen <= (maxFen ?? Infinity);
}

function createMatcher(query: Query): (entry: Entry) => boolean {
  const words = query.keyword.split(/\s+/).filter((word) => word !== '');
  const nodes = new Set(query.categoryIds);
  const everywhere = nodes.size === 0 || nodes.has('0');
  return (entry) => {
    const { offer, state } = entry;
    if (!state.isListed) return false;
    if (query.sellerId !== null && offer.seller.id !== query.sellerId) return false;
    if (!everywhere && !offer.category.path.some((id) => nodes.has(id))) return false;
    const subject = words.length === 0 ? '' : subjectOf(offer, state);
    return words.every((word) => subject.includes(word)) && matchesPrice(entry, query);
  };
}

/** The shortest list that holds everything a query can find. */
function candidatesOf({ sellerId, categoryIds }: Query, { index }: ListingIndex): Uint32Array {
  if (sellerId !== null) return index.ofSeller(sellerId);
  return categoryIds.length === 0 ? index.all : index.below(categoryIds);
}

interface Ranked {
  readonly index: number;
  readonly score: number;
}

/** The best `reach` of what comes by popularity: as soon as no later one can be among them, it stops. */
function rank(query: Query, listings: ListingIndex, reach: number): Uint32Array {
  const matches = createMatcher(query);
  const maxObservations = query.keyword === '' ? Infinity : maxTitles;
  const found: Ranked[] = [];
  let lowest = Infinity;
  let features = 0;
  for (const index of candidatesOf(query, listings)) {
    const popularity = listings.index.popularityOf(index);
    if (found.length >= reach && popularity + maxMood < lowest) break;
    if (index >= listings.count) continue;
    if (++features > maxObservations) break;
    const entry = listings.entryAt(index);
    if (!matches(entry)) continue;
    const score = popularity + listings.moodOf(entry);
    if (found.length < reach) lowest = Math.min(lowest, score);
    found.push({ index, score });
  }
  found.sort((a, b) => b.score - a.score);
  return Uint32Array.from(found.slice(0, reach), (item) => item.index);
}

/** The best `reach` records of a query, as indexes of offers. What looks like a picture is a short list anyway. */
export function search(query: Query, listings: ListingIndex, reach = maxReach): Uint32Array {
  if (query.picture === null) return rank(query, listings, reach);
  const alike = listAlike(query.picture, {
    rootIds: listings.categories.children('0').map((node) => node.id),
    below: (rootId) => rank({ ...anything, categoryIds: [rootId] }, listings, maxReach),
    find: (index) => {
      const entry = index < listings.count ? listings.entryAt(index) : undefined;
      return entry?.state.isListed === true ? entry : undefined;
    },
    entryAt: (index) => listings.entryAt(index),
  });
  return Uint32Array.from(alike.filter(createMatcher(query)), (entry) => entry.offer.index);
}
