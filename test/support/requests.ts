import { readFileSync } from 'node:fs';
import { parseJson, type JsonObject, type JsonValue } from '../../src/core/json.ts';
import type {
  LoadableCategory,
  LoadableOffer,
  LoadableSearchPage,
  LoadableUpload,
  Provenance,
} from '../../src/model/catalog.ts';
import { normalizeAnswer } from '../../src/transform/normalize-answer.ts';

export const fixtures = new URL('../fixtures/transform/', import.meta.url);

const provenance: Provenance = {
  callId: '11',
  rawId: '12',
  runId: '13',
  observedAt: new Date('2026-01-02T03:04:05Z'),
};

/** An answer's payload from the fixtures, read as the wire is read. */
export function readPayload(name: string): JsonObject {
  return parseJson(readFileSync(new URL(`${name}.json`, fixtures), 'utf8')) as JsonObject;
}

export function normalizeCategoryAnswer(categoryId: string, payload: JsonValue): LoadableCategory {
  return normalizeAnswer(
    { operation: 'category.children', categoryId },
    payload,
    provenance,
    null,
  ) as LoadableCategory;
}

export function normalizeSearchAnswer(payload: JsonValue, windowId: string | null = '5'): LoadableSearchPage {
  return normalizeAnswer(
    {
      operation: 'search.keyword',
      keyword: '杯',
      categoryId: null,
      priceMinCny: null,
      priceMaxCny: null,
      page: 3,
      pageSize: 50,
      language: 'en',
    },
    payload,
    provenance,
    windowId,
  ) as LoadableSearchPage;
}

export function normalizeTranslationAnswer(categoryId: string, payload: JsonValue): LoadableCategory {
  return normalizeAnswer(
    { operation: 'category.children', categoryId, language: 'en' },
    payload,
    provenance,
    null,
  ) as LoadableCategory;
}

const page = { priceMinCny: null, priceMaxCny: null, page: 1, pageSize: 50, language: 'en' } as const;

export function normalizeSellerAnswer(payload: JsonValue): LoadableSearchPage {
  const request = { operation: 'search.seller', sellerId: 'BBB1', ...page } as const;
  return normalizeAnswer(request, payload, provenance, '5') as LoadableSearchPage;
}

export function normalizeImageAnswer(payload: JsonValue): LoadableSearchPage {
  const queryImage = { kind: 'uploaded', imageId: '9' } as const;
  const request = { operation: 'search.image', queryImage, ...page } as const;
  return normalizeAnswer(request, payload, provenance, '5') as LoadableSearchPage;
}

export function normalizeUploadAnswer(payload: JsonValue): LoadableUpload {
  const request = { operation: 'image.upload', sha256: 'a'.repeat(64) } as const;
  return normalizeAnswer(request, payload, provenance, null) as LoadableUpload;
}

export function normalizeOfferAnswer(offerId: string, payload: JsonValue): LoadableOffer {
  return normalizeAnswer(
    { operation: 'offer.detail', offerId, language: 'en' },
    payload,
    provenance,
    null,
  ) as LoadableOffer;
}
