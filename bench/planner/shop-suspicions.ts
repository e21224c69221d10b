import { freshDays } from '../../src/refresh/planner/observation-gains.ts';
import type { OfferState, Valuation } from '../../src/refresh/planner/offer-value.ts';
import { pageValue } from '../../src/refresh/planner/page-value.ts';
import { takeBest } from '../../src/refresh/planner/take-best.ts';

/** Who sells what. */
export interface Shops {
  /** The shop of each offer. */
  readonly of: Int32Array;
  readonly offers: readonly (readonly number[])[];
}

/** Of the offers of a shop that reprices, those that change: what the planner assumes. */
const assumedReach = 0.7;
/** Before anything was seen: one repricing of a shop in so many days. */
const firstGapDays = 200;
/** How much a shop is like all others, counted in repricings. */
const likeness = 0.2;
/** A shop is suspected for so long. */
const lastsDays = 10;
/** Below it, too many pages of shops are fetched in vain. */
const leastChance = 0.7;

/** That a shop repriced between two days, and what speaks for it. */
interface Suspicion {
  readonly fromDay: number;
  readonly seenDay: number;
  readonly logOdds: number;
  /** Offers of the shop that were seen since. */
  readonly siblings: number;
}

/** A row or detail of an offer that was seen before. */
export interface SeenOffer {
  readonly offer: number;
  readonly lastDay: number;
  /** The chance of a change of its own since then. */
  readonly odds: number;
}

const chanceOf = ({ logOdds }: Suspicion) => 1 / (1 + Math.exp(-logOdds));

/** The share of a suspected time that lies between two observations of an offer. */
function overlap({ fromDay, seenDay }: Suspicion, lastDay: number): number {
  return Math.min(1, Math.max(0, (seenDay - lastDay) / Math.max(1e-9, seenDay - fromDay)));
}

/**
 * Which shops have just repriced, by what is seen of their offers. A change that was not to be expected makes a suspicion; each
 * other offer of the shop that is seen after it speaks for it or against it (Bayes). How often a shop reprices is learned: a
 * Gamma around the mean of all shops.
 */
export class ShopSuspicions {
  readonly #shops: Shops;
  readonly #open = new Map<number, Suspicion>();
  readonly #repricings: Float64Array;
  #all = 0;

  constructor(shops: Shops) {
    this.#shops = shops;
    this.#repricings = new Float64Array(shops.offers.length);
  }

  note({ offer, lastDay, odds: known }: SeenOffer, day: number, isChanged: boolean): void {
    const shop = this.#shops.of[offer] ?? 0;
    const odds = Math.min(0.95, Math.max(1e-4, known));
    const open = this.#open.get(shop);
    if (open && open.seenDay >= day - lastsDays && lastDay < open.seenDay) {
      const byShop = assumedReach * overlap(open, lastDay);
      const ratio = isChanged ? (byShop + (1 - byShop) * odds) / odds : 1 - byShop;
      const logOdds = Math.min(6, open.logOdds + Math.log(ratio));
      // A sibling that was seen before says that it was later.
      const fromDay =
        isChanged && logOdds > 0
          ? Math.max(open.fromDay, Math.min(lastDay, open.seenDay - 0.01))
          : open.fromDay;
      this.#open.set(shop, { ...open, fromDay, logOdds, siblings: open.siblings + 1 });
      return;
    }
    this.end(shop);
    if (!isChanged) return;
    const repricings = Math.min(0.9, this.#perDay(shop, day) * Math.max(0.04, day - lastDay));
    const logOdds = Math.log((repricings * assumedReach) / odds);
    this.#open.set(shop, { fromDay: lastDay, seenDay: day, logOdds, siblings: 0 });
  }

  /** Learns whether it was one; without a sibling nothing is known. */
  end(shop: number): void {
    const open = this.#open.get(shop);
    this.#open.delete(shop);
    if (!open || open.siblings === 0) return;
    this.#repricings[shop] = (this.#repricings[shop] ?? 0) + chanceOf(open);
    this.#all += chanceOf(open);
  }

  /** Shops that have probably repriced, and the chance that an offer that was last seen on a day has changed with its shop. */
  suspected(calls: number): { readonly shop: number; readonly chanceSince: (lastDay: number) => number }[] {
    const likely = [...this.#open].map(([shop, open]) => ({ shop, open, value: chanceOf(open) }));
    return takeBest(
      likely.filter(({ value }) => value >= leastChance),
      calls,
    ).map(({ shop, open, value }) => ({
      shop,
      chanceSince: (lastDay) => value * assumedReach * overlap(open, lastDay),
    }));
  }

  #perDay(shop: number, day: number): number {
    const mean = (1 + this.#all) / (firstGapDays + day * this.#repricings.length);
    return (likeness + (this.#repricings[shop] ?? 0)) / (likeness / mean + day);
  }
}

/** Of a row that has changed for certain: the days it will be right, and the change seen. */
function changedRowValue({ weight, rate }: OfferState, { objective, visibleShare }: Valuation): number {
  const visible = { changes: rate.changes, days: rate.days / visibleShare };
  const rightDays = freshDays(visible, objective.staleHorizonDays);
  return weight * (objective.summaryShare * rightDays + objective.capturedDays);
}

/** Value of a page of offers each of which has changed with its shop with some chance. */
export function shopPageValue(
  offers: readonly OfferState[],
  chanceOf: (offer: OfferState) => number,
  valuation: Valuation,
): number {
  let value = 0;
  for (const offer of offers) {
    const chance = chanceOf(offer);
    value += (1 - chance) * pageValue([offer], valuation) + chance * changedRowValue(offer, valuation);
  }
  return value;
}
