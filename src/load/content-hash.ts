import { createHash } from 'node:crypto';
import type { OfferDetail } from '../model/records.ts';

/**
 * SHA-256 over everything that a detail answer says of an offer, except its prices and what changes with every sale (stock, units sold).
 * In Postgres's bytea format: `\x` and 64 hex digits. Equal hashes need no write.
 */
export function contentHash({ offer, skus, attributes }: OfferDetail): string {
  const content = [
    [offer.categoryId, offer.sellerId, offer.subject, offer.subjectTranslated, offer.sourceStatus],
    [offer.quoteType, offer.unit, offer.unitTranslated, offer.minOrderQuantity, offer.batchNumber],
    [
      offer.tradeScore,
      offer.imageUrls,
      offer.whiteImageUrl,
      offer.videoUrl,
      offer.shipFrom,
      offer.sourceCreatedAt,
    ],
    [offer.shippingTimeGuarantee, offer.promotionType, offer.tags, offer.cargoNumber, offer.sellingPoints],
    [offer.isMixAllowed, offer.mixAmountCny, offer.mixQuantity, offer.certificates, offer.package],
    // 1688 lists SKUs in no fixed order.
    skus
      .map((sku) => [
        sku.skuId,
        sku.specId,
        sku.cargoNumber,
        sku.label,
        sku.imageUrl,
        ...Object.values({ ...sku.package }),
        ...sku.attributes.flatMap((one) => [
          one.attributeId,
          one.name,
          one.value,
          one.nameTranslated,
          one.valueTranslated,
        ]),
      ])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    attributes.map((one) => [
      one.position,
      one.attributeId,
      one.name,
      one.value,
      one.nameTranslated,
      one.valueTranslated,
    ]),
  ];
  return `\\x${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}
