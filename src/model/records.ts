/*
 * What normalizers make of 1688's answers and stores write to Postgres. Ids are decimal strings, money is decimal text in yuan,
 * times are ISO 8601 in UTC. `null` means: the answer had no usable value.
 */

/** A row that could not be used: kept in quarantine, never lost. */
export interface Reject {
  /** Where in the payload, as a JSON path: `data[3].offerId`; `$` is the payload itself. */
  readonly path: string;
  /** One of a small set of words: `missing`, `not_an_id`, `not_money`, `not_an_object` ... */
  readonly reason: string;
  /** The offending value's text, at most 200 characters. */
  readonly sample: string | null;
}

/** A field whose presence or type differs from what the code knows of the API. */
export interface Drift {
  /** As `Reject.path`, without indexes: `data[].newField`. */
  readonly path: string;
  readonly kind: 'unknown' | 'missing' | 'retyped';
  readonly sample: string | null;
}

export interface Normalized<T> {
  /** Null: nothing of the answer was usable, see `rejects`. */
  readonly record: T | null;
  readonly rejects: readonly Reject[];
  readonly drifts: readonly Drift[];
}

export interface CategoryRecord {
  readonly categoryId: string;
  /** `'0'` above the roots; null when the answer does not say. */
  readonly parentId: string | null;
  /** Where the answer names the parent, as `Reject.path`. */
  readonly parentPath: string;
  readonly level: number | null;
  readonly nameZh: string | null;
  readonly nameTranslated: string | null;
  readonly isLeaf: boolean | null;
  /** 停用 in its name: kept by 1688, no longer used. */
  readonly isRetired: boolean;
}

/** A node (null for the virtual root) with its children, in the order 1688 lists them. */
export interface CategoryAnswer {
  readonly node: CategoryRecord | null;
  readonly children: readonly CategoryRecord[];
}

/** A price that a search row shows beside its search price. */
export interface RowPrice {
  readonly kind: PriceKind;
  /** Null: it can't be read. */
  readonly amountCny: string | null;
}

export interface SearchRow {
  readonly offerId: string;
  /** Position on its page, from 1. */
  readonly rank: number;
  readonly subject: string | null;
  /** Null also when the "translation" merely repeats the subject. */
  readonly subjectTranslated: string | null;
  readonly mainImageUrl: string | null;
  readonly priceCny: string | null;
  /** The row shows a price that can't be read. */
  readonly isPriceUnread: boolean;
  /** Other prices of the row: kinds that begin with `search_`, each at most once. */
  readonly furtherPrices: readonly RowPrice[];
  readonly monthSold: number | null;
  /** Share of buyers who came back, from 0 to 1. */
  readonly repurchaseRate: string | null;
  readonly minOrderQuantity: number | null;
  /** 1688's words for the merchant: `super_factory`, `powerful_merchants`, `tp_member`. Null: the row has no such field. */
  readonly sellerIdentities: readonly string[] | null;
  /** 1688's words for the offer: `yx`, `select`. Null: the row has no such field. */
  readonly offerIdentities: readonly string[] | null;
  readonly isPatentProduct: boolean | null;
  /** The deepest of the row's three category ids. */
  readonly categoryId: string | null;
  readonly sourceCreatedAt: string | null;
  readonly sourceModifiedAt: string | null;
}

export interface SearchPage {
  /** As 1688 reports it: at most 2,000, whatever exists. */
  readonly totalRecords: number | null;
  /** Rows in the answer, usable or not. */
  readonly rowsInAnswer: number;
  readonly rows: readonly SearchRow[];
}

/**
 * Every kind of price, in the order in which people ask for them; docs/prices.md has their meanings. Only the kinds of search
 * rows begin with `search`: SQL recognizes them by that.
 */
export const priceKinds = [
  'list',
  'plus',
  'promotion',
  'dropship',
  'distribution',
  'retail',
  'consign',
  'jxhy',
  'jxhy_wholesale',
  'search',
  'search_consign',
  'search_promotion',
  'search_jxhy',
  'search_jxhy_wholesale',
] as const;
export type PriceKind = (typeof priceKinds)[number];

export interface PricePoint {
  /** `'0'`: the price of the offer as a whole. */
  readonly skuId: string;
  readonly kind: PriceKind;
  /** The price holds from this many units on; at least 1. */
  readonly minQuantity: number;
  /** Up to four decimals, no exponent: `'13.9'`. */
  readonly amountCny: string;
}

/**
 * Prices of which an answer states something that can't be read: it is not known whether they still hold, so their absence proves
 * nothing.
 */
export interface UnreadPrice {
  /** Null: any SKU; `'0'`: the offer as a whole. */
  readonly skuId: string | null;
  readonly kind: PriceKind;
  /** Null: from any quantity on. */
  readonly minQuantity: number | null;
}

export interface SkuAttribute {
  readonly attributeId: string | null;
  readonly name: string | null;
  readonly value: string | null;
  readonly nameTranslated: string | null;
  readonly valueTranslated: string | null;
}

/** The source of a weight or size. */
export type MeasureSource = 'official' | 'seller' | 'estimated';

/** Weight and size of one unit as it is sent, as decimal text. */
export interface PackageRecord {
  readonly weightG: string | null;
  /** Null also where 1688 does not say. */
  readonly weightSource: MeasureSource | null;
  readonly lengthMm: string | null;
  readonly widthMm: string | null;
  readonly heightMm: string | null;
  readonly sizeSource: MeasureSource | null;
}

export interface SkuRecord {
  readonly skuId: string;
  readonly specId: string | null;
  readonly cargoNumber: string | null;
  readonly attributes: readonly SkuAttribute[];
  /** `颜色: 红 / 尺码: L`, for people. */
  readonly label: string | null;
  readonly stock: number | null;
  readonly imageUrl: string | null;
  readonly package: PackageRecord;
}

/** A certificate that the seller shows. */
export interface Certificate {
  readonly name: string | null;
  readonly code: string | null;
  readonly photoUrls: readonly string[];
}

/** When the seller mixes offers in one order: from so much money, or from so many units. */
export interface MixTerms {
  readonly isMixAllowed: boolean | null;
  readonly mixAmountCny: string | null;
  readonly mixQuantity: number | null;
}

/** One value of an attribute; an attribute with three values is three of these. */
export interface OfferAttribute {
  /** From 0, over all attributes of the offer. */
  readonly position: number;
  readonly attributeId: string | null;
  readonly name: string | null;
  readonly value: string | null;
  readonly nameTranslated: string | null;
  readonly valueTranslated: string | null;
}

export interface SellerRecord {
  /** 1688's `sellerOpenId`. */
  readonly sellerId: string;
  readonly companyName: string | null;
  /** From 0, as decimal text: half levels are met. */
  readonly tradeMedalLevel: string | null;
  readonly compositeServiceScore: string | null;
  readonly logisticsExperienceScore: string | null;
  readonly disputeComplaintScore: string | null;
  readonly offerExperienceScore: string | null;
  readonly afterSalesExperienceScore: string | null;
  readonly consultingExperienceScore: string | null;
  /** A share from 0 to 1 as decimal text, whether 1688 sent "52.48%" or "0.4666". */
  readonly repeatPurchaseRate: string | null;
  /** Share of the orders of 30 days that were picked up within 48 hours. */
  readonly pickup48hRate: string | null;
  /** Share of the orders of 30 days that were refunded for their quality. */
  readonly qualityRefundRate: string | null;
  /** 1688's words for the merchant, as in `SearchRow.sellerIdentities`. */
  readonly identities: readonly string[] | null;
}

export interface OfferRecord extends MixTerms {
  readonly offerId: string;
  /** The leaf category of the offer. */
  readonly categoryId: string | null;
  readonly sellerId: string | null;
  readonly subject: string | null;
  readonly subjectTranslated: string | null;
  /** 1688's own word: `published` is on sale, anything else is not. */
  readonly sourceStatus: string | null;
  /** 0 no SKU, price by quantity; 1 price by SKU; 2 SKUs, but price by quantity. */
  readonly quoteType: 0 | 1 | 2 | null;
  readonly unit: string | null;
  readonly unitTranslated: string | null;
  readonly minOrderQuantity: number | null;
  readonly batchNumber: number | null;
  readonly stock: number | null;
  /** The price that 1688 converted for requests with a currency, in that currency. */
  readonly foreignPrice: string | null;
  /** Units sold, as 1688 counts them (its field is named `soldOut`). */
  readonly soldCount: number | null;
  readonly tradeScore: string | null;
  /** The usable pictures of the gallery, in its order. */
  readonly imageUrls: readonly string[];
  /** The picture cut out on white. */
  readonly whiteImageUrl: string | null;
  readonly videoUrl: string | null;
  readonly shipFrom: string | null;
  /** `shipIn24Hours` or `shipIn48Hours`. */
  readonly shippingTimeGuarantee: string | null;
  /** 1688's word for who pays `promotionPrice`: `plus` for members of PLUS. */
  readonly promotionType: string | null;
  /** Keys of the tags that are set: `isOnePsale`, `isSupportMix` ... Null: the answer has no tags. */
  readonly tags: readonly string[] | null;
  /** The seller's own article number of the offer as a whole. */
  readonly cargoNumber: string | null;
  /** Null: the answer has none. The same holds for certificates. */
  readonly sellingPoints: readonly string[] | null;
  readonly certificates: readonly Certificate[] | null;
  readonly package: PackageRecord;
  readonly sourceCreatedAt: string | null;
}

/** Everything one detail answer says about an offer. */
export interface OfferDetail {
  readonly offer: OfferRecord;
  readonly seller: SellerRecord | null;
  readonly skus: readonly SkuRecord[];
  readonly attributes: readonly OfferAttribute[];
  /** All kinds but those of search rows. A price point that is neither here nor in `unreadPrices` was seen to be gone. */
  readonly prices: readonly PricePoint[];
  readonly unreadPrices: readonly UnreadPrice[];
  /** Some SKUs can't be read, so a SKU that is missing in `skus` is not known to be gone. */
  readonly hasUnreadSkus: boolean;
  /** The status can't be read: whether the offer is on sale stays as stored. */
  readonly isStatusUnread: boolean;
}

/** `gone`: the answer was good and empty, which is how 1688 says that an offer no longer exists. */
export type OfferAnswer =
  | { readonly kind: 'found'; readonly detail: OfferDetail }
  | { readonly kind: 'gone'; readonly offerId: string };

/** A picture that was uploaded to search by it. */
export interface ImageUpload {
  /** SHA-256 of its bytes: 64 hex digits. */
  readonly sha256: string;
  /** Null: 1688 can't use the picture. */
  readonly imageId: string | null;
}
