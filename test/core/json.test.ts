import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';

test.each([
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['2.50', '2.50'],
  ['1e3', '1e3'],
  ['0.1', 0.1],
  ['12', 12],
  ['"12"', '12'],
  ['null', null],
  ['true', true],
])('%s arrives as %j', (text, expected) => {
  expect(parseJson(text)).toEqual(expected);
});

test.each(['', '{', '[1,]', '{"a":1}x', '<html>', 'undefined', "{'a':1}"])('%j is a SyntaxError', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});

test('JSON nested too deep to read is a SyntaxError', () => {
  expect(() => parseJson('['.repeat(300_000))).toThrow(SyntaxError);
});

test('whatever the text, the only error is a SyntaxError', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((json) => json.slice(1)),
      ),
      (text) => {
        try {
          parseJson(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      },
    ),
  );
});

test('no digit of a number is lost', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (id) => {
      expect(JSON.stringify(parseJson(`[${String(id)}]`)).replaceAll('"', '')).toBe(`[${String(id)}]`);
    }),
  );
});

test('arrays and null are no objects', () => {
  expect([{}, [], null, 'a', 1, undefined].map(isJsonObject)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
