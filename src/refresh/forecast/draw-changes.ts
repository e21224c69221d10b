import type { ChangeRate } from '../planner/change-rate.ts';

/** A change that an offer's detail does not have yet. */
export interface DrawnChange {
  /** Days from now; below 0: it came before, and nobody has seen it. */
  readonly atDays: number;
  /** A search row shows it. */
  readonly isVisible: boolean;
}

/** What is known of an offer, and how far ahead its changes are drawn. */
export interface ChangeTerms {
  readonly rate: ChangeRate;
  /** The share of changes that rows show, from 0 to 1. */
  readonly visibleShare: number;
  /** Since a row or a detail showed the offer, and since its detail, which is not less. */
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
  readonly untilDays: number;
}

/** Days until the next change where a share `odds` of offers with that rate wait longer: `(B / (B + t))^A = odds`. */
function waitOf({ changes, days }: ChangeRate, odds: number): number {
  return days * Math.expm1(-Math.log(odds) / changes);
}

/**
 * The changes of one offer in their order: those that rows hide since its detail, and those that they show since it was last
 * seen. Each that comes makes others likelier, for after `t` days it is Gamma(A + 1, B + t): so many draws have all the rates that
 * are possible, and no rate is drawn.
 *
 * @param draw uniform between 0 and 1; the first of its values decides when the first change comes, a low one late
 */
export function drawChanges(terms: ChangeTerms, draw: () => number): DrawnChange[] {
  const { rate, visibleShare, summaryAgeDays, detailAgeDays, untilDays } = terms;
  // Before the newest row only what rows hide can have come: these days count for less.
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
