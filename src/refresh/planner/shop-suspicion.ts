/*
 * Which shops have just repriced, by what is seen of their offers. A change that was not to be expected makes a suspicion; each
 * other offer of the shop that is seen after it speaks for it or against it (Bayes). How often a shop reprices is learned: a
 * Gamma around the mean of all shops. Times are in days since any moment that all of them share.
 */

/** Of the offers of a shop that reprices, those that change. At half or double, what a sibling says is taken for more than it is. */
const assumedReach = 0.7;
/** Before anything was seen: one repricing of a shop in so many days. */
const firstGapDays = 200;
/** How much a shop is like all others, counted in repricings. */
const likeness = 0.2;
/** A shop is suspected for so long: until then, most of its offers were seen anyway. */
export const suspectedDays = 10;
/** Below it, too many pages of shops are fetched in vain: without it, 0.5 points of J are lost. */
export const leastChance = 0.7;
/** No offer is so sure to change, or to stay, that it says nothing, or everything. */
const [leastOdds, mostOdds] = [1e-4, 0.95];
/** Chances of 99.75 %, and of one in 500 million: what speaks against it later is still heard, and a real can have it. */
const logOddsBounds = { high: 6, low: -20 } as const;
/** A shop that is seen every hour would never be suspected. */
const leastGapDays = 0.04;
/** Changes of siblings that are taken for granted before pages have shown any. */
const assumedSiblings = 10;

/** That a shop repriced between two times, and what speaks for it. */
export interface ShopSuspicion {
  /** The offer that changed was seen unchanged then. */
  readonly fromDay: number;
  readonly seenDay: number;
  readonly logOdds: number;
  /** Offers of the shop that were seen since. */
  readonly siblings: number;
}

/** An observation of an offer that was seen before. */
export interface ShopSighting {
  readonly lastDay: number;
  readonly day: number;
  /** The chance of a change of its own since then. */
  readonly odds: number;
  /** A price is another one. */
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

/** The suspicion after an offer of the shop was seen; null: it says nothing of it, and the suspicion is over. */
export function weighSighting(open: ShopSuspicion, sighting: ShopSighting): ShopSuspicion | null {
  const { lastDay, day, isChanged } = sighting;
  if (open.seenDay < day - suspectedDays || lastDay >= open.seenDay) return null;
  const odds = bounded(sighting.odds);
  const byShop = assumedReach * overlap(open, lastDay, day);
  const ratio = isChanged ? (byShop + (1 - byShop) * odds) / odds : 1 - byShop;
  const { low, high } = logOddsBounds;
  const logOdds = Math.max(low, Math.min(high, open.logOdds + Math.log(ratio)));
  // A sibling that was seen before says that it was later.
  const fromDay =
    isChanged && logOdds > 0 ? Math.max(open.fromDay, Math.min(lastDay, open.seenDay - 0.01)) : open.fromDay;
  return { ...open, fromDay, logOdds, siblings: open.siblings + 1 };
}

/** The suspicion that a change makes. `perDay`: repricings of the shop. */
export function suspectShop({ lastDay, day, odds }: ShopSighting, perDay: number): ShopSuspicion {
  const repricings = Math.min(0.9, perDay * Math.max(leastGapDays, day - lastDay));
  const logOdds = Math.log((repricings * assumedReach) / bounded(odds));
  return { fromDay: lastDay, seenDay: day, logOdds, siblings: 0 };
}

/** How many repricings a suspicion that is over counts for; without a sibling nothing is known. */
export function repricingsOf(ended: ShopSuspicion): number {
  return ended.siblings === 0 ? 0 : suspicionChance(ended);
}

/** Repricings, and the days in which they were seen. */
export interface RepricingRecord {
  readonly repricings: number;
  readonly days: number;
}

/** Repricings of a shop a day. `all`: of all shops, with their days together. */
export function repricingsPerDay({ repricings, days }: RepricingRecord, all: RepricingRecord): number {
  const mean = (1 + all.repricings) / (firstGapDays + all.days);
  return (likeness + repricings) / (likeness / mean + days);
}

/** The chance that an offer that was last seen on a day has changed with its shop. */
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
