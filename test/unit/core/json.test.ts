import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject, parseJson } from '../../../src/core/json.ts';

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

test('of a key that an object has twice the last value counts', () => {
  const text = '{"a":1,"b":{"c":1,"c":[2]},"a":null}';
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test('a key named __proto__ is a key like any other', () => {
  const value = parseJson('{"__proto__":{"success":true},"__proto__":{"a":1}}');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
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
