import { rateOf, type ChangeRate } from '../planner/change-rate.ts';
import { importance } from '../planner/importance.ts';
import { learnRate } from '../planner/learn-rate.ts';
import { vouchedAgeDays } from '../planner/offer-value.ts';
import { visibleEvidence } from '../planner/visible-share.ts';
import { drawChanges, type DrawnChange } from './draw-changes.ts';
import type { Knowledge, OfferGroup, SampledOffer } from './knowledge.ts';
import { seededDraws } from './seeded-draws.ts';

/** A simulated course of a sampled offer. Times are days from now, negative in the past. */
export interface AheadOffer {
  /** Number of offers that it stands for. */
  readonly offers: number;
  readonly weight: number;
  readonly changes: readonly DrawnChange[];
  /** Days between two passes over its search; Infinity: no search lists it. */
  readonly rowEveryDays: number;
  /** Not fetched by the first run, because it failed. */
  readonly isPostponed: boolean;
  learned: ChangeRate;
  /** When the next pass lists it. */
  rowDueAt: number;
  detailAt: number;
  /** The newest row or detail. */
  seenAt: number;
  isStale: boolean;
  hasDetail: boolean;
}

/** What all offers share. */
export type AheadBasis = Pick<Knowledge, 'prior' | 'visibleShare'>;

/** Least number of courses. At half, ages differ by one in a hundred; at double, 24 combinations take seconds. */
const minCourses = 4000;
/** Most courses per offer: more would be alike. */
const maxCoursesEach = 40;

/** Age of its row. If the row is older than the detail, its age is not known: it may have any age up to the next pass. */
function rowAgeOf({ summaryAgeDays, detailAgeDays }: SampledOffer, rowEveryDays: number, drawn: number) {
  if (summaryAgeDays < detailAgeDays || !Number.isFinite(rowEveryDays)) return summaryAgeDays;
  return Math.max(summaryAgeDays, drawn * rowEveryDays);
}

interface CourseTerms {
  readonly knowledge: Knowledge;
  readonly group: OfferGroup;
  readonly rowEveryDays: number;
  readonly untilDays: number;
  /** Number of courses per sampled offer. */
  readonly courses: number;
}

/** The courses of a sampled offer; their first changes are spread over all possible times. */
function listCourses(sampled: SampledOffer, seed: number, terms: CourseTerms): AheadOffer[] {
  const { knowledge, group, rowEveryDays, untilDays, courses } = terms;
  const { prior, visibleShare, feeds, meanPopularity } = knowledge;
  const { popularity, learned, summaryAgeDays, detailAgeDays, isStale, hasDetail, isPostponed } = sampled;
  const weight = Math.max(...feeds.map(({ name, weight }) => (group.feeds.includes(name) ? weight : 0)));
  const changeTerms = {
    ...{ rate: rateOf(prior, learned), visibleShare, summaryAgeDays, detailAgeDays, untilDays },
  };
  const draw = seededDraws(seed);
  const offset = draw();
  return Array.from({ length: courses }, (_, course) => {
    let first: number | null = (course + offset) / courses;
    const changes = drawChanges(changeTerms, () => {
      const drawn = first ?? draw();
      first = null;
      return drawn;
    });
    return {
      offers: group.offers / group.sample.length / courses,
      weight: importance(popularity * weight, meanPopularity),
      ...{ changes, rowEveryDays, isPostponed, learned, isStale, hasDetail },
      rowDueAt: rowEveryDays - rowAgeOf(sampled, rowEveryDays, draw()),
      detailAt: -detailAgeDays,
      seenAt: -summaryAgeDays,
    };
  });
}

/**
 * Courses of all offers. Seeds make them independent of the limits, so that more calls do not meet other changes.
 *
 * @param rowEveryDays by feed
 */
export function listAheadOffers(
  knowledge: Knowledge,
  rowEveryDays: ReadonlyMap<string, number>,
  untilDays: number,
): AheadOffer[] {
  const sampled = knowledge.offers.reduce((sum, { sample }) => sum + sample.length, 0);
  const courses = Math.min(maxCoursesEach, Math.ceil(minCourses / sampled));
  let seed = 0;
  return knowledge.offers.flatMap((group) => {
    const rows = Math.min(...group.feeds.map((feed) => rowEveryDays.get(feed) ?? Infinity));
    const terms = { knowledge, group, rowEveryDays: rows, untilDays, courses };
    return group.sample.flatMap((offer) => {
      seed += 1;
      return listCourses(offer, seed, terms);
    });
  });
}

/** Simulates a search row that shows the offer: it may prompt a detail, and is learned from. */
export function seeRow(offer: AheadOffer, at: number, { prior, visibleShare }: AheadBasis): void {
  const { changes, seenAt, learned } = offer;
  const isChanged = changes.some(({ atDays, isVisible }) => isVisible && atDays > seenAt && atDays <= at);
  const elapsedDays = at - seenAt;
  const exposureDays = visibleShare * elapsedDays;
  offer.learned = learnRate(prior, learned, { exposureDays, elapsedDays, isChanged });
  if (isChanged) offer.isStale = true;
  offer.seenAt = at;
}

/** Learns from a detail that no row prompted; a row that had shown a change since would have prompted it. */
function learnUnprompted(offer: AheadOffer, at: number, { prior, visibleShare }: AheadBasis): number {
  const { changes, seenAt, detailAt, learned } = offer;
  const unseen = changes.filter(({ atDays }) => atDays > detailAt && atDays <= at);
  const isChanged = unseen.length > 0;
  const [summaryAgeDays, detailAgeDays] = [at - seenAt, at - detailAt];
  const exposureDays = vouchedAgeDays(summaryAgeDays, detailAgeDays, visibleShare);
  offer.learned = learnRate(prior, learned, { exposureDays, elapsedDays: summaryAgeDays, isChanged });
  // Another price hides any other change.
  if (unseen.some(({ isVisible }) => isVisible)) return 0;
  const unprompted = { rate: rateOf(prior, learned), isChanged, summaryAgeDays, detailAgeDays };
  const { visible, hidden } = visibleEvidence(unprompted, { visibleShare, dateShare: 0 });
  return visible + hidden;
}

/**
 * Simulates a fetch of its detail; a change that a row had prompted teaches nothing.
 *
 * @returns the number of changes, over all offers that it stands for, of which the detail then shows whether rows show them
 */
export function seeDetail(offer: AheadOffer, at: number, basis: AheadBasis): number {
  const shownChanges = offer.isStale ? 0 : offer.offers * learnUnprompted(offer, at, basis);
  offer.isStale = false;
  offer.hasDetail = true;
  offer.detailAt = at;
  offer.seenAt = at;
  return shownChanges;
}

/** Nothing has changed since its detail, as far as is known and drawn. */
export function isDetailRight({ changes, detailAt, isStale }: AheadOffer, at: number): boolean {
  return !isStale && changes.every(({ atDays }) => atDays <= detailAt || atDays > at);
}
