import { describe, expect, it } from 'vitest';
import { createWorldRandom, type WorldRandom } from '../../../../bench/planner/world-random.ts';
import { arrivalsPerDay, discoveryValue } from '../../../../src/refresh/planner/discovery-value.ts';
import { firstPrior } from '../../../../src/refresh/planner/change-rate.ts';
import { importance, rawImportance } from '../../../../src/refresh/planner/importance.ts';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';
import { summaryValue } from '../../../../src/refresh/planner/offer-value.ts';
import {
  correctCurve,
  fitPageCurve,
  pageScore,
  pageValue,
} from '../../../../src/refresh/planner/page-value.ts';
import {
  addEvidence,
  firstVisibleShare,
  keptShareOf,
  shareOf,
  visibleEvidence,
  type VisibleShare,
} from '../../../../src/refresh/planner/visible-share.ts';

const valuation = { objective: defaultObjective, visibleShare: 0.7 };

describe('the value of a page', () => {
  const offers = [0.3, 1, 5].map((weight) => ({
    weight,
    rate: { changes: 0.4, days: 12 },
    summaryAgeDays: 1.5,
    detailAgeDays: 3,
    isStale: false,
  }));

  it('is the sum of what it shows of each offer, at a premium where little is known', () => {
    // 0.4 changes are known of each: 1 + 0.5 / 1.4.
    const sum = offers.reduce((total, offer) => total + summaryValue(offer, valuation), 0);
    expect(pageValue(offers, valuation)).toBeCloseTo(1.357142857 * sum, 9);
    expect(pageValue([], valuation)).toBe(0);
    const wellKnown = offers.map((offer) => ({ ...offer, rate: { changes: 400, days: 12_000 } }));
    const known = wellKnown.reduce((total, offer) => total + summaryValue(offer, valuation), 0);
    expect(pageValue(wellKnown, valuation) / known).toBeCloseTo(1, 2);
  });

  it('is predicted by its curve, to a tenth, from hours to a week after the visit', () => {
    const curve = fitPageCurve(offers, valuation);
    for (const ageDays of [0.25, 0.5, 1, 2, 4, 7]) {
      const aged = offers.map((offer) => ({ ...offer, summaryAgeDays: ageDays }));
      const ratio = pageScore(curve, ageDays) / pageValue(aged, valuation);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
    }
    expect(pageScore(fitPageCurve([], valuation), 5)).toBe(0);
  });

  it('corrects the curve, which keeps its power', () => {
    const curve = correctCurve({ scale: 3, power: 1.5 }, 4, 2);
    expect(curve).toEqual({ scale: 0.25, power: 1.5 });
    expect(pageScore(curve, 4)).toBe(2);
  });
});

describe('the value of discovery', () => {
  it('grows with the square of the time since the last observation', () => {
    expect(discoveryValue(4, 1.5, 2)).toBe(12);
    expect(discoveryValue(4, 1.5, 4)).toBe(48);
  });

  it('starts from the mean of all windows and follows what each shows', () => {
    expect(arrivalsPerDay({ changes: 0, days: 0 }, 2)).toBe(2);
    expect(arrivalsPerDay({ changes: 997, days: 98.5 }, 2)).toBe(10);
    expect(arrivalsPerDay({ changes: 0, days: 58.5 }, 2)).toBe(0.05);
  });
});

describe('the importance of an offer', () => {
  it('is the root of its sales times what the operator says, 1 in the mean', () => {
    expect(rawImportance({ monthSold: 99 }, 1)).toBe(10);
    expect(rawImportance({ monthSold: null }, 3)).toBe(3);
    expect(rawImportance({ monthSold: -5 }, 1)).toBe(1);
    expect(importance(10, 5)).toBe(2);
  });

  it('stays within bounds that neither starve an offer nor let it outbid a page', () => {
    expect(importance(1, 1000)).toBe(0.05);
    expect(importance(1e6, 1)).toBe(50);
  });
});

/** What is known after the detail of an offer whose rows show a share of the changes, some time after a row of it. */
function observeDetail(
  random: WorldRandom,
  share: VisibleShare,
  {
    truth,
    perDay,
    dateShare = 0,
  }: { readonly truth: number; readonly perDay: number; readonly dateShare?: number },
): VisibleShare {
  const detailAgeDays = 1 + 9 * random.uniform();
  const summaryAgeDays = detailAgeDays * random.uniform();
  const isVisible = random.uniform() < 1 - Math.exp(-truth * (1 - dateShare) * perDay * summaryAgeDays);
  const isDated = random.uniform() < 1 - Math.exp(-truth * dateShare * perDay * summaryAgeDays);
  const isHidden = random.uniform() < 1 - Math.exp(-(1 - truth) * perDay * detailAgeDays);
  if (isVisible) return share;
  // Rows tell how often visible changes come, whatever is thought of their share.
  const rate = { changes: (1e6 * truth * perDay) / shareOf(share), days: 1e6 };
  return addEvidence(
    share,
    visibleEvidence(
      { isChanged: isHidden || isDated, rate, summaryAgeDays, detailAgeDays },
      { visibleShare: shareOf(share), dateShare },
    ),
  );
}

describe('the share of changes that pages show', () => {
  it.each([
    { world: 'changes are rare', perDay: 0.02 },
    { world: 'a visible change hides others that came with it', perDay: 0.5 },
    { world: 'most observations find several', perDay: 1 },
    { world: 'half of what shows is a date, which details do not have', perDay: 0.1, dateShare: 0.5 },
  ])('is found where $world, however long ago the pages were', ({ perDay, dateShare = 0 }) => {
    const random = createWorldRandom(3);
    const truth = 0.4;
    let share = firstVisibleShare;
    for (let detail = 0; detail < 20_000; detail += 1)
      share = observeDetail(random, share, { truth, perDay, dateShare });
    expect(shareOf(share)).toBeGreaterThan(truth - 0.04);
    expect(shareOf(share)).toBeLessThan(truth + 0.04);
  });

  it('is found from a wrong first guess, once the first changes are forgotten', () => {
    const random = createWorldRandom(3);
    let share = { visible: 180, hidden: 20 };
    const later: number[] = [];
    for (let day = 0; day < 90; day += 1) {
      for (let detail = 0; detail < 40; detail += 1)
        share = observeDetail(random, share, { truth: 0.3, perDay: 0.3 });
      const kept = keptShareOf(share);
      share = { visible: share.visible * kept, hidden: share.hidden * kept };
      if (day >= 60) later.push(shareOf(share));
    }
    const mean = later.reduce((sum, one) => sum + one, 0) / later.length;
    expect(Math.abs(mean - 0.3)).toBeLessThan(0.02);
    expect(Math.max(...later)).toBeLessThan(0.4);
  });

  it('is not moved by a change that took no time', () => {
    const found = { isChanged: true, rate: firstPrior, summaryAgeDays: 0, detailAgeDays: 0 };
    expect(visibleEvidence(found, { visibleShare: 0.7, dateShare: 0.2 })).toEqual({ visible: 0, hidden: 0 });
  });

  it('is moved little by one observation, even one that was away for years', () => {
    const rate = { changes: 500, days: 5 };
    const ages = { summaryAgeDays: 3000, detailAgeDays: 3650 };
    for (const isChanged of [true, false]) {
      const { visible, hidden } = visibleEvidence(
        { isChanged, rate, ...ages },
        { visibleShare: 0.7, dateShare: 0.2 },
      );
      expect(visible + hidden).toBeLessThanOrEqual(1.0001);
    }
  });
});
