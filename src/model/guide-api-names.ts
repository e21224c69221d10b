import type { CatalogRequest } from './operation.ts';

/**
 * API names that registration guides give, and the operation that does what they promise; null: nothing here
 * needs it. Only `alibaba.category.get` exists under that name for a catalog (1688 docs; the others were found
 * in no documentation, SDK or client, and `alibaba.product.get` reads the authorised seller's own products).
 */
export const guideApiNames: Readonly<Record<string, CatalogRequest['operation'] | null>> = {
  'alibaba.category.get': 'category.children',
  'alibaba.cross.search': 'search.keyword',
  'alibaba.product.search': 'search.keyword',
  'alibaba.cross.detail': 'offer.detail',
  'alibaba.product.get': 'offer.detail',
  'alibaba.cross.image.query': null,
};
