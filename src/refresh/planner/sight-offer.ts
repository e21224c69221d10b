import type { OfferKnowledge, OfferObservation, PlannerKnowledge } from '../../model/learning.ts';
import { changeOdds, rateOf } from './change-rate.ts';
import { daysBetween, findUnexplained, isAfter, later } from './learn-observation.ts';

/** What an observation of an offer shows of whether its shop repriced. */
export interface OfferSighting {
  /** Time of the previous observation. */
  readonly lastAt: Date;
  readonly at: Date;
  /** Probability that a price of this offer changed on its own since then. */
  readonly odds: number;
  readonly isPriceChanged: boolean;
}

/** Whether a price changed since the previous observation; null: not known. */
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
  // The row that prompted it was already counted: changes after that row cannot be separated.
  return isLate || stale?.by === 'row' ? null : observation.isVisible;
}

/**
 * What an observation that is newer than all others of its kind shows of the shop of the offer. Null: it is the first observation, or
 * older than one of the other kind, or adds nothing to it.
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
