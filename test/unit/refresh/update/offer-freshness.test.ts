import { describe, expect, it } from 'vitest';
import {
  compareObservations,
  inRounds,
  isAbsent,
  isNewer,
  isOlder,
  newest,
  observationKey,
  toFigures,
  toKnowledge,
  uniqueBy,
  type ObservationKey,
  type OfferFreshness,
} from '../../../../src/refresh/update/offer-freshness.ts';
import { afterDetails, isDetailSuspect, keptAfter } from '../../../../src/refresh/update/recent-details.ts';

const key = (seconds: number, callId = '1'): ObservationKey => ({ at: new Date(seconds * 1000), callId });

const offer: OfferFreshness = {
  ...{ firstSeenAt: new Date(0), summary: key(5), detail: key(3), found: key(3), emptyDetailStreak: 0 },
  ...{ absent: null, feedSet: 1, leasedFor: null },
  refreshStats: {
    ...{ popularity: 2, learned: { changes: 1, days: 9 }, changedAt: new Date(1), stale: null },
    figures: {
      learned: { offer: null, price: null, in_stock: null, out_of_stock: null, gone: null },
      ...{ countedHint: null, vouchedAt: new Date(2), isInStock: true },
    },
  },
};

describe('the order of observations', () => {
  it('is that of their times, and of calls at one time, by number', () => {
    const ordered = [key(1, '9'), key(2, '9'), key(2, '10'), key(3, '1')];
    expect(ordered.toReversed().toSorted(compareObservations)).toEqual(ordered);
    expect(compareObservations(key(2, '10'), key(2, '10'))).toBe(0);
    expect(compareObservations(key(2, '9'), key(2, '10'))).toBe(-1);
    expect(compareObservations(key(2, '10'), key(2, '9'))).toBe(1);
    expect(observationKey({ callId: '7', rawId: '8', runId: null, observedAt: new Date(9) })).toEqual({
      ...{ at: new Date(9), callId: '7' },
    });
  });

  it.each([
    ['after', key(2), true, false],
    ['before', key(4), false, true],
    ['the same as', key(3), false, false],
    ['at the time of, with a later call than,', key(3, '0'), true, false],
  ])('says of one that is %s what is known whether it is newer or older', (_, known, newer, older) => {
    expect([isNewer(key(3), known), isOlder(key(3), known)]).toEqual([newer, older]);
    expect(newest(key(3), known)).toEqual(newer ? key(3) : known);
  });

  it('has anything after nothing', () => {
    expect([isNewer(key(3), null), isOlder(key(3), null)]).toEqual([true, false]);
    expect(newest(key(3), null)).toEqual(key(3));
  });

  it('splits them into rounds in which no offer is twice', () => {
    const items = [
      ['b', 4],
      ['a', 3],
      ['a', 1],
      ['b', 2],
      ['a', 2],
      ['c', 9],
    ] as const;
    const rounds = inRounds(
      items,
      ([id]) => id,
      ([, seconds]) => key(seconds),
    );
    expect(rounds).toEqual([[items[2], items[3], items[5]], [items[4], items[0]], [items[1]]]);
    expect(uniqueBy(items, ([id]) => id)).toEqual([items[0], items[1], items[5]]);
  });
});

describe('what is known of an offer', () => {
  it('has the times of its row and its detail', () => {
    const { popularity, learned, changedAt, stale } = offer.refreshStats;
    const known = { popularity, learned, changedAt, stale };
    expect(toKnowledge(offer)).toEqual({ ...known, rowAt: new Date(5000), detailAt: new Date(3000) });
    const never = { ...offer, summary: null, detail: null };
    expect(toKnowledge(never)).toEqual({ ...known, rowAt: null, detailAt: null });
  });

  it('has figures, of an offer that was found', () => {
    const { figures } = offer.refreshStats;
    const times = { rowAt: new Date(5000), detailAt: new Date(3000) };
    expect(toFigures(offer)).toEqual({ ...figures, ...times, stale: null, isFound: true });
    const empty = { ...offer, summary: null, detail: null, emptyDetailStreak: 1 };
    expect(toFigures(empty)).toEqual({
      ...figures,
      rowAt: null,
      detailAt: null,
      stale: null,
      isFound: false,
    });
  });

  it.each<[string, Partial<OfferFreshness>, boolean]>([
    ['nothing has shown since', { absent: key(6) }, true],
    ['a row showed just then', { absent: key(5) }, false],
    ['a detail found since', { absent: key(6), found: key(7) }, false],
    ['a row showed since', { absent: key(6), summary: key(7) }, false],
    ['nothing ever showed', { absent: key(6), summary: null, found: null }, true],
    ['an empty detail was fetched of since', { absent: key(6), detail: key(7) }, true],
    ['no pass missed', {}, false],
  ])('says whether it is absent: one that %s', (_, part, expected) => {
    expect(isAbsent({ ...offer, ...part })).toBe(expected);
  });
});

describe('the last details', () => {
  it('weigh less with each that follows', () => {
    expect(keptAfter(0)).toBe(1);
    expect(keptAfter(2)).toBeCloseTo(0.9025, 9);
    // As a real has it.
    expect(Math.fround(1e-6 * keptAfter(1e6))).toBeGreaterThan(0);
    const after = afterDetails({ found: 10, empty: 20 }, { found: 1, empty: 2 });
    expect(after.found).toBeCloseTo(10 * 0.95 ** 3 + 1, 9);
    expect(after.empty).toBeCloseTo(20 * 0.95 ** 3 + 2, 9);
  });

  it.each([
    [5, 5, true],
    [5, 6, false],
    [6, 5, true],
    [4, 0, false],
    [4.99, 4, false],
  ])('are suspect when %d were empty and %d were not: %s', (empty, found, expected) => {
    expect(isDetailSuspect({ empty, found })).toBe(expected);
  });
});
