import { dayMs } from '../../core/duration.ts';
import type { Category } from './categories.ts';
import type { Draw } from './draw.ts';
import { followedShare, repricedShare, repricingsPerStep, type Nature } from './nature.ts';
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
  /** Expected changes in one step of the world, its shop's included. */
  readonly changesPerStep: number;
  /** Probability of a change of its own in a step that doesn't follow another change. */
  readonly eventsPerStep: number;
  /** Many of its changes come on consecutive days. */
  readonly isConsecutive: boolean;
  /** How its world is. */
  readonly nature: Nature;
  /** 0 for those that were there from the start. */
  readonly bornAtStep: number;
  readonly createdAt: number;
  readonly draw: Draw;
}

export interface OfferSourceOptions {
  readonly seed: Draw;
  readonly leaves: readonly Category[];
  readonly startAt: number;
  readonly stepMs: number;
  /** How many offers there are at the start. */
  readonly initialCount: number;
  readonly nature: Nature;
}

/** So that the forms with and without a time of day mean the same instant. */
function shanghaiMidnight(at: number): number {
  const offsetMs = dayMs / 3;
  return Math.floor((at + offsetMs) / dayMs) * dayMs - offsetMs;
}

/** Births stop after so many steps, so that a sandbox that runs for years keeps its size. */
const maxBirthSteps = 250;

/** New offers a step, but at least one every second step, so that a small world shows some. */
function birthsPerStep(initialCount: number, birth: number): number {
  return birth === 0 ? 0 : Math.max(0.5, initialCount * birth);
}

/** How many offers have ever appeared by the end of `step`. */
export function countBorn(initialCount: number, birth: number, step: number): number {
  const limit = Math.min(1, birth * maxBirthSteps) * initialCount;
  if (limit === 0) return initialCount;
  return initialCount + Math.floor(Math.min(limit, step * birthsPerStep(initialCount, birth)));
}

/** 55 % never change, 35 % slowly (once in 12 to 250 steps), 10 % fast, a quarter of these in every step. */
function drawChangeRate(draw: Draw): number {
  const kind = draw.unit('rate-class');
  const within = draw.unit('rate');
  if (kind < 0.55) return 0;
  if (kind < 0.9) return 0.004 * 20 ** within;
  return within < 0.25 ? 1 : within;
}

/** Draws leaves by their weights: `pick(share)` takes a share of the whole, from 0 up to 1. */
function createLeafPicker(leaves: readonly Category[]): (share: number) => number {
  const ends = new Float64Array(leaves.length);
  let total = 0;
  for (const [i, leaf] of leaves.entries()) ends[i] = total += leaf.weight;
  if (total === 0) throw new RangeError('the tree has no leaf that may hold offers');
  return (share) => {
    let [low, high] = [0, leaves.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? total) > share * total) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

const quoteTypes = [0, 1, 1, 2, 1, 2, 0, 1, 2, 1] as const;

const idStride = 1_000_003;
const firstId = 610_000_000_000;

/** Where an offer with that id would be in the world; whether there is one, only its own id tells. */
export function indexOfId(offerId: string): number {
  return /^\d{12,13}$/.test(offerId) ? Math.floor((Number(offerId) - firstId) / idStride) : -1;
}

/** The offers of a world, each made from its index alone when it is asked for. */
export interface OfferSource {
  make(index: number): Offer;
  /** Position of its category among the leaves. */
  leafOf(index: number): number;
  /** Position of its shop among the sellers. */
  sellerOf(index: number): number;
  /** From 0 to 1. */
  popularityOf(index: number): number;
  readonly sellerCount: number;
  seller(position: number): Seller;
}

/** The rate of an offer's own changes, as the chances by which they are drawn; see `gapTo` in evolution. */
function changeTraits(draw: Draw, seller: Seller, nature: Nature) {
  const rate = drawChangeRate(draw);
  const isConsecutive = rate > 0 && draw.chance('consecutive', nature.consecutive);
  const shopRate = seller.isRepricing ? repricingsPerStep * repricedShare : 0;
  return {
    isConsecutive,
    // With a share f of follow-ups, a step's chance of e gives e / (f * e + 1 - f) changes a step; solved for e.
    eventsPerStep: isConsecutive ? ((1 - followedShare) * rate) / (1 - followedShare * rate) : rate,
    changesPerStep: rate + shopRate,
  };
}

/** @throws RangeError when no leaf may hold offers */
export function createOfferSource(options: OfferSourceOptions): OfferSource {
  const { seed, leaves, startAt, stepMs, initialCount, nature } = options;
  const pickLeaf = createLeafPicker(leaves);
  const sellerCount = Math.max(5, Math.ceil(initialCount / 15));
  const sellers: Seller[] = [];
  const drawOf = (index: number) => seed.child('offer', index);
  const source: Omit<OfferSource, 'make'> = {
    leafOf: (index) => pickLeaf(drawOf(index).unit('category')),
    sellerOf: (index) => drawOf(index).int('seller', sellerCount),
    popularityOf: (index) => drawOf(index).unit('popularity'),
    sellerCount,
    seller: (position) => (sellers[position] ??= foundSeller(seed, position, nature.repricing)),
  };
  const categoryOf = (index: number): Category => {
    const leaf = leaves[source.leafOf(index)];
    if (leaf === undefined) throw new RangeError('the tree has no leaves');
    return leaf;
  };
  return {
    ...source,
    make(index) {
      const draw = drawOf(index);
      const born = index - initialCount + 1;
      const bornAtStep = born <= 0 ? 0 : Math.ceil(born / birthsPerStep(initialCount, nature.birth));
      const ageMs = bornAtStep > 0 ? -bornAtStep * stepMs : (1 + draw.int('age', 900)) * dayMs;
      const seller = source.seller(source.sellerOf(index));
      return {
        index,
        offerId: String(firstId + index * idStride + draw.int('id', 1_000_000)),
        category: categoryOf(index),
        seller,
        quoteType: draw.pick('quote', quoteTypes),
        ...changeTraits(draw, seller, nature),
        nature,
        bornAtStep,
        createdAt: shanghaiMidnight(startAt - ageMs),
        draw,
      };
    },
  };
}
