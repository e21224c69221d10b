import { growCategories, type Category, type CategoryTree } from './categories.ts';
import { Draw } from './draw.ts';
import { stateAt, type OfferState } from './evolution.ts';
import { goodsOf } from './goods.ts';
import { listAlike, type Gallery, type Picture } from './likeness.ts';
import { countBorn, createOfferFactory, type Offer } from './offers.ts';
import { subjectOf } from './texts.ts';

/** 1688 shows at most this many records of a query, whatever exists (measured by clients, and its own skill). */
export const maxReach = 2000;

/** How many different queries a snapshot remembers; each costs at most 16 kB. */
const maxRemembered = 1000;

/** An offer as it is at one step. */
export interface Entry {
  readonly offer: Offer;
  readonly state: OfferState;
  /** Position in every ranking of this step: the higher, the earlier. */
  readonly score: number;
}

/** What a search asks for; all parts must hold. */
export interface Query {
  /** Each matches its whole subtree; empty: everywhere. */
  readonly categoryIds: readonly string[];
  /** Words that the title must contain, all of them; empty: any title. */
  readonly keyword: string;
  /** One shop's `sellerOpenId`; null: all. */
  readonly sellerId: string | null;
  /** Offers that look like this, most alike first; null: whatever they look like. */
  readonly picture: Picture | null;
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

export interface Found {
  /** How many exist. */
  readonly total: number;
  /** The first 2,000 by rank. */
  readonly reachable: readonly Entry[];
}

/** The world at one step: it never changes. */
export interface Snapshot {
  readonly step: number;
  /** Ever born, gone ones included. */
  readonly entries: readonly Entry[];
  get(offerId: string): Entry | undefined;
  search(query: Query): Found;
}

export interface World {
  readonly categories: CategoryTree;
  readonly startAt: number;
  readonly stepMs: number;
  /** The steps completed at a time; 0 before the world began. */
  stepAt(at: number): number;
  snapshot(step: number): Snapshot;
}

export interface WorldOptions {
  readonly seed: number;
  readonly offers: number;
  readonly categories: number;
  readonly startAt: number;
  readonly stepMs: number;
}

function matchesPrice(entry: Entry, query: Query): boolean {
  if (query.minFen === null && query.maxFen === null) return true;
  const { searchFen } = goodsOf(entry.offer, entry.state);
  if (searchFen === null) return false;
  return searchFen >= (query.minFen ?? 0) && searchFen <= (query.maxFen ?? Infinity);
}

/** Search over the entries that are listed, already in rank order. */
function createSearch(categories: CategoryTree, ranked: readonly Entry[]): Snapshot['search'] {
  const byLeaf = new Map<string, Entry[]>();
  for (const entry of ranked) {
    const { id } = entry.offer.category;
    const list = byLeaf.get(id);
    if (list === undefined) byLeaf.set(id, [entry]);
    else list.push(entry);
  }
  const leavesBelow = (ids: readonly string[]): ReadonlySet<Category> =>
    new Set(ids.flatMap((id) => categories.subtree(id)).filter((node) => node.isLeaf));
  const inCategories = (ids: readonly string[]): readonly Entry[] => {
    if (ids.length === 0) return ranked;
    const [only, ...others] = [...leavesBelow(ids)].map((leaf: Category) => byLeaf.get(leaf.id) ?? []);
    if (only === undefined) return [];
    return others.length === 0 ? only : [only, ...others].flat().sort((a, b) => b.score - a.score);
  };
  const gallery: Gallery = {
    rootIds: categories.children('0').map((node) => node.id),
    below: (rootId) => inCategories([rootId]),
    find: (offerIndex) => ranked.find(({ offer }) => offer.index === offerIndex),
  };
  const candidates = (query: Query): readonly Entry[] => {
    if (query.picture === null) return inCategories(query.categoryIds);
    const alike = listAlike(query.picture, gallery);
    if (query.categoryIds.length === 0) return alike;
    const leaves = leavesBelow(query.categoryIds);
    return alike.filter(({ offer }) => leaves.has(offer.category));
  };
  return (query) => {
    const words = query.keyword.split(/\s+/).filter((word) => word !== '');
    const found = candidates(query).filter((entry) => {
      if (query.sellerId !== null && entry.offer.seller.id !== query.sellerId) return false;
      const subject = words.length === 0 ? '' : subjectOf(entry.offer, entry.state);
      return words.every((word) => subject.includes(word)) && matchesPrice(entry, query);
    });
    return { total: found.length, reachable: found.slice(0, maxReach) };
  };
}

/** The same answers from memory, as long as it lasts. */
function remember(search: Snapshot['search']): Snapshot['search'] {
  const known = new Map<string, Found>();
  return (query) => {
    const key = JSON.stringify(query);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= maxRemembered) known.clear();
    const found = search(query);
    known.set(key, found);
    return found;
  };
}

/** Popular offers stay near the top; one step moves them a little. */
function scoreOf(offer: Offer, step: number): number {
  return offer.draw.unit('popularity') + 0.02 * offer.draw.unit('mood', step);
}

function takeSnapshot(categories: CategoryTree, offers: readonly Offer[], step: number): Snapshot {
  const entries = offers.map((offer): Entry => ({
    offer,
    state: stateAt(offer, step),
    score: scoreOf(offer, step),
  }));
  const byId = new Map(entries.map((entry) => [entry.offer.offerId, entry]));
  const ranked = entries.filter((entry) => entry.state.isListed).sort((a, b) => b.score - a.score);
  return {
    step,
    entries,
    get: (offerId) => byId.get(offerId),
    search: remember(createSearch(categories, ranked)),
  };
}

/** How many snapshots are kept: today's, and one or two that a comparison looks back at. */
const maxSnapshots = 3;

/**
 * A catalog of offers that changes by itself. Everything follows from the options and the step: two worlds of
 * the same options are equal at any step, however they got there.
 */
export function createWorld(options: WorldOptions): World {
  const seed = new Draw(options.seed);
  const categories = growCategories(seed.child('categories'), options.categories);
  const { startAt, stepMs, offers: initialCount } = options;
  const makeOffer = createOfferFactory({ seed, leaves: categories.leaves, startAt, stepMs, initialCount });
  const offers: Offer[] = [];
  const snapshots = new Map<number, Snapshot>();
  const offersAt = (step: number): readonly Offer[] => {
    const count = countBorn(initialCount, step);
    while (offers.length < count) offers.push(makeOffer(offers.length));
    return offers.slice(0, count);
  };
  return {
    categories,
    startAt,
    stepMs,
    stepAt: (at) => Math.max(0, Math.floor((at - startAt) / stepMs)),
    snapshot(step) {
      const snapshot = snapshots.get(step) ?? takeSnapshot(categories, offersAt(step), step);
      // The latest one asked for goes to the end, so that the first key is the one to forget.
      snapshots.delete(step);
      snapshots.set(step, snapshot);
      for (const oldest of snapshots.keys()) if (snapshots.size > maxSnapshots) snapshots.delete(oldest);
      return snapshot;
    },
  };
}
