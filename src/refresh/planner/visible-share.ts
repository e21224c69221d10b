import { expectedChanges, type ChangeRate } from './change-rate.ts';
import type { OfferAges } from './offer-value.ts';

/** How many changes show in the summary, and how many do not: Beta(visible, hidden). */
export interface VisibleShare {
  readonly visible: number;
  readonly hidden: number;
}

/**
 * So many changes are kept, the older ones less and less: those that were counted while the share was not known yet were counted by
 * the first guess. With twice as many the share is 0.36 after 60 days where 0.3 is true.
 */
const keptChanges = 150;

/** Seven of ten, with the confidence of ten changes. */
export const firstVisibleShare: VisibleShare = { visible: 7, hidden: 3 };

/** The share of changes that a search page shows, from 0 to 1. */
export function shareOf({ visible, hidden }: VisibleShare): number {
  return visible / (visible + hidden);
}

/** A detail that no page prompted, and that shows the prices of the summary as they were last seen. */
export interface UnpromptedDetail extends Pick<OfferAges, 'summaryAgeDays' | 'detailAgeDays'> {
  /** Something else has changed since the last detail. */
  readonly isChanged: boolean;
  /** As known before the observation. */
  readonly rate: ChangeRate;
}

/** What is known so far of what summaries show. */
export interface ShownChanges {
  /** Of all changes. */
  readonly visibleShare: number;
  /** Of the visible changes, those that show by their date alone, which details do not have. */
  readonly dateShare: number;
}

/**
 * What a detail says of the share that shows: how many hidden changes there were on average since the last detail, given that it
 * found any or none, and how many visible ones come in as long at the rate of which that leaves it (expectation maximization).
 * Summaries tell that rate, whatever the share is: prices that stayed the same until now are evidence, too. A change of something else
 * may have come after the last summary, whose next one would show its date. Details that find another price say nothing, for it may hide
 * other changes. The more changes are expected, the less it says that there were any: it counts by the part of what a count of the
 * hidden ones would say.
 */
export function visibleEvidence(
  { rate, isChanged, summaryAgeDays, detailAgeDays }: UnpromptedDetail,
  { visibleShare, dateShare }: ShownChanges,
): VisibleShare {
  // Twice within the clock's resolution.
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
  // Where none was thought possible, there was one.
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
 * Of the first guess so much is left beside what was observed, a third of a change. At none, what the first details say would decide
 * alone; at three times as much, ages ten days ahead come out 2 in 100 younger.
 */
const guessLeft = 0.03;

/** What observations alone say of the share: that of the first guess, until there are some. */
function observedShare({ visible, hidden }: VisibleShare): number {
  const beyond = (counted: number, guessed: number) => Math.max(0, counted - (1 - guessLeft) * guessed);
  return shareOf({
    visible: beyond(visible, firstVisibleShare.visible),
    hidden: beyond(hidden, firstVisibleShare.hidden),
  });
}

/** The share as it will be known after so many more changes, if they are as those that were observed so far. */
export function laterShareOf(known: VisibleShare, changes: number): number {
  const observed = observedShare(known);
  return shareOf(addEvidence(known, { visible: observed * changes, hidden: (1 - observed) * changes }));
}

/** Of what changes showed so far, the share that is kept. It is applied once a day. */
export function keptShareOf({ visible, hidden }: VisibleShare): number {
  return Math.min(1, keptChanges / (visible + hidden));
}
