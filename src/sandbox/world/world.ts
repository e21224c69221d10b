import { growCategories, type CategoryTree } from './categories.ts';
import { Draw } from './draw.ts';
import type { Entry } from './entry.ts';
import { stateAt } from './evolution.ts';
import { settleNature, type Nature } from './nature.ts';
import { indexOffers, type OfferIndex } from './offer-index.ts';
import { countBorn, createOfferSource, indexOfId, type OfferSource } from './offers.ts';
import { maxReach, maxMood, search, type Query } from './search.ts';

/** How many different queries a snapshot remembers; each costs at most 8 kB. */
const maxRemembered = 1000;

/** The world at one step: it never changes. */
export interface Snapshot {
  readonly step: number;
  /** Offers ever born, gone ones included; their indexes are those below. */
  readonly count: number;
  /** Created at each call: costs as many draws as the offer has had events. */
  entryAt(index: number): Entry;
  get(offerId: string): Entry | undefined;
  /** The records in reach, 2,000 at most, best first, as indexes. */
  search(query: Query): Uint32Array;
  /** All that a query would find if there were no bound on records. Not remembered beyond that. */
  searchAll(query: Query): Uint32Array;
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
  /** Nodes of a cycle in the tree, 3 or more; absent: there is none. */
  readonly categoryCycle?: number | null;
  readonly startAt: number;
  readonly stepMs: number;
  readonly nature?: Partial<Nature>;
}

/** The same answers from memory, as long as it lasts. */
function remember(answer: Snapshot['search']): Snapshot['search'] {
  const known = new Map<string, Uint32Array>();
  return (query) => {
    const key = JSON.stringify(query);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= maxRemembered) known.clear();
    const found = answer(query);
    known.set(key, found);
    return found;
  };
}

interface Stock {
  readonly source: OfferSource;
  readonly index: OfferIndex;
  readonly categories: CategoryTree;
}

function takeSnapshot({ source, index, categories }: Stock, count: number, step: number): Snapshot {
  const entryAt = (position: number): Entry => {
    const offer = source.make(position);
    return { offer, state: stateAt(offer, step) };
  };
  const moodOf = ({ offer }: Entry) => maxMood * offer.draw.unit('mood', step);
  const listings = { index, categories, count, entryAt, moodOf };
  const inReach = remember((query) => search(query, listings));
  return {
    step,
    count,
    entryAt,
    get: (offerId) => {
      const position = indexOfId(offerId);
      const entry = position >= 0 && position < count ? entryAt(position) : undefined;
      return entry?.offer.offerId === offerId ? entry : undefined;
    },
    search: inReach,
    searchAll: (query) => {
      const shown = inReach(query);
      return shown.length < maxReach ? shown : search(query, listings, Infinity);
    },
  };
}

/** How many snapshots are kept: today's, and one or two that a comparison looks back at. */
const maxSnapshots = 3;

/**
 * A catalog of offers that changes by itself. Everything follows from the options and the step: two worlds of
 * the same options are equal at any step, however they got there. What an offer is, is computed when somebody
 * asks; kept are only the lists of who is where.
 */
export function createWorld(options: WorldOptions): World {
  const seed = new Draw(options.seed);
  const categories = growCategories(
    seed.child('categories'),
    options.categories,
    options.categoryCycle ?? null,
  );
  const { startAt, stepMs, offers: initialCount } = options;
  const nature = settleNature(options.nature ?? {});
  const source = createOfferSource({
    ...{ seed, startAt, stepMs, initialCount, nature },
    leaves: categories.leaves,
  });
  const bornBy = (step: number) => countBorn(initialCount, nature.birth, step);
  const index = indexOffers(source, categories, bornBy(Infinity));
  const snapshots = new Map<number, Snapshot>();
  return {
    categories,
    startAt,
    stepMs,
    stepAt: (at) => Math.max(0, Math.floor((at - startAt) / stepMs)),
    snapshot(step) {
      const snapshot = snapshots.get(step) ?? takeSnapshot({ source, index, categories }, bornBy(step), step);
      // The latest one asked for goes to the end, so that the first key is the one to forget.
      snapshots.delete(step);
      snapshots.set(step, snapshot);
      for (const oldest of snapshots.keys()) if (snapshots.size > maxSnapshots) snapshots.delete(oldest);
      return snapshot;
    },
  };
}
