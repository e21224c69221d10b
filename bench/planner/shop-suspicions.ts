import {
  chanceSince,
  leastChance,
  repricingsOf,
  repricingsPerDay,
  suspectShop,
  suspicionChance,
  weighSighting,
  type ShopSighting,
  type ShopSuspicion,
} from '../../src/refresh/planner/shop-suspicion.ts';
import { takeBest } from '../../src/refresh/planner/take-best.ts';

/** Who sells what. */
export interface Shops {
  /** The shop of each offer. */
  readonly of: Int32Array;
  readonly offers: readonly (readonly number[])[];
}

/** A row or detail of an offer that was seen before. */
export interface SeenOffer extends Pick<ShopSighting, 'lastDay' | 'odds'> {
  readonly offer: number;
}

/** The suspicions of the product, in memory. */
export class ShopSuspicions {
  readonly #shops: Shops;
  readonly #open = new Map<number, ShopSuspicion>();
  readonly #repricings: Float64Array;
  #all = 0;

  constructor(shops: Shops) {
    this.#shops = shops;
    this.#repricings = new Float64Array(shops.offers.length);
  }

  note({ offer, lastDay, odds }: SeenOffer, day: number, isChanged: boolean): void {
    const shop = this.#shops.of[offer] ?? 0;
    const sighting: ShopSighting = { lastDay, day, odds, isChanged };
    const open = this.#open.get(shop);
    const weighed = open ? weighSighting(open, sighting) : null;
    if (weighed) {
      this.#open.set(shop, weighed);
      return;
    }
    this.end(shop);
    if (isChanged) this.#open.set(shop, suspectShop(sighting, this.#perDay(shop, day)));
  }

  end(shop: number): void {
    const open = this.#open.get(shop);
    this.#open.delete(shop);
    if (!open) return;
    this.#repricings[shop] = (this.#repricings[shop] ?? 0) + repricingsOf(open);
    this.#all += repricingsOf(open);
  }

  /** Shops that have probably repriced, and the chance that an offer that was last seen on a day has changed with its shop. */
  suspected(calls: number): { readonly shop: number; readonly chanceSince: (lastDay: number) => number }[] {
    const likely = [...this.#open].map(([shop, open]) => ({ shop, open, value: suspicionChance(open) }));
    return takeBest(
      likely.filter(({ value }) => value >= leastChance),
      calls,
    ).map(({ shop, open }) => ({ shop, chanceSince: (lastDay) => chanceSince(open, lastDay) }));
  }

  #perDay(shop: number, day: number): number {
    return repricingsPerDay(
      { repricings: this.#repricings[shop] ?? 0, days: day },
      { repricings: this.#all, days: day * this.#repricings.length },
    );
  }
}
