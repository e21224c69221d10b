import { dayMs } from '../../src/core/duration.ts';
import { rawImportance } from '../../src/refresh/planner/importance.ts';
import { salesOf } from '../../src/sandbox/answers/offer-fields.ts';
import {
  followedShare,
  repricedShare,
  repricingsPerStep,
  type Nature,
} from '../../src/sandbox/world/nature.ts';
import type { Offer } from '../../src/sandbox/world/offers.ts';
import { createWorld } from '../../src/sandbox/world/world.ts';
import type { Shops } from './shop-suspicions.ts';
import type { OfferDays, World } from './world.ts';

export interface SandboxWorldOptions {
  readonly seed: number;
  readonly offers: number;
  readonly categories: number;
  readonly startAt: Date;
  readonly days: number;
  readonly nature?: Partial<Nature>;
  /** With the offers that are born later; default: without. */
  readonly hasBirths?: boolean;
}

/** What of an offer's events counts as a change: what a detail shows, but for stock and sales, which move all the time. */
const countedShare = 0.46 + 0.05 + 0.06 + 0.055 + 0.015;

/** Counted changes a day: those that follow another one and those of the shop are changes of price, all of them. */
function countedRate({ changesPerStep, isConsecutive, seller }: Offer): number {
  const shopRate = seller.isRepricing ? repricingsPerStep * repricedShare : 0;
  const followed = isConsecutive ? followedShare : 0;
  return shopRate + (changesPerStep - shopRate) * (followed + (1 - followed) * countedShare);
}

/** What a row shows, and all that counts as what an offer is. */
interface Shown {
  readonly price: number;
  readonly modifiedAtStep: number | null;
  readonly rest: string;
}

/** Days by offer, in one array. */
function toOfferDays(days: readonly (readonly number[])[]): OfferDays {
  const first = new Int32Array(days.length + 1);
  for (const [offer, own] of days.entries()) first[offer + 1] = (first[offer] ?? 0) + own.length;
  return { first, at: Float64Array.from(days.flat()) };
}

/**
 * The sandbox's own catalog as a world of the simulation: what changes when, what of it a search row shows, rows whose date
 * moves without a change, and the true rates. All offers weigh 1 and were copied when the world began. `popularity`: their
 * importance by sales, as the product stores it.
 */
export function readSandboxWorld({ days, hasBirths = false, ...options }: SandboxWorldOptions): {
  readonly world: World;
  readonly shops: Shops;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly popularity: Float64Array;
} {
  const sandbox = createWorld({ ...options, startAt: options.startAt.getTime(), stepMs: dayMs });
  const offers = hasBirths ? sandbox.snapshot(days).count : options.offers;
  const changes: { at: number; isVisible: boolean; isPriceMoved: boolean }[][] = Array.from(
    { length: offers },
    () => [],
  );
  const redated: number[][] = Array.from({ length: offers }, () => []);
  const rates = new Float64Array(offers);
  const bornAt = new Float64Array(offers).fill(-Infinity);
  const copiedAt = new Float64Array(offers);
  const indexOf = new Map<string, number>();
  const popularity = new Float64Array(offers);
  const shopOf = new Int32Array(offers);
  const bySeller = new Map<string, number[]>();
  const before: Shown[] = [];
  for (let step = 0; step <= days; step += 1) {
    const snapshot = sandbox.snapshot(step);
    for (let offer = 0; offer < Math.min(offers, snapshot.count); offer += 1) {
      const { offer: made, state } = snapshot.entryAt(offer);
      const { price, subject, skus } = state.versions;
      const rest = [price, subject, skus, state.status, state.isGone].join('|');
      const old = before[offer];
      before[offer] = { price, modifiedAtStep: state.modifiedAtStep, rest };
      if (old === undefined) {
        indexOf.set(made.offerId, offer);
        bySeller.set(made.seller.id, [...(bySeller.get(made.seller.id) ?? []), offer]);
        popularity[offer] = rawImportance({ monthSold: salesOf(made, state).month }, 1);
        rates[offer] = Math.max(1e-6, countedRate(made));
        if (step > 0) bornAt[offer] = copiedAt[offer] = step;
        continue;
      }
      const isPriceMoved = old.price !== price;
      const isDateMoved = old.modifiedAtStep !== state.modifiedAtStep;
      if (old.rest !== rest) {
        const isVisible = (isPriceMoved || isDateMoved) && state.isListed;
        changes[offer]?.push({ at: step, isVisible, isPriceMoved });
      } else if (isDateMoved && state.isListed) redated[offer]?.push(step);
    }
  }
  const { first: firstChange, at: changeAt } = toOfferDays(changes.map((own) => own.map(({ at }) => at)));
  const flat = changes.flat();
  for (const [shop, own] of [...bySeller.values()].entries()) for (const offer of own) shopOf[offer] = shop;
  return {
    indexOf,
    popularity,
    shops: { of: shopOf, offers: [...bySeller.values()] },
    world: {
      offers,
      days,
      categories: 1,
      category: new Int32Array(offers),
      weights: new Float64Array(offers).fill(1),
      copiedAt,
      firstChange,
      changeAt,
      isVisible: Uint8Array.from(flat, ({ isVisible }) => (isVisible ? 1 : 0)),
      isPriceMoved: Uint8Array.from(flat, ({ isPriceMoved }) => (isPriceMoved ? 1 : 0)),
      redated: toOfferDays(redated),
      lives: hasBirths ? { bornAt, diesAt: new Float64Array(offers).fill(Infinity) } : null,
      baseRates: () => rates,
      multiplier: () => 1,
      repriced: () => [],
    },
  };
}
