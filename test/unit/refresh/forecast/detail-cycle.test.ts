import { describe, expect, it } from 'vitest';
import {
  callsPerDay,
  detailAgeOf,
  meanOverCycle,
  shareYounger,
  toDetailOffer,
  type DetailTerms,
} from '../../../../src/refresh/forecast/detail-cycle.ts';
import { ageWorth } from '../../../../src/refresh/forecast/value-curve.ts';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';
import { detailValue } from '../../../../src/refresh/planner/offer-value.ts';

/** A row every three days, and a run every day: when a run chooses, a row is two days old at most. */
const terms: DetailTerms = {
  valuation: { objective: defaultObjective, visibleShare: 0.7 },
  rowEveryDays: 3,
  runEveryDays: 1,
};
const unlisted: DetailTerms = { ...terms, rowEveryDays: Infinity };
const blind: DetailTerms = { ...terms, valuation: { ...terms.valuation, visibleShare: 0 } };
const seeing: DetailTerms = { ...terms, valuation: { ...terms.valuation, visibleShare: 1 } };
const rate = { changes: 0.2, days: 10 };

describe('the age of a detail whose row shows no change', () => {
  it.each<[string, DetailTerms, number, number]>([
    ['is that which counts while the row is as old', terms, 2, 2],
    // 0.85 of two days, and 0.15 of 22.
    ['is what is left after the part of the row', terms, 5, 22],
    ['is all that counts where every run renews the row', { ...terms, rowEveryDays: 0.5 }, 3, 20],
    ['is half of it where rows show nothing', blind, 3, 4],
    ['grows with nothing else where no search lists it', unlisted, 5, 5],
    ['never counts for more than the row where rows show everything', seeing, 2, 2],
    ['never counts for more than the row, whatever its age', seeing, 2.1, Infinity],
  ])('%s', (_, its, ageDays, detailAgeDays) => {
    expect(detailAgeOf(ageDays, its)).toBeCloseTo(detailAgeDays, 9);
  });
});

describe('an offer whose details are fetched in turn', () => {
  const offer = toDetailOffer(2, rate, terms);
  const valueAt = (summaryAgeDays: number, detailAgeDays: number, isStale = false) =>
    detailValue({ weight: 2, rate, summaryAgeDays, detailAgeDays, isStale }, terms.valuation);

  it('is worth a call by the age of its detail, and by that of its row as far as this is older', () => {
    expect(ageWorth(offer.curve, valueAt(2, 9))).toBeCloseTo(9, 1);
    expect(ageWorth(offer.curve, valueAt(1, 1))).toBeCloseTo(1, 2);
    expect(ageWorth(toDetailOffer(2, rate, unlisted).curve, valueAt(9, 9))).toBeCloseTo(9, 1);
  });

  it('is worth more once its row shows a change, which is so often as it changes visibly', () => {
    expect(offer.promptedValue).toBe(valueAt(2, 2, true));
    // (1 - (1 + 0.7 * 3 / 10) ** -0.2) / 3
    expect(offer.promptsPerDay).toBeCloseTo(0.012_468_7, 6);
    expect(offer.rate).toBe(rate);
  });

  it.each([
    ['no search lists it', unlisted],
    ['rows show nothing', blind],
    ['there is a row all the time', { ...terms, rowEveryDays: 0 }],
  ])('is never prompted where %s', (_, its) => {
    expect(toDetailOffer(2, rate, its).promptsPerDay).toBe(0);
  });
});

describe('a cycle of details', () => {
  const mixed = { everyDays: 10, promptsPerDay: 0.1 };
  const never = { everyDays: Infinity, promptsPerDay: 0 };

  it.each([
    ['without prompts', { everyDays: 5, promptsPerDay: 0 }, 0.2],
    // 0.1 / (1 - 1 / e)
    ['with some', mixed, 0.158_197_7],
    ['of prompts alone', { everyDays: Infinity, promptsPerDay: 0.1 }, 0.1],
    ['that never comes', never, 0],
  ])('%s takes as many calls a day as it has turns', (_, cycle, calls) => {
    expect(callsPerDay(cycle)).toBeCloseTo(calls, 6);
  });

  it('has a share of the time in which the detail is at most so old', () => {
    expect(shareYounger({ everyDays: 10, promptsPerDay: 0 }, 2.5)).toBe(0.25);
    // (1 - e ** -0.5) / (1 - 1 / e)
    expect(shareYounger(mixed, 5)).toBeCloseTo(0.622_459_3, 6);
    expect(shareYounger(mixed, 20)).toBe(1);
    expect(shareYounger(never, 5)).toBe(0);
  });

  const meanOf = (cycle: typeof mixed, its: DetailTerms) =>
    meanOverCycle(cycle, toDetailOffer(1, rate, its), its);

  it('has a mean age, less where prompts cut it short', () => {
    expect(meanOf({ everyDays: 10, promptsPerDay: 0 }, blind).ageDays).toBeCloseTo(5, 9);
    // 10 (1 - 2 / e) / (1 - 1 / e)
    expect(meanOf(mixed, blind).ageDays).toBeCloseTo(4.180_233, 2);
    expect(meanOf({ everyDays: Infinity, promptsPerDay: 0.1 }, blind).ageDays).toBeCloseTo(10, 0);
  });

  it('is right for a share of the time, more where rows vouch for it', () => {
    // (2 ** 0.8 - 1) / 0.8: the mean of (1 + t / 10) ** -0.2 over ten days.
    expect(meanOf({ everyDays: 10, promptsPerDay: 0 }, blind).fresh).toBeCloseTo(0.926_376, 4);
    // Rows show all, and are a day and a half old in the mean: after that age it is right in 1.15 ** -0.2 of the time.
    expect(meanOf({ everyDays: 1000, promptsPerDay: 0 }, seeing).fresh).toBeCloseTo(0.972_4, 3);
    expect(meanOf(never, blind)).toEqual({ ageDays: Infinity, fresh: 0 });
  });
});
