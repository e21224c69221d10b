import type { OfferState } from './evolution.ts';
import type { Offer } from './offers.ts';

/** An offer as it is at one step. */
export interface Entry {
  readonly offer: Offer;
  readonly state: OfferState;
}
