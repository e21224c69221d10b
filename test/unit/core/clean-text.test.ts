import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanJson, cleanText } from '../../../src/core/clean-text.ts';
import type { JsonValue } from '../../../src/core/json.ts';

test('NUL goes, a surrogate without its pair becomes U+FFFD, all else stays', () => {
  expect(cleanText('a\u0000b')).toBe('ab');
  expect(cleanText('a\ud800b')).toBe('a\ufffdb');
  expect(cleanText('连衣裙 🧥\t\n\u0007')).toBe('连衣裙 🧥\t\n\u0007');
});

test('keys are cleaned like values, at any depth', () => {
  expect(cleanJson({ 'k\u0000': ['\ud800', { a: 'x\u0000' }, 1, null, true] })).toEqual({
    k: ['\ufffd', { a: 'x' }, 1, null, true],
  });
});

test('the result is storable, and cleaning it again changes nothing', () => {
  const anyText = fc.string({ unit: 'binary' });
  const anyUnits = fc
    .array(fc.integer({ min: 0, max: 0xffff }))
    .map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(fc.oneof(anyText, anyUnits), (text) => {
      const clean = cleanText(text);
      expect(clean.isWellFormed() && !clean.includes('\u0000')).toBe(true);
      expect(cleanText(clean)).toBe(clean);
    }),
  );
});

test('a value without bad text comes back equal', () => {
  const value = fc.jsonValue({ stringUnit: 'grapheme' }).map((json) => json as JsonValue);
  fc.assert(
    fc.property(value, (json) => {
      fc.pre(!JSON.stringify(json).includes('\\u0000'));
      expect(cleanJson(json)).toEqual(json);
    }),
  );
});
