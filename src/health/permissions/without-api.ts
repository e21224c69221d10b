import type { ApiOperation } from '../../model/known-apis.ts';

/** What the catalog is for as long as an API is missing; docs/permissions.md says more. */
export const withoutApi = {
  'category.children': 'the tree is not known, and a category that a feed names is searched as a whole',
  'search.keyword': 'feeds of keywords and categories find no new offers',
  'search.seller': 'feeds of sellers find nothing',
  'search.image': 'feeds of images find nothing',
  'image.upload': 'feeds of images can use urls of alicdn.com, but no files',
  'offer.detail': 'offers have a name, a picture and one price, but no SKUs',
} as const satisfies Record<ApiOperation, string>;
