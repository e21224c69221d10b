import type { ChangeRate } from '../../../../src/refresh/planner/change-rate.ts';
import type { ObservationGains } from '../../../../src/refresh/planner/observation-gains.ts';

/*
 * The gains of an observation from their definition: those of a known rate, averaged over the Gamma distribution by a
 * quadrature that is refined until two results agree. It shares nothing with the closed forms but the definition.
 */

/** 1 - (1+x) e^-x, by its series where the difference would lose digits. */
export function twoOrMore(x: number): number {
  if (x > 0.5) return 1 - (1 + x) * Math.exp(-x);
  let [sum, term] = [0, (x * x) / 2];
  for (let k = 2; k < 20; k += 1) {
    sum += term;
    term *= x / (k + 1);
  }
  return sum * Math.exp(-x);
}

/** x - 1 + e^-x. */
function lag(x: number): number {
  if (x > 0.5) return x - 1 + Math.exp(-x);
  let [sum, term] = [0, (x * x) / 2];
  for (let k = 2; k < 20; k += 1) {
    sum += term;
    term *= -x / (k + 1);
  }
  return sum;
}

export function gainsOfKnownRate(perDay: number, ageDays: number): ObservationGains {
  const x = perDay * ageDays;
  return { fresh: twoOrMore(x) / perDay, captured: twoOrMore(x), lagging: lag(x) / perDay };
}

/** Sums over equally spaced ln(rate) of Gamma(A+1, B): factoring one rate out keeps the left tail short. */
function average({ changes, days }: ChangeRate, ageDays: number, nodes: number): ObservationGains {
  const power = changes + 1;
  const peak = Math.log(power / days);
  const margin = 9 / Math.sqrt(power);
  const from = Math.min(peak, -Math.log(ageDays)) - 40 / power - margin;
  const to = peak + Math.log(1 + 40 / power) + margin;
  let [total, fresh, captured, lagging] = [0, 0, 0, 0];
  for (let node = 0; node <= nodes; node += 1) {
    const log = from + ((to - from) * node) / nodes;
    const perDay = Math.exp(log);
    const density = Math.exp(power * (log - peak) - days * perDay + power);
    const gains = gainsOfKnownRate(perDay, ageDays);
    total += density;
    fresh += (density * gains.fresh) / perDay;
    captured += (density * gains.captured) / perDay;
    lagging += (density * gains.lagging) / perDay;
  }
  const scale = changes / days / total;
  return { fresh: scale * fresh, captured: scale * captured, lagging: scale * lagging };
}

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b);

export function furthestApart(a: ObservationGains, b: ObservationGains): number {
  return Math.max(
    relative(a.fresh, b.fresh),
    relative(a.captured, b.captured),
    relative(a.lagging, b.lagging),
  );
}

/** Exact to 1e-9. @throws Error when 2^17 nodes do not suffice */
export function expectedGains(rate: ChangeRate, ageDays: number): ObservationGains {
  let before = average(rate, ageDays, 256);
  for (let nodes = 512; nodes <= 131_072; nodes *= 2) {
    const now = average(rate, ageDays, nodes);
    if (furthestApart(now, before) < 1e-9) return now;
    before = now;
  }
  throw new Error(`no agreement for ${JSON.stringify({ rate, ageDays })}`);
}
