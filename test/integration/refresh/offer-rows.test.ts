import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolClient } from 'pg';
import { learn } from '../../../src/refresh/learn.ts';
import { forgetOffers } from '../../../src/refresh/update/forget-offers.ts';
import { lockOffers, writeFreshness } from '../../../src/refresh/update/freshness-rows.ts';
import type { ObservationKey, OfferFreshness } from '../../../src/refresh/update/offer-freshness.ts';
import { beginStatsUpdate } from '../../../src/refresh/update/refresh-stats.ts';
import { bucketOf } from '../../../src/refresh/planner/bucket.ts';
import { nothingLearned } from '../../../src/refresh/planner/change-rate.ts';
import { rates } from '../../../src/refresh/planner/rate-grid.ts';
import { provenance } from '../../support/answers.ts';
import { at, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { day, hour, offer } from '../../support/refresh-rows.ts';

/* The row of an offer: what is read of it and what is written, column by column. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const key = (seconds: number, callId: number): ObservationKey => ({
  at: new Date(at(seconds)),
  callId: String(callId),
});

/** Evidence for each rate, in numbers that `real` has. */
const evidenceFrom = (first: number) => rates.map((_, at) => first - at / 16);

/** Every column has a value of its own. */
const full = {
  ...{ summary_at: at(-10), summary_call_id: 1, detail_at: at(-20), detail_call_id: 2, found_at: at(-30) },
  ...{ found_call_id: 3, absent_at: at(-40), absent_call_id: 4, empty_detail_streak: 1, last_call_id: 1 },
  ...{
    popularity: 2,
    rate_changes: 3,
    rate_days: 4,
    changed_at: at(-50),
    stale_since: at(-60),
    stale_by: 'row',
  },
  ...{
    vouched_at: at(-70),
    price_hinted_at: at(-65),
    date_hinted_at: null,
    is_in_stock: true,
    offer_changes: 5,
    offer_days: 6,
    price_changes: 7,
    price_days: 8,
  },
  ...{
    in_stock_changes: 9,
    in_stock_days: 10,
    out_of_stock_changes: 11,
    out_of_stock_days: 12,
    gone_changes: 13,
    gone_days: 14,
    evidence: [-5, -7, -9, -11, -13].flatMap(evidenceFrom),
    feed_set: 13,
  },
};
const known: OfferFreshness = {
  ...{ firstSeenAt: provenance(0).observedAt, summary: key(-10, 1), detail: key(-20, 2), found: key(-30, 3) },
  ...{ absent: key(-40, 4), emptyDetailStreak: 1, feedSet: 13, leasedFor: null },
  refreshStats: {
    ...{ popularity: 2, learned: { changes: 3, days: 4 }, changedAt: new Date(at(-50)) },
    stale: { since: new Date(at(-60)), by: 'row' },
    figures: {
      learned: {
        offer: { evidence: evidenceFrom(-5), rate: { changes: 5, days: 6 } },
        price: { evidence: evidenceFrom(-7), rate: { changes: 7, days: 8 } },
        in_stock: { evidence: evidenceFrom(-9), rate: { changes: 9, days: 10 } },
        out_of_stock: { evidence: evidenceFrom(-11), rate: { changes: 11, days: 12 } },
        gone: { evidence: evidenceFrom(-13), rate: { changes: 13, days: 14 } },
      },
      ...{
        vouchedAt: new Date(at(-70)),
        countedHint: { since: new Date(at(-65)), by: 'row' },
        isInStock: true,
      },
    },
  },
};
const unseen: OfferFreshness = {
  ...{ firstSeenAt: provenance(0).observedAt, summary: null, detail: null, found: null, absent: null },
  ...{ emptyDetailStreak: 0, feedSet: 1, leasedFor: null },
  refreshStats: {
    ...{ popularity: 1, learned: nothingLearned, changedAt: null, stale: null },
    figures: {
      learned: { offer: null, price: null, in_stock: null, out_of_stock: null, gone: null },
      ...{ vouchedAt: null, countedHint: null, isInStock: null },
    },
  },
};

const lock = (rows: readonly Row[], ids = ['1']) =>
  still.within(rows, (pool) =>
    lockOffers(
      pool as unknown as PoolClient,
      ids.map((offerId) => ({ offerId, provenance: provenance(0) })),
    ),
  );

/** The row after `freshness` was written over it. */
const write = (before: Row[1], freshness: OfferFreshness, wasAskedFor = true, read = '*') =>
  still.within([offer(1, before), offer(2, { ...full, popularity: 77 })], async (pool) => {
    const client = pool as unknown as PoolClient;
    const statsUpdate = await beginStatsUpdate(client, learn);
    await writeFreshness(client, new Map([['1', freshness]]), { wasAskedFor, statsUpdate });
    await writeFreshness(client, new Map(), { wasAskedFor, statsUpdate });
    const { rows: others } = await pool.query('SELECT popularity FROM sync.refresh WHERE offer_id = 2');
    expect(others).toEqual([{ popularity: 77 }]);
    const { rows } = await pool.query<Record<string, unknown>>(
      `SELECT ${read} FROM sync.refresh WHERE offer_id = 1`,
    );
    return rows[0] ?? expect.unreachable();
  });

describe('the row of an offer', () => {
  it('is read as it was written', async () => {
    expect((await lock([offer(1, full)])).get('1')).toEqual(known);
    expect((await lock([offer(1)])).get('1')).toEqual(unseen);
    expect([...(await lock([offer(1), offer(2)])).keys()]).toEqual(['1']);
  });

  it('says what the offer was taken for, while it is taken', async () => {
    const leasedFor = async (values: Row[1]) => (await lock([offer(1, values)])).get('1')?.leasedFor;
    expect(await leasedFor({ leased_by: 1, leased_for: 'max_age' })).toBe('max_age');
    expect(await leasedFor({ leased_for: 'max_age' })).toBeNull();
    expect(await leasedFor({ leased_by: 1 })).toBeNull();
  });

  it('has half of a time and call for none', async () => {
    const found = await lock([offer(1, { summary_at: at(0), detail_call_id: 3 })]);
    expect(found.get('1')).toMatchObject({ summary: null, detail: null });
  });

  it('has every column of what was learned', async () => {
    const columns = Object.keys(full).join();
    const found = await write({}, known, true, columns);
    const asText = Object.fromEntries(
      Object.entries(found).map(([name, value]) => [
        name,
        value instanceof Date ? value.toISOString() : value,
      ]),
    );
    expect(asText).toEqual({
      ...full,
      ...{
        summary_call_id: '1',
        detail_call_id: '2',
        found_call_id: '3',
        absent_call_id: '4',
        last_call_id: '1',
      },
    });
  });

  it('has no values for what is not known', async () => {
    const names = Object.keys(full).filter((name) => /_at$|_id$|_by$|since$|is_in/.test(name));
    expect(Object.values(await write(full, unseen, true, names.join()))).toEqual(names.map(() => null));
  });

  it('has the evidence of those figures of which something was observed', async () => {
    const { figures } = known.refreshStats;
    const learned = { ...figures.learned, price: null, gone: null };
    const some = { ...known, refreshStats: { ...known.refreshStats, figures: { ...figures, learned } } };
    const nothing = rates.map(() => null);
    const evidence = [...evidenceFrom(-5), ...nothing, ...evidenceFrom(-9), ...evidenceFrom(-11)];
    expect(await write(full, some, true, 'evidence')).toEqual({ evidence });
    expect((await lock([offer(1, { ...full, evidence })])).get('1')).toEqual(some);
    expect(await write(full, unseen, true, 'evidence')).toEqual({ evidence: null });
  });

  it('has the earliest time at which it was seen', async () => {
    const early = new Date(at(-99 * day));
    const read = 'first_seen_at AS at';
    expect((await write({}, { ...unseen, firstSeenAt: early }, false, read))['at']).toEqual(early);
    expect((await write({}, { ...known, firstSeenAt: new Date(at(0)) }, false, read))['at']).toEqual(
      new Date(at(-9 * day)),
    );
  });

  it('has the newest call of its row and its detail', async () => {
    const newestOf = async (part: Partial<OfferFreshness>) =>
      (await write({}, { ...known, ...part }, true, 'last_call_id AS id'))['id'];
    expect(await newestOf({})).toBe('1');
    expect(await newestOf({ detail: key(-5, 2) })).toBe('2');
    expect(await newestOf({ detail: key(-10, 2) })).toBe('2');
    expect(await newestOf({ summary: null })).toBe('2');
    expect(await newestOf({ detail: null })).toBe('1');
  });

  const held = { leased_by: 1, leased_until: at(9), not_before: at(9), failed_tries: 2, failure_code: 'X' };
  const hold = 'leased_by, leased_until, not_before, failed_tries, failure_code';
  const freed = {
    leased_by: null,
    leased_until: null,
    not_before: null,
    failed_tries: 0,
    failure_code: null,
  };

  it('is freed, and its tries begin anew, when it was asked for', async () => {
    expect(await write(held, known, true, hold)).toEqual(freed);
    expect(await write(held, known, false, hold)).toMatchObject({
      leased_by: '1',
      failed_tries: 2,
      failure_code: 'X',
    });
  });

  it.each<[string, Row[1]]>([
    ['a run', { leased_by: 1 }],
    ['the time of a lease', { leased_until: at(9) }],
    ['a next try', { not_before: at(9) }],
  ])('is freed of %s even if it is as it was', async (_, values) => {
    const before = { ...full, ...values, failed_tries: 1 };
    expect(await write(before, known, true, hold)).toEqual(freed);
    expect(await write(before, known, false, hold)).not.toEqual(freed);
  });

  it('is not written when it is as it was', async () => {
    const version = async (freshness: OfferFreshness) =>
      (await write(full, freshness, true, 'bucket'))['bucket'];
    const same = { ...known, firstSeenAt: new Date(at(-9 * day)) };
    expect(await version(same)).toBe(5);
    expect(await version(known)).not.toBe(5);
    expect(await version({ ...same, emptyDetailStreak: 0 })).not.toBe(5);
  });
});

describe('the place of an offer in the queue', () => {
  const place = async (
    part: Partial<OfferFreshness>,
    stale: OfferFreshness['refreshStats']['stale'] = null,
  ) => {
    const refreshStats = { ...unseen.refreshStats, stale };
    const row = await write({}, { ...unseen, refreshStats, ...part }, true, 'bucket, order_at');
    return [row['bucket'], (row['order_at'] as Date | null)?.toISOString()];
  };
  const fresh = bucketOf(1, nothingLearned, false);
  const wrong = bucketOf(1, nothingLearned, true);
  const detail = key(-hour, 2);

  it.each<[string, Partial<OfferFreshness>, unknown[]]>([
    ['of its detail', { detail }, [fresh, at(-hour)]],
    ['among those without one', { summary: key(-9, 1) }, [wrong, at(-9)]],
    [
      'of an empty detail, whatever lists it',
      { detail, summary: key(0, 1), emptyDetailStreak: 1 },
      [fresh, at(-hour)],
    ],
    [
      'of its row where the empty detail is not known',
      { summary: key(0, 1), emptyDetailStreak: 1 },
      [wrong, at(0)],
    ],
    ['none when it is gone', { detail, emptyDetailStreak: 2 }, [null, undefined]],
    [
      'none when it is gone, whatever lists it',
      { detail, summary: key(30 * day - hour - 1, 1), emptyDetailStreak: 2 },
      [null, undefined],
    ],
    [
      'none when it is gone, and its detail is not known',
      { summary: key(0, 1), emptyDetailStreak: 3 },
      [null, undefined],
    ],
    [
      'that of its detail when a search lists it for a month',
      { detail, summary: key(30 * day - hour, 1), emptyDetailStreak: 2 },
      [fresh, at(-hour)],
    ],
  ])('is %s', async (_, part, expected) => {
    expect(await place(part)).toEqual(expected);
  });

  it('is one at once for what is gone, and listed again', async () => {
    const stale = { since: new Date(at(0)), by: 'row' } as const;
    expect(await place({ detail, emptyDetailStreak: 2 }, stale)).toEqual([wrong, at(-hour)]);
  });

  it('is none once it is forgotten', async () => {
    const left = await still.within([offer(1), offer(2), offer(3)], async (pool) => {
      await forgetOffers(pool as unknown as PoolClient, ['1', '3']);
      return (await pool.query('SELECT offer_id FROM sync.refresh')).rows as unknown[];
    });
    expect(left).toEqual([{ offer_id: '2' }]);
  });
});
