import type { ChangeRate } from './change-rate.ts';
import type { OfferAges } from './offer-value.ts';

/** How many changes showed in the summary, and how many did not: Beta(visible, hidden). */
export interface VisibleShare {
  readonly visible: number;
  readonly hidden: number;
}

/**
 * So many changes are kept, the older ones less and less: those that were seen while the share was not known yet were counted by the
 * first guess. With all of them the share is 0.33 after 90 days where 0.3 is true. At half, chance moves it by four points.
 */
const keptChanges = 300;

/** Seven of ten, with the confidence of ten changes. */
export const firstVisibleShare: VisibleShare = { visible: 7, hidden: 3 };

/** The share of changes that a search page shows, from 0 to 1. */
export function shareOf({ visible, hidden }: VisibleShare): number {
  return visible / (visible + hidden);
}

/** A change that a detail found, with the ages before it. */
export interface FoundChange extends Pick<OfferAges, 'summaryAgeDays' | 'detailAgeDays'> {
  /** The summary differs from that of the last observation. */
  readonly isVisible: boolean;
  /** As known after the observation. */
  readonly rate: ChangeRate;
}

/** How many changes are behind "at least one" where `expected` come on average. */
function changesBehind(expected: number): number {
  return expected > 0 ? expected / -Math.expm1(-expected) : 1;
}

/**
 * The evidence of a detail that found a change and was not prompted by a page (those are visible all, and would flatter
 * the share). Changes count by how many there were on average: a visible one hides what came with it, and the faster an
 * offer changes, the more it hides. A hidden change had all of `detailAgeDays` to happen in, a visible one only
 * `summaryAgeDays`: the hidden one counts by the ratio of the two. An observation counts for about one change at most, for many
 * at once say little. `visibleShare`: what is known of it so far.
 */
export function visibleEvidence(found: FoundChange, visibleShare: number): VisibleShare {
  const { isVisible, rate, summaryAgeDays, detailAgeDays } = found;
  if (detailAgeDays <= 0) return { visible: 0, hidden: 0 };
  const perDay = rate.changes / rate.days;
  const counting = 1 / Math.max(1, perDay * summaryAgeDays);
  const hiddenPerDay = (1 - visibleShare) * perDay;
  if (isVisible) {
    const visible = changesBehind(visibleShare * perDay * summaryAgeDays);
    return { visible: counting * visible, hidden: counting * hiddenPerDay * summaryAgeDays };
  }
  const hidden = changesBehind(hiddenPerDay * detailAgeDays) * Math.min(1, summaryAgeDays / detailAgeDays);
  return { visible: 0, hidden: counting * hidden };
}

export function addEvidence(share: VisibleShare, { visible, hidden }: VisibleShare): VisibleShare {
  return { visible: share.visible + visible, hidden: share.hidden + hidden };
}

/** Of what changes showed so far, the share that is kept. It is applied once a day. */
export function keptShareOf({ visible, hidden }: VisibleShare): number {
  return Math.min(1, keptChanges / (visible + hidden));
}
