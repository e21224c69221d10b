import type { ChangeRate, StaleHint } from './learning.ts';

/**
 * Figures whose confidence the catalog states: the offer as a whole, its prices, its stock (in one of two states), and that the
 * offer is gone. Each changes at its own rate. `sync.refresh.evidence` has them in this order.
 */
export const figures = ['offer', 'price', 'in_stock', 'out_of_stock', 'gone'] as const;

export type Figure = (typeof figures)[number];

/** What is known of one figure of all offers. */
export interface FigureKnowledge {
  /** The shares of offers by their rate of change (src/refresh/planner/rate-grid.ts). */
  readonly shares: readonly number[];
  /** The same for the offers of each rate of change; null: the shares are the same for all. */
  readonly byOfferRate: readonly (readonly number[])[] | null;
  /** The share of its changes that search rows do not show, from 0 to 1. */
  readonly hiddenShare: number;
  /** The probability, from 0 to 1, that it has changed when a row hints at a change. */
  readonly hintShares: Readonly<Record<StaleHint, number>>;
}

export type FiguresKnowledge = Readonly<Record<Figure, FigureKnowledge>>;

/** What observations of one offer say of one of its figures. */
export interface LearnedFigure {
  /** For each rate: ln of the probability of the observations. */
  readonly evidence: readonly number[];
  /** The rate that follows from the evidence and from the shares of all offers. */
  readonly rate: ChangeRate;
}

/** A hint of a row that was counted as a change at once. */
export interface CountedHint {
  readonly since: Date;
  /** Another price, or another date of modification with an unchanged price. */
  readonly by: 'row' | 'modify_date';
}

/** What observations of one offer say of its figures. */
export interface OfferFigures {
  /** Null: nothing. */
  readonly learned: Readonly<Record<Figure, LearnedFigure | null>>;
  /** The newest observation without any hint of a change since its detail; null: none. */
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

/** What a detail showed of a figure that an earlier detail had shown. */
export interface FigureStat {
  readonly figure: Figure;
  readonly hint: StaleHint | 'none';
  /** The probability, from 0 to 1, that it had changed when the row hinted at a change. */
  readonly hintChanges: number;
  /** Where rows showed no change: how much of a change they hid, and how much they would have hidden if they showed none. */
  readonly hiddenChanges: number;
  readonly hiddenExpected: number;
}
