import type { ShopSuspicion } from '../planner/shop-suspicion.ts';

/** An offer of a shop, as far as its value depends on it. */
export interface ShopOffer {
  readonly feedSet: number;
  readonly popularity: number;
  /** What its observations added to the prior. */
  readonly changes: number;
  readonly days: number;
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
  readonly isStale: boolean;
}

/** A shop that seems to have repriced; its days are counted from now, so they are below 0. */
export interface SuspectedShop extends Omit<ShopSuspicion, 'siblings'> {
  /** Of its offers, 50 at most. */
  readonly offers: readonly ShopOffer[];
  /** How many offers of a page each of them stands for. */
  readonly listed: number;
}
