import type { WorldRandom } from './world-random.ts';

/** Changes may be this much older than day 0. */
export const historyDays = 60;

const hoursPerDay = 24;
/** The sale in which everything changes six times as often. */
const sale = { from: 60, to: 64, factor: 6 };
const [daysBetweenBursts, daysBetweenRepricings] = [40, 45];

/** How much faster than usual time runs for the changes of a category, and what was repriced at one stroke. */
export interface Bursts {
  readonly multiplier: (category: number, day: number) => number;
  /** Days of usual time from the beginning until a day, counted so that a calm world has `day` itself. */
  scaledDay(category: number, day: number): number;
  /** The inverse of `scaledDay`. */
  dayOf(category: number, scaled: number): number;
  /** Days of an offer's repricings. */
  readonly repricings: ReadonlyMap<number, readonly number[]>;
  readonly repricedInHour: ReadonlyMap<number, readonly number[]>;
}

const calm: Bursts = {
  multiplier: () => 1,
  scaledDay: (_, day) => day,
  dayOf: (_, scaled) => scaled,
  repricings: new Map(),
  repricedInHour: new Map(),
};

/** Multipliers of one category by the hour, from `historyDays` before day 0 on. */
function drawMultipliers(random: WorldRandom, hours: number): Float64Array {
  const multipliers = new Float64Array(hours).fill(1);
  let at = daysBetweenBursts * random.exponential();
  while (at * hoursPerDay < hours) {
    const length = 1.5 + 2 * random.uniform();
    multipliers.fill(6 + 6 * random.uniform(), at * hoursPerDay, (at + length) * hoursPerDay);
    at += length + daysBetweenBursts * random.exponential();
  }
  const [from, to] = [(sale.from + historyDays) * hoursPerDay, (sale.to + historyDays) * hoursPerDay];
  for (let hour = from; hour < Math.min(to, hours); hour += 1)
    multipliers[hour] = (multipliers[hour] ?? 1) * sale.factor;
  return multipliers;
}

function addTo<K>(lists: Map<K, number[]>, key: K, item: number): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** Every 45 days or so a category gives a fifth to a half of its offers new prices, all in one moment. */
function drawRepricings(random: WorldRandom, categoryOf: Int32Array, categories: number, days: number) {
  const repricings = new Map<number, number[]>();
  const repricedInHour = new Map<number, number[]>();
  const members = new Map<number, number[]>();
  for (const [offer, category] of categoryOf.entries()) addTo(members, category, offer);
  for (let category = 0; category < categories; category += 1) {
    let at = -historyDays + daysBetweenRepricings * random.exponential();
    for (; at < days; at += daysBetweenRepricings * random.exponential()) {
      const share = 0.2 + 0.3 * random.uniform();
      for (const offer of members.get(category) ?? []) {
        if (random.uniform() >= share) continue;
        addTo(repricings, offer, at);
        addTo(repricedInHour, Math.ceil(at * hoursPerDay), offer);
      }
    }
  }
  return { repricings, repricedInHour };
}

/** The bursts of a world; of none without `random`. */
export function fillBursts(
  random: WorldRandom | null,
  categoryOf: Int32Array,
  categories: number,
  days: number,
): Bursts {
  if (random === null) return calm;
  const hours = (days + historyDays) * hoursPerDay;
  const multipliers = Array.from({ length: categories }, () => drawMultipliers(random, hours));
  const sums = multipliers.map((of) => {
    const sum = new Float64Array(hours + 1);
    for (const [hour, multiplier] of of.entries())
      sum[hour + 1] = (sum[hour] ?? 0) + multiplier / hoursPerDay;
    return sum;
  });
  const hourOf = (day: number) =>
    Math.min(hours - 1, Math.max(0, Math.floor((day + historyDays) * hoursPerDay)));
  const multiplier = (category: number, day: number) => multipliers[category]?.[hourOf(day)] ?? 1;
  return {
    multiplier,
    scaledDay: (category, day) => {
      const hour = hourOf(day);
      const into = day + historyDays - hour / hoursPerDay;
      return (sums[category]?.[hour] ?? 0) + into * multiplier(category, day) - historyDays;
    },
    dayOf: (category, scaled) => {
      const sum = sums[category] ?? new Float64Array(1);
      const target = scaled + historyDays;
      let [low, high] = [0, hours];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((sum[middle] ?? 0) <= target) low = middle;
        else high = middle;
      }
      const factor = multipliers[category]?.[low] ?? 1;
      return low / hoursPerDay + (target - (sum[low] ?? 0)) / factor - historyDays;
    },
    ...drawRepricings(random, categoryOf, categories, days),
  };
}
