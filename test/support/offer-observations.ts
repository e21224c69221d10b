import type { OfferKnowledge, OfferObservation, PlannerKnowledge } from '../../src/model/learning.ts';

/** What the planner knows of all offers, in tests by hand. */
export const planner: PlannerKnowledge = {
  prior: { changes: 0.2, days: 10 },
  visibleShare: 0.7,
  isDateTrusted: true,
  dateShare: 0,
  recent: { found: 0, empty: 0 },
};

export const day = (days: number) => new Date(Date.UTC(2026, 2, 1) + days * 86_400_000);

/** An offer that was searched on one day, and fetched by detail on another. */
export const seen = (
  rowDay: number | null,
  detailDay: number | null,
  more: Partial<OfferKnowledge> = {},
): OfferKnowledge => ({
  popularity: 1,
  learned: { changes: 0, days: 0 },
  rowAt: rowDay === null ? null : day(rowDay),
  detailAt: detailDay === null ? null : day(detailDay),
  changedAt: null,
  stale: null,
  ...more,
});

/** A search row that shows nothing new, but for `more`. */
export const row = (
  at: number,
  more: Partial<Extract<OfferObservation, { kind: 'row' }>> = {},
): OfferObservation => ({
  ...{ kind: 'row', at: day(at), monthSold: null, isPriceChanged: false, isPriceOfDetail: null },
  ...{ modifiedAt: null, isReturned: false, ...more },
});

export const detail = (at: number, isChanged = false, isVisible = isChanged): OfferObservation => ({
  ...{ kind: 'detail', at: day(at), isChanged, isVisible },
});
