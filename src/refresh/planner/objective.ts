/** What calls are spent for. All values of calls are in days of freshness of an offer of mean importance. */
export interface Objective {
  /** Share of an offer's correctness that the summary on search pages makes up; the rest is the detail. From 0 to 1. */
  readonly summaryShare: number;
  /** Value of one change that is seen, in days of freshness. */
  readonly capturedDays: number;
  /** Weight of the lag. Without it, offers that change too often to be kept fresh would be given up. */
  readonly lagWeight: number;
  /** An offer known to be wrong is valued by the days it would stay right after a fetch, at most this many. */
  readonly staleHorizonDays: number;
}

export const defaultObjective: Objective = {
  summaryShare: 0.5,
  capturedDays: 1,
  lagWeight: 0.1,
  staleHorizonDays: 30,
};
