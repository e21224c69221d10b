import { dayMs } from '../../core/duration.ts';
import type {
  DetailObservation,
  OfferKnowledge,
  OfferUpdate,
  OfferObservation,
  PlannerKnowledge,
  RowObservation,
  QueuePosition,
} from '../../model/learning.ts';
import { bucketOf } from './bucket.ts';
import { changeOdds, rateOf } from './change-rate.ts';
import { rawImportance } from './importance.ts';
import { learnRate } from './learn-rate.ts';
import { defaultObjective } from './objective.ts';
import { orderingAgeDays, vouchedAgeDays } from './offer-value.ts';
import { pageValues, type PageValues } from './page-value.ts';
import { visibleEvidence } from './visible-share.ts';

export const daysBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / dayMs;

export function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

export const isAfter = (a: Date | null, b: Date | null) => a !== null && (b === null || a > b);

const noEvidence = { visible: 0, hidden: 0 };

/**
 * The changes of a row that the detail between this row and the one before does not explain. The detail explains a price that it has, and
 * a date that is not later than itself. If prices cannot be compared, and for dates, it must also be the first to show a change: if a row
 * prompted it, it showed what that row did. Whatever prompted it, the detail has everything that had changed by then.
 */
export function findUnexplained(
  planner: PlannerKnowledge,
  { rowAt, detailAt, changedAt }: OfferKnowledge,
  { isPriceChanged, isPriceOfDetail, modifiedAt }: RowObservation,
) {
  const isBetween = isAfter(detailAt, rowAt);
  const isChangeFound = isBetween && isAfter(changedAt, rowAt);
  const isDateExplained = isChangeFound && !isAfter(modifiedAt, detailAt);
  return {
    isPriceChanged: isPriceChanged && !(isBetween && (isPriceOfDetail ?? isChangeFound)),
    isDateMoved: modifiedAt !== null && planner.isDateTrusted && !isDateExplained,
    isDateNewer: isAfter(modifiedAt, detailAt),
  };
}

function learnRow(
  planner: PlannerKnowledge,
  before: OfferKnowledge,
  observation: RowObservation,
): OfferUpdate {
  const { monthSold, at } = observation;
  const popularity = monthSold === null ? before.popularity : rawImportance({ monthSold }, 1);
  const known: OfferKnowledge = { ...before, popularity, rowAt: at };
  const { rowAt, detailAt, changedAt, learned } = before;
  // Older than a detail, or the first: no evidence for the time after the previous observation.
  if (rowAt === null || isAfter(detailAt, at)) return { known, stat: null, ...noEvidence };
  const { isPriceChanged, isDateMoved, isDateNewer } = findUnexplained(planner, before, observation);
  const isChanged = isPriceChanged || isDateMoved;
  const isHint = isPriceChanged || (isDateMoved && isDateNewer) || observation.isReturned;
  const elapsedDays = daysBetween(later(rowAt, detailAt) ?? at, at);
  const exposureDays = planner.visibleShare * elapsedDays;
  // Another price is stronger than another date: no later date replaces it.
  const hint = isDateMoved && !isPriceChanged && before.stale?.by !== 'row' ? 'modify_date' : 'row';
  // An offer that a complete pass did not list is listed again.
  const stale = before.stale?.by === 'absence' ? null : before.stale;
  return {
    known: {
      ...known,
      learned: learnRate(planner.prior, learned, { exposureDays, elapsedDays, isChanged }),
      changedAt: isChanged ? at : changedAt,
      stale: isHint ? { since: at, by: hint } : stale,
    },
    stat: {
      source: 'search',
      hint: 'none',
      odds: changeOdds(rateOf(planner.prior, learned), exposureDays),
      isChanged,
    },
    ...noEvidence,
  };
}

function learnDetail(
  planner: PlannerKnowledge,
  before: OfferKnowledge,
  observation: DetailObservation,
): OfferUpdate {
  const { at, isChanged } = observation;
  const { rowAt, detailAt, learned, stale } = before;
  const isFirstToShow = isChanged && detailAt !== null && (stale === null || stale.by === 'absence');
  const known: OfferKnowledge = {
    ...before,
    detailAt: at,
    changedAt: isFirstToShow ? at : before.changedAt,
    stale: stale !== null && stale.since > at ? stale : null,
  };
  // A row that is newer than the answer has already updated the rate.
  if (detailAt === null || isAfter(rowAt, at)) return { known, stat: null, ...noEvidence };
  const summaryAgeDays = daysBetween(later(rowAt, detailAt) ?? at, at);
  const detailAgeDays = daysBetween(detailAt, at);
  const exposureDays = vouchedAgeDays(summaryAgeDays, detailAgeDays, planner.visibleShare);
  const rate = rateOf(planner.prior, learned);
  const stat = {
    source: 'detail',
    hint: stale?.by ?? 'none',
    odds: changeOdds(rate, exposureDays),
    isChanged,
  } as const;
  // The change that prompted this detail is already counted; further changes cannot be counted.
  if (stale !== null) return { known, stat, ...noEvidence };
  const shown = { exposureDays, elapsedDays: summaryAgeDays, isChanged };
  const unprompted = { rate, isChanged, summaryAgeDays, detailAgeDays };
  return {
    known: { ...known, learned: learnRate(planner.prior, learned, shown) },
    stat,
    ...(observation.isVisible ? noEvidence : visibleEvidence(unprompted, planner)),
  };
}

/**
 * Updates an offer by an observation that is newer than all others of its kind: the evidence for its rate, whether its detail is now
 * known to be out of date, and how well the observation was predicted.
 */
export function learnObservation(
  planner: PlannerKnowledge,
  known: OfferKnowledge,
  observation: OfferObservation,
): OfferUpdate {
  return observation.kind === 'row'
    ? learnRow(planner, known, observation)
    : learnDetail(planner, known, observation);
}

/** Whether a detail call is due whatever its age: there is none, or it is known to be out of date. */
function isStale({ detailAt, stale }: OfferKnowledge): boolean {
  return detailAt === null || stale !== null;
}

/** The bucket and order of an offer that was seen at least once. */
export function positionOf({ visibleShare }: PlannerKnowledge, known: OfferKnowledge): QueuePosition {
  const { detailAt, rowAt, popularity, learned } = known;
  const seenAt = later(rowAt, detailAt) ?? new Date(0);
  const isWrong = isStale(known);
  const detailAgeDays = daysBetween(detailAt ?? seenAt, seenAt);
  const ages = { summaryAgeDays: 0, detailAgeDays, isStale: isWrong };
  const ageDays = orderingAgeDays(ages, { objective: defaultObjective, visibleShare });
  return {
    bucket: bucketOf(popularity, learned, isWrong),
    orderAt: new Date(seenAt.getTime() - ageDays * dayMs),
  };
}

/**
 * Value of a page that lists these offers, half a day and four days after it was seen. Weighted by their popularity: divide it by the
 * mean popularity of all offers.
 */
export function valuesOfPage(
  { prior, visibleShare }: PlannerKnowledge,
  offers: readonly OfferKnowledge[],
): PageValues {
  const states = offers.map(({ popularity, learned }) => ({
    weight: popularity,
    rate: rateOf(prior, learned),
    summaryAgeDays: 0,
    detailAgeDays: 0,
    isStale: false,
  }));
  return pageValues(states, { objective: defaultObjective, visibleShare });
}
