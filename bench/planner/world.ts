import { fillBursts, historyDays } from './bursts.ts';
import type { WorldRandom } from './world-random.ts';
import { createWorldRandom } from './world-random.ts';

/** One kind of offer: how many there are, how often they change at the median, and the spread of ln(rate). */
interface RateClass {
  readonly share: number;
  readonly medianPerDay: number;
  readonly spread: number;
}

const mixed: readonly RateClass[] = [
  { share: 0.55, medianPerDay: 0.0001, spread: 0.5 },
  { share: 0.35, medianPerDay: 0.02, spread: 1 },
  { share: 0.1, medianPerDay: 0.3, spread: 0.8 },
];

const rateClasses = {
  mixed,
  drift: mixed,
  burst: mixed,
  static: [
    { share: 0.85, medianPerDay: 0.0001, spread: 0.5 },
    { share: 0.12, medianPerDay: 0.03, spread: 1.2 },
    { share: 0.03, medianPerDay: 0.3, spread: 0.8 },
  ],
  fast: [
    { share: 0.4, medianPerDay: 0.0005, spread: 0.5 },
    { share: 0.35, medianPerDay: 0.03, spread: 1 },
    { share: 0.25, medianPerDay: 1, spread: 0.9 },
  ],
  plain: [{ share: 1, medianPerDay: 0.02, spread: 1.5 }],
} satisfies Record<string, readonly RateClass[]>;

export type WorldName = keyof typeof rateClasses;
export const worldNames = Object.keys(rateClasses) as WorldName[];

export interface WorldOptions {
  readonly name: WorldName;
  readonly seed: number;
  readonly offers: number;
  /** Days are counted from 0; changes also come in the 60 days before, which copies may be old. */
  readonly days: number;
  /** Copies are up to so old at the start, in days. */
  readonly oldestCopyDays: number;
  /** Share of changes that a summary shows. */
  readonly visibleShare: number;
}

/** By offer, in days; born at -Infinity: known from the beginning. */
export interface Lives {
  readonly bornAt: Float64Array;
  readonly diesAt: Float64Array;
}

/** The days of offer i are `at[first[i]]` up to, not including, `at[first[i + 1]]`, in order. */
export interface OfferDays {
  readonly first: Int32Array;
  readonly at: Float64Array;
}

/** What happens, whatever anybody looks at. Arrays are by offer; times in days. */
export interface World {
  readonly offers: number;
  readonly days: number;
  readonly categories: number;
  readonly weights: Float64Array;
  readonly category: Int32Array;
  readonly copiedAt: Float64Array;
  /** The changes of offer i are `changeAt[firstChange[i]]` up to, not including, `firstChange[i + 1]`, in order. */
  readonly firstChange: Int32Array;
  readonly changeAt: Float64Array;
  readonly isVisible: Uint8Array;
  /** By change, 1: a row shows another price; absent: each visible change moves it. */
  readonly isPriceMoved?: Uint8Array;
  /** Days on which a row shows another date of modification, and nothing has changed; absent: there are none. */
  readonly redated?: OfferDays;
  /** Offers come and go; null: all are there from the beginning to the end. */
  readonly lives: Lives | null;
  /** Changes per day at the moment, without category bursts: for the references that know them. */
  baseRates(day: number): Float64Array;
  /** By what category `of` an offer's rate is multiplied at the moment. */
  multiplier(category: number, day: number): number;
  /** Offers whose category was repriced, by the hour: what only a reference can know at once. */
  repriced(hour: number): readonly number[];
}

/** Mean days between two rates of an offer of world drift. */
const driftDays = 45;
const categoryMeanSize = 200;
const categorySpread = 0.6;

interface Categories {
  readonly of: Int32Array;
  readonly factor: readonly number[];
  readonly quietShift: readonly number[];
}

function createCategories(random: WorldRandom, offers: number, isPlain: boolean): Categories {
  const of = new Int32Array(offers);
  const factor: number[] = [];
  const quietShift: number[] = [];
  for (let next = 0; next < offers;) {
    const size = Math.ceil(categoryMeanSize * Math.exp(0.8 * random.normal() - 0.32));
    of.fill(factor.length, next, Math.min(offers, next + size));
    factor.push(isPlain ? 1 : Math.exp(categorySpread * random.normal()));
    quietShift.push(isPlain ? 0 : 0.15 * random.normal());
    next += size;
  }
  return { of, factor, quietShift };
}

/** The first class is the quiet one: categories have more or less of it. */
function drawRate(random: WorldRandom, classes: readonly RateClass[], quietShift: number): number {
  const quiet = classes[0]?.share ?? 1;
  const shifted = classes.length === 1 ? 1 : Math.min(0.98, Math.max(0.02, quiet + quietShift));
  let at = random.uniform();
  for (const [index, { share, medianPerDay, spread }] of classes.entries()) {
    at -= index === 0 ? shifted : (share * (1 - shifted)) / (1 - quiet);
    if (at < 0 || index === classes.length - 1) return medianPerDay * Math.exp(spread * random.normal());
  }
  return 0;
}

/** Zipf's law with exponent 0.8 over a random order, mean 1. */
function drawWeights(random: WorldRandom, offers: number): Float64Array {
  const weights = Float64Array.from({ length: offers }, (_, rank) => (rank + 1) ** -0.8);
  const scale = offers / weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = offers - 1; i >= 0; i -= 1) {
    const other = random.integer(i + 1);
    const [a, b] = [weights[i] ?? 0, weights[other] ?? 0];
    weights[other] = a;
    weights[i] = b;
  }
  return weights.map((weight) => weight * scale);
}

/** The rates that offers have one after another, each with the day from which it holds. */
interface RateHistory {
  readonly from: readonly number[];
  readonly perDay: readonly number[];
}

function drawHistory(random: WorldRandom, draw: () => number, until: number): RateHistory {
  const from = [-historyDays];
  const perDay = [draw()];
  for (;;) {
    const next = (from.at(-1) ?? 0) + driftDays * random.exponential();
    if (next >= until) return { from, perDay };
    from.push(next);
    perDay.push(draw());
  }
}

/** Days of a Poisson process, for a rate that steps. */
function drawChanges(random: WorldRandom, history: RateHistory, until: number): number[] {
  const days: number[] = [];
  for (const [index, perDay] of history.perDay.entries()) {
    const end = history.from[index + 1] ?? until;
    let at = history.from[index] ?? 0;
    for (;;) {
      at += random.exponential() / perDay;
      if (at >= end) break;
      days.push(at);
    }
  }
  return days;
}

/** A world, the same for the same options. */
export function createWorld(options: WorldOptions): World {
  const { name, offers, days } = options;
  const random = createWorldRandom(options.seed);
  const categories = createCategories(random, offers, name === 'plain');
  const weights = name === 'plain' ? new Float64Array(offers).fill(1) : drawWeights(random, offers);
  const copiedAt = Float64Array.from({ length: offers }, () => -options.oldestCopyDays * random.uniform());
  const until = name === 'drift' ? days : -historyDays;
  const histories = Array.from({ length: offers }, (_, i) => {
    const category = categories.of[i] ?? 0;
    const draw = () =>
      drawRate(random, rateClasses[name], categories.quietShift[category] ?? 0) *
      (categories.factor[category] ?? 1);
    return drawHistory(random, draw, until);
  });
  const bursts = fillBursts(name === 'burst' ? random : null, categories.of, categories.factor.length, days);
  const changes = histories.map((history, i) => {
    const category = categories.of[i] ?? 0;
    const scaled = drawChanges(random, history, bursts.scaledDay(category, days));
    const own = name === 'burst' ? scaled.map((at) => bursts.dayOf(category, at)) : scaled;
    return own.concat(bursts.repricings.get(i) ?? []).sort((a, b) => a - b);
  });
  const firstChange = new Int32Array(offers + 1);
  for (const [i, list] of changes.entries()) firstChange[i + 1] = (firstChange[i] ?? 0) + list.length;
  const changeAt = Float64Array.from(changes.flat());
  const now = Float64Array.from(histories, ({ perDay }) => perDay[0] ?? 0);
  return {
    offers,
    days,
    categories: categories.factor.length,
    weights,
    category: categories.of,
    copiedAt,
    firstChange,
    changeAt,
    isVisible: Uint8Array.from(changeAt, () => (random.uniform() < options.visibleShare ? 1 : 0)),
    lives: null,
    baseRates: (day) => {
      if (name !== 'drift') return now;
      for (const [i, { from, perDay }] of histories.entries()) {
        let index = from.length - 1;
        while (index > 0 && (from[index] ?? 0) > day) index -= 1;
        now[i] = perDay[index] ?? 0;
      }
      return now;
    },
    multiplier: bursts.multiplier,
    repriced: (hour) => bursts.repricedInHour.get(hour) ?? [],
  };
}
