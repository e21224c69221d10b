import type { Provenance } from '../model/catalog.ts';
import type { OfferDetail, PackageRecord } from '../model/records.ts';
import { contentHash } from './content-hash.ts';
import { uniqueBy, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import type { Observation } from './observation-rows.ts';
import type { Sighting } from '../refresh/update/freshness-rows.ts';
import type { PriceRow, UnreadPriceRow } from './merge-prices.ts';

/** Detail answers as rows of the tables that store them. Keys are column names; absent keys are null. */

export type OfferState = 'listed' | 'missing' | 'gone' | 'delisted';

/** What a detail answer that found an offer says of its state. */
export interface FoundStatus {
  readonly sourceStatus: string | null;
  /** No search lists it any more. Weaker than a detail answer, because the offer may only have moved. */
  readonly isAbsent: boolean;
}

/**
 * The state of an offer. One empty answer is no proof that it is gone; the second in a row is. `found`: null when the newest answer was
 * empty.
 */
export function offerState(emptyDetailStreak: number, found: FoundStatus | null): OfferState {
  if (emptyDetailStreak >= 2) return 'gone';
  if (emptyDetailStreak === 1) return 'missing';
  if (found !== null && found.sourceStatus !== null && found.sourceStatus !== 'published') return 'delisted';
  return found?.isAbsent ? 'missing' : 'listed';
}

/** What a detail answer saw of an offer. `detail`: null when it was empty. */
export function toObservation(sighting: Sighting, detail: OfferDetail | null): Observation {
  const listPrices = detail?.prices.filter(({ kind }) => kind === 'list') ?? [];
  // Numbers only to order amounts, which have at most 14 digits: a double is exact enough.
  const cheapest = listPrices.toSorted((a, b) => Number(a.amountCny) - Number(b.amountCny))[0];
  return {
    offerId: sighting.offerId,
    provenance: sighting.provenance,
    source: 'detail',
    isFound: detail !== null,
    minPriceCny: cheapest?.amountCny ?? null,
    stock: detail?.offer.stock ?? null,
    soldCount: detail?.offer.soldCount ?? null,
    monthSold: null,
    repurchaseRate: null,
    pickup48hRate: detail?.seller?.pickup48hRate ?? null,
    qualityRefundRate: detail?.seller?.qualityRefundRate ?? null,
    foreignPrice: detail?.offer.foreignPrice ?? null,
    readSkuIds: detail?.hasUnreadSkus ? detail.skus.map(({ skuId }) => skuId) : null,
  };
}

const toPackageColumns = (one: PackageRecord) => ({
  weight_g: one.weightG,
  weight_source: one.weightSource,
  length_mm: one.lengthMm,
  width_mm: one.widthMm,
  height_mm: one.heightMm,
  size_source: one.sizeSource,
});

export function toOfferRow(
  detail: OfferDetail,
  state: OfferState,
  provenance: Provenance,
  normalizerVersion: number | null,
) {
  const { offer } = detail;
  return {
    offer_id: offer.offerId,
    category_id: offer.categoryId,
    seller_id: offer.sellerId,
    state,
    subject: offer.subject,
    subject_translated: offer.subjectTranslated,
    source_status: offer.sourceStatus,
    quote_type: offer.quoteType,
    unit: offer.unit,
    unit_translated: offer.unitTranslated,
    min_order_quantity: offer.minOrderQuantity,
    batch_number: offer.batchNumber,
    trade_score: offer.tradeScore,
    main_image_url: offer.imageUrls[0] ?? null,
    image_urls: offer.imageUrls,
    white_image_url: offer.whiteImageUrl,
    video_url: offer.videoUrl,
    ship_from: offer.shipFrom,
    source_created_at: offer.sourceCreatedAt,
    shipping_time_guarantee: offer.shippingTimeGuarantee,
    promotion_type: offer.promotionType,
    tags: offer.tags,
    is_mix_allowed: offer.isMixAllowed,
    mix_amount_cny: offer.mixAmountCny,
    mix_quantity: offer.mixQuantity,
    cargo_number: offer.cargoNumber,
    selling_points: offer.sellingPoints,
    certificates: offer.certificates,
    ...toPackageColumns(offer.package),
    content_hash: contentHash(detail),
    normalizer_version: normalizerVersion,
    changed_at: provenance.observedAt,
    run_id: provenance.runId,
    call_id: provenance.callId,
  };
}

export function toAttributeRows({ offer, attributes }: OfferDetail) {
  return uniqueBy(attributes, ({ position }) => String(position)).map((one) => ({
    offer_id: offer.offerId,
    position: one.position,
    attribute_id: one.attributeId,
    name: one.name,
    value: one.value,
    name_translated: one.nameTranslated,
    value_translated: one.valueTranslated,
  }));
}

/** SKUs as an observation lists them, as if for the first time. */
export function toSkuRows({ offer, skus }: OfferDetail, observation: ObservationKey) {
  return uniqueBy(skus, ({ skuId }) => skuId).map((sku) => ({
    offer_id: offer.offerId,
    sku_id: sku.skuId,
    state: 'listed',
    spec_id: sku.specId,
    cargo_number: sku.cargoNumber,
    label: sku.label,
    attributes: sku.attributes,
    stock: sku.stock,
    image_url: sku.imageUrl,
    ...toPackageColumns(sku.package),
    changed_at: observation.at,
    call_id: observation.callId,
    first_seen_at: observation.at,
    first_call_id: observation.callId,
  }));
}

/** Prices of a detail. Kinds of search rows are not among them. */
export function toPriceRows({ offer, prices }: OfferDetail): PriceRow[] {
  return uniqueBy(prices, ({ skuId, kind, minQuantity }) => `${skuId}/${kind}/${minQuantity}`).map(
    (price) => ({
      offer_id: offer.offerId,
      sku_id: price.skuId,
      kind: price.kind,
      min_quantity: price.minQuantity,
      amount_cny: price.amountCny,
    }),
  );
}

export function toUnreadPriceRows({ offer, unreadPrices }: OfferDetail): UnreadPriceRow[] {
  return unreadPrices.map(({ skuId, kind, minQuantity }) => ({
    offer_id: offer.offerId,
    sku_id: skuId,
    kind,
    min_quantity: minQuantity,
  }));
}
