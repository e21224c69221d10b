import type { OfferDetail, OfferRecord, PriceKind, PricePoint, UnreadPrice } from '../../model/records.ts';
import { retailPriceOf, retailUntil, type RetailPrice, type StatedQuantity } from './assume-retail.ts';
import type { FieldReader } from '../reading/field-reader.ts';

/** The id that stands for the offer as a whole. */
const wholeOffer = '0';

type PriceFields = readonly (readonly [key: string, kind: PriceKind])[];

const listPrice: PriceFields = [['price', 'list']];
const publicPromotion: PriceFields = [['promotionPrice', 'promotion']];
const plusPromotion: PriceFields = [['promotionPrice', 'plus']];

/** The kinds of quoted prices that can be read, and the kinds whose buyers can't be read. */
interface QuotedPrices {
  readonly read: PriceFields;
  readonly missed: PriceFields;
}

/**
 * The two prices that stand in ranges or in SKUs, depending on the quote type, by their names on the wire. `promotionType` says
 * for whom the second one is (1688 docs queryProductDetail v1: `plus`, the members of PLUS).
 */
function quotedPrices({ promotionType, isPromotionUnread }: PriceTerms): QuotedPrices {
  if (isPromotionUnread) return { read: listPrice, missed: [...publicPromotion, ...plusPromotion] };
  return {
    read: [...listPrice, ...(promotionType === 'plus' ? plusPromotion : publicPromotion)],
    missed: [],
  };
}

/**
 * Prices that stand beside the quote, on SKUs and on the offer as a whole. All but the last are deprecated (1688 docs
 * queryProductDetail v1).
 */
const channelPrices: PriceFields = [
  ['consignPrice', 'consign'],
  ['jxhyPrice', 'jxhy'],
  ['pfJxhyPrice', 'jxhy_wholesale'],
  ['retailPrice', 'retail'],
];

/** Prices for resellers, which replaced the deprecated ones. */
const dropshipPrice: PriceFields = [['onePiecePrice', 'dropship']];
const distributionPrice: PriceFields = [['offerPrice', 'distribution']];

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

  /** Reads list prices with `read`. If it reads one, one unit costs the retail price (`retail` null: it does not). */
  readQuoted(skuId: string, retail: RetailPrice | null, read: () => void): void {
    const [first, firstUnread] = [this.prices.length, this.unreadPrices.length];
    read();
    if (retail === null) return;
    const unit = { skuId, kind: 'list', minQuantity: 1 } as const;
    const hasList = ({ kind }: { readonly kind: PriceKind }) => kind === 'list';
    const isRead = this.prices.slice(first).some(hasList);
    if (isRead && retail !== 'unread') this.prices.splice(first, 0, { ...unit, ...retail });
    else if (isRead || this.unreadPrices.slice(firstUnread).some(hasList)) this.unreadPrices.push(unit);
  }

  read(row: FieldReader, fields: PriceFields, skuId: string, minQuantity: number): void {
    for (const [key, kind] of fields) {
      const amountCny = row.money(key);
      if (amountCny !== null) this.prices.push({ skuId, kind, minQuantity, amountCny });
      else if (row.has(key)) this.unreadPrices.push({ skuId, kind, minQuantity });
    }
    if (!row.isReadable) this.miss(fields, skuId);
  }

  /** Reads prices only for their rejects: it is not known from how many units on they hold. */
  readUnplaced(row: FieldReader, fields: PriceFields, skuId: string): void {
    for (const [key] of fields) row.money(key);
    this.miss(fields, skuId);
  }

  add({ prices, unreadPrices }: OfferPrices): void {
    this.prices.push(...prices);
    this.unreadPrices.push(...unreadPrices);
  }

  /** Notes that prices may, or may not, be those of `other`. */
  doubt(other: OfferPrices): void {
    for (const { skuId, kind, minQuantity } of [...other.prices, ...other.unreadPrices])
      this.unreadPrices.push({ skuId, kind, minQuantity });
  }

  /** Notes that prices of `skuId` (null: of any SKU) are in a part of the answer that can't be read. */
  miss(fields: PriceFields, skuId: string | null): void {
    for (const [, kind] of fields) this.unreadPrices.push({ skuId, kind, minQuantity: null });
  }
}

/** What decides for which SKU and for which buyers a price holds, and from how many units on. */
export interface PriceTerms {
  readonly quoteType: OfferRecord['quoteType'];
  readonly minOrder: StatedQuantity;
  readonly promotionType: string | null;
  /** It can't be read for whom a promotion is. */
  readonly isPromotionUnread: boolean;
}

/** True: SKUs have prices of their own. Null: nothing that can be read decides this. */
function isPricedBySku({ quoteType }: PriceTerms, { skus, hasUnreadSkus }: SkuSources): boolean | null {
  if (quoteType !== null) return quoteType === 1;
  return skus.length === 0 && hasUnreadSkus ? null : skus.some(({ row }) => row.has('price'));
}

/** Whether only ranges state the prices that SKUs should state by the quote type. */
function isQuotedInRangesAlone(saleInfo: FieldReader, { skus, hasUnreadSkus }: SkuSources): boolean {
  const ranges = saleInfo.raw('priceRangeList');
  const isStated = ({ row }: SkuSource) => row.has('price') || row.has('promotionPrice');
  return Array.isArray(ranges) && ranges.length > 0 && !hasUnreadSkus && !skus.some(isStated);
}

/**
 * Every price point of a detail answer, one for each (SKU, kind, quantity):
 *
 * - By quantity (quote types 0 and 2): `list` and `plus` or `promotion` come from `priceRangeList`, for the whole offer.
 * - By SKU (quote type 1): both come from the SKUs, from one unit on. A `priceRangeList` beside them only repeats their extremes
 *   and is ignored. Where ranges state prices and no SKU does, it is not known whose they are: none begins, none of the offer or of
 *   a SKU that it has ends, and the ranges are reported.
 * - In either case one unit may cost the retail price (`assume-retail.ts`).
 * - All other kinds come from the SKUs and from `productSaleInfo`, wherever they are.
 *
 * A quote type that can't be read is inferred: only SKUs that are priced one by one carry a `price` (1688 docs queryProductDetail
 * v1; null in type 2, measured by clients). If no SKU can be read either, `priceRangeList` may hold the prices, or repeat those
 * of SKUs: then none of its prices begins, and no price that it names ends. For SKUs that can't be read, a readable quote type
 * decides whether they have quoted prices: by quantity, they have none, and those that they had end.
 */
export function collectPrices(terms: PriceTerms, saleInfo: FieldReader, sources: SkuSources): OfferPrices {
  const { skus, hasUnreadSkus } = sources;
  const quoted = quotedPrices(terms);
  const isBySku = isPricedBySku(terms, sources);
  const until = retailUntil(terms.minOrder, saleInfo);
  const list = new PriceList();
  if (isBySku) {
    if (isQuotedInRangesAlone(saleInfo, sources)) {
      saleInfo.reject('priceRangeList', 'not_by_sku');
      for (const skuId of [wholeOffer, ...skus.map((sku) => sku.skuId)]) list.miss(quoted.read, skuId);
    }
    for (const sku of skus) readSkuQuote(list, sku, { quoted: quoted.read, until, saleInfo });
  } else {
    const retail = until === null ? null : retailPriceOf(saleInfo);
    const unit = retail !== null && until === 'unread' ? until : retail;
    const ranges = new PriceList();
    ranges.readQuoted(wholeOffer, unit, () => readRanges(saleInfo, ranges, quoted.read));
    if (isBySku === null) list.doubt(ranges);
    else list.add(ranges);
  }
  for (const skuId of isBySku ? skus.map((sku) => sku.skuId) : [wholeOffer]) list.miss(quoted.missed, skuId);
  list.read(saleInfo, channelPrices, wholeOffer, 1);
  for (const { skuId, row } of skus) list.read(row, channelPrices, skuId, 1);
  readResellerPrices(saleInfo, list, skus);
  if (hasUnreadSkus) {
    const isByQuantity = terms.quoteType === 0 || terms.quoteType === 2;
    const quotes = isByQuantity ? [] : [...quoted.read, ...quoted.missed];
    list.miss([...quotes, ...channelPrices, ...dropshipPrice, ...distributionPrice], null);
  }
  return { prices: list.prices, unreadPrices: list.unreadPrices };
}

interface SkuQuote {
  readonly quoted: PriceFields;
  readonly until: ReturnType<typeof retailUntil>;
  readonly saleInfo: FieldReader;
}

/** Where a retail price is stated and its bound can't be read, it is not known from how many units on the quote of a SKU holds. */
function readSkuQuote(
  list: PriceList,
  { skuId, row }: SkuSource,
  { quoted, until, saleInfo }: SkuQuote,
): void {
  const retail = until === null ? null : retailPriceOf(row, saleInfo);
  if (until === 'unread' && retail !== null) list.readUnplaced(row, quoted, skuId);
  else {
    const start = retail === null || until === 'unread' ? 1 : (until ?? 1);
    list.readQuoted(skuId, retail, () => list.read(row, quoted, skuId, start));
  }
}

/** Every `offerPrice` holds from the `startQuantity` beside that of the offer (guessed: SKUs have none). */
function readResellerPrices(saleInfo: FieldReader, list: PriceList, skus: readonly SkuSource[]): void {
  const sale = saleInfo.object('fenxiaoSaleInfo');
  const start = sale.quantity('startQuantity');
  const isStartUnread = start === null && sale.has('startQuantity');
  const rows = [
    { skuId: wholeOffer, row: sale },
    ...skus.map(({ skuId, row }) => ({ skuId, row: row.object('fenxiaoPriceInfo') })),
  ];
  for (const { skuId, row } of rows) {
    list.read(row, dropshipPrice, skuId, 1);
    if (isStartUnread) list.miss(distributionPrice, skuId);
    else list.read(row, distributionPrice, skuId, start ?? 1);
  }
}

/** Of two ranges that start at the same quantity the first one counts. */
function readRanges(saleInfo: FieldReader, list: PriceList, quoted: PriceFields): void {
  const seen = new Set<number>();
  const ranges = saleInfo.list('priceRangeList')?.map((item) => item.asRow());
  let isWhole = saleInfo.isReadable && ranges !== undefined;
  for (const range of ranges ?? []) {
    const start = range?.uniqueQuantity('startQuantity', seen) ?? null;
    if (range && start !== null) list.read(range, quoted, wholeOffer, start);
    else isWhole = false;
  }
  if (!isWhole) list.miss(quoted, wholeOffer);
}
