/** What visits to a page that lists the newest first have shown. */
export interface Arrivals {
  /** Offers seen there for the first time. */
  readonly newOffers: number;
  /** Days between the visits in which they came. */
  readonly days: number;
}

/** Arrivals that a window is credited with before it was visited, at the mean rate of all windows. */
const credited = 3;

/** New offers per day of one window; `meanPerDay` is that of all windows, above 0. */
export function arrivalsPerDay({ newOffers, days }: Arrivals, meanPerDay: number): number {
  return (newOffers + credited) / (days + credited / meanPerDay);
}

/**
 * Value of looking for new offers: those of the last `ageDays` are missing half that long on average, each as wrong
 * as an offer of importance `meanWeight` can be. In days of freshness, as `detailValue`.
 */
export function discoveryValue(perDay: number, meanWeight: number, ageDays: number): number {
  return (perDay * meanWeight * ageDays ** 2) / 2;
}
