import type { ChangeRate } from './change-rate.ts';
import { rateOf } from './change-rate.ts';
import type { OfferAges, Valuation } from './offer-value.ts';
import { detailValue, orderingAgeDays } from './offer-value.ts';
import { takeBest } from './take-best.ts';

/** An offer that could be fetched, as the index over buckets returns it. */
export interface Head extends OfferAges {
  /** Identifies the bucket. */
  readonly bucket: string | number;
  readonly weight: number;
  readonly learned: ChangeRate;
}

/** The index over (bucket, age) that a batch reads, in a database or in memory. */
export interface CandidateSource<Offer extends Head> {
  /** The oldest offer without a lease of every bucket, by `orderingAgeDays`. */
  heads(): Promise<readonly Offer[]>;
  /** The offers that follow given ones in their buckets, oldest first; at most `limit` per bucket. */
  following(places: readonly Place<Offer>[]): Promise<readonly Offer[]>;
}

/** Where reading of a bucket continues. */
export interface Place<Offer> {
  readonly after: Offer;
  readonly limit: number;
}

/** A call of another kind that competes with details: a search page of known offers, or one that may list new ones. */
export interface CompetingCall {
  readonly kind: 'page' | 'discovery';
  /** In days of freshness of an offer of mean importance. */
  readonly value: number;
}

export interface DetailPick<Offer extends Head> {
  readonly kind: 'detail';
  readonly value: number;
  readonly offer: Offer;
}

export interface CallBatch<Offer extends Head, Other extends CompetingCall> {
  /** Number of calls of the batch. */
  readonly calls: number;
  readonly candidates: CandidateSource<Offer>;
  /** Offers that other calls fetch in any case. */
  readonly isTaken?: (offer: Offer) => boolean;
  /** With their values; only those that can be among the best `calls` are needed. */
  readonly competing: readonly Other[];
  /** Come first, in this order and regardless of value, except that offers past the floor age go before them. */
  readonly leading?: readonly Other[];
  readonly valuation: Valuation;
  readonly prior: ChangeRate;
  /** Offers older than this go first, up to their share of the batch. */
  readonly floorAgeDays: number;
}

export interface CallSelection<Offer extends Head, Other extends CompetingCall> {
  /** At most `calls`. */
  readonly picks: readonly (DetailPick<Offer> | Other)[];
  /** Value of the lowest pick, and so the most that one more call would have been worth. 0 when calls are left over. */
  readonly price: number;
}

/** If the last offer read of a bucket is picked, at least this many more are read, twice as many each time: fewer rounds, more rows. */
const leastOfBucket = 8;
/**
 * Share of the remaining buckets, the best ones, that one round reads, and the least number. What they bring raises the price, so that
 * most other buckets need no reading: reading all at once takes half as many rows again.
 */
const [readShare, leastRead] = [0.25, 32];

/** Share of a batch for offers past the floor age. Twice as much costs 0.9 points of freshness at 2 % a day. */
export const floorShare = 0.3;
/** Share of a batch that discovery can take. */
const discoveryShare = 0.5;

/** Age past which an offer is fetched regardless of value, if `callsPerDay` go to `offers` offers. */
export function floorAgeDays(offers: number, callsPerDay: number): number {
  return offers / (floorShare * callsPerDay);
}

/** Calls for the next of `batchesLeft` batches of a period with `callsLeft` calls. */
export function callsForBatch(callsLeft: number, batchesLeft: number): number {
  return Math.max(0, Math.floor(callsLeft / Math.max(1, batchesLeft)));
}

type Pick<Offer extends Head, Other extends CompetingCall> = DetailPick<Offer> | Other;

/** The offers past the floor age, oldest first, up to their share of the batch. */
function pickOverdue<Offer extends Head, Other extends CompetingCall>(
  details: readonly DetailPick<Offer>[],
  { calls, valuation, floorAgeDays: floor }: CallBatch<Offer, Other>,
): DetailPick<Offer>[] {
  const overdue: { value: number; pick: DetailPick<Offer> }[] = [];
  for (const pick of details) {
    const ageDays = orderingAgeDays(pick.offer, valuation);
    if (ageDays > floor) overdue.push({ value: ageDays, pick });
  }
  return takeBest(overdue, Math.floor(floorShare * calls)).map(({ pick }) => pick);
}

function pickAmong<Offer extends Head, Other extends CompetingCall>(
  details: readonly DetailPick<Offer>[],
  batch: CallBatch<Offer, Other>,
): Pick<Offer, Other>[] {
  const first = pickOverdue(details, batch);
  const discoveries = batch.competing.filter(({ kind }) => kind === 'discovery');
  const others: Pick<Offer, Other>[] = [
    ...batch.competing.filter(({ kind }) => kind !== 'discovery'),
    ...takeBest(discoveries, Math.ceil(discoveryShare * batch.calls)),
  ];
  const leading = (batch.leading ?? []).slice(0, batch.calls - first.length);
  const left = batch.calls - first.length - leading.length;
  const taken = new Set(first);
  const rest = takeBest(taken.size === 0 ? details : details.filter((pick) => !taken.has(pick)), left);
  return [...first, ...leading, ...takeBest([...rest, ...others], left)];
}

/** State of reading one bucket. */
interface BucketRead<Offer extends Head> {
  last: Offer;
  /** The last offer that is not taken. */
  lastFree: Offer | null;
  read: number;
  /** How many more offers the last read could have brought. */
  wanted: number;
}

type BucketReads<Offer extends Head> = Map<Offer['bucket'], BucketRead<Offer>>;

function noteRead<Offer extends Head>(
  buckets: BucketReads<Offer>,
  offers: readonly Offer[],
  isTaken: (offer: Offer) => boolean,
): void {
  for (const offer of offers) {
    const free = isTaken(offer) ? null : offer;
    const known = buckets.get(offer.bucket);
    if (known === undefined) buckets.set(offer.bucket, { last: offer, lastFree: free, read: 1, wanted: 0 });
    else {
      known.last = offer;
      known.lastFree = free ?? known.lastFree;
      known.read += 1;
      known.wanted -= 1;
    }
  }
}

/**
 * The places at which reading continues, in buckets that may have equally good offers behind the last one: the last read brought as many
 * as requested, and the last of them is picked, or all are taken.
 */
function nextPlaces<Offer extends Head, Other extends CompetingCall>(
  picks: readonly Pick<Offer, Other>[],
  buckets: BucketReads<Offer>,
): Place<Offer>[] {
  const values = new Map(picks.filter(isDetail).map(({ offer, value }) => [offer, value]));
  const open = [...buckets.values()].flatMap((bucket) => {
    const value = bucket.lastFree === null ? Infinity : values.get(bucket.lastFree);
    return bucket.wanted === 0 && value !== undefined ? [{ bucket, value }] : [];
  });
  const best = takeBest(open, Math.max(leastRead, Math.ceil(readShare * open.length)));
  return best.map(({ bucket }) => {
    bucket.wanted = Math.max(leastOfBucket, 2 * bucket.read);
    return { after: bucket.last, limit: bucket.wanted };
  });
}

function isDetail<Offer extends Head, Other extends CompetingCall>(
  pick: Pick<Offer, Other>,
): pick is DetailPick<Offer> {
  return pick.kind === 'detail';
}

/**
 * The best calls for a batch: of all offers and competing calls those of the highest value, after offers past the floor age in their
 * share. Reads the oldest offers of every bucket, and more of a bucket as long as the last one read is picked. Throws what `candidates`
 * throws.
 */
export async function selectCalls<Offer extends Head, Other extends CompetingCall>(
  batch: CallBatch<Offer, Other>,
): Promise<CallSelection<Offer, Other>> {
  if (batch.calls < 1) return { picks: [], price: 0 };
  const { candidates, isTaken = () => false } = batch;
  const buckets: BucketReads<Offer> = new Map();
  let details: DetailPick<Offer>[] = [];
  let read = await candidates.heads();
  for (;;) {
    noteRead(buckets, read, isTaken);
    for (const offer of read) {
      if (isTaken(offer)) continue;
      const { weight, summaryAgeDays, detailAgeDays, isStale } = offer;
      const rate = rateOf(batch.prior, offer.learned);
      const value = detailValue({ weight, rate, summaryAgeDays, detailAgeDays, isStale }, batch.valuation);
      details.push({ kind: 'detail', value, offer });
    }
    const picks = pickAmong(details, batch);
    // An offer that was not picked now will not be picked after reading more.
    details = picks.filter(isDetail);
    const places = nextPlaces(picks, buckets);
    if (places.length === 0) {
      const price = picks.length < batch.calls ? 0 : Math.min(...picks.map(({ value }) => value));
      return { picks, price };
    }
    read = await candidates.following(places);
  }
}
