import { describe, expect, it } from 'vitest';
import { seeDetail, type AheadOffer } from '../../../../src/refresh/forecast/ahead-offers.ts';

/** A tenth of a change a day, for certain; rows show half of them. */
const basis = { prior: { changes: 1e9, days: 1e10 }, visibleShare: 0.5 };

/** Two offers whose row was seen now, and whose detail is four days old. */
const seenNow: AheadOffer = {
  ...{ offers: 2, weight: 1, changes: [], rowEveryDays: 1, isPostponed: false },
  learned: { changes: 0, days: 0 },
  ...{ rowDueAt: 1, detailAt: -4, seenAt: 0, isStale: false, hasDetail: true },
};

const sayOf = (other: Partial<AheadOffer>) => seeDetail({ ...seenNow, ...other }, 0, basis);

describe('a detail of the days to come', () => {
  // 0.2 hidden changes were expected in its four days, and as many visible ones: it counts by 0.2 / (e^0.2 - 1) = 0.90333.
  it('says by the changes that were expected whether rows show them', () => {
    expect(sayOf({})).toBeCloseTo(2 * 0.90333 * 0.2, 4);
    // One of 1 - e^-0.2 = 0.18127 that find any.
    const hidden = [{ atDays: -1, isVisible: false }];
    expect(sayOf({ changes: hidden })).toBeCloseTo(2 * 0.90333 * (0.2 + 0.2 / 0.18127), 4);
  });

  it('says nothing of it where a row had prompted it, or it shows what a row would', () => {
    expect(sayOf({ isStale: true })).toBe(0);
    expect(sayOf({ seenAt: -2, changes: [{ atDays: -1, isVisible: true }] })).toBe(0);
  });
});
