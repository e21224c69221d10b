import { AppError, coreErrors } from '../core/errors.ts';
import type { JsonValue } from '../core/json.ts';
import type { LoadableAnswer, Provenance } from '../model/catalog.ts';
import type { LoadableRequest } from '../model/operation.ts';
import { normalizeCategoryTranslation } from './normalize-category-translation.ts';
import { normalizeCategory } from './normalize-category.ts';
import { normalizeImageUpload } from './normalize-image-upload.ts';
import { normalizeOffer } from './normalize-offer.ts';
import { normalizeSearchPage } from './normalize-search-page.ts';

/** Raised whenever the same answer gives other records than before, so that stored answers can be read again. */
export const normalizerVersion = 6;

/**
 * Turns the content of an answer's envelope into records, rejects and drifts. `payload` is the whole object of
 * `alibaba.category.get`; for all other APIs it is the inner result, which is null for an offer that is gone. Pure and total: any
 * JSON gives a result.
 *
 * @throws AppError INTERNAL when a search answer comes without its window
 */
export function normalizeAnswer(
  request: LoadableRequest,
  payload: JsonValue,
  provenance: Provenance,
  windowId: string | null,
): LoadableAnswer {
  switch (request.operation) {
    case 'category.children': {
      const { categoryId, language } = request;
      const normalize = language === undefined ? normalizeCategory : normalizeCategoryTranslation;
      return { kind: 'category', provenance, categoryId, ...normalize(categoryId, payload) };
    }
    case 'search.keyword':
    case 'search.seller':
    case 'search.image': {
      if (windowId === null) throw new AppError(coreErrors.INTERNAL, 'a search answer has no window');
      const { operation, page, pageSize } = request;
      const read = normalizeSearchPage(operation, payload);
      return { kind: 'search', operation, provenance, windowId, page, pageSize, ...read };
    }
    case 'image.upload':
      return { kind: 'upload', provenance, ...normalizeImageUpload(request.sha256, payload) };
    case 'offer.detail': {
      const { offerId } = request;
      return { kind: 'detail', provenance, offerId, ...normalizeOffer(offerId, payload) };
    }
  }
}
