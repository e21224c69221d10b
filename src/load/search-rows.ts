import type { LoadableSearchPage } from '../model/catalog.ts';
import type { PriceKind, SearchRow } from '../model/records.ts';
import {
  isAbsent,
  observationKey,
  uniqueBy,
  type ObservationKey,
  type OfferFreshness,
} from '../refresh/update/offer-freshness.ts';
import type { Observation } from './observation-rows.ts';
import type { Sighting } from '../refresh/update/freshness-rows.ts';
import type { LateAnswer, PriceRow, UnreadPriceRow } from './merge-prices.ts';

/** Rows of search pages as rows of the tables that store them. */

/** One row of a page; an offer that a page lists twice is read once. */
export interface RowObservation extends Sighting {
  readonly row: SearchRow;
  readonly key: ObservationKey;
}

/** The rows of pages, in their order. */
export function listRows(pages: readonly LoadableSearchPage[]): RowObservation[] {
  return pages.flatMap(({ record, provenance }) =>
    uniqueBy(record?.rows ?? [], ({ offerId }) => offerId).map((row) => ({
      offerId: row.offerId,
      row,
      provenance,
      key: observationKey(provenance),
    })),
  );
}

/** A row of `catalog.offer`; state missing, if something newer or stronger than the row says so. */
export function toOfferRow(
  { offerId, row, provenance }: RowObservation,
  freshness: ReadonlyMap<string, OfferFreshness>,
) {
  const known = freshness.get(offerId);
  return {
    offer_id: offerId,
    state: known && (known.emptyDetailStreak > 0 || isAbsent(known)) ? 'missing' : 'listed',
    category_id: row.categoryId,
    subject: row.subject,
    subject_translated: row.subjectTranslated,
    min_order_quantity: row.minOrderQuantity,
    main_image_url: row.mainImageUrl,
    seller_identities: row.sellerIdentities,
    offer_identities: row.offerIdentities,
    is_patent_product: row.isPatentProduct,
    source_created_at: row.sourceCreatedAt,
    source_modified_at: row.sourceModifiedAt,
    changed_at: provenance.observedAt,
    run_id: provenance.runId,
    call_id: provenance.callId,
  };
}

/** What a row saw of its offer. */
export function toObservation({ offerId, row, provenance }: RowObservation): Observation {
  return {
    offerId,
    provenance,
    source: 'search',
    isFound: true,
    minPriceCny: row.priceCny,
    stock: null,
    soldCount: null,
    monthSold: row.monthSold,
    repurchaseRate: row.repurchaseRate,
    pickup48hRate: null,
    qualityRefundRate: null,
    foreignPrice: null,
    readSkuIds: null,
  };
}

const rowPriceOf = (offerId: string, kind: PriceKind) => ({
  offer_id: offerId,
  sku_id: '0',
  kind,
  min_quantity: 1,
});

/** The prices that a row shows. */
export function toPriceRows({ offerId, row }: Pick<RowObservation, 'offerId' | 'row'>): PriceRow[] {
  const shown = [{ kind: 'search', amountCny: row.priceCny } as const, ...row.furtherPrices];
  return shown.flatMap(({ kind, amountCny }) =>
    amountCny === null ? [] : [{ ...rowPriceOf(offerId, kind), amount_cny: amountCny }],
  );
}

/** The prices that a row shows and that cannot be read. */
export function toUnreadPriceRows({
  offerId,
  row,
}: Pick<RowObservation, 'offerId' | 'row'>): UnreadPriceRow[] {
  const further = row.furtherPrices.filter(({ amountCny }) => amountCny === null);
  const unread = row.isPriceUnread ? [{ kind: 'search' } as const, ...further] : further;
  return unread.map(({ kind }) => rowPriceOf(offerId, kind));
}

export const toLateAnswer = (observation: RowObservation): LateAnswer => ({
  offerId: observation.offerId,
  key: observation.key,
  prices: toPriceRows(observation),
});
