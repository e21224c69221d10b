import { AppError, coreErrors } from '../core/errors.ts';
import type { JsonValue } from '../core/json.ts';
import type { LoadableAnswer, Provenance } from '../model/catalog.ts';
import type { CatalogRequest } from '../model/operation.ts';
import { normalizeCategory } from './normalize-category.ts';
import { normalizeOffer } from './normalize-offer.ts';
import { normalizeSearchPage } from './normalize-search-page.ts';

/** Raised whenever the same answer gives other records than before, so that stored answers can be read again. */
export const normalizerVersion = 1;

/**
 * Turns what is inside an answer's envelope into records, rejects and drifts. `payload` is the whole object for
 * `category.children`, the inner result for `search.keyword`, and the inner result or null (gone) for
 * `offer.detail`. Pure, and total: whatever JSON comes, it answers.
 *
 * @throws AppError INTERNAL when a search answer comes without its window
 */
export function normalizeAnswer(
  request: CatalogRequest,
  payload: JsonValue,
  provenance: Provenance,
  windowId: string | null,
): LoadableAnswer {
  switch (request.operation) {
    case 'category.children': {
      const { categoryId } = request;
      return { kind: 'category', provenance, categoryId, ...normalizeCategory(categoryId, payload) };
    }
    case 'search.keyword': {
      if (windowId === null) throw new AppError(coreErrors.INTERNAL, 'a search answer has no window');
      const { page, pageSize } = request;
      return { kind: 'search', provenance, windowId, page, pageSize, ...normalizeSearchPage(payload) };
    }
    case 'offer.detail': {
      const { offerId } = request;
      return { kind: 'detail', provenance, offerId, ...normalizeOffer(offerId, payload) };
    }
  }
}
