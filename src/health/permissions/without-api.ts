import type { ApiOperation } from '../../model/known-apis.ts';

/** What the catalog has while an API is missing; docs/permissions.md says more. */
export const withoutApi = {
  'category.children': 'the category tree is unknown, and a category of a feed is searched as a whole',
  'search.keyword': 'keyword and category feeds find no new offers',
  'search.seller': 'seller feeds find nothing',
  'search.image': 'image feeds find nothing',
  'image.upload': 'image feeds can use urls of alicdn.com, but no files',
  'offer.detail': 'offers have a name, a picture and one price, but no SKUs',
} as const satisfies Record<ApiOperation, string>;
