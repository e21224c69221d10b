import { changeOdds, type ChangeRate } from '../planner/change-rate.ts';
import { detailValue, vouchedAgeDays, type Valuation } from '../planner/offer-value.ts';
import { drawCurve, type ValueCurve } from './value-curve.ts';

/** What decides how often the detail of an offer is fetched, apart from the price of a call. */
export interface DetailTerms {
  readonly valuation: Valuation;
  /** Days from one pass over its search to the next; Infinity: no search lists it. */
  readonly rowEveryDays: number;
  readonly runEveryDays: number;
}

/** Highest age of an offer's row when a run chooses calls: in the runs in which passes are due, they come first. */
function rowAgeAtChoice({ rowEveryDays, runEveryDays }: DetailTerms): number {
  return Math.max(0, rowEveryDays - runEveryDays);
}

/**
 * Age at which the detail of an offer whose row did not change reaches an age that counts as `ageDays`; the row confirms the detail.
 * `orderingAgeDays`, solved for the age of the detail.
 */
export function detailAgeOf(ageDays: number, terms: DetailTerms): number {
  const rowAge = rowAgeAtChoice(terms);
  if (ageDays <= rowAge) return ageDays;
  const { objective, visibleShare } = terms.valuation;
  const ofDetail = (1 - objective.summaryShare) * (1 - visibleShare);
  return ofDetail > 0 ? (ageDays - (1 - ofDetail) * rowAge) / ofDetail : Infinity;
}

/** An offer with its detail calls in steady state. */
export interface DetailOffer {
  /** What a call is worth, by the age of the detail while the row shows no change. */
  readonly curve: ValueCurve;
  /** What a call is worth once the row has shown a change. */
  readonly promptedValue: number;
  /** Changes per day that rows show. */
  readonly promptsPerDay: number;
  readonly rate: ChangeRate;
}

export function toDetailOffer(weight: number, rate: ChangeRate, terms: DetailTerms): DetailOffer {
  const rowAge = rowAgeAtChoice(terms);
  const { valuation, rowEveryDays } = terms;
  const at = (detailAgeDays: number, isStale: boolean) =>
    detailValue(
      { weight, rate, summaryAgeDays: Math.min(rowAge, detailAgeDays), detailAgeDays, isStale },
      valuation,
    );
  const odds = Number.isFinite(rowEveryDays) ? changeOdds(rate, valuation.visibleShare * rowEveryDays) : 0;
  return {
    curve: drawCurve((ageDays) => at(ageDays, false)),
    promptedValue: at(rowAge, true),
    promptsPerDay: odds > 0 ? odds / rowEveryDays : 0,
    rate,
  };
}

/** A detail is fetched `everyDays` after the last one, or earlier at a prompt. */
export interface DetailCycle {
  readonly everyDays: number;
  readonly promptsPerDay: number;
}

/** Mean days from one detail to the next. */
function meanLength({ everyDays, promptsPerDay }: DetailCycle): number {
  const x = promptsPerDay * everyDays;
  if (x === 0) return everyDays;
  return Number.isFinite(x) ? -Math.expm1(-x) / promptsPerDay : 1 / promptsPerDay;
}

export function callsPerDay(cycle: DetailCycle): number {
  return 1 / meanLength(cycle);
}

/** The share of the time in which the detail is at most so old; 0 if it is never fetched again. */
export function shareYounger(cycle: DetailCycle, ageDays: number): number {
  const length = meanLength(cycle);
  if (!Number.isFinite(length)) return 0;
  return meanLength({ ...cycle, everyDays: Math.min(ageDays, cycle.everyDays) }) / length;
}

const steps = 24;

/** Mean age of the detail in days, and the share of the time in which it is right. */
export function meanOverCycle(
  cycle: DetailCycle,
  { rate }: DetailOffer,
  { valuation, rowEveryDays }: DetailTerms,
): { readonly ageDays: number; readonly fresh: number } {
  const length = meanLength(cycle);
  if (!Number.isFinite(length)) return { ageDays: Infinity, fresh: 0 };
  let [age, fresh, weight] = [0, 0, 0];
  const end = Math.min(cycle.everyDays, 40 * length);
  for (let step = 0; step < steps; step += 1) {
    // Squares give denser steps where the detail is young.
    const [from, to] = [end * (step / steps) ** 2, end * ((step + 1) / steps) ** 2];
    const middle = (from + to) / 2;
    const share = (to - from) * Math.exp(-cycle.promptsPerDay * middle);
    const vouched = vouchedAgeDays(Math.min(middle, rowEveryDays / 2), middle, valuation.visibleShare);
    age += share * middle;
    fresh += share * (1 - changeOdds(rate, vouched));
    weight += share;
  }
  return { ageDays: age / weight, fresh: fresh / weight };
}
