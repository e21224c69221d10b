import type { OperationName } from '../../model/operation.ts';

export interface GuideName {
  /** The operation to call instead. */
  readonly operation: OperationName;
  /** One sentence for a person who applied for, or looks for, the API of this name. */
  readonly explanation: string;
}

/**
 * API names that setup guides tell people to apply for, and what they are in reality: none of the
 * `alibaba.cross.*` names of this list is in the official documentation, in an SDK, or in a public client.
 */
export const guideNames: Readonly<Record<string, GuideName>> = {
  'alibaba.category.get': {
    operation: 'category.children',
    explanation: 'This name is real. It is called without an access token.',
  },
  'alibaba.cross.search': {
    operation: 'search.keyword',
    explanation:
      '1688 lists no API of this name; product.search.keywordQuery (crossborder) searches by keyword and category. Apply for that one.',
  },
  'alibaba.product.search': {
    operation: 'search.keyword',
    explanation:
      '1688 lists no API of this name; product.search.keywordQuery (crossborder) searches by keyword and category. Apply for that one.',
  },
  'alibaba.cross.detail': {
    operation: 'offer.detail',
    explanation:
      '1688 lists no API of this name; product.search.queryProductDetail (crossborder) gives the detail of an offer. Apply for that one.',
  },
  'alibaba.product.get': {
    operation: 'offer.detail',
    explanation:
      'This API exists, but it reads only the products of the seller who authorised the app. A catalog needs product.search.queryProductDetail (crossborder).',
  },
  'alibaba.cross.image.query': {
    operation: 'offer.detail',
    explanation:
      '1688 lists no API of this name; the images of an offer come inside the answer of product.search.queryProductDetail (crossborder), so no separate API is needed. Searching by a picture (`images:` of a feed) is product.search.imageQuery with product.image.upload.',
  },
};
