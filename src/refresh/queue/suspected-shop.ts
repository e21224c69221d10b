import type { ShopSuspicion } from '../planner/shop-suspicion.ts';

/** The properties of a shop's offer that its value depends on. */
export interface ShopOffer {
  readonly feedSet: number;
  readonly popularity: number;
  /** Evidence of its own observations, beyond the prior. */
  readonly changes: number;
  readonly days: number;
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
  readonly isStale: boolean;
}

/** A shop that seems to have repriced. Its days are counted from now, so they are below 0. */
export interface SuspectedShop extends Omit<ShopSuspicion, 'siblings'> {
  /** At most 50 of its offers. */
  readonly offers: readonly ShopOffer[];
  /** Number of offers on a page that each of them stands for. */
  readonly listed: number;
}
