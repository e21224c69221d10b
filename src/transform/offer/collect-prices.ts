import type { OfferRecord, PriceKind, PricePoint } from '../../model/records.ts';
import { isAbsent, type FieldReader } from '../reading/field-reader.ts';

/** The id that stands for the offer as a whole. */
const wholeOffer = '0';

type PriceFields = readonly (readonly [key: string, kind: PriceKind])[];

/** The two prices that a quote type moves between ranges and SKUs, by their names on the wire. */
const quotedPrices: PriceFields = [
  ['price', 'list'],
  ['promotionPrice', 'promotion'],
];

/** Prices that stand beside the quote, on SKUs and on the offer as a whole. */
const channelPrices: PriceFields = [
  ['consignPrice', 'consign'],
  ['jxhyPrice', 'jxhy'],
  ['retailPrice', 'retail'],
];

/** A SKU that was kept, with the object it was read from. */
export interface SkuSource {
  readonly skuId: string;
  readonly row: FieldReader;
}

/**
 * Every price point of a detail answer, one for each (SKU, kind, quantity):
 *
 * - By quantity (quote types 0 and 2): `list` and `promotion` come from `priceRangeList`, for the whole offer.
 * - By SKU (quote type 1): both come from the SKUs, from one unit on. A `priceRangeList` beside them only repeats
 *   their extremes and is ignored.
 * - `consign`, `jxhy` and `retail` come from the SKUs and from `productSaleInfo`, wherever they are.
 *
 * A quote type that can't be read is inferred from what it means: only SKUs priced one by one carry a `price`
 * (1688 docs queryProductDetail v1; null in type 2, measured by clients).
 */
export function collectPrices(
  quoteType: OfferRecord['quoteType'],
  saleInfo: FieldReader,
  skus: readonly SkuSource[],
): readonly PricePoint[] {
  const isBySku = quoteType === null ? skus.some(({ row }) => !isAbsent(row.raw('price'))) : quoteType === 1;
  const quoted = isBySku
    ? skus.flatMap(({ skuId, row }) => readPrices(row, quotedPrices, skuId, 1))
    : readRanges(saleInfo);
  return [
    ...quoted,
    ...readPrices(saleInfo, channelPrices, wholeOffer, 1),
    ...skus.flatMap(({ skuId, row }) => readPrices(row, channelPrices, skuId, 1)),
  ];
}

/** Of two ranges that start at the same quantity the first one counts. */
function readRanges(saleInfo: FieldReader): readonly PricePoint[] {
  const seen = new Set<number>();
  return saleInfo.rows('priceRangeList').flatMap((range) => {
    const start = range.uniqueQuantity('startQuantity', seen);
    return start === null ? [] : readPrices(range, quotedPrices, wholeOffer, start);
  });
}

function readPrices(
  row: FieldReader,
  fields: PriceFields,
  skuId: string,
  minQuantity: number,
): readonly PricePoint[] {
  return fields.flatMap(([key, kind]) => {
    const amountCny = row.money(key);
    return amountCny === null ? [] : [{ skuId, kind, minQuantity, amountCny }];
  });
}
