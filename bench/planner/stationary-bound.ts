import type { World } from './world.ts';

/** Share of time a copy is right that is fetched anew every `ageDays`, and what looking at that age gains. */
function atAge(rate: number, ageDays: number): { fresh: number; gain: number } {
  const x = rate * ageDays;
  const right = -Math.expm1(-x) / rate;
  return { fresh: right / ageDays, gain: right - ageDays * Math.exp(-x) };
}

/** The age at which a look gains `price / weight`; Infinity: it never does. */
function dueAge(rate: number, wanted: number): number {
  if (wanted * rate >= 1) return Infinity;
  let [low, high] = [1e-4, 1e6];
  for (let step = 0; step < 50; step += 1) {
    const middle = Math.sqrt(low * high);
    if (atAge(rate, middle).gain < wanted) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Weighted freshness of the best schedule that there is for known, unchanging rates (Cho and Garcia-Molina 2000): no
 * policy keeps more fresh for good. Over so short a time as is simulated, one with a low quota can.
 */
export function stationaryBound(world: World, callsPerDay: number): number {
  const rates = world.baseRates(0);
  const weightOf = (offer: number) => world.weights[offer] ?? 0;
  let [cheap, dear] = [1e-9, 1e6];
  let ages: number[] = [];
  for (let step = 0; step < 40; step += 1) {
    const price = Math.sqrt(cheap * dear);
    ages = Array.from(rates, (rate, offer) => dueAge(rate, price / weightOf(offer)));
    const calls = ages.reduce((sum, age) => sum + 1 / age, 0);
    if (calls > callsPerDay) cheap = price;
    else dear = price;
  }
  let [fresh, total] = [0, 0];
  for (const [offer, age] of ages.entries()) {
    total += weightOf(offer);
    if (age < Infinity) fresh += weightOf(offer) * atAge(rates[offer] ?? 0, age).fresh;
  }
  return fresh / total;
}
