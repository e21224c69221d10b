/** Ages at which values are computed, in days: from half an hour to 35 years, each a third more than the last. */
const gridAges: readonly number[] = Array.from({ length: 52 }, (_, index) => 0.02 * 1.3 ** index);

interface CurvePoint {
  readonly ageDays: number;
  readonly value: number;
}

/** The value of a call by age, at each age of the grid; it never falls. */
export type ValueCurve = readonly CurvePoint[];

/** Samples `valueAt`, which grows with age. */
export function drawCurve(valueAt: (ageDays: number) => number): ValueCurve {
  return gridAges.map((ageDays) => ({ ageDays, value: valueAt(ageDays) }));
}

/** The age at which a call is worth a price, in days; Infinity: never. Interpolates between the ages of the grid by a power curve. */
export function ageWorth(curve: ValueCurve, price: number): number {
  let before: CurvePoint | null = null;
  for (const point of curve) {
    if (point.value >= price) return before === null ? 0 : meetPrice(before, point, price);
    before = point;
  }
  return Infinity;
}

/** The age at which the power curve through two points reaches a value that lies between theirs. */
function meetPrice(from: CurvePoint, to: CurvePoint, price: number): number {
  if (from.value <= 0) return to.ageDays;
  const part = Math.log(price / from.value) / Math.log(to.value / from.value);
  return from.ageDays * (to.ageDays / from.ageDays) ** part;
}
