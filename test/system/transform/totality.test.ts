import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import { jsonWithKeys, mutationsOf } from './arbitrary-json.ts';
import {
  normalizeCategoryAnswer,
  normalizeOfferAnswer,
  normalizeSearchAnswer,
  readPayload,
} from '../../support/requests.ts';
import { expectSound } from './soundness.ts';

interface Subject {
  readonly fixture: string;
  readonly normalize: (payload: JsonValue) => LoadableAnswer;
  /** Without it any other content is rejected as a whole, and nothing inside is fetched. */
  readonly identity: JsonObject;
}

const subjects: readonly Subject[] = [
  { fixture: 'category-roots', normalize: (payload) => normalizeCategoryAnswer('0', payload), identity: {} },
  {
    fixture: 'category-branch',
    normalize: (payload) => normalizeCategoryAnswer('7001', payload),
    identity: {},
  },
  { fixture: 'search-page', normalize: (payload) => normalizeSearchAnswer(payload), identity: {} },
  {
    fixture: 'offer-by-quantity',
    normalize: (payload) => normalizeOfferAnswer('800000000011', payload),
    identity: { offerId: 800000000011 },
  },
  {
    fixture: 'offer-by-sku',
    normalize: (payload) => normalizeOfferAnswer('800000000012', payload),
    identity: { offerId: 800000000012 },
  },
  {
    fixture: 'offer-by-range-with-skus',
    normalize: (payload) => normalizeOfferAnswer('800000000013', payload),
    identity: { offerId: 800000000013 },
  },
];

/** Every key that occurs anywhere in a payload. */
function listKeys(value: JsonValue): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value as Record<string, JsonValue>).flatMap(listKeys)];
}

function nest(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { data: value };
  return value;
}

describe.each(subjects)('normalizeAnswer of $fixture', ({ fixture, normalize, identity }) => {
  const payload = readPayload(fixture);

  it('gives a sound answer for any JSON', () => {
    const keys = [...new Set(listKeys(payload))];
    fc.assert(
      fc.property(jsonWithKeys(keys), (json) => {
        expectSound(normalize(json), json);
        const identified = isJsonObject(json) ? { ...json, ...identity } : json;
        expectSound(normalize(identified), identified);
      }),
      { numRuns: 300 },
    );
  });

  it('gives a sound answer for a real one with things wrong in it', () => {
    fc.assert(
      fc.property(mutationsOf(payload), (json) => {
        expectSound(normalize(json), json);
      }),
      { numRuns: 600 },
    );
  });

  it('gives the same answer twice and leaves the payload as it was', () => {
    const before = JSON.stringify(payload);
    expect(normalize(payload)).toEqual(normalize(payload));
    expect(JSON.stringify(payload)).toBe(before);
  });

  it('survives any depth in any field', () => {
    const deep = nest(50_000);
    expectSound(normalize(deep), deep);
    for (const key of Object.keys(payload)) {
      const json = { ...payload, [key]: deep };
      expectSound(normalize(json), json);
    }
  });
});
