/**
 * Finds shops that have just repriced, from observations of their offers. An unexpected change creates a suspicion. Each other offer of
 * the shop that is seen later counts for it or against it (Bayes). The rate at which a shop reprices is learned: a Gamma distribution
 * around the mean of all shops. Times are in days since any common moment.
 */

/**
 * Share of its offers that change when a shop reprices. At half or double, an observation of a sibling counts for more than it should.
 */
const assumedReach = 0.7;
/** Prior: one repricing of a shop in this many days. */
const firstGapDays = 200;
/** Weight of the mean of all shops, counted in repricings. */
const likeness = 0.2;
/** Days for which a shop is suspected: by then, most of its offers were seen anyway. */
export const suspectedDays = 10;
/** Below this chance, too many pages of shops are fetched in vain: without it, 0.5 points of J are lost. */
export const leastChance = 0.7;
/** Bounds of an offer's odds: no offer is so certain to change, or to stay, that an observation of it proves nothing, or everything. */
const [leastOdds, mostOdds] = [1e-4, 0.95];
/** Chances of 99.75 %, and of one in 500 million: later evidence against a suspicion still counts, and a Postgres real can store it. */
const logOddsBounds = { high: 6, low: -20 } as const;
/** Without this minimum, a shop that is seen every hour would never be suspected. */
const leastGapDays = 0.04;
/** Prior number of changed siblings, before pages have shown any. */
const assumedSiblings = 10;

/** The suspicion that a shop repriced between two times, and the evidence for it. */
export interface ShopSuspicion {
  /** The changed offer was last seen unchanged on this day. */
  readonly fromDay: number;
  readonly seenDay: number;
  readonly logOdds: number;
  /** Offers of the shop that were seen since then. */
  readonly siblings: number;
}

/** An observation of an offer that was seen before. */
export interface ShopSighting {
  readonly lastDay: number;
  readonly day: number;
  /** Probability that it changed on its own since then. */
  readonly odds: number;
  /** A price differs. */
  readonly isChanged: boolean;
}

/** The chance that the shop repriced. */
export function suspicionChance({ logOdds }: Pick<ShopSuspicion, 'logOdds'>): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** The log-odds of `leastChance`. */
export const leastLogOdds = Math.log(leastChance / (1 - leastChance));

/** The share of a suspected time that lies between two observations of an offer. */
function overlap(
  { fromDay, seenDay }: Pick<ShopSuspicion, 'fromDay' | 'seenDay'>,
  lastDay: number,
  day = seenDay,
): number {
  const days = Math.min(seenDay, day) - lastDay;
  return Math.min(1, Math.max(0, days / Math.max(1e-9, seenDay - fromDay)));
}

const bounded = (odds: number) => Math.min(mostOdds, Math.max(leastOdds, odds));

/** The suspicion after a sighting of an offer of the shop; null: the sighting says nothing of it, and the suspicion is over. */
export function weighSighting(open: ShopSuspicion, sighting: ShopSighting): ShopSuspicion | null {
  const { lastDay, day, isChanged } = sighting;
  if (open.seenDay < day - suspectedDays || lastDay >= open.seenDay) return null;
  const odds = bounded(sighting.odds);
  const byShop = assumedReach * overlap(open, lastDay, day);
  const ratio = isChanged ? (byShop + (1 - byShop) * odds) / odds : 1 - byShop;
  const { low, high } = logOddsBounds;
  const logOdds = Math.max(low, Math.min(high, open.logOdds + Math.log(ratio)));
  // A sibling that was seen unchanged later shows that the repricing was later.
  const fromDay =
    isChanged && logOdds > 0 ? Math.max(open.fromDay, Math.min(lastDay, open.seenDay - 0.01)) : open.fromDay;
  return { ...open, fromDay, logOdds, siblings: open.siblings + 1 };
}

/** The suspicion that a change creates. `perDay`: repricings of the shop per day. */
export function suspectShop({ lastDay, day, odds }: ShopSighting, perDay: number): ShopSuspicion {
  const repricings = Math.min(0.9, perDay * Math.max(leastGapDays, day - lastDay));
  const logOdds = Math.log((repricings * assumedReach) / bounded(odds));
  return { fromDay: lastDay, seenDay: day, logOdds, siblings: 0 };
}

/** Number of repricings that an ended suspicion counts for; without a sibling nothing is known. */
export function repricingsOf(ended: ShopSuspicion): number {
  return ended.siblings === 0 ? 0 : suspicionChance(ended);
}

/** Repricings, and the days in which they were seen. */
export interface RepricingRecord {
  readonly repricings: number;
  readonly days: number;
}

/** Repricings of a shop per day. `all`: those of all shops, with the sum of their days. */
export function repricingsPerDay({ repricings, days }: RepricingRecord, all: RepricingRecord): number {
  const mean = (1 + all.repricings) / (firstGapDays + all.days);
  return (likeness + repricings) / (likeness / mean + days);
}

/** Probability that an offer that was last seen on a day has changed with its shop. */
export function chanceSince(open: Omit<ShopSuspicion, 'siblings'>, lastDay: number): number {
  return suspicionChance(open) * assumedReach * overlap(open, lastDay);
}

/** Offers on pages of suspected shops that changed, and how many were expected to by `chanceSince`. */
export interface SiblingRecord {
  readonly expected: number;
  readonly changed: number;
}

/** How often siblings change, as a multiple of `chanceSince`: 1 until pages have shown otherwise. */
export function siblingPrecision({ expected, changed }: SiblingRecord): number {
  return (assumedSiblings + changed) / (assumedSiblings + expected);
}
