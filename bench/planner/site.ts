import type { World } from './world.ts';

/** What a detail call shows. */
export interface DetailObservation {
  /** Something is not as the last detail call had it. */
  readonly isChanged: boolean;
  /** The summary is not as it was last seen. */
  readonly isSummaryChanged: boolean;
  /** It is not on sale any more. */
  readonly isGone: boolean;
}

/** What a row of a search page shows. */
export interface RowObservation {
  /** Something has changed since the row was last seen, and it shows. */
  readonly isChanged: boolean;
  /** Another price than in the row before. */
  readonly isPriceMoved: boolean;
  /** Another date of modification, with or without a change. */
  readonly isDateMoved: boolean;
  /** The offer was never seen before. */
  readonly isNew: boolean;
}

export interface Score {
  /** Weighted by importance, over the scored days: share of time in which the last copy was right. */
  readonly full: number;
  readonly summary: number;
  /** The mean of both, with every offer alike. */
  readonly unweighted: number;
  /** Looks that showed something new, per change; and the same weighted by importance. */
  readonly captured: number;
  readonly weightedCaptured: number;
  readonly changesPerCall: number;
  /** Mean days from a change to the call that shows it, at most `longestDelay`, weighted. */
  readonly weightedDelay: number;
  /** Days, at the end. */
  readonly oldest: number;
}

export interface SiteOptions {
  /** From this day on everything counts. */
  readonly scoredFrom: number;
  /** In days; changes count that leave as long to see them in. Default 30. */
  readonly longestDelay?: number;
  /** Failing calls cost quota and show nothing. */
  readonly fails?: () => boolean;
}

export const discoveryPageSize = 50;

/**
 * The gateway and the catalog of one simulated sync: answers calls from the world, refuses those beyond the day's
 * quota, and keeps the score of the copies.
 */
export class Site {
  readonly world: World;
  /** When the summary and the detail of each offer were last seen, in days. */
  readonly summaryAt: Float64Array;
  readonly detailAt: Float64Array;
  day = 0;
  callsLeft = 0;
  readonly #options: SiteOptions;
  /** Index of the first change after `detailAt` and after `summaryAt`. */
  readonly #nextDetail: Int32Array;
  readonly #nextSummary: Int32Array;
  /** Index of the first of `world.redated` after `summaryAt`. */
  readonly #nextRedated: Int32Array;
  #calls = 0;
  #full = 0;
  #summary = 0;
  #freshDays = 0;
  #captured = 0;
  #weightedCaptured = 0;
  #delay = 0;
  #delayWeight = 0;

  constructor(world: World, options: SiteOptions) {
    this.world = world;
    this.#options = options;
    // Not known: never seen.
    this.summaryAt = world.copiedAt.map((at, offer) =>
      (world.lives?.bornAt[offer] ?? 0) >= 0 && world.lives ? Infinity : at,
    );
    this.detailAt = this.summaryAt.slice();
    this.#nextDetail = new Int32Array(world.offers);
    for (let offer = 0; offer < world.offers; offer += 1) {
      let next = world.firstChange[offer] ?? 0;
      const end = world.firstChange[offer + 1] ?? 0;
      const copied = world.copiedAt[offer] ?? 0;
      while (next < end && (world.changeAt[next] ?? Infinity) <= copied) next += 1;
      this.#nextDetail[offer] = next;
    }
    this.#nextSummary = this.#nextDetail.slice();
    this.#nextRedated = world.redated?.first.slice() ?? new Int32Array();
  }

  /** @throws Error when the quota is used up: a policy must not ask */
  #book(): boolean {
    if (this.callsLeft < 1) throw new Error(`a call beyond the quota on day ${this.day}`);
    this.callsLeft -= 1;
    if (this.day >= this.#options.scoredFrom) this.#calls += 1;
    return this.#options.fails?.() !== true;
  }

  /** Null: the call failed. */
  fetchDetail(offer: number): DetailObservation | null {
    if (!this.#book()) return null;
    const detail = this.#checkDetail(offer);
    const summary = this.#checkSummary(offer, true);
    if (summary.isAnyNew || detail.isHiddenNew) this.#capture(offer);
    return {
      isChanged: detail.isChanged,
      isSummaryChanged: summary.isVisibleNew,
      isGone: this.#diesAt(offer) <= this.day,
    };
  }

  /** Offers of a category that are on sale and were never seen, the newest first, at most 50; null: the call failed. */
  discover(category: number): readonly number[] | null {
    if (!this.#book()) return null;
    const { bornAt } = this.world.lives ?? { bornAt: new Float64Array() };
    const isNew = (offer: number) => {
      const isOnSale = (bornAt[offer] ?? 0) <= this.day && this.#diesAt(offer) > this.day;
      return isOnSale && this.world.category[offer] === category && this.summaryAt[offer] === Infinity;
    };
    const found = [...bornAt.keys()].filter(isNew).sort((a, b) => (bornAt[b] ?? 0) - (bornAt[a] ?? 0));
    const listed = found.slice(0, discoveryPageSize);
    for (const offer of listed) this.#checkSummary(offer, false);
    return listed;
  }

  #diesAt(offer: number): number {
    return this.world.lives?.diesAt[offer] ?? Infinity;
  }

  /** Rows of offers, compared with those that were last seen of them; null: the call failed. */
  fetchPage(offers: readonly number[]): readonly RowObservation[] | null {
    if (!this.#book()) return null;
    return offers.map((offer) => {
      const isNew = this.summaryAt[offer] === Infinity;
      const { isVisibleNew, isPriceMoved, isDateMoved } = this.#checkSummary(offer, false);
      if (isVisibleNew) this.#capture(offer);
      return { isChanged: isVisibleNew, isPriceMoved, isDateMoved, isNew };
    });
  }

  /** Whether the date moved without a change since the row was last seen. */
  #isRedated(offer: number): boolean {
    const { redated } = this.world;
    if (!redated) return false;
    const first = this.#nextRedated[offer] ?? 0;
    let next = first;
    while (next < (redated.first[offer + 1] ?? 0) && (redated.at[next] ?? Infinity) <= this.day) next += 1;
    this.#nextRedated[offer] = next;
    return next > first;
  }

  #capture(offer: number): void {
    if (this.day < this.#options.scoredFrom) return;
    this.#captured += 1;
    this.#weightedCaptured += this.world.weights[offer] ?? 0;
  }

  #scoredDays(offer: number, from: number, to: number): number {
    return Math.max(
      0,
      Math.min(to, this.day, this.#diesAt(offer)) - Math.max(from, this.#options.scoredFrom),
    );
  }

  #checkSummary(offer: number, isDetail: boolean) {
    const { changeAt, isVisible, isPriceMoved: movesPrice, firstChange, weights } = this.world;
    const end = firstChange[offer + 1] ?? 0;
    const first = this.#nextSummary[offer] ?? 0;
    let next = first;
    let visibleAt = Infinity;
    let isPriceMoved = false;
    for (; next < end && (changeAt[next] ?? Infinity) <= this.day; next += 1) {
      if (isVisible[next] === 1) isPriceMoved ||= (movesPrice ?? isVisible)[next] === 1;
      if (isVisible[next] === 1 && visibleAt === Infinity) visibleAt = changeAt[next] ?? Infinity;
      if (isVisible[next] === 1 || isDetail) this.#noteDelay(changeAt[next] ?? 0, weights[offer] ?? 0);
    }
    const freshDays = this.#scoredDays(offer, this.summaryAt[offer] ?? 0, visibleAt);
    this.#summary += (weights[offer] ?? 0) * freshDays;
    this.#freshDays += freshDays;
    this.#nextSummary[offer] = next;
    this.summaryAt[offer] = this.day;
    const isVisibleNew = visibleAt < Infinity;
    // What shows and is no price is the date.
    const isDateMoved = this.#isRedated(offer) || (isVisibleNew && !isPriceMoved);
    return { isVisibleNew, isPriceMoved, isDateMoved, isAnyNew: next > first };
  }

  /** Before `#checkSummary`: what neither a page nor a detail has shown is hidden and older than the last summary. */
  #checkDetail(offer: number): { isChanged: boolean; isHiddenNew: boolean } {
    const { changeAt, isVisible, firstChange, weights } = this.world;
    const end = firstChange[offer + 1] ?? 0;
    const weight = weights[offer] ?? 0;
    const first = this.#nextDetail[offer] ?? 0;
    const changedAt = first < end ? (changeAt[first] ?? Infinity) : Infinity;
    const freshDays = this.#scoredDays(offer, this.detailAt[offer] ?? 0, changedAt);
    this.#full += weight * freshDays;
    this.#freshDays += freshDays;
    let next = first;
    let isHiddenNew = false;
    const lastSeen = this.summaryAt[offer] ?? 0;
    for (; next < end && (changeAt[next] ?? Infinity) <= this.day; next += 1) {
      if (isVisible[next] === 1 || (changeAt[next] ?? 0) > lastSeen) continue;
      isHiddenNew = true;
      this.#noteDelay(changeAt[next] ?? 0, weight);
    }
    this.#nextDetail[offer] = next;
    this.detailAt[offer] = this.day;
    return { isChanged: next > first, isHiddenNew };
  }

  #noteDelay(changedAt: number, weight: number): void {
    const { scoredFrom, longestDelay = 30 } = this.#options;
    if (changedAt < scoredFrom || changedAt >= this.world.days - longestDelay) return;
    this.#delay += weight * Math.min(longestDelay, this.day - changedAt);
    this.#delayWeight += weight;
  }

  /** Ends the simulation: every copy is scored up to the last day. */
  finish(): Score {
    const { offers, weights, changeAt, firstChange, days } = this.world;
    const { scoredFrom } = this.#options;
    this.day = days;
    const oldest = days - this.detailAt.reduce((min, at) => Math.min(min, at), days);
    let [changes, weightedChanges, scoredDays, weightedDays] = [0, 0, 0, 0];
    for (let offer = 0; offer < offers; offer += 1) {
      this.#checkDetail(offer);
      this.#checkSummary(offer, true);
      const alive = this.#scoredDays(offer, this.world.lives?.bornAt[offer] ?? 0, days);
      scoredDays += alive;
      weightedDays += (weights[offer] ?? 0) * alive;
      for (let index = firstChange[offer] ?? 0; index < (firstChange[offer + 1] ?? 0); index += 1) {
        if ((changeAt[index] ?? 0) < scoredFrom) continue;
        changes += 1;
        weightedChanges += weights[offer] ?? 0;
      }
    }
    return {
      full: this.#full / weightedDays,
      summary: this.#summary / weightedDays,
      unweighted: this.#freshDays / (2 * scoredDays),
      captured: this.#captured / changes,
      weightedCaptured: this.#weightedCaptured / weightedChanges,
      changesPerCall: this.#captured / this.#calls,
      weightedDelay: this.#delay / this.#delayWeight,
      oldest,
    };
  }
}
