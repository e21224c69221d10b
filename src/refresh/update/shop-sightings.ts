import type { OfferObservation, PlannerKnowledge } from '../../model/learning.ts';
import { sightOffer, type OfferSighting } from '../planner/sight-offer.ts';
import { toKnowledge, type OfferFreshness } from './offer-freshness.ts';

/** The first page of all that a shop lists. */
interface ShopPage {
  readonly sellerId: string;
  readonly at: Date;
}

/** What a load saw of shops, in the order of its observations. */
export interface ShopSightings {
  readonly offers: (OfferSighting & { readonly offerId: string })[];
  readonly pages: ShopPage[];
}

export const noSightings = (): ShopSightings => ({ offers: [], pages: [] });

/** Records what an observation that is newer than all others of its kind shows of the shop of its offer. */
export function sightShop(
  { planner, shops }: { readonly planner: PlannerKnowledge; readonly shops: ShopSightings },
  { offerId, before }: { readonly offerId: string; readonly before: OfferFreshness },
  observation: OfferObservation,
): void {
  const sighting = sightOffer(planner, toKnowledge(before), observation);
  if (sighting) shops.offers.push({ offerId, ...sighting });
}
