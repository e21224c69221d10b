import type { ChangeRate } from './change-rate.ts';

/** Gain per call of an observation at some age, if the copy is then always observed at that age. */
export interface ObservationGains {
  /** Days of freshness: the price of a call at which observing at this age is best (Olston & Pandey 2008, eq. 4). */
  readonly fresh: number;
  /** Changes seen that a longer wait would merge into one. */
  readonly captured: number;
  /** Days by which the copy lags, each further missed change counting less (Kolobov et al. 2019). */
  readonly lagging: number;
}

/** Below this, differences of nearly equal numbers lose digits. At ten times, the series needs twice the terms. */
const fewChanges = 0.01;

/**
 * The days of the next `ageDays` for which a copy made now stays right, on average:
 * `B/(A-1) (1 - (1+z)^(1-A))`, `z = age/B`, for Gamma(A, B).
 */
export function freshDays({ changes, days }: ChangeRate, ageDays: number): number {
  const log = Math.log1p(ageDays / days);
  const exponent = (1 - changes) * log;
  return exponent === 0 ? days * log : (days * log * Math.expm1(exponent)) / exponent;
}

/**
 * The same gains where changes are few: sums over k = 2, 3, ... changes, all of whose terms are positive. With
 * `y = age/(B+age)` and `r = (B/(B+age))^A`, the k-th term of `fresh` is `age r (A)_(k-1) y^(k-1) / k!`.
 */
function seriesGains({ changes, days }: ChangeRate, ageDays: number, unchanged: number): ObservationGains {
  const y = ageDays / (days + ageDays);
  let term = (changes * y) / 2;
  let [fresh, captured, lagging] = [0, 0, 0];
  for (let k = 2; k <= 8; k += 1) {
    fresh += term;
    lagging += (k - 1) * term;
    captured += (changes + k - 1) * y * term;
    term *= ((changes + k - 1) * y) / (k + 1);
  }
  return {
    fresh: ageDays * unchanged * fresh,
    captured: unchanged * captured,
    lagging: ageDays * unchanged * lagging,
  };
}

/**
 * Expected gains of an observation at age `ageDays` whose change rate is Gamma(A, B), in closed form: with
 * `r = (1 + age/B)^-A` and `S = freshDays`, `fresh = S - age r`, `captured = 1 - r (1 + A age/(B+age))` and
 * `lagging = age - S`. Exact to nine digits for A in [0.05, 100], B in [0.1, 10^4] and ages in [10^-3, 10^4] days.
 */
export function observationGains(rate: ChangeRate, ageDays: number): ObservationGains {
  const { changes, days } = rate;
  if (ageDays <= 0) return { fresh: 0, captured: 0, lagging: 0 };
  const unchanged = Math.exp(-changes * Math.log1p(ageDays / days));
  const y = ageDays / (days + ageDays);
  if ((changes + 1) * y < fewChanges) return seriesGains(rate, ageDays, unchanged);
  const right = freshDays(rate, ageDays);
  return {
    fresh: right - ageDays * unchanged,
    captured: 1 - unchanged * (1 + changes * y),
    lagging: ageDays - right,
  };
}
