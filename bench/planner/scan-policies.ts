import { firstPrior, nothingLearned, rateOf } from '../../src/refresh/planner/change-rate.ts';
import { learnRate } from '../../src/refresh/planner/learn-rate.ts';
import { floorShare } from '../../src/refresh/planner/select-calls.ts';
import type { Policy } from './simulate.ts';
import type { DetailObservation, Site } from './site.ts';
import type { World } from './world.ts';

/** A policy that looks at every offer of the catalog before every slot, and takes the highest scores. */
interface Scan {
  /** Called before a slot. */
  begin?(site: Site): void;
  score(offer: number, ageDays: number): number;
  learn?(offer: number, observation: DetailObservation, ageDays: number): void;
  /** Offers older than this go first in 30 % of a slot, as in the planner. */
  readonly floorAgeDays?: number;
}

/** The offers of the highest scores, without an object for each. */
function highest(scores: Float64Array, count: number): number[] {
  const best: number[] = [];
  let min = -Infinity;
  for (let offer = 0; offer < scores.length; offer += 1) {
    const score = scores[offer] ?? 0;
    if (best.length >= count && score <= min) continue;
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((scores[best[middle] ?? 0] ?? 0) >= score) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, offer);
    if (best.length > count) best.pop();
    if (best.length === count) min = scores[best[count - 1] ?? 0] ?? 0;
  }
  return best;
}

function createScanPolicy(scan: Scan): Policy {
  let scores = new Float64Array(0);
  return {
    spend: async (site, calls) => {
      if (calls < 1) return;
      const { offers } = site.world;
      scores = scores.length === offers ? scores : new Float64Array(offers);
      scan.begin?.(site);
      const overdue: number[] = [];
      for (let offer = 0; offer < offers; offer += 1) {
        const ageDays = site.day - (site.detailAt[offer] ?? 0);
        // Nobody has heard of an offer that was never seen.
        scores[offer] = ageDays === -Infinity ? -Infinity : scan.score(offer, ageDays);
        if (ageDays > (scan.floorAgeDays ?? Infinity)) overdue.push(offer);
      }
      overdue.sort((a, b) => (site.detailAt[a] ?? 0) - (site.detailAt[b] ?? 0));
      for (const offer of overdue.slice(0, Math.floor(floorShare * calls))) scores[offer] = Infinity;
      for (const offer of highest(scores, calls)) {
        const ageDays = site.day - (site.detailAt[offer] ?? 0);
        const observation = site.fetchDetail(offer);
        if (observation) scan.learn?.(offer, observation, ageDays);
      }
    },
  };
}

/** Visits offers in one order, from its beginning every day. */
function createRestartingPolicy(order: readonly number[]): Policy {
  let [day, at] = [-1, 0];
  return {
    spend: async (site, calls) => {
      if (Math.floor(site.day) !== day) [day, at] = [Math.floor(site.day), 0];
      for (let call = 0; call < calls; call += 1) {
        const offer = order[at % order.length];
        if (offer !== undefined) site.fetchDetail(offer);
        at += 1;
      }
    },
  };
}

export const createNaive = ({ offers }: World): Policy =>
  createRestartingPolicy(Array.from({ length: offers }, (_, offer) => offer));

export const createPopularityFirst = ({ weights }: World): Policy =>
  createRestartingPolicy([...weights.keys()].sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0)));

export const createRoundRobin = (): Policy => createScanPolicy({ score: (_, ageDays) => ageDays });

export const createRateBlind = ({ weights }: World): Policy =>
  createScanPolicy({ score: (offer, ageDays) => (weights[offer] ?? 0) * ageDays });

export const createProportional = (world: World): Policy => {
  const rates = world.baseRates(0);
  return createScanPolicy({ score: (offer, ageDays) => (rates[offer] ?? 0) * ageDays });
};

/** 1 - (1+x) e^-x. */
function captured(x: number): number {
  return x < 1e-3 ? x * x * (0.5 - x / 3) : 1 - (1 + x) * Math.exp(-x);
}

/** The obvious choice: importance times the chance that the copy is wrong, with rates learned as the planner does. */
export function createLikelyStale({ weights, offers }: World): Policy {
  const learned = Array.from({ length: offers }, () => nothingLearned);
  return createScanPolicy({
    score: (offer, ageDays) => {
      const { changes, days } = rateOf(firstPrior, learned[offer] ?? nothingLearned);
      return -(weights[offer] ?? 0) * Math.expm1(-changes * Math.log1p(ageDays / days));
    },
    learn: (offer, { isChanged }, ageDays) => {
      const observation = { exposureDays: ageDays, elapsedDays: ageDays, isChanged };
      learned[offer] = learnRate(firstPrior, learned[offer] ?? nothingLearned, observation);
    },
  });
}

/** The best index, with Cho and Garcia-Molina's bias-corrected estimate put in for the rate. */
export function createPlugIn({ weights, offers }: World, floorAgeDays: number): Policy {
  const rates = new Float64Array(offers).fill(firstPrior.changes / firstPrior.days);
  const [observations, changed, days] = [
    new Int32Array(offers),
    new Int32Array(offers),
    new Float64Array(offers),
  ];
  return createScanPolicy({
    floorAgeDays,
    score: (offer, ageDays) => {
      const rate = rates[offer] ?? 0;
      return ((weights[offer] ?? 0) * captured(rate * ageDays)) / rate;
    },
    learn: (offer, { isChanged }, ageDays) => {
      const n = (observations[offer] = (observations[offer] ?? 0) + 1);
      const x = (changed[offer] = (changed[offer] ?? 0) + (isChanged ? 1 : 0));
      const sum = (days[offer] = (days[offer] ?? 0) + ageDays);
      rates[offer] = Math.max(1e-6, (-Math.log((n - x + 0.5) / (n + 0.5)) * n) / sum);
    },
  });
}

/** The same index with the true rates, bursts and repricings, known the moment they come. */
export function createOracle(world: World): Policy {
  const { weights, offers, category } = world;
  const [hazard, rates] = [new Float64Array(offers), new Float64Array(offers)];
  let [lastDay, lastHour] = [NaN, NaN];
  return createScanPolicy({
    begin: (site) => {
      const base = world.baseRates(site.day);
      const hour = Math.round(site.day * 24);
      const elapsed = site.day - lastDay;
      const factors = Float64Array.from({ length: world.categories }, (_, of) =>
        world.multiplier(of, site.day),
      );
      for (let offer = 0; offer < offers; offer += 1) {
        const rate = (base[offer] ?? 0) * (factors[category[offer] ?? 0] ?? 1);
        const age = Number.isNaN(elapsed) ? site.day - (site.detailAt[offer] ?? 0) : elapsed;
        hazard[offer] = (hazard[offer] ?? 0) + rate * age;
        rates[offer] = rate;
      }
      for (let at = Number.isNaN(lastHour) ? hour : lastHour + 1; at <= hour; at += 1) {
        for (const offer of world.repriced(at)) hazard[offer] = (hazard[offer] ?? 0) + 20;
      }
      [lastDay, lastHour] = [site.day, hour];
    },
    score: (offer) => ((weights[offer] ?? 0) * captured(hazard[offer] ?? 0)) / (rates[offer] ?? 1),
    learn: (offer) => {
      hazard[offer] = 0;
    },
  });
}
