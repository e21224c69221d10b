/** Ages at which values are computed, in days: from half an hour to 100 years, a third more from each to the next. */
const gridAges: readonly number[] = Array.from({ length: 52 }, (_, index) => 0.02 * 1.3 ** index);

/** How what a call is worth grows with age. */
export interface ValueCurve {
  /** Value at each age of the grid; never falls. */
  readonly values: readonly number[];
}

/** Samples `valueAt`, which grows with age. */
export function drawCurve(valueAt: (ageDays: number) => number): ValueCurve {
  return { values: gridAges.map(valueAt) };
}

/** The age at which a call is worth a price, in days; Infinity: never. Between the ages of the grid on a power curve. */
export function ageWorth({ values }: ValueCurve, price: number): number {
  if (price <= (values[0] ?? 0)) return 0;
  if ((values.at(-1) ?? 0) < price) return Infinity;
  let [low, high] = [0, values.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < price) low = middle;
    else high = middle;
  }
  const [below, above] = [values[low] ?? 0, values[high] ?? 0];
  const [from, to] = [gridAges[low] ?? 0, gridAges[high] ?? 0];
  if (below <= 0 || above <= below) return to;
  const part = Math.log(price / below) / Math.log(above / below);
  return from * (to / from) ** part;
}
