import { dayMs } from '../../src/core/duration.ts';
import {
  followedShare,
  repricedShare,
  repricingsPerStep,
  type Nature,
} from '../../src/sandbox/world/nature.ts';
import type { Offer } from '../../src/sandbox/world/offers.ts';
import { createWorld } from '../../src/sandbox/world/world.ts';
import type { Shops } from './shop-suspicions.ts';
import type { World } from './world.ts';

export interface SandboxWorldOptions {
  readonly seed: number;
  readonly offers: number;
  readonly categories: number;
  readonly startAt: Date;
  readonly days: number;
  readonly nature?: Partial<Nature>;
}

/** What of an offer's events counts as a change: what a detail shows, but for stock and sales, which move all the time. */
const countedShare = 0.46 + 0.05 + 0.06 + 0.055 + 0.015;

/** Counted changes a day: those that follow another one and those of the shop are changes of price, all of them. */
function countedRate({ changesPerStep, isConsecutive, seller }: Offer): number {
  const shopRate = seller.isRepricing ? repricingsPerStep * repricedShare : 0;
  const followed = isConsecutive ? followedShare : 0;
  return shopRate + (changesPerStep - shopRate) * (followed + (1 - followed) * countedShare);
}

/**
 * The sandbox's own catalog as a world of the simulation: what changes when, what of it a search row shows, and the true
 * rates. Offers that are born later are left out. `weights` and `copiedAt` are by offer.
 */
export function readSandboxWorld(
  { days, ...options }: SandboxWorldOptions,
  known: { readonly weights: Float64Array; readonly copiedAt: Float64Array },
): { readonly world: World; readonly shops: Shops; readonly indexOf: ReadonlyMap<string, number> } {
  const sandbox = createWorld({ ...options, startAt: options.startAt.getTime(), stepMs: dayMs });
  const changes: { at: number; isVisible: boolean }[][] = Array.from({ length: options.offers }, () => []);
  const rates = new Float64Array(options.offers);
  const indexOf = new Map<string, number>();
  const bySeller = new Map<string, number[]>();
  let before: string[] = [];
  for (let step = 0; step <= days; step += 1) {
    const snapshot = sandbox.snapshot(step);
    const now: string[] = [];
    for (let offer = 0; offer < options.offers; offer += 1) {
      const { offer: made, state } = snapshot.entryAt(offer);
      indexOf.set(made.offerId, offer);
      if (step === 0) bySeller.set(made.seller.id, [...(bySeller.get(made.seller.id) ?? []), offer]);
      rates[offer] = Math.max(1e-6, countedRate(made));
      const { price, subject, skus } = state.versions;
      const shown = [price, state.modifiedAtStep].join('/');
      const all = [shown, subject, skus, state.status, state.isGone].join('|');
      now.push(all);
      const old = before[offer];
      if (old === undefined || old === all) continue;
      const [oldShown = '', ...oldRest] = old.split('|');
      // The date of modification moves with stock alone too: that is no change, though a row shows it.
      const isSame =
        oldShown.split('/')[0] === String(price) && oldRest.join('|') === all.split('|').slice(1).join('|');
      if (!isSame) changes[offer]?.push({ at: step, isVisible: oldShown !== shown && state.isListed });
    }
    before = now;
  }
  const firstChange = new Int32Array(options.offers + 1);
  for (let offer = 0; offer < options.offers; offer += 1)
    firstChange[offer + 1] = (firstChange[offer] ?? 0) + (changes[offer]?.length ?? 0);
  const flat = changes.flat();
  const shopOf = new Int32Array(options.offers);
  for (const [shop, own] of [...bySeller.values()].entries()) for (const offer of own) shopOf[offer] = shop;
  return {
    indexOf,
    shops: { of: shopOf, offers: [...bySeller.values()] },
    world: {
      offers: options.offers,
      days,
      categories: 1,
      category: new Int32Array(options.offers),
      ...known,
      firstChange,
      changeAt: Float64Array.from(flat, ({ at }) => at),
      isVisible: Uint8Array.from(flat, ({ isVisible }) => (isVisible ? 1 : 0)),
      lives: null,
      baseRates: () => rates,
      multiplier: () => 1,
      repriced: () => [],
    },
  };
}
