import { dayMs } from '../../src/core/duration.ts';
import { goodsOf } from '../../src/sandbox/world/goods.ts';
import { createWorld, type World } from '../../src/sandbox/world/world.ts';

/** What answers about an offer show on one day, as texts that are equal where the answers are. */
export interface Shown {
  readonly isGone: boolean;
  /** Its status is that of what can be bought. */
  readonly isOnSale: boolean;
  /** Searches list it. */
  readonly isListed: boolean;
  /** All that a detail shows but stock and sales. */
  readonly facts: string;
  readonly prices: string;
  readonly rowPrice: number;
  readonly modifiedAt: number | null;
  readonly isInStock: boolean;
}

/** The offers of a sandbox's world by the day, those that are born later left out. */
export interface SimulatedOffers {
  readonly count: number;
  /** As they are at a time, in days since the beginning. */
  at(day: number): readonly Shown[];
}

function readDay(world: World, step: number, count: number): Shown[] {
  const snapshot = world.snapshot(step);
  return Array.from({ length: count }, (_, index) => {
    const { offer, state } = snapshot.entryAt(index);
    const { price, terms, subject, skus } = state.versions;
    // Prices by SKU come and go with their SKUs.
    const prices = [price, terms, offer.quoteType === 0 ? 0 : skus].join('/');
    return {
      isGone: state.isGone,
      isOnSale: state.status === 'published',
      isListed: state.isListed,
      facts: state.isGone ? 'gone' : [prices, skus, subject, state.status].join('|'),
      prices,
      rowPrice: price,
      modifiedAt: state.modifiedAtStep,
      isInStock: goodsOf(offer, state).stock > 0,
    };
  });
}

export function simulateOffers(options: {
  readonly seed: number;
  readonly count: number;
  readonly nature: Readonly<Record<string, number>>;
}): SimulatedOffers {
  const { seed, count, nature } = options;
  const world = createWorld({ seed, offers: count, categories: 30, startAt: 0, stepMs: dayMs, nature });
  let known = { step: -1, offers: [] as readonly Shown[] };
  return {
    count,
    at: (day) => {
      const step = Math.floor(day);
      if (known.step !== step) known = { step, offers: readDay(world, step, count) };
      return known.offers;
    },
  };
}
