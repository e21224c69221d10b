import type { OperationRequest } from '../../model/operation.ts';
import { categoryGetShape } from '../../transform/wire/category-get.ts';
import { categoryTranslationShape } from '../../transform/wire/category-translation.ts';
import { productDetailShape } from '../../transform/wire/product-detail.ts';
import { imageQueryShape, keywordQueryShape } from '../../transform/wire/search-answers.ts';
import type { WireShape } from '../../transform/wire/wire-shape.ts';

/** What is known of the answers to a request: the allow-list of a recording. */
export function shapeOf(request: OperationRequest): WireShape {
  switch (request.operation) {
    case 'category.children':
      return request.language === undefined ? categoryGetShape : categoryTranslationShape;
    case 'search.keyword':
    case 'search.seller':
      return keywordQueryShape;
    case 'search.image':
      return imageQueryShape;
    case 'offer.detail':
      return productDetailShape;
    case 'image.upload':
    case 'system.time':
      return 'text';
  }
}
