import type { DetailPrompt } from '../model/learning.ts';
import type { PriceChange } from './merge-prices.ts';
import type { PriceDiff } from './price-intervals.ts';

/** Offers and prices that a load touched, by id, so that each offer counts once. */
export interface LoadCounters {
  readonly seen: Set<string>;
  readonly added: Set<string>;
  readonly changed: Set<string>;
  /** Known only from search rows until now: neither new nor changed. */
  readonly completed: Set<string>;
  pricesOpened: number;
  /** Number of prices that ended, by offer. */
  readonly pricesClosed: Map<string, number>;
  /** Offers that sold out or came back in stock since the detail before. */
  readonly stockMoved: Set<string>;
  /** Why details were fetched, by raw id. */
  readonly prompts: Map<string, DetailPrompt>;
}

export function createLoadCounters(): LoadCounters {
  return {
    seen: new Set(),
    added: new Set(),
    changed: new Set(),
    completed: new Set(),
    pricesOpened: 0,
    pricesClosed: new Map(),
    stockMoved: new Set(),
    prompts: new Map(),
  };
}

export interface WrittenOffer {
  readonly offer_id: string;
  readonly is_new: boolean;
}

export function countOffers(counters: LoadCounters, written: readonly WrittenOffer[]): void {
  for (const { offer_id: id, is_new: isNew } of written) (isNew ? counters.added : counters.changed).add(id);
}

export function countPrices(
  counters: LoadCounters,
  changes: readonly Omit<PriceChange, 'is_quote_changed'>[],
): void {
  for (const { offer_id: id, opened, closed } of changes) {
    counters.changed.add(id);
    counters.pricesOpened += opened;
    counters.pricesClosed.set(id, (counters.pricesClosed.get(id) ?? 0) + closed);
  }
}

/** Counts the changes that late answers made in the history. */
export function countReplayed(
  counters: LoadCounters,
  replayed: readonly { readonly offerId: string; readonly diff: PriceDiff | null }[],
): void {
  for (const { offerId, diff } of replayed) {
    if (diff === null) continue;
    const { added, changed } = diff;
    const closed = [
      ...added.filter(({ validTo }) => validTo !== null),
      ...changed.filter(({ from, to }) => from.validTo === null && to.validTo !== null),
    ];
    countPrices(counters, [{ offer_id: offerId, opened: added.length, closed: closed.length }]);
  }
}
