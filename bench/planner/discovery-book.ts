import type { ChangeRate } from '../../src/refresh/planner/change-rate.ts';
import { nothingLearned } from '../../src/refresh/planner/change-rate.ts';
import { arrivalsPerDay, discoveryValue } from '../../src/refresh/planner/discovery-value.ts';
import type { IndexedPage } from './planner-policy.ts';
import { discoveryPageSize } from './site.ts';

/** Offers of a world weigh 1 in the mean. */
const meanWeight = 1;

/** What is known of how many new offers each category gets. */
export class DiscoveryBook {
  readonly #arrivals: ChangeRate[];
  readonly #visitedAt: Float64Array;

  constructor(categories: number) {
    this.#arrivals = Array.from({ length: categories }, () => nothingLearned);
    this.#visitedAt = new Float64Array(categories);
  }

  /** After a full page there is more: the category stays as old as it is, and comes up again. */
  note(category: number, day: number, newOffers: number): void {
    const { changes, days } = this.#arrivals[category] ?? nothingLearned;
    const isFull = newOffers === discoveryPageSize;
    const ageDays = isFull ? 0 : day - (this.#visitedAt[category] ?? 0);
    this.#arrivals[category] = { changes: changes + newOffers, days: days + ageDays };
    if (!isFull) this.#visitedAt[category] = day;
  }

  competing(day: number): IndexedPage[] {
    const [offers, days] = this.#arrivals.reduce(
      ([sum, exposure], of) => [sum + of.changes, exposure + of.days],
      [1, 1],
    );
    return this.#arrivals.map((arrivals, index) => {
      const perDay = arrivalsPerDay(arrivals, offers / days);
      const ageDays = day - (this.#visitedAt[index] ?? 0);
      return { kind: 'discovery', index, value: discoveryValue(perDay, meanWeight, ageDays) };
    });
  }
}
