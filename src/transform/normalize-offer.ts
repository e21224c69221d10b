import type { JsonValue } from '../core/json.ts';
import type { Normalized, OfferAnswer, OfferDetail, OfferRecord } from '../model/records.ts';
import { collectPrices, type SkuSource, type SkuSources } from './offer/collect-prices.ts';
import { readAttributes } from './offer/read-attributes.ts';
import { readImages } from './offer/read-images.ts';
import { readPackage } from './offer/read-package.ts';
import { readSeller } from './offer/read-seller.ts';
import { readSku } from './offer/read-sku.ts';
import { readTerms } from './offer/read-terms.ts';
import { openPayload, type FieldReader } from './reading/field-reader.ts';
import { Findings } from './reading/findings.ts';
import { readSubject } from './reading/read-subject.ts';
import { findDrifts } from './wire/find-drifts.ts';
import { productDetailShape } from './wire/product-detail.ts';

/**
 * Reads the inner result of `product.search.queryProductDetail` to a request for `offerId`. Null is 1688's way to say that the
 * offer is gone. An answer about another offer is rejected as a whole: it must not overwrite this one.
 */
export function normalizeOffer(offerId: string, payload: JsonValue): Normalized<OfferAnswer> {
  if (payload === null) return { record: { kind: 'gone', offerId }, rejects: [], drifts: [] };
  const findings = new Findings();
  const detail = openPayload(payload, findings);
  return {
    record: detail && hasId(offerId, detail) ? { kind: 'found', detail: readDetail(offerId, detail) } : null,
    rejects: findings.rejects,
    drifts: findDrifts(payload, productDetailShape),
  };
}

function hasId(offerId: string, detail: FieldReader): boolean {
  const answeredId = detail.requiredId('offerId');
  if (answeredId !== null && answeredId !== offerId) detail.reject('offerId', 'another_id');
  return answeredId === offerId;
}

function readDetail(offerId: string, detail: FieldReader): OfferDetail {
  const saleInfo = detail.object('productSaleInfo');
  const sources = readSkuSources(detail);
  const seller = readSeller(detail);
  const quoteType = readQuoteType(saleInfo);
  const shippingInfo = detail.object('productShippingInfo');
  const fields = readOfferFields(detail, shippingInfo);
  const minOrder = fields.minOrderQuantity ?? (detail.has('minOrderQuantity') ? 'unread' : null);
  const promotion = detail.object('promotionModel');
  const promotionType = promotion.text('promotionType', 100);
  const isPromotionUnread =
    promotionType === null && (!promotion.isReadable || promotion.has('promotionType'));
  const shipping = readSkuShipping(shippingInfo);
  return {
    offer: {
      offerId,
      sellerId: seller?.sellerId ?? null,
      quoteType,
      promotionType,
      ...readImages(detail),
      ...fields,
      ...readSale(saleInfo),
    },
    seller,
    skus: sources.skus.map(({ skuId, row }) => readSku(skuId, row, shipping.get(skuId) ?? null)),
    hasUnreadSkus: sources.hasUnreadSkus,
    isStatusUnread: fields.sourceStatus === null && detail.has('status'),
    attributes: readAttributes(detail),
    ...collectPrices({ quoteType, minOrder, promotionType, isPromotionUnread }, saleInfo, sources),
  };
}

function readSkuSources(detail: FieldReader): SkuSources {
  const seen = new Set<string>();
  const items = detail.list('productSkuInfos');
  const skus = (items ?? []).flatMap((item): SkuSource[] => {
    const row = item.asRow();
    const skuId = row?.uniqueId('skuId', seen) ?? null;
    return row === null || skuId === null ? [] : [{ skuId, row }];
  });
  return { skus, hasUnreadSkus: skus.length !== items?.length };
}

/** The parts of `skuShippingDetails`, by their SKU. */
function readSkuShipping(shippingInfo: FieldReader): ReadonlyMap<string, FieldReader> {
  return new Map(
    shippingInfo.rows('skuShippingDetails').flatMap((row) => {
      const skuId = row.id('skuId');
      return skuId === null ? [] : [[skuId, row] as const];
    }),
  );
}

type SaleFields = Pick<OfferRecord, 'stock' | 'foreignPrice' | 'unit' | 'unitTranslated'>;

type OfferFields = Omit<
  OfferRecord,
  'offerId' | 'sellerId' | 'quoteType' | 'imageUrls' | 'whiteImageUrl' | 'promotionType' | keyof SaleFields
>;

function readOfferFields(detail: FieldReader, shippingInfo: FieldReader): OfferFields {
  return {
    ...readTerms(detail),
    categoryId: readCategoryId(detail),
    ...readSubject(detail),
    sourceStatus: detail.text('status', 50),
    minOrderQuantity: detail.smallCount('minOrderQuantity'),
    batchNumber: detail.smallCount('batchNumber'),
    soldCount: detail.count('soldOut'),
    tradeScore: detail.score('tradeScore'),
    videoUrl: detail.mediaUrl('mainVideo'),
    shipFrom: shippingInfo.text('sendGoodsAddressText', 200),
    shippingTimeGuarantee: shippingInfo.text('shippingTimeGuarantee', 100),
    package: readPackage(shippingInfo),
    sourceCreatedAt: detail.date('createDate'),
  };
}

/** The leaf category: on the third level, or on the second where the tree ends there. */
function readCategoryId(detail: FieldReader): string | null {
  return (
    detail.id('thirdCategoryId') ??
    detail.id('secondCategoryId') ??
    detail.id('categoryId') ??
    detail.id('topCategoryId')
  );
}

function readSale(saleInfo: FieldReader): SaleFields {
  const unitInfo = saleInfo.object('unitInfo');
  return {
    stock: saleInfo.count('amountOnSale'),
    foreignPrice: saleInfo.money('foreignCurrencyPrice'),
    unit: unitInfo.text('unit', 50),
    unitTranslated: unitInfo.text('transUnit', 50),
  };
}

function readQuoteType(saleInfo: FieldReader): OfferRecord['quoteType'] {
  const type = saleInfo.smallCount('quoteType');
  if (type === null || type === 0 || type === 1 || type === 2) return type;
  saleInfo.reject('quoteType', 'not_a_quote_type');
  return null;
}
