import type { Offer } from '../world/offers.ts';
import type { OfferState } from '../world/evolution.ts';
import type { Goods } from '../world/goods.ts';
import type { World } from '../world/world.ts';
import { toNaiveTime } from '../wire-time.ts';

/** At 1688 a few offers sell more than most others together; half of this bound would be too flat for a large world. */
const maxTypicalSales = 50_000;

/** Units sold, which only grows: in 30 days and ever. Heavy-tailed: half of the offers sell at most 35 a month. */
export function salesOf(offer: Offer, state: OfferState): { readonly month: number; readonly ever: number } {
  const share = 1 - offer.draw.unit('sales');
  const typical = Math.min(maxTypicalSales, Math.floor(4 * (share ** -0.9 - 1)));
  const month = typical * 10 + (state.versions.sales % 10);
  return { month, ever: typical * 40 + state.versions.sales };
}

/** The three category ids of an offer; the third is null for an offer on a leaf of the second level. */
export function categoryFields(offer: Offer) {
  const [top = '0', second = '0', third] = offer.category.path;
  return {
    topCategoryId: Number(top),
    secondCategoryId: Number(second),
    thirdCategoryId: third === undefined ? null : Number(third),
  };
}

/** `modifyDate`: when something that 1688 dates changed last. */
export function modifiedAt(world: World, offer: Offer, state: OfferState): string {
  const { modifiedAtStep } = state;
  return toNaiveTime(
    modifiedAtStep === null ? offer.createdAt : world.startAt + modifiedAtStep * world.stepMs,
  );
}

/** 1688's tracking token of an offer. */
export function traceInfo(offer: Offer): string {
  return `object_id@${offer.offerId}^object_type@offer`;
}

/** The score of an offer, in rows and details alike. */
export function tradeScore({ draw, nature }: Offer): string {
  if (draw.chance('unrated', nature.unrated)) return '0.0';
  return (4 + draw.int('trade-score', 11) / 10).toFixed(1);
}

/** Whether and for whom there is a promotion price; `plus` are the members of PLUS. */
export function promotionModel({ hasPromotion, promotionType }: Goods) {
  return { hasPromotion, promotionType };
}
