import type { OfferAges } from './offer-value.ts';

/** How many changes showed in the summary, and how many did not: Beta(visible, hidden). */
export interface VisibleShare {
  readonly visible: number;
  readonly hidden: number;
}

/** Seven of ten, with the confidence of ten changes. */
export const firstVisibleShare: VisibleShare = { visible: 7, hidden: 3 };

/** The share of changes that a search page shows, from 0 to 1. */
export function shareOf({ visible, hidden }: VisibleShare): number {
  return visible / (visible + hidden);
}

/** A change that a detail look found, with the ages before it. */
export interface FoundChange extends Pick<OfferAges, 'summaryAgeDays' | 'detailAgeDays'> {
  /** The summary is another one than at the last look at it. */
  readonly isVisible: boolean;
}

/**
 * Learns from a detail look that found a change and was not prompted by a page (those are visible all, and would
 * flatter the share). A hidden change had all of `detailAgeDays` to happen in, a visible one only `summaryAgeDays`:
 * the hidden one counts by the ratio of the two.
 */
export function learnVisibleShare(share: VisibleShare, found: FoundChange): VisibleShare {
  if (found.isVisible) return { ...share, visible: share.visible + 1 };
  if (found.detailAgeDays <= 0) return share;
  return { ...share, hidden: share.hidden + Math.min(1, found.summaryAgeDays / found.detailAgeDays) };
}
