import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoney } from '../../../../src/transform/values/parse-money.ts';

describe('parseMoney', () => {
  it.each([
    ['1.70', '1.7'],
    ['4', '4'],
    ['21.10', '21.1'],
    ['21.1', '21.1'],
    [21.1, '21.1'],
    [4, '4'],
    ['0', '0'],
    ['0.00', '0'],
    ['007.50', '7.5'],
    [' 13.9 ', '13.9'],
    ['100', '100'],
    ['9999999999.9999', '9999999999.9999'],
  ])('%j is %s yuan', (value, amount) => {
    expect(parseMoney(value)).toBe(amount);
  });

  it.each([
    ['0.00005', '0.0001'],
    ['0.00004999', '0'],
    ['1.23455', '1.2346'],
    ['9.99995', '10'],
    [0.30000000000000004, '0.3'],
    [19.999999999999996, '20'],
  ])('decimals beyond the fourth of %j are rounded half up', (value, amount) => {
    expect(parseMoney(value)).toBe(amount);
  });

  it.each([
    '1e3',
    '-1',
    '+1',
    '.5',
    '5.',
    '',
    '1,000',
    '1.2.3',
    '¥5',
    '5元',
    '1-3',
    '1 2',
    'NaN',
    '１２',
    '10000000000',
    '9999999999.99995',
    '1'.repeat(400),
    -1,
    1e21,
    1e-7,
    NaN,
    Infinity,
    true,
    null,
    [1],
    { price: 1 },
  ])('%j is no amount', (value) => {
    expect(parseMoney(value)).toBeNull();
  });

  it('keeps every amount of up to four decimals, however it is padded', () => {
    const amounts = fc.tuple(fc.nat(9_999_999_999), fc.nat(9999), fc.nat(3), fc.nat(8));
    fc.assert(
      fc.property(amounts, ([yuan, fraction, zerosBefore, zerosAfter]) => {
        const decimals = String(fraction).padStart(4, '0');
        const text = `${'0'.repeat(zerosBefore)}${yuan}.${decimals}${'0'.repeat(zerosAfter)}`;
        const canonical = `${yuan}.${decimals}`.replace(/\.?0+$/, '');
        expect(parseMoney(text)).toBe(fraction === 0 ? String(yuan) : canonical);
      }),
    );
  });

  it('gives the same text when it reads its own', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (amount) => {
        const once = parseMoney(amount.toFixed(8));
        expect(once).not.toBeNull();
        expect(parseMoney(once)).toBe(once);
      }),
    );
  });
});
