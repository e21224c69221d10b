import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../../src/refresh/planner/bucket.ts';
import { firstPrior, nothingLearned } from '../../../../src/refresh/planner/change-rate.ts';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';
import type {
  Head,
  CompetingCall,
  CandidateSource,
  CallBatch,
} from '../../../../src/refresh/planner/select-calls.ts';
import { callsForBatch, floorAgeDays, selectCalls } from '../../../../src/refresh/planner/select-calls.ts';
import { takeBest } from '../../../../src/refresh/planner/take-best.ts';

interface TestHead extends Head {
  readonly id: number;
}

const valuation = { objective: defaultObjective, visibleShare: 0.7 };

function head(id: number, bucket: number, ageDays: number, part: Partial<TestHead> = {}): TestHead {
  const ages = { summaryAgeDays: ageDays, detailAgeDays: ageDays, isStale: false };
  return { id, bucket, weight: 1, learned: nothingLearned, ...ages, ...part };
}

interface Reads {
  readonly candidates: CandidateSource<TestHead>;
  readonly sizes: number[];
}

/** An index that remembers how many offers each read returned. */
function shelve(offers: readonly TestHead[]): Reads {
  const sizes: number[] = [];
  const position = (bucket: TestHead['bucket']) =>
    offers
      .filter((of) => of.bucket === bucket)
      .sort((a, b) => b.summaryAgeDays - a.summaryAgeDays || a.id - b.id);
  const count = (read: readonly TestHead[]) => {
    sizes.push(read.length);
    return Promise.resolve(read);
  };
  const candidates: Reads['candidates'] = {
    heads: () => {
      const buckets = [...new Set(offers.map(({ bucket }) => bucket))];
      return count(buckets.flatMap((bucket) => position(bucket).slice(0, 1)));
    },
    following: (places) =>
      count(
        places.flatMap(({ after, limit }) => {
          const from = position(after.bucket).findIndex(({ id }) => id === after.id) + 1;
          return position(after.bucket).slice(from, from + limit);
        }),
      ),
  };
  return { candidates, sizes };
}

function slotOf(
  offers: readonly TestHead[],
  part: Partial<CallBatch<TestHead, CompetingCall>> = {},
): CallBatch<TestHead, CompetingCall> {
  const { candidates } = shelve(offers);
  return { calls: 3, candidates, competing: [], valuation, prior: firstPrior, floorAgeDays: 1000, ...part };
}

async function picked(batch: CallBatch<TestHead, CompetingCall>): Promise<(number | string)[]> {
  const { picks } = await selectCalls(batch);
  return picks.map((pick) => (pick.kind === 'detail' ? pick.offer.id : pick.kind));
}

describe('a slot', () => {
  it('goes to the oldest of a bucket, and further into it as long as its offers are the best', async () => {
    const many = Array.from({ length: 60 }, (_, id) => head(id, 1, 60 - id));
    const light = Array.from({ length: 60 }, (_, id) => head(100 + id, 2, 60 - id, { weight: 0.01 }));
    const { candidates, sizes } = shelve([...many, ...light]);
    expect(await picked(slotOf([], { candidates, calls: 30 }))).toEqual(
      Array.from({ length: 30 }, (_, id) => id),
    );
    expect(sizes).toEqual([2, 16, 36, 33]);
  });

  it('asks no bucket again that had fewer than were asked for', async () => {
    const { candidates, sizes } = shelve([head(1, 1, 9), ...[8, 7, 6].map((age) => head(age, 2, age))]);
    expect(await picked(slotOf([], { candidates, calls: 9 }))).toEqual([1, 8, 7, 6]);
    expect(sizes).toEqual([2, 2]);
  });

  it('leaves out what is taken, and goes on behind it', async () => {
    const offers = Array.from({ length: 20 }, (_, id) => head(id, 1, 60 - id));
    const isTaken = ({ id }: TestHead) => id < 12 || id === 14;
    expect(await picked(slotOf(offers, { calls: 4, isTaken }))).toEqual([12, 13, 15, 16]);
    expect(await picked(slotOf(offers, { calls: 4, isTaken: () => true }))).toEqual([]);
  });

  it('is what a scan of everything would pick, where bucket mates are alike', async () => {
    const offer = fc.record({
      bucket: fc.integer({ min: 1, max: 6 }),
      ageDays: fc.integer({ min: 0, max: 99 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(offer, { maxLength: 120 }),
        fc.integer({ min: 0, max: 40 }),
        async (offers, calls) => {
          const heads = offers.map(({ bucket, ageDays }, id) =>
            head(id, bucket, ageDays, { weight: bucket }),
          );
          const apart = heads.map((of) => ({ ...of, bucket: 1000 + of.id }));
          const some = await selectCalls(slotOf(heads, { calls }));
          const all = await selectCalls(slotOf(apart, { calls }));
          expect(some.picks.map(({ value }) => value)).toEqual(all.picks.map(({ value }) => value));
          expect(some.picks).toHaveLength(Math.min(calls, heads.length));
          expect(some.price).toBe(all.price);
        },
      ),
    );
  });

  it('prefers by weight, by age, and a detail that is known to be wrong', async () => {
    const offers = [
      head(1, 1, 5),
      head(2, 2, 5, { weight: 2 }),
      head(3, 3, 9),
      head(4, 4, 5, { isStale: true }),
    ];
    expect(await picked(slotOf(offers, { calls: 4 }))).toEqual([4, 3, 2, 1]);
  });

  it('gives a call to a page that is worth more than a detail, and returns the price of the last one', async () => {
    const batch = slotOf([head(1, 1, 5), head(2, 1, 4)], {
      calls: 2,
      competing: [{ kind: 'page', value: 50 }],
    });
    expect(await picked(batch)).toEqual(['page', 1]);
    const { picks, price } = await selectCalls(batch);
    expect(price).toBe(picks[1]?.value);
    expect((await selectCalls({ ...batch, calls: 9 })).price).toBe(0);
  });

  it('fetches offers past the floor age in three of ten calls, the oldest first, regardless of value', async () => {
    const light = { weight: 0.001 };
    const old = [head(1, 1, 80, light), head(2, 1, 90, light), head(3, 1, 70, light), head(4, 1, 60, light)];
    const heavy = Array.from({ length: 20 }, (_, id) => head(10 + id, 2, 20));
    const batch = slotOf([...old, ...heavy], { calls: 10, floorAgeDays: 50 });
    expect((await picked(batch)).slice(0, 3)).toEqual([2, 1, 3]);
    expect(await picked(batch)).toHaveLength(10);
    expect(await picked(batch)).not.toContain(4);
    expect((await picked({ ...batch, floorAgeDays: 80 })).slice(0, 2)).toEqual([2, 10]);
    expect(await picked(slotOf(old, { calls: 9, floorAgeDays: 60 }))).toEqual([2, 1, 3, 4]);
  });

  it('fetches leading pages first, in their order, regardless of value, but after offers past the floor age', async () => {
    const page = (value: number) => ({ kind: 'page', value }) as const;
    const offers = [head(1, 1, 90, { weight: 0.001 }), head(2, 2, 20), head(3, 2, 10)];
    const batch = slotOf(offers, { calls: 5, floorAgeDays: 50, leading: [page(0), page(1)] });
    expect(await picked(batch)).toEqual([1, 'page', 'page', 2, 3]);
    expect((await selectCalls(batch)).picks.slice(1, 3)).toEqual([page(0), page(1)]);
    expect(await picked({ ...batch, calls: 1 })).toEqual(['page']);
  });

  it('goes to discovery by half at most', async () => {
    const discoveries = Array.from({ length: 9 }, () => ({ kind: 'discovery', value: 1000 }) as const);
    const batch = slotOf([head(1, 1, 5), head(2, 1, 4), head(3, 1, 3)], { calls: 4, competing: discoveries });
    expect(await picked(batch)).toEqual(['discovery', 'discovery', 1, 2]);
  });

  it('reads nothing when it has no calls', async () => {
    const { candidates, sizes } = shelve([head(1, 1, 5)]);
    expect(await selectCalls(slotOf([], { candidates, calls: 0 }))).toEqual({ picks: [], price: 0 });
    expect(sizes).toEqual([]);
  });
});

describe('the calls of a slot', () => {
  it('add up to the quota of the day, and follow when it is cut', () => {
    let left = 500;
    for (let batchesLeft = 24; batchesLeft > 0; batchesLeft -= 1) {
      const calls = callsForBatch(left, batchesLeft);
      expect(calls === 20 || calls === 21).toBe(true);
      left -= calls;
    }
    expect(left).toBe(0);
    expect(callsForBatch(60, 12)).toBe(5);
    expect([callsForBatch(-3, 5), callsForBatch(7, 0)]).toEqual([0, 7]);
  });

  it('let no offer grow older than the floor age, if three of ten go to the oldest', () => {
    expect(floorAgeDays(100_000, 10_000)).toBeCloseTo(33.3, 1);
  });
});

describe('a bucket', () => {
  it('is another one for another weight, other changes, other days, and a wrong detail', () => {
    const learned = { changes: 2, days: 30 };
    const buckets = [
      bucketOf(1, learned, false),
      bucketOf(1.6, learned, false),
      bucketOf(1, { changes: 3.5, days: 30 }, false),
      bucketOf(1, { changes: 2, days: 60 }, false),
      bucketOf(1, learned, true),
    ];
    expect(new Set(buckets).size).toBe(5);
    expect(bucketOf(1.02, { changes: 2.01, days: 30.1 }, false)).toBe(buckets[0]);
  });

  it('has a number that fits an int, for any evidence', () => {
    const any = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
        any,
        any,
        fc.boolean(),
        (weight, changes, days, isStale) => {
          const bucket = bucketOf(weight, { changes, days }, isStale);
          expect(Number.isInteger(bucket) && Math.abs(bucket) <= 2 ** 21 && bucket < 0 === isStale).toBe(
            true,
          );
        },
      ),
    );
  });
});

describe('the best of many', () => {
  it('are the first of the sorted ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 })),
        fc.integer({ min: 0, max: 12 }),
        (values, count) => {
          const items = values.map((value, order) => ({ value, order }));
          const sorted = items.toSorted((a, b) => b.value - a.value || a.order - b.order);
          expect(takeBest(items, count)).toEqual(sorted.slice(0, count));
        },
      ),
    );
  });
});
