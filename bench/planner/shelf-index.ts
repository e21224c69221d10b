import type { Head, Shelves } from '../../src/plan/refresh/pick-slot.ts';

/** The planner's index over (bucket, age), in memory. */
interface Shelved extends Head {
  readonly index: number;
  readonly bucket: number;
}

/** No bucket has this number. */
const nowhere = -(2 ** 31);

export interface ShelfIndex<Offer extends Shelved> extends Shelves<Offer> {
  /** Puts an offer where it belongs now; `orderAt` is the day that counts as its last look. */
  place(offer: number, bucket: number, orderAt: number): void;
  remove(offer: number): void;
}

/** `readHead` makes the head of an offer as it is at the moment of reading. */
export function createShelfIndex<Offer extends Shelved>(
  offers: number,
  readHead: (offer: number, bucket: number) => Offer,
): ShelfIndex<Offer> {
  const shelves = new Map<number, number[]>();
  const bucketOf = new Int32Array(offers).fill(nowhere);
  const orderAt = new Float64Array(offers);

  const position = (shelf: readonly number[], offer: number): number => {
    const at = orderAt[offer] ?? 0;
    let [low, high] = [0, shelf.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = shelf[middle] ?? 0;
      const otherAt = orderAt[other] ?? 0;
      if (otherAt < at || (otherAt === at && other < offer)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const remove = (offer: number): void => {
    const shelf = shelves.get(bucketOf[offer] ?? nowhere);
    if (!shelf) return;
    const at = position(shelf, offer);
    if (at === 0) shelf.shift();
    else shelf.splice(at, 1);
    bucketOf[offer] = nowhere;
  };
  const heads = (shelf: readonly number[], from: number, limit: number): Offer[] =>
    shelf.slice(from, from + limit).map((offer) => readHead(offer, bucketOf[offer] ?? nowhere));

  return {
    remove,
    place: (offer, bucket, at) => {
      remove(offer);
      let shelf = shelves.get(bucket);
      if (!shelf) shelves.set(bucket, (shelf = []));
      orderAt[offer] = at;
      bucketOf[offer] = bucket;
      shelf.splice(position(shelf, offer), 0, offer);
    },
    oldest: async (limit, after) =>
      after
        ? after.flatMap(({ index, bucket }) => {
            const shelf = shelves.get(bucket) ?? [];
            return heads(shelf, position(shelf, index) + 1, limit);
          })
        : [...shelves.values()].flatMap((shelf) => heads(shelf, 0, limit)),
  };
}
