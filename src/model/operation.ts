/** What the product fetches from 1688, by meaning. A table in `extract/endpoints` names the API that serves each operation. */
export type OperationName = OperationRequest['operation'];

/** A category node and its direct children; `'0'` gives the roots. */
export interface CategoryChildrenRequest {
  readonly operation: 'category.children';
  readonly categoryId: string;
  /** Calls the API that translates names. Absent: the API that has Chinese names only. */
  readonly language?: string;
}

/** One page of a search window. */
interface SearchPageRequest {
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

/** By a keyword, a category, or both. */
export interface SearchKeywordRequest extends SearchPageRequest {
  readonly operation: 'search.keyword';
  /** May be empty when `categoryId` is given. */
  readonly keyword: string;
  readonly categoryId: string | null;
}

/** What one seller offers. */
export interface SearchSellerRequest extends SearchPageRequest {
  readonly operation: 'search.seller';
  /** 1688's `sellerOpenId`. */
  readonly sellerId: string;
}

/** A picture that 1688 has: uploaded before, or on its own image servers. */
export type QueryImage =
  | { readonly kind: 'uploaded'; readonly imageId: string }
  | { readonly kind: 'address'; readonly url: string };

/** Offers similar to a picture. */
export interface SearchImageRequest extends SearchPageRequest {
  readonly operation: 'search.image';
  readonly queryImage: QueryImage;
}

/** Whether a request searches by category alone, which 1688 may refuse: it calls the keyword required. */
export const hasNoKeyword = (request: { readonly operation: string; readonly keyword?: string }): boolean =>
  request.operation === 'search.keyword' && request.keyword === '';

export type SearchRequest = SearchKeywordRequest | SearchSellerRequest | SearchImageRequest;

export interface OfferDetailRequest {
  readonly operation: 'offer.detail';
  readonly offerId: string;
  readonly language: string;
}

/** Uploads a picture to search by. The picture itself is passed beside the request, since requests are stored. */
export interface ImageUploadRequest {
  readonly operation: 'image.upload';
  /** SHA-256 of the picture's bytes: 64 hex digits. */
  readonly sha256: string;
}

/** The gateway's clock: `doctor` compares it with this machine's. */
export interface SystemTimeRequest {
  readonly operation: 'system.time';
}

/** Requests whose answers end in the catalog. */
export type CatalogRequest = CategoryChildrenRequest | SearchRequest | OfferDetailRequest;

/** Requests whose answers are stored and loaded. */
export type LoadableRequest = CatalogRequest | ImageUploadRequest;

export type OperationRequest = LoadableRequest | SystemTimeRequest;

/** A call to the OAuth endpoint. Its parameters are secrets, so the ledger records only that it was made. */
export interface OAuthTokenRequest {
  readonly operation: 'oauth.token';
}
