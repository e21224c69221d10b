import type { CatalogRequest } from './operation.ts';

/**
 * API names that setup guides tell people to apply for, and the operation that does what these names promise. Most of the names
 * exist in no documentation (1688 docs, mirror of 2026-09), so they serve only as texts for people.
 */
export const guideApiNames: Readonly<Record<string, CatalogRequest['operation']>> = {
  'alibaba.category.get': 'category.children',
  'alibaba.cross.search': 'search.keyword',
  'alibaba.product.search': 'search.keyword',
  'alibaba.cross.detail': 'offer.detail',
  'alibaba.product.get': 'offer.detail',
  'alibaba.cross.image.query': 'offer.detail',
};
