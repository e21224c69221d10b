/** What a call is spent for. All values of calls are in days of freshness of an offer of mean importance. */
export interface Objective {
  /** How much of "right" is the summary that search pages show; the rest is the detail. From 0 to 1. */
  readonly summaryShare: number;
  /** Days of freshness that one change seen is worth. */
  readonly capturedDays: number;
  /** Weight of the lag, which keeps offers that change too often to be kept fresh from being given up. */
  readonly lagWeight: number;
  /** An offer known to be wrong is valued by the days it would stay right, of at most so many. */
  readonly staleHorizonDays: number;
}

export const defaultObjective: Objective = {
  summaryShare: 0.5,
  capturedDays: 1,
  lagWeight: 0.1,
  staleHorizonDays: 30,
};
