import type { OfferKnowledge, OfferObservation, PlannerKnowledge } from '../../model/learning.ts';
import { changeOdds, rateOf } from './change-rate.ts';
import { daysBetween, findUnexplained, isAfter, later } from './learn-observation.ts';

/** What an observation of an offer says of whether its shop repriced. */
export interface OfferSighting {
  /** When it was seen before. */
  readonly lastAt: Date;
  readonly at: Date;
  /** The chance of a price of its own that changed since then. */
  readonly odds: number;
  readonly isPriceChanged: boolean;
}

/** Whether a price changed since the observation before; null: nobody can tell. */
function isPriceMoved(
  planner: PlannerKnowledge,
  before: OfferKnowledge,
  observation: OfferObservation,
): boolean | null {
  const { rowAt, detailAt, stale } = before;
  if (observation.kind === 'row') {
    const isLate = rowAt === null || isAfter(detailAt, observation.at);
    return isLate ? null : findUnexplained(planner, before, observation).isPriceChanged;
  }
  const isLate = detailAt === null || isAfter(rowAt, observation.at);
  // The row that prompted it was seen already: what changed after it can't be told.
  return isLate || stale?.by === 'row' ? null : observation.isVisible;
}

/**
 * What an observation that is newer than all of its kind says of the shop of the offer. Null: it is the first, older than
 * one of the other kind, or says nothing beyond it.
 */
export function sightOffer(
  planner: PlannerKnowledge,
  before: OfferKnowledge,
  observation: OfferObservation,
): OfferSighting | null {
  const { at } = observation;
  const lastAt = later(before.rowAt, before.detailAt);
  const isPriceChanged = isPriceMoved(planner, before, observation);
  if (lastAt === null || lastAt >= at || isPriceChanged === null) return null;
  const exposureDays = planner.visibleShare * daysBetween(lastAt, at);
  return {
    lastAt,
    at,
    odds: changeOdds(rateOf(planner.prior, before.learned), exposureDays),
    isPriceChanged,
  };
}
