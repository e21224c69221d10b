import type { WindowWorth } from '../../model/learning.ts';
import type { ChangeRate } from './change-rate.ts';
import { arrivalsPerDay, discoveryValue } from './discovery-value.ts';
import { freshDays } from './observation-gains.ts';
import { defaultObjective } from './objective.ts';
import { curveThrough, pageScore } from './page-value.ts';

/** A search window that is due. */
export interface DueWindowState {
  /** Days since its last pass ended; null: there was none. */
  readonly ageDays: number | null;
  /** Null: nothing is known yet. */
  readonly worth: WindowWorth | null;
  /** Weight of the feed; 1 is normal. */
  readonly weight: number;
}

/** What all windows share. */
export interface WindowScale {
  readonly prior: ChangeRate;
  readonly meanPopularity: number;
  /** New offers per day assumed for a window without observations. */
  readonly arrivalsPerDay: number;
  readonly pageSize: number;
}

/** Value of the next page of a window, and whether that value comes from known or from new offers. */
export interface WindowValue {
  readonly kind: 'page' | 'discovery';
  readonly value: number;
}

/** A page that was never fetched lists offers without any correct data: its rows make them correct for a while. */
function firstPageValue({ prior, pageSize }: WindowScale): number {
  const { summaryShare, staleHorizonDays } = defaultObjective;
  return pageSize * summaryShare * freshDays(prior, staleHorizonDays);
}

/** Value of a due window, in days of freshness of an offer of mean importance, as `detailValue`. */
export function windowValue({ ageDays, worth, weight }: DueWindowState, scale: WindowScale): WindowValue {
  if (ageDays === null || worth === null || worth.pages === 0)
    return { kind: 'discovery', value: weight * firstPageValue(scale) };
  const { pages, soonValue, lateValue, newOffers, exposureDays } = worth;
  const known = pageScore(curveThrough({ soon: soonValue, late: lateValue }), ageDays) / scale.meanPopularity;
  const perDay = arrivalsPerDay({ changes: newOffers, days: exposureDays }, scale.arrivalsPerDay);
  const arrived = discoveryValue(perDay, 1, ageDays);
  const kind = arrived > known ? 'discovery' : 'page';
  return { kind, value: (weight * (known + arrived)) / pages };
}
