import type { SkuAttribute, SkuRecord } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';
import { cutText } from '../values/parse-text.ts';
import { readPackage, unknownPackage } from './read-package.ts';
import { readAttributeTexts } from './read-attributes.ts';

const maxLabelLength = 500;

/** One element of `productSkuInfos`, except its prices; `shipping` is its part of `skuShippingDetails`. */
export function readSku(skuId: string, row: FieldReader, shipping: FieldReader | null): SkuRecord {
  const sources = row.rows('skuAttributes');
  const attributes = sources.map(readAttributeTexts);
  // Every attribute's picture is read, so that each bad url is rejected.
  const imageUrls = sources.map((source) => source.mediaUrl('skuImageUrl'));
  return {
    skuId,
    specId: row.text('specId', 100),
    cargoNumber: row.text('cargoNumber', 200),
    attributes,
    label: labelOf(attributes),
    stock: row.count('amountOnSale'),
    imageUrl: imageUrls.find((url) => url !== null) ?? null,
    package: shipping === null ? unknownPackage : readPackage(shipping),
  };
}

/** `颜色: 红 / 尺码: L`, in the order of the answer; an attribute without a value says nothing. */
function labelOf(attributes: readonly SkuAttribute[]): string | null {
  const parts = attributes.flatMap(({ name, value }) => {
    if (value === null) return [];
    return name === null ? [value] : [`${name}: ${value}`];
  });
  return parts.length === 0 ? null : cutText(parts.join(' / '), maxLabelLength);
}
