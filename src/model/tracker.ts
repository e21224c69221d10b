/** Events that a tracker can notice of an offer, beside its prices. */
export const trackedEvents = ['out_of_stock', 'back_in_stock', 'delisted', 'relisted'] as const;

export type TrackedEvent = (typeof trackedEvents)[number];

/** The condition of a tracker that a change met. */
export type TrackedCondition = 'price_below' | 'price_down' | 'price_up' | TrackedEvent;

/** A rule of the sync file: the changes, and the offers, of which people want to be notified. */
export interface Tracker {
  readonly name: string;
  /** The feed whose offers it watches; null: those of `offers`. */
  readonly feed: string | null;
  readonly offers: readonly string[];
  /** The smallest fall or rise of a list price that counts, in per cent. Null: none counts. */
  readonly priceDownPercent: number | null;
  readonly priceUpPercent: number | null;
  /** The lowest list price falls below it, in yuan as decimal text. Null: any. */
  readonly priceBelowCny: string | null;
  readonly events: readonly TrackedEvent[];
}

/** A change that a tracker noticed. */
export interface TrackedChange {
  readonly changeId: string;
  /** Name of the tracker. */
  readonly tracker: string;
  readonly condition: TrackedCondition;
  readonly offerId: string;
  readonly subject: string | null;
  /** What the price is for: the SKU and the smallest quantity. Null: no price, or the lowest of all. */
  readonly skuId: string | null;
  readonly skuLabel: string | null;
  readonly minQuantity: number | null;
  /** Yuan, units in stock, or a state of the offer. */
  readonly old: string;
  readonly new: string;
  /** The change came after this observation, which still showed the old value, and before the one at `seenAt`. */
  readonly notBefore: Date;
  readonly seenAt: Date;
}

/** A change with the state of its notification. */
export interface ListedChange extends TrackedChange {
  /** When the receiver took a message about it; null: it did not. */
  readonly sentAt: Date | null;
  /** When it was decided not to send it; null, like `sentAt`: it waits. */
  readonly skippedAt: Date | null;
}
