import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';
import type { OfferState } from '../../../../src/refresh/planner/offer-value.ts';
import { pageValue } from '../../../../src/refresh/planner/page-value.ts';
import { shopPageValue } from '../../../../src/refresh/planner/shop-page-value.ts';
import {
  chanceSince,
  leastChance,
  leastLogOdds,
  repricingsOf,
  repricingsPerDay,
  siblingPrecision,
  suspectShop,
  suspicionChance,
  weighSighting,
  type ShopSighting,
  type ShopSuspicion,
} from '../../../../src/refresh/planner/shop-suspicion.ts';

/** A change on day 10 of an offer that was last seen on day 6. */
const opened = suspectShop({ lastDay: 6, day: 10, odds: 0.02, isChanged: true }, 0.005);

const sibling = (changes: Partial<ShopSighting>): ShopSighting => ({
  ...{ lastDay: 6, day: 10, odds: 0.02, isChanged: true },
  ...changes,
});

/** The chances, by Bayes' rule written out: that the shop repriced in between, or not, and the offer changed. */
function bayes(chance: number, { odds, isChanged }: ShopSighting, byShop: number): number {
  const ifShop = isChanged ? byShop + (1 - byShop) * odds : (1 - byShop) * (1 - odds);
  const ifNot = isChanged ? odds : 1 - odds;
  return (chance * ifShop) / (chance * ifShop + (1 - chance) * ifNot);
}

describe('a suspicion', () => {
  test('begins with the odds of a repricing to a change of its own', () => {
    // 0.005 a day for 4 days, of which 0.7 of the offers change, to 0.02.
    expect(opened).toEqual({ fromDay: 6, seenDay: 10, logOdds: Math.log((0.02 * 0.7) / 0.02), siblings: 0 });
    expect(suspicionChance(opened)).toBeLessThan(leastChance);
  });

  test('is likely after two more changes that were not expected, and not after two that were', () => {
    const after = (odds: number): ShopSuspicion | null => {
      const once = weighSighting(opened, sibling({ odds }));
      return once && weighSighting(once, sibling({ odds }));
    };
    expect(suspicionChance(after(0.02) ?? opened)).toBeGreaterThan(0.99);
    expect(suspicionChance(after(0.9) ?? opened)).toBeLessThan(leastChance);
  });

  test('follows the rule of Bayes for each sibling that was last seen before', () => {
    const sightings = fc.record({
      lastDay: fc.double({ min: 0, max: 9.9, noNaN: true }),
      day: fc.double({ min: 10, max: 19, noNaN: true }),
      odds: fc.double({ min: 1e-3, max: 0.9, noNaN: true }),
      isChanged: fc.boolean(),
    });
    fc.assert(
      fc.property(sightings, (sighting) => {
        const byShop = 0.7 * Math.min(1, (10 - sighting.lastDay) / 4);
        const expected = bayes(suspicionChance(opened), sighting, byShop);
        const found = weighSighting(opened, sighting);
        expect(found?.siblings).toBe(1);
        // Beyond 99.75 % it stays.
        expect(found && suspicionChance(found)).toBeCloseTo(Math.min(expected, 1 / (1 + Math.exp(-6))), 9);
      }),
    );
  });

  test('is moved by a sibling that changed and was seen later', () => {
    expect(weighSighting(opened, sibling({ lastDay: 9 }))?.fromDay).toBe(9);
    expect(weighSighting(opened, sibling({ lastDay: 9, isChanged: false }))?.fromDay).toBe(6);
  });

  test('an answer from before it says less of a sibling', () => {
    const early = weighSighting(opened, sibling({ day: 8, isChanged: false }));
    const late = weighSighting(opened, sibling({ day: 10, isChanged: false }));
    expect(early?.logOdds).toBeGreaterThan(late?.logOdds ?? Infinity);
    expect(weighSighting(opened, sibling({ day: 6, isChanged: false }))?.logOdds).toBe(opened.logOdds);
  });

  test('is over after ten days, and for an offer that was seen after it', () => {
    expect(weighSighting(opened, sibling({ day: 20 }))).not.toBeNull();
    expect(weighSighting(opened, sibling({ day: 20.01 }))).toBeNull();
    expect(weighSighting(opened, sibling({ lastDay: 10, day: 11 }))).toBeNull();
  });

  test('counts as a repricing by its chance, and not at all without a sibling', () => {
    expect(repricingsOf(opened)).toBe(0);
    expect(repricingsOf({ ...opened, siblings: 1, logOdds: leastLogOdds })).toBeCloseTo(leastChance, 12);
  });

  test('says how likely an offer has changed with its shop', () => {
    const likely = { ...opened, logOdds: leastLogOdds };
    expect(chanceSince(likely, 6)).toBeCloseTo(0.7 * leastChance, 12);
    expect(chanceSince(likely, 8)).toBeCloseTo((0.7 * leastChance) / 2, 12);
    expect(chanceSince(likely, 10)).toBe(0);
  });
});

test('repricings a day are those of all shops, until a shop has shown some', () => {
  const all = { repricings: 9, days: 1800 };
  expect(repricingsPerDay({ repricings: 0, days: 0 }, all)).toBeCloseTo(10 / 2000, 12);
  expect(repricingsPerDay({ repricings: 2, days: 40 }, all)).toBeCloseTo(2.2 / (0.2 / 0.005 + 40), 12);
});

test('siblings that change less often than expected make pages worth less', () => {
  expect(siblingPrecision({ expected: 0, changed: 0 })).toBe(1);
  expect(siblingPrecision({ expected: 30, changed: 10 })).toBe(0.5);
});

test('the page of a shop is worth more than its offers, the surer it is that they changed', () => {
  const offer: OfferState = {
    ...{ weight: 1, rate: { changes: 0.2, days: 10 }, isStale: false },
    ...{ summaryAgeDays: 4, detailAgeDays: 4 },
  };
  const valuation = { objective: defaultObjective, visibleShare: 0.7 };
  const value = (chance: number) => shopPageValue([offer, offer], () => chance, valuation);
  expect(value(0)).toBeCloseTo(pageValue([offer, offer], valuation), 12);
  expect(value(0.5)).toBeGreaterThan(2 * value(0));
  expect(value(1)).toBeGreaterThan(value(0.5));
});
