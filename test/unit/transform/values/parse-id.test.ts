import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCategoryId, parseId } from '../../../../src/transform/values/parse-id.ts';

describe('parseId', () => {
  it.each([
    [620201390233, '620201390233'],
    ['620201390233', '620201390233'],
    ['5104790281451', '5104790281451'],
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    [1, '1'],
    ['007', '7'],
    [' 18 ', '18'],
  ])('%j is the id %s', (value, id) => {
    expect(parseId(value)).toBe(id);
  });

  it.each([
    0,
    '0',
    -1,
    1.5,
    1e21,
    NaN,
    '',
    '1e3',
    '1.0',
    '0x1f',
    '12a',
    '１２',
    '9223372036854775808',
    '12345678901234567890',
    '0'.repeat(19) + '1',
    true,
    null,
    [1],
    { id: 1 },
  ])('%j is no id', (value) => {
    expect(parseId(value)).toBeNull();
  });

  it('keeps every digit of every positive bigint', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (id) => {
        expect(parseId(id.toString())).toBe(id.toString());
      }),
    );
  });

  it('refuses every integer beyond a bigint', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 63n, max: 2n ** 80n }), (id) => {
        expect(parseId(id.toString())).toBeNull();
      }),
    );
  });
});

describe('parseCategoryId', () => {
  it('also reads 0, the node above the roots', () => {
    expect(parseCategoryId(0)).toBe('0');
    expect(parseCategoryId('0')).toBe('0');
    expect(parseCategoryId(7001)).toBe('7001');
    expect(parseCategoryId('root')).toBeNull();
  });
});
