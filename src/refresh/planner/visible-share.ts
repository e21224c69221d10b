import { expectedChanges, type ChangeRate } from './change-rate.ts';
import type { OfferAges } from './offer-value.ts';

/** How many changes show in the summary, and how many do not: Beta(visible, hidden). */
export interface VisibleShare {
  readonly visible: number;
  readonly hidden: number;
}

/**
 * Number of changes that are kept; older ones count less and less, because those that were counted while the share was not known yet were
 * counted by the first guess. With twice as many, the share is 0.36 after 60 days where 0.3 is true.
 */
const keptChanges = 150;

/** Prior: seven of ten, with the confidence of ten changes. */
export const firstVisibleShare: VisibleShare = { visible: 7, hidden: 3 };

/** The share of changes that a search page shows, from 0 to 1. */
export function shareOf({ visible, hidden }: VisibleShare): number {
  return visible / (visible + hidden);
}

/** Standard error of the share: that of a Beta distribution with these counts. */
export function shareErrorOf({ visible, hidden }: VisibleShare): number {
  const share = shareOf({ visible, hidden });
  return Math.sqrt((share * (1 - share)) / (visible + hidden + 1));
}

/** A detail that no page prompted, and that shows the prices that the summary last showed. */
export interface UnpromptedDetail extends Pick<OfferAges, 'summaryAgeDays' | 'detailAgeDays'> {
  /** Something other than prices has changed since the last detail. */
  readonly isChanged: boolean;
  /** Rate as known before the observation. */
  readonly rate: ChangeRate;
}

/** What is known so far of what summaries show. */
export interface ShownChanges {
  /** Share of all changes that are visible. */
  readonly visibleShare: number;
  /** Share of the visible changes that show only by their date, which details do not have. */
  readonly dateShare: number;
}

/**
 * Evidence of a detail about the share of changes that shows: the mean number of hidden changes since the last detail, given that it
 * found any or none, and the visible changes expected in that time at the remaining rate (expectation maximization). Summaries show that
 * rate, whatever the share: prices that stayed the same until now are evidence, too. A change of something else may have come after the
 * last summary, whose next one would show its date. Details that find another price are no evidence, because it may hide other changes.
 * The more changes are expected, the less it means that there were any: the evidence is weighted by its part of what a count of the
 * hidden changes would be.
 */
export function visibleEvidence(
  { rate, isChanged, summaryAgeDays, detailAgeDays }: UnpromptedDetail,
  { visibleShare, dateShare }: ShownChanges,
): VisibleShare {
  // Observed twice within the clock's resolution.
  if (detailAgeDays <= 0) return { visible: 0, hidden: 0 };
  const hiddenDays = (1 - visibleShare) * detailAgeDays;
  const visibleDays = visibleShare * detailAgeDays;
  const datedDays = visibleShare * dateShare * summaryAgeDays;
  const pricedDays = visibleShare * (1 - dateShare) * summaryAgeDays;
  const before: ChangeRate = { changes: rate.changes, days: rate.days + pricedDays };
  const expected = expectedChanges(before, hiddenDays + datedDays);
  const perDay = before.changes / before.days;
  const perDayUnchanged = before.changes / (before.days + hiddenDays + datedDays);
  const found = -Math.expm1(-expected);
  // Where no hidden change was thought possible, there was one.
  if (found <= 0) return { visible: perDay * visibleDays, hidden: isChanged ? 1 : 0 };
  const weight = ((hiddenDays / (hiddenDays + datedDays)) * expected) / Math.expm1(expected);
  if (!isChanged) return { visible: weight * perDayUnchanged * visibleDays, hidden: 0 };
  return {
    visible: (weight * visibleDays * (perDay - (1 - found) * perDayUnchanged)) / found,
    hidden: (weight * hiddenDays * perDay) / found,
  };
}

export function addEvidence(share: VisibleShare, { visible, hidden }: VisibleShare): VisibleShare {
  return { visible: share.visible + visible, hidden: share.hidden + hidden };
}

/**
 * Part of the first guess that is left beside the observations, a third of a change. At none, the first details alone would decide; at
 * three times as much, ages ten days ahead come out 2 in 100 younger.
 */
const guessLeft = 0.03;

/** The share by observations alone; that of the first guess, until there are some. */
function observedShare({ visible, hidden }: VisibleShare): number {
  const beyond = (counted: number, guessed: number) => Math.max(0, counted - (1 - guessLeft) * guessed);
  return shareOf({
    visible: beyond(visible, firstVisibleShare.visible),
    hidden: beyond(hidden, firstVisibleShare.hidden),
  });
}

/** The share after this many more changes, if they are like those observed so far. */
export function laterShareOf(known: VisibleShare, changes: number): number {
  const observed = observedShare(known);
  return shareOf(addEvidence(known, { visible: observed * changes, hidden: (1 - observed) * changes }));
}

/** Part of the counted changes that is kept. Applied once a day. */
export function keptShareOf({ visible, hidden }: VisibleShare): number {
  return Math.min(1, keptChanges / (visible + hidden));
}
