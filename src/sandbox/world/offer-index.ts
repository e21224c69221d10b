import type { CategoryTree } from './categories.ts';
import type { OfferSource } from './offers.ts';

/** Offers by where they belong, each list with the most popular first. Four bytes an offer and list. */
export interface OfferIndex {
  /** Every offer that there will ever be. */
  readonly all: Uint32Array;
  /** Below some nodes of the tree. */
  below(categoryIds: readonly string[]): Uint32Array;
  ofSeller(sellerId: string): Uint32Array;
  /** From 0 to 1. */
  popularityOf(index: number): number;
}

const none = new Uint32Array();

function sortByPopularity(popularity: Float64Array): Uint32Array {
  const count = popularity.length;
  // A float holds a popularity of 32 bits and an index of 21 exactly, and floats sort natively.
  const keys = Float64Array.from(
    popularity,
    (share, i) => Math.floor((1 - share) * 2 ** 32) * 2 ** 21 + i,
  ).sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = (keys[i] ?? 0) % 2 ** 21;
  return order;
}

/** Splits `order` into one list for each group, keeping the order. */
function groupBy(order: Uint32Array, groups: number, groupOf: Uint32Array): (group: number) => Uint32Array {
  const starts = new Uint32Array(groups + 1);
  for (const group of groupOf) starts[group + 1] = (starts[group + 1] ?? 0) + 1;
  for (let i = 0; i < groups; i++) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  const next = starts.slice();
  const grouped = new Uint32Array(order.length);
  for (const index of order) {
    const group = groupOf[index] ?? 0;
    const place = next[group] ?? 0;
    grouped[place] = index;
    next[group] = place + 1;
  }
  return (group) => grouped.subarray(starts[group], starts[group + 1]);
}

/** A function that computes each answer once. */
function once<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = compute(key);
    known.set(key, value);
    return value;
  };
}

/** Sorts `count` offers once, so that no search has to look at them all. */
export function indexOffers(source: OfferSource, tree: CategoryTree, count: number): OfferIndex {
  const popularity = Float64Array.from({ length: count }, (_, i) => source.popularityOf(i));
  const all = sortByPopularity(popularity);
  const leafOf = Uint32Array.from({ length: count }, (_, i) => source.leafOf(i));
  const ofLeaf = groupBy(all, tree.leaves.length, leafOf);
  const leafPositions = new Map(tree.leaves.map((leaf, i) => [leaf.id, i]));
  const below = once((categoryIds) => {
    const nodes = categoryIds.split(',').flatMap((id) => tree.subtree(id));
    const leaves = new Set<number | undefined>(nodes.flatMap((node) => leafPositions.get(node.id) ?? []));
    const [only] = leaves;
    if (only !== undefined && leaves.size === 1) return ofLeaf(only);
    return all.filter((index) => leaves.has(leafOf[index]));
  });
  const sellers = once(() => ({
    positions: new Map(Array.from({ length: source.sellerCount }, (_, i) => [source.seller(i).id, i])),
    offersOf: groupBy(
      all,
      source.sellerCount,
      Uint32Array.from({ length: count }, (_, i) => source.sellerOf(i)),
    ),
  }));
  return {
    all,
    below: (categoryIds) => below(categoryIds.join(',')),
    ofSeller: (sellerId) => {
      const { positions, offersOf } = sellers('');
      const position = positions.get(sellerId);
      return position === undefined ? none : offersOf(position);
    },
    popularityOf: (index) => popularity[index] ?? 0,
  };
}
