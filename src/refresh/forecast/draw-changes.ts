import type { ChangeRate } from '../planner/change-rate.ts';

/** A change that an offer's detail does not have yet. */
export interface DrawnChange {
  /** Days from now; negative: in the past, and not seen yet. */
  readonly atDays: number;
  /** A search row shows it. */
  readonly isVisible: boolean;
}

/** What is known of an offer, and how far ahead its changes are drawn. */
export interface ChangeTerms {
  readonly rate: ChangeRate;
  /** The share of changes that rows show, from 0 to 1. */
  readonly visibleShare: number;
  /** Days since a row or a detail showed the offer. `detailAgeDays`: since its detail, at least as many. */
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
  readonly untilDays: number;
}

/** Days until the next change where a share `odds` of offers with that rate wait longer: `(B / (B + t))^A = odds`. */
function waitOf({ changes, days }: ChangeRate, odds: number): number {
  return days * Math.expm1(-Math.log(odds) / changes);
}

/**
 * The changes of one offer in order: hidden ones since its detail, and visible ones since it was last seen. Each change makes others
 * likelier: after `t` days the rate is Gamma(A + 1, B + t). So many draws cover all possible rates, without drawing a rate.
 *
 * @param draw uniform between 0 and 1; its first value decides when the first change comes: a low one, late
 */
export function drawChanges(terms: ChangeTerms, draw: () => number): DrawnChange[] {
  const { rate, visibleShare, summaryAgeDays, detailAgeDays, untilDays } = terms;
  // Before the newest row, only hidden changes are possible: these days count less.
  const hiddenDays = (1 - visibleShare) * (detailAgeDays - summaryAgeDays);
  const allDays = hiddenDays + summaryAgeDays + untilDays;
  const drawn: DrawnChange[] = [];
  let exposedDays = waitOf(rate, draw());
  while (exposedDays < allDays) {
    const isBeforeRow = exposedDays < hiddenDays;
    const atDays = isBeforeRow
      ? exposedDays / (1 - visibleShare) - detailAgeDays
      : exposedDays - hiddenDays - summaryAgeDays;
    drawn.push({ atDays, isVisible: draw() < visibleShare && !isBeforeRow });
    const after = { changes: rate.changes + drawn.length, days: rate.days + exposedDays };
    exposedDays += waitOf(after, draw());
  }
  return drawn;
}
