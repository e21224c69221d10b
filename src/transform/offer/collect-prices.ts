import type { OfferDetail, OfferRecord, PriceKind, PricePoint, UnreadPrice } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';

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

export interface SkuSources {
  readonly skus: readonly SkuSource[];
  readonly hasUnreadSkus: boolean;
}

type OfferPrices = Pick<OfferDetail, 'prices' | 'unreadPrices'>;

class PriceList implements OfferPrices {
  readonly prices: PricePoint[] = [];
  readonly unreadPrices: UnreadPrice[] = [];

  read(row: FieldReader, fields: PriceFields, skuId: string, minQuantity: number): void {
    for (const [key, kind] of fields) {
      const amountCny = row.money(key);
      if (amountCny !== null) this.prices.push({ skuId, kind, minQuantity, amountCny });
      else if (row.has(key)) this.unreadPrices.push({ skuId, kind, minQuantity });
    }
    if (!row.isReadable) this.miss(fields, skuId);
  }

  /** Notes that prices of `skuId` (null: of any SKU) are in a part of the answer that can't be read. */
  miss(fields: PriceFields, skuId: string | null): void {
    for (const [, kind] of fields) this.unreadPrices.push({ skuId, kind, minQuantity: null });
  }
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
  { skus, hasUnreadSkus }: SkuSources,
): OfferPrices {
  const isBySku = quoteType === null ? skus.some(({ row }) => row.has('price')) : quoteType === 1;
  const list = new PriceList();
  if (isBySku) for (const { skuId, row } of skus) list.read(row, quotedPrices, skuId, 1);
  else readRanges(saleInfo, list);
  list.read(saleInfo, channelPrices, wholeOffer, 1);
  for (const { skuId, row } of skus) list.read(row, channelPrices, skuId, 1);
  if (hasUnreadSkus) list.miss([...quotedPrices, ...channelPrices], null);
  return { prices: list.prices, unreadPrices: list.unreadPrices };
}

/** Of two ranges that start at the same quantity the first one counts. */
function readRanges(saleInfo: FieldReader, list: PriceList): void {
  const seen = new Set<number>();
  const ranges = saleInfo.list('priceRangeList')?.map((item) => item.asRow());
  let isWhole = saleInfo.isReadable && ranges !== undefined;
  for (const range of ranges ?? []) {
    const start = range?.uniqueQuantity('startQuantity', seen) ?? null;
    if (range && start !== null) list.read(range, quotedPrices, wholeOffer, start);
    else isWhole = false;
  }
  if (!isWhole) list.miss(quotedPrices, wholeOffer);
}
