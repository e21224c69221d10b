import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject, parseEachDigit, parseJson } from '../../../src/core/json.ts';

test.each([
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['620201390233', 620201390233],
  ['999999999999999', 999999999999999],
  ['1234567890123456789', '1234567890123456789'],
  ['2.50', 2.5],
  ['200.0', 200],
  ['0.1234567890123456789', '0.1234567890123456789'],
  ['0.0000001', '0.0000001'],
  ['1e3', '1e3'],
  ['-0', '-0'],
  ['-0.0', '-0.0'],
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

test('one number that a double would change among others that it holds is kept', () => {
  expect(parseJson('[0.123456789012345,9007199254740993]')).toEqual([0.123456789012345, '9007199254740993']);
  expect(parseJson('[9007199254740993,0.123456789012345]')).toEqual(['9007199254740993', 0.123456789012345]);
});

test('JSON of plain numbers is read however deep it is nested', () => {
  expect(() => parseJson(`${'['.repeat(300_000)}1${']'.repeat(300_000)}`)).not.toThrow();
});

test('a mistake beside a long number is named, and not taken for depth', () => {
  expect(() => parseJson('[1e9,]')).toThrow(SyntaxError);
  expect(() => parseJson('[1e9,]')).not.toThrow(/too deep/);
});

test('JSON nested too deep to read is a SyntaxError', () => {
  expect(() => parseJson('['.repeat(300_000))).toThrow(SyntaxError);
  expect(() => parseJson(`${'['.repeat(300_000)}1e9${']'.repeat(300_000)}`)).toThrow(SyntaxError);
});

const space = fc.constantFrom('', ' ', '\n\t');

const numberText = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/),
  fc.stringMatching(/^-?0\.0{0,9}\d{1,8}$/),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.maxSafeInteger().map(String),
);

/** JSON text with numbers in all forms, as values and inside strings and keys. */
const jsonText = fc.letrec<{ value: string }>((tie) => {
  const text = fc
    .oneof(fc.string({ unit: 'binary' }), numberText, fc.constantFrom('a: 1e5,', '[12345678901234567'))
    .map((value) => JSON.stringify(value));
  const padded = fc.tuple(space, tie('value'), space).map((parts) => parts.join(''));
  const entry = fc.tuple(text, space, padded).map(([key, gap, value]) => `${key}${gap}:${value}`);
  return {
    value: fc.oneof(
      { maxDepth: 4 },
      numberText,
      text,
      fc.constantFrom('true', 'null'),
      fc.array(padded, { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
      fc.array(entry, { maxLength: 5 }).map((entries) => `{${entries.join(',')}}`),
    ),
  };
}).value;

/** What parses `text`, or that it is no JSON. */
function outcomeOf(parse: (text: string) => unknown, text: string): unknown {
  try {
    return { value: parse(text) };
  } catch (error) {
    return error instanceof SyntaxError ? 'a SyntaxError' : error;
  }
}

test('any JSON is what it is when it is read digit by digit', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      expect(parseJson(text)).toStrictEqual(parseEachDigit(text));
    }),
    { numRuns: 2_000 },
  );
});

test('and so is JSON with a mistake in it', () => {
  const withMistake = fc
    .tuple(jsonText, fc.nat(), fc.constantFrom('', '"', '0', '1.0', '-', ',', ']', '\\', 'e5'))
    .map(([text, at, part]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + part + text.slice(place + 1);
    });
  fc.assert(
    fc.property(withMistake, (text) => {
      expect(outcomeOf(parseJson, text)).toStrictEqual(outcomeOf(parseEachDigit, text));
    }),
    { numRuns: 2_000 },
  );
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
