import type { JsonObject } from '../../core/json.ts';
import type { CatalogRequest, QueryImage } from '../../model/operation.ts';
import { pageSize } from '../../model/search-limits.ts';
import type { SyncConfig } from '../../model/sync-config.ts';

/** Operations that fetch one target. */
export type TargetOperation = CatalogRequest['operation'];

export const targetOperations = [
  'category.children',
  'search.keyword',
  'search.seller',
  'search.image',
  'offer.detail',
] as const satisfies readonly TargetOperation[];

/** A url, or the id that 1688 gave to an uploaded picture. */
function imageOf(target: string): QueryImage {
  return target.includes('://') ? { kind: 'address', url: target } : { kind: 'uploaded', imageId: target };
}

/** The parts of a request that identify its target, whatever its language and page. */
export function targetOf(operation: TargetOperation, target: string): JsonObject {
  switch (operation) {
    case 'category.children':
      return { categoryId: target };
    case 'search.keyword':
      return { keyword: target };
    case 'search.seller':
      return { sellerId: target };
    case 'search.image':
      return { queryImage: { ...imageOf(target) } };
    case 'offer.detail':
      return { offerId: target };
  }
}

/** The request with which a run fetches a target; for a search, its first page. */
export function requestFor(
  operation: TargetOperation,
  target: string,
  { language, apis }: Pick<SyncConfig, 'language' | 'apis'>,
): CatalogRequest {
  const firstPage = { priceMinCny: null, priceMaxCny: null, page: 1, pageSize, language };
  switch (operation) {
    case 'category.children': {
      const isTranslated = apis['category.children']?.speaks === 'category.translation.getById';
      return { operation, categoryId: target, ...(isTranslated ? { language } : {}) };
    }
    case 'search.keyword':
      return { operation, keyword: target, categoryId: null, ...firstPage };
    case 'search.seller':
      return { operation, sellerId: target, ...firstPage };
    case 'search.image':
      return { operation, queryImage: imageOf(target), ...firstPage };
    case 'offer.detail':
      return { operation, offerId: target, language };
  }
}
