import type { Head, CandidateSource } from '../../src/refresh/planner/select-calls.ts';

/** The planner's index over (bucket, age), in memory. */
interface Indexed extends Head {
  readonly index: number;
  readonly bucket: number;
}

/** No bucket has this number. */
const nowhere = -(2 ** 31);

export interface CandidateIndex<Offer extends Indexed> extends CandidateSource<Offer> {
  /** Puts an offer where it belongs now; `orderAt` is the day that counts as its last observation. */
  place(offer: number, bucket: number, orderAt: number): void;
  remove(offer: number): void;
}

/** `readHead` makes the head of an offer as it is at the moment of reading. */
export function createCandidateIndex<Offer extends Indexed>(
  offers: number,
  readHead: (offer: number, bucket: number) => Offer,
): CandidateIndex<Offer> {
  const byBucket = new Map<number, number[]>();
  const bucketOf = new Int32Array(offers).fill(nowhere);
  const orderAt = new Float64Array(offers);

  const position = (bucketOffers: readonly number[], offer: number): number => {
    const at = orderAt[offer] ?? 0;
    let [low, high] = [0, bucketOffers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = bucketOffers[middle] ?? 0;
      const otherAt = orderAt[other] ?? 0;
      if (otherAt < at || (otherAt === at && other < offer)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const remove = (offer: number): void => {
    const bucketOffers = byBucket.get(bucketOf[offer] ?? nowhere);
    if (!bucketOffers) return;
    const at = position(bucketOffers, offer);
    if (at === 0) bucketOffers.shift();
    else bucketOffers.splice(at, 1);
    bucketOf[offer] = nowhere;
  };
  const heads = (bucketOffers: readonly number[], from: number, limit: number): Offer[] =>
    bucketOffers.slice(from, from + limit).map((offer) => readHead(offer, bucketOf[offer] ?? nowhere));

  return {
    remove,
    place: (offer, bucket, at) => {
      remove(offer);
      let bucketOffers = byBucket.get(bucket);
      if (!bucketOffers) byBucket.set(bucket, (bucketOffers = []));
      orderAt[offer] = at;
      bucketOf[offer] = bucket;
      bucketOffers.splice(position(bucketOffers, offer), 0, offer);
    },
    heads: async () => [...byBucket.values()].flatMap((bucketOffers) => heads(bucketOffers, 0, 1)),
    following: async (places) =>
      places.flatMap(({ after: { index, bucket }, limit }) => {
        const bucketOffers = byBucket.get(bucket) ?? [];
        return heads(bucketOffers, position(bucketOffers, index) + 1, limit);
      }),
  };
}
