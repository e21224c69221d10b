import { rateOf } from '../planner/change-rate.ts';
import { defaultObjective } from '../planner/objective.ts';
import { detailValue, orderingAgeDays } from '../planner/offer-value.ts';
import { floorAgeDays, floorShare } from '../planner/select-calls.ts';
import { laterShareOf } from '../planner/visible-share.ts';
import {
  isDetailRight,
  listAheadOffers,
  seeDetail,
  seeRow,
  type AheadBasis,
  type AheadOffer,
} from './ahead-offers.ts';
import { ageQuantile } from './age-quantile.ts';
import type { DetailsForecast } from './forecast.ts';
import type { Knowledge } from './knowledge.ts';

/** What runs may do in the days to come. */
export interface AheadTerms {
  readonly days: number;
  /** Days between two passes over the searches of a feed, by feed. */
  readonly rowEveryDays: ReadonlyMap<string, number>;
  /** Detail calls for known offers. */
  readonly callsPerDay: number;
}

/** Runs that are closer together count as one. At half, hourly runs would take twice as long to compute, for the same ages. */
const minRunEveryDays = 0.25;
/** A run shortly before a row is due fetches it. */
const toleranceDays = 1e-3;

/** Simulates rows: the first run in which a row is due fetches it; passes that are due between two runs keep their mean. */
function passRow(offer: AheadOffer, at: number, everyDays: number, basis: AheadBasis): void {
  if (offer.rowDueAt > at + toleranceDays) return;
  seeRow(offer, at, basis);
  offer.rowDueAt = Math.max(offer.rowDueAt, at - everyDays) + offer.rowEveryDays;
}

interface DueOffer {
  readonly offer: AheadOffer;
  readonly ageDays: number;
  readonly value: number;
}

function listDue(offers: readonly AheadOffer[], at: number, knowledge: Knowledge): DueOffer[] {
  const { prior, visibleShare, freshness } = knowledge;
  const valuation = { objective: defaultObjective, visibleShare };
  return offers.flatMap((offer) => {
    const { weight, learned, isStale, seenAt, detailAt } = offer;
    const ages = { summaryAgeDays: at - seenAt, detailAgeDays: at - detailAt, isStale };
    const ageDays = orderingAgeDays(ages, valuation);
    if (!isStale && ageDays < freshness.detail) return [];
    return [
      { offer, ageDays, value: detailValue({ weight, rate: rateOf(prior, learned), ...ages }, valuation) },
    ];
  });
}

/**
 * The offers that a run with this many calls fetches, as `selectCalls` picks them: those past the floor age in their share, then by
 * value. A course of which more than half fits into the calls is fetched.
 */
function pickOffers(due: readonly DueOffer[], calls: number, floorDays: number): AheadOffer[] {
  const picked = new Set<AheadOffer>();
  let left = calls;
  const pick = (offers: readonly DueOffer[], least: number) => {
    for (const { offer } of offers) {
      if (left - offer.offers / 2 < least) return;
      left -= offer.offers;
      picked.add(offer);
    }
  };
  const overdue = due.filter(({ ageDays }) => ageDays > floorDays);
  pick(
    overdue.toSorted((one, other) => other.ageDays - one.ageDays),
    (1 - floorShare) * calls,
  );
  const others = due.filter(({ offer }) => !picked.has(offer));
  pick(
    others.toSorted((one, other) => other.value - one.value),
    0,
  );
  return [...picked];
}

const sumOffers = (offers: readonly AheadOffer[]) =>
  offers.reduce((sum, { offers: count }) => sum + count, 0);

/** Ages are counted in thousandths of a day. */
const ageUnits = 1000;

/** What was counted over all runs. */
interface Counted {
  calls: number;
  /** Details by their age when a run has ended. */
  readonly details: Map<number, number>;
  /** Details that were right half-way to the next run. */
  right: number;
}

function count(counted: Counted, offers: readonly AheadOffer[], at: number, everyDays: number): void {
  for (const offer of offers) {
    if (!offer.hasDetail) continue;
    const age = Math.round((at - offer.detailAt) * ageUnits);
    counted.details.set(age, (counted.details.get(age) ?? 0) + offer.offers);
    if (isDetailRight(offer, at + everyDays / 2)) counted.right += offer.offers;
  }
}

/** Summarizes the runs. Between two runs all details age by the time between them. */
function summarize({ calls, details, right }: Counted, days: number, everyDays: number): DetailsForecast {
  const ages = [...details].map(([age, copies]) => ({ copies, ageDays: age / ageUnits }));
  const all = ages.reduce((sum, { copies }) => sum + copies, 0);
  const sum = ages.reduce((sum, { copies, ageDays }) => sum + copies * (ageDays + everyDays / 2), 0);
  const parts = ages.map(({ copies, ageDays }) => ({
    copies,
    shareYounger: (days: number) => Math.min(1, Math.max(0, (days - ageDays) / everyDays)),
  }));
  return {
    ages: {
      meanDays: all === 0 ? Infinity : sum / all,
      medianDays: ageQuantile(parts, 0.5),
      p90Days: ageQuantile(parts, 0.9),
    },
    callsPerDay: calls / days,
    fresh: all === 0 ? 0 : right / all,
  };
}

/** Time of the newest row or detail. Offers without a detail do not count: it is not known when they were seen. */
function lastRunAt(offers: readonly AheadOffer[]): number {
  return offers.reduce(
    (latest, { seenAt, hasDetail }) => (hasDetail ? Math.max(latest, seenAt) : latest),
    -Infinity,
  );
}

/** The share of changes that rows show, as it will be known after more details. */
function shareAfter({ visibleShare, shown }: Knowledge, shownChanges: number): number {
  return shown === null ? visibleShare : laterShareOf(shown, shownChanges);
}

/**
 * Simulates the runs of the next days, with the planner's own values, on courses of the known offers. Ages and the share that is right
 * cover all details that exist at any time from the first run on. Offers that are still to be found are left out.
 */
export function runAhead(
  knowledge: Knowledge,
  { days, rowEveryDays, callsPerDay }: AheadTerms,
): DetailsForecast {
  const everyDays = Math.max(minRunEveryDays, knowledge.runEveryDays);
  const runs = Math.max(1, Math.round(days / everyDays));
  const offers = listAheadOffers(knowledge, rowEveryDays, (runs + 1) * everyDays);
  const startAt = Math.max(0, lastRunAt(offers) + knowledge.runEveryDays);
  const floorDays = floorAgeDays(sumOffers(offers), callsPerDay);
  const runsPerDay = Math.max(1, Math.round(1 / everyDays));
  const counted: Counted = { calls: 0, details: new Map(), right: 0 };
  let [left, spare, shownChanges] = [0, 0, 0];
  for (let run = 0; run < runs; run += 1) {
    const at = startAt + run * everyDays;
    const known = { ...knowledge, visibleShare: shareAfter(knowledge, shownChanges) };
    // The first runs of a day use up its calls.
    if (run % runsPerDay === 0) left = spare + callsPerDay * Math.max(1, everyDays);
    for (const offer of offers) passRow(offer, at, everyDays, known);
    const able = run === 0 ? offers.filter(({ isPostponed }) => !isPostponed) : offers;
    const due = listDue(able, at, known);
    const picked = pickOffers(due, left, floorDays);
    for (const offer of picked) shownChanges += seeDetail(offer, at, known);
    left -= sumOffers(picked);
    // Unused calls of one day are lost, except for the part by which whole courses missed the limit.
    spare = picked.length < due.length ? left : Math.min(0, left);
    counted.calls += sumOffers(picked);
    count(counted, offers, at, everyDays);
  }
  return summarize(counted, runs * everyDays, everyDays);
}
