import type { Category } from './categories.ts';
import type { Draw } from './draw.ts';
import { foundSeller, type Seller } from './sellers.ts';

/** What never changes about an offer, and how often the rest of it does. */
export interface Offer {
  /** Position in the world, from 0. */
  readonly index: number;
  /** Twelve digits. */
  readonly offerId: string;
  /** A leaf of the tree. */
  readonly category: Category;
  readonly seller: Seller;
  /** 0 no SKU, price by quantity; 1 price by SKU; 2 SKUs, but price by quantity. */
  readonly quoteType: 0 | 1 | 2;
  /** Probability that something changes in one step of the world. */
  readonly changesPerStep: number;
  /** 0 for those that were there from the start. */
  readonly bornAtStep: number;
  readonly createdAt: number;
  readonly draw: Draw;
}

export interface OfferPlan {
  readonly seed: Draw;
  readonly leaves: readonly Category[];
  readonly startAt: number;
  readonly stepMs: number;
  /** How many offers there are at the start. */
  readonly initialCount: number;
}

const dayMs = 86_400_000;

/** So that the forms with and without a time of day mean the same instant. */
function shanghaiMidnight(at: number): number {
  const offsetMs = dayMs / 3;
  return Math.floor((at + offsetMs) / dayMs) * dayMs - offsetMs;
}

/** Births stop there, so that a sandbox that runs for years keeps its size. */
const growthLimit = 0.25;

/** New offers a step: one in a thousand, but at least one every second step, so that a small world shows some. */
function birthsPerStep(initialCount: number): number {
  return Math.max(0.5, initialCount / 1000);
}

/** How many offers have ever appeared by the end of `step`. */
export function countBorn(initialCount: number, step: number): number {
  const births = Math.min(initialCount * growthLimit, step * birthsPerStep(initialCount));
  return initialCount + Math.floor(births);
}

/** 55 % never change, 35 % slowly (once in 12 to 250 steps), 10 % fast, a quarter of these in every step. */
function drawChangeRate(draw: Draw): number {
  const kind = draw.unit('rate-class');
  const within = draw.unit('rate');
  if (kind < 0.55) return 0;
  if (kind < 0.9) return 0.004 * 20 ** within;
  return within < 0.25 ? 1 : within;
}

function drawCategory(draw: Draw, leaves: readonly Category[], totalWeight: number): Category {
  let rest = draw.unit('category') * totalWeight;
  let chosen: Category | undefined;
  for (const leaf of leaves) {
    if (leaf.weight === 0) continue;
    chosen = leaf;
    rest -= leaf.weight;
    if (rest < 0) break;
  }
  if (chosen === undefined) throw new RangeError('the tree has no leaf that may hold offers');
  return chosen;
}

const quoteTypes = [0, 1, 1, 2, 1, 2, 0, 1, 2, 1] as const;

/** Makes offers one at a time, each from its index alone. */
export function createOfferFactory(plan: OfferPlan): (index: number) => Offer {
  const totalWeight = plan.leaves.reduce((sum, leaf) => sum + leaf.weight, 0);
  const sellerCount = Math.max(5, Math.ceil(plan.initialCount / 15));
  const sellers = Array.from({ length: sellerCount }, (_, i) => foundSeller(plan.seed, i));
  return (index) => {
    const draw = plan.seed.child('offer', index);
    const seller = sellers[draw.int('seller', sellerCount)] ?? foundSeller(plan.seed, 0);
    const born = index - plan.initialCount + 1;
    const bornAtStep = born <= 0 ? 0 : Math.ceil(born / birthsPerStep(plan.initialCount));
    const ageMs = bornAtStep > 0 ? -bornAtStep * plan.stepMs : (1 + draw.int('age', 900)) * dayMs;
    return {
      index,
      offerId: String(610_000_000_000 + index * 1_000_003 + draw.int('id', 1_000_000)),
      category: drawCategory(draw, plan.leaves, totalWeight),
      seller,
      quoteType: draw.pick('quote', quoteTypes),
      changesPerStep: drawChangeRate(draw),
      bornAtStep,
      createdAt: shanghaiMidnight(plan.startAt - ageMs),
      draw,
    };
  };
}
