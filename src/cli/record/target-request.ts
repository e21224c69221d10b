import type {
  CategoryChildrenRequest,
  OfferDetailRequest,
  SearchKeywordRequest,
} from '../../model/operation.ts';

/** Operations that are recorded by what they ask for; others by the raw id of their stored answer. */
export const recordableOperations = ['category.children', 'search.keyword', 'offer.detail'] as const;

export type RecordableOperation = (typeof recordableOperations)[number];

export type RecordableRequest = CategoryChildrenRequest | SearchKeywordRequest | OfferDetailRequest;

/** The parts of a request that make it this one, whatever the language and page were. */
export function targetOf(operation: RecordableOperation, target: string): Readonly<Record<string, string>> {
  switch (operation) {
    case 'category.children':
      return { categoryId: target };
    case 'search.keyword':
      return { keyword: target };
    case 'offer.detail':
      return { offerId: target };
  }
}

/** The request that asks for a target: of a search, its first page. */
export function requestFor(
  operation: RecordableOperation,
  target: string,
  language: string,
): RecordableRequest {
  switch (operation) {
    case 'category.children':
      return { operation, categoryId: target };
    case 'search.keyword':
      return {
        ...{ operation, keyword: target, categoryId: null, priceMinCny: null, priceMaxCny: null },
        ...{ page: 1, pageSize: 50, language },
      };
    case 'offer.detail':
      return { operation, offerId: target, language };
  }
}
