import type { ChangeRate } from './change-rate.ts';
import { rateOf } from './change-rate.ts';
import type { OfferAges, Valuation } from './offer-value.ts';
import { detailValue, orderingAgeDays } from './offer-value.ts';
import { takeBest } from './take-best.ts';

/** An offer that could be fetched, as the index over buckets has it. */
export interface Head extends OfferAges {
  /** Whatever names it. */
  readonly bucket: string | number;
  readonly weight: number;
  readonly learned: ChangeRate;
}

/** What a slot reads: an index over (bucket, age), in a database or in memory. */
export interface CandidateSource<Offer extends Head> {
  /** Of every bucket the oldest offer without a lease, by `orderingAgeDays`. */
  heads(): Promise<readonly Offer[]>;
  /** The offers that follow given ones in their buckets, the oldest first, of each bucket at most its `limit`. */
  following(places: readonly Place<Offer>[]): Promise<readonly Offer[]>;
}

/** Where a bucket is read on. */
export interface Place<Offer> {
  readonly after: Offer;
  readonly limit: number;
}

/** A call of another kind that competes: a search page of known offers, or one that may list new ones. */
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
  /** How many calls it has. */
  readonly calls: number;
  readonly candidates: CandidateSource<Offer>;
  /** Offers that are fetched in any case, by other calls than these. */
  readonly isTaken?: (offer: Offer) => boolean;
  /** Already valued; those that can be among the best `calls` suffice. */
  readonly competing: readonly Other[];
  /** Come first except for offers past the floor age, in this order, regardless of value. */
  readonly leading?: readonly Other[];
  readonly valuation: Valuation;
  readonly prior: ChangeRate;
  /** Offers older than this go first, in their share of the slot. */
  readonly floorAgeDays: number;
}

export interface CallSelection<Offer extends Head, Other extends CompetingCall> {
  /** At most `calls`. */
  readonly picks: readonly (DetailPick<Offer> | Other)[];
  /** Value of the lowest pick: the most that one more call would have been worth. 0 when calls are left over. */
  readonly price: number;
}

/** Of a bucket whose last offer that was read is picked, and each time twice as many as of it before: fewer rounds, more rows. */
const leastOfBucket = 8;
/**
 * Buckets that are read at once: of those left the quarter that is worth most, but so many at least. What these bring raises
 * the price, so that most others need no more: with all at once, half as many rows again.
 */
const [readShare, leastRead] = [0.25, 32];

/** Share of a slot for offers past the floor age. Twice as much costs 0.9 points of freshness at 2 % a day. */
export const floorShare = 0.3;
/** Share of a batch that discovery can take. */
const discoveryShare = 0.5;

/** The age past which an offer is fetched regardless of value, if `callsPerDay` go to `offers` of them. */
export function floorAgeDays(offers: number, callsPerDay: number): number {
  return offers / (floorShare * callsPerDay);
}

/** Calls of the next of `batchesLeft` slots of a quota window with `callsLeft` calls. */
export function callsForBatch(callsLeft: number, batchesLeft: number): number {
  return Math.max(0, Math.floor(callsLeft / Math.max(1, batchesLeft)));
}

type Pick<Offer extends Head, Other extends CompetingCall> = DetailPick<Offer> | Other;

/** Those past the floor age, oldest first, in their share of the slot. */
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

/** What was read of a bucket. */
interface BucketRead<Offer extends Head> {
  last: Offer;
  /** The last one that is not taken. */
  lastFree: Offer | null;
  read: number;
  /** How many more the last read could have brought. */
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
 * Where buckets are read on that may have as good offers behind the last one: as many came as were asked for, and the last of
 * them is picked, or all are taken.
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
 * The calls that a slot is best spent on: of all offers and rivals those of the highest value, after offers past the
 * floor age in their share. Reads the oldest of every bucket, and more of a bucket as long as the last one read is
 * picked. Throws what `candidates` throws.
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
    // What was not picked now won't be when more is read.
    details = picks.filter(isDetail);
    const places = nextPlaces(picks, buckets);
    if (places.length === 0) {
      const price = picks.length < batch.calls ? 0 : Math.min(...picks.map(({ value }) => value));
      return { picks, price };
    }
    read = await candidates.following(places);
  }
}
