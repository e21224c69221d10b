/** What the product asks of 1688, by meaning. Which API answers it is a table in `extract/endpoints`. */
export type OperationName = 'category.children' | 'search.keyword' | 'offer.detail' | 'system.time';

/** A category node and its direct children; `'0'` gives the roots. */
export interface CategoryChildrenRequest {
  readonly operation: 'category.children';
  readonly categoryId: string;
}

/** One page of a search window: a keyword, a category, or both. */
export interface SearchKeywordRequest {
  readonly operation: 'search.keyword';
  /** May be empty when `categoryId` is given. */
  readonly keyword: string;
  readonly categoryId: string | null;
  /** Bounds in yuan, as decimal text. */
  readonly priceMinCny: string | null;
  readonly priceMaxCny: string | null;
  /** From 1. */
  readonly page: number;
  /** 1 to 50. */
  readonly pageSize: number;
  /** The gateway's `country` field, which in fact holds a language: `en`, `ja`, `ko`, `ru` ... */
  readonly language: string;
}

export interface OfferDetailRequest {
  readonly operation: 'offer.detail';
  readonly offerId: string;
  readonly language: string;
}

/** The gateway's clock: the cheapest signed call, used as a credential self-test. */
export interface SystemTimeRequest {
  readonly operation: 'system.time';
}

export type OperationRequest =
  CategoryChildrenRequest | SearchKeywordRequest | OfferDetailRequest | SystemTimeRequest;

/** Requests whose answers end in the catalog. */
export type CatalogRequest = CategoryChildrenRequest | SearchKeywordRequest | OfferDetailRequest;

/** A call to the OAuth endpoint. Its parameters are secrets, so the ledger learns nothing but that it was made. */
export interface OAuthTokenRequest {
  readonly operation: 'oauth.token';
}
