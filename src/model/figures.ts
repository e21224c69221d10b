import type { ChangeRate, StaleHint } from './learning.ts';

/**
 * What the catalog says how likely it still holds: the offer as a whole, its prices, its stock, which is in one of two states,
 * and that it is not there. Each is left at a rate of its own.
 */
export const figures = ['offer', 'price', 'in_stock', 'out_of_stock', 'gone'] as const;

export type Figure = (typeof figures)[number];

/** What is known of one figure of all offers. */
export interface FigureKnowledge {
  /** The shares of offers by their rate of change (src/refresh/planner/rate-grid.ts). */
  readonly shares: readonly number[];
  /** The same of the offers of each rate of change; null: alike of all. */
  readonly byOfferRate: readonly (readonly number[])[] | null;
  /** The share of its changes that search rows say nothing of, from 0 to 1. */
  readonly hiddenShare: number;
  /** How likely it has changed when a row hints at a change, from 0 to 1. */
  readonly hintShares: Readonly<Record<StaleHint, number>>;
}

export type FiguresKnowledge = Readonly<Record<Figure, FigureKnowledge>>;

/** What observations of one offer say of one of its figures. */
export interface LearnedFigure {
  /** By rate: ln of the probability of what was observed. */
  readonly evidence: readonly number[];
  /** What follows of it, and of the shares of all offers. */
  readonly rate: ChangeRate;
}

/** What a row hinted at that was counted as a change at once. */
export interface CountedHint {
  readonly since: Date;
  /** Another price, or another date of modification with the price that it had. */
  readonly by: 'row' | 'modify_date';
}

/** What observations of one offer say of its figures. */
export interface OfferFigures {
  /** Null: nothing. */
  readonly learned: Readonly<Record<Figure, LearnedFigure | null>>;
  /** The newest observation with nothing that hints at a change since its detail; null: none. */
  readonly vouchedAt: Date | null;
  /** The hint that was counted as a change of the offer and its prices, with no detail since; null: none. */
  readonly countedHint: CountedHint | null;
  /** Whether the newest detail showed any stock; null: it did not say, or was empty. */
  readonly isInStock: boolean | null;
}

/** What a detail says of figures, beside its changes. */
export interface ShownFigures {
  /** False: it was empty. */
  readonly isFound: boolean;
  readonly isInStock: boolean | null;
}

/** What a detail showed of a figure of which another detail was known. */
export interface FigureStat {
  readonly figure: Figure;
  readonly hint: StaleHint | 'none';
  /** How likely it had changed when the row hinted at it, from 0 to 1. */
  readonly hintChanges: number;
  /** Where rows vouched for it: how much of a change they hid, and how much they would have if they showed none. */
  readonly hiddenChanges: number;
  readonly hiddenExpected: number;
}
