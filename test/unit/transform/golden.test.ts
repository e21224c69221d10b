import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseJson, type JsonObject } from '../../../src/core/json.ts';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import type { LoadableRequest } from '../../../src/model/operation.ts';
import { normalizeAnswer } from '../../../src/transform/normalize-answer.ts';
import { listFiles, readText, root } from '../../support/doc-files.ts';
import {
  fixtures,
  normalizeCategoryAnswer,
  normalizeImageAnswer,
  normalizeOfferAnswer,
  normalizeSearchAnswer,
  normalizeSellerAnswer,
  normalizeTranslationAnswer,
  readPayload,
} from '../../support/requests.ts';

const answers: Record<string, () => LoadableAnswer> = {
  'category-roots': () => normalizeCategoryAnswer('0', readPayload('category-roots')),
  'category-branch': () => normalizeCategoryAnswer('7001', readPayload('category-branch')),
  'translation-roots': () => normalizeTranslationAnswer('0', readPayload('translation-roots')),
  'translation-branch': () => normalizeTranslationAnswer('7001', readPayload('translation-branch')),
  'seller-page': () => normalizeSellerAnswer(readPayload('seller-page')),
  'image-page': () => normalizeImageAnswer(readPayload('image-page')),
  'search-page': () => normalizeSearchAnswer(readPayload('search-page')),
  'offer-by-quantity': () => normalizeOfferAnswer('800000000011', readPayload('offer-by-quantity')),
  'offer-by-sku': () => normalizeOfferAnswer('800000000012', readPayload('offer-by-sku')),
  'offer-by-range-with-skus': () =>
    normalizeOfferAnswer('800000000013', readPayload('offer-by-range-with-skus')),
  'offer-with-odd-forms': () => normalizeOfferAnswer('800000000015', readPayload('offer-with-odd-forms')),
  'offer-with-bad-rows': () => normalizeOfferAnswer('800000000014', readPayload('offer-with-bad-rows')),
};

describe('golden answers', () => {
  it.each(Object.entries(answers))('%s gives exactly its records', async (name, normalize) => {
    const { record, rejects, drifts } = normalize();
    const file = fileURLToPath(new URL(`${name}.records.json`, fixtures));
    const text = JSON.stringify({ record, rejects, drifts }, null, 2);
    await expect(`${text}\n`).toMatchFileSnapshot(file);
  });

  it.each([
    'category-roots',
    'category-branch',
    'translation-roots',
    'translation-branch',
    'seller-page',
    'image-page',
    'offer-by-quantity',
    'offer-by-sku',
    'offer-by-range-with-skus',
    'offer-with-odd-forms',
  ])('%s has only documented fields', (name) => {
    const unknown = answers[name]?.().drifts.filter((drift) => drift.kind === 'unknown');
    expect(unknown).toEqual([]);
  });
});

/** Made by `catalog-sync record`. */
const recordings = listFiles('test/fixtures/recorded', '.json').filter(
  (path) => !path.endsWith('.records.json'),
);

describe('recorded answers', () => {
  it('are there', () => {
    expect(recordings.length).toBeGreaterThan(0);
  });

  it.each(recordings)('%s gives exactly its records', async (path) => {
    const { request, payload } = parseJson(readText(path)) as JsonObject;
    const provenance = {
      callId: '11',
      rawId: '12',
      runId: null,
      observedAt: new Date('2026-01-02T03:04:05Z'),
    };
    const asked = request as unknown as LoadableRequest;
    const { record, rejects, drifts } = normalizeAnswer(asked, payload ?? null, provenance, '5');
    const text = JSON.stringify({ record, rejects, drifts }, null, 2);
    await expect(`${text}\n`).toMatchFileSnapshot(join(root, path.replace(/\.json$/, '.records.json')));
  });
});
