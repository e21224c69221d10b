import type { ApiOperation } from '../../model/known-apis.ts';
import type { ChangeRate } from '../planner/change-rate.ts';
import type { OfferAges } from '../planner/offer-value.ts';
import type { VisibleShare } from '../planner/visible-share.ts';
import type { WindowWorth } from '../../model/learning.ts';

/* The input of a forecast: known figures, and assumptions where none are known. */

/** Similar search windows: one known window, or many assumed ones. */
export interface SearchGroup {
  readonly operation: Extract<ApiOperation, 'search.keyword' | 'search.seller' | 'search.image'>;
  readonly feed: string;
  /** The keyword, category, seller or picture, as shown to users. */
  readonly label: string;
  readonly windows: number;
  /** Pages of each, if its pass does not stop early; at least 1. */
  readonly pages: number;
  /** Pages of each left until its first pass is complete; 0: it is. */
  readonly pagesToFirstPass: number;
  /** Pages that the active pass of each has read; 0: no pass is active. */
  readonly pagesPassed: number;
  /** Days since the last pass; null: there was none. */
  readonly ageDays: number | null;
  /** Not fetched by the next run, because it failed. */
  readonly isPostponed: boolean;
  /** The last pass read the list to its end, so that the next may stop early. */
  readonly mayStop: boolean;
  /** Null: nothing was learned yet. */
  readonly worth: WindowWorth | null;
  readonly isAssumed: boolean;
}

/** An offer that represents similar ones. */
export interface SampledOffer extends OfferAges {
  /** Importance, mean 1, without the weight of its feeds. */
  readonly popularity: number;
  readonly learned: ChangeRate;
  /** Its detail was fetched before. */
  readonly hasDetail: boolean;
  /** Not fetched by the next run, because it failed. */
  readonly isPostponed: boolean;
}

/** Offers of the same feeds. */
export interface OfferGroup {
  /** At least one. */
  readonly feeds: readonly string[];
  readonly offers: number;
  /** At least one, each representing the same number of offers. */
  readonly sample: readonly SampledOffer[];
  readonly isAssumed: boolean;
}

export interface FeedKnowledge {
  readonly name: string;
  readonly weight: number;
  readonly maxOffers: number | null;
  /** Category nodes to fetch, and those of them that were never fetched. */
  readonly nodes: number;
  readonly nodesToFirstPass: number;
  readonly nodesDue: number;
  /** Offers that it will add when its next run begins: of its watch list, or left out until now by a bound that is higher now. */
  readonly unheld: number;
  /** Distinct offers per row that its searches list, from 0 to 1. */
  readonly novelty: number;
}

/** Whether a feed accepts no more offers. `held` is a sum of shares, which may miss the bound by the last digit. */
export const isFull = ({ maxOffers }: Pick<FeedKnowledge, 'maxOffers'>, held: number): boolean =>
  maxOffers !== null && held >= maxOffers - 1e-6;

/** A bound on the calls of some APIs together. */
export interface CallLimit {
  readonly operations: readonly ApiOperation[];
  /** Calls that runs may make on each day to come. */
  readonly perDay: number;
  /** Calls that they may still make in the present day. */
  readonly left: number;
}

/** All that is known. */
export interface Knowledge {
  readonly feeds: readonly FeedKnowledge[];
  readonly searches: readonly SearchGroup[];
  /** Disjoint. */
  readonly offers: readonly OfferGroup[];
  readonly prior: ChangeRate;
  /** The share of changes that search rows show, from 0 to 1. */
  readonly visibleShare: number;
  /** The counted changes that determine the share, including the first guess; null: the share stays as it is. */
  readonly shown: VisibleShare | null;
  readonly meanPopularity: number;
  /** New offers per day of a search: the mean of all. */
  readonly arrivalsPerDay: number;
  readonly limits: readonly CallLimit[];
  /** Ages in days. */
  readonly freshness: { readonly category: number; readonly search: number; readonly detail: number };
  /** Days from one run to the next. */
  readonly runEveryDays: number;
  readonly pageSize: number;
  readonly callsPerSecond: number;
}
