import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCount, parseQuantity, parseSmallCount } from '../../../../src/transform/values/parse-count.ts';
import { parseFlag } from '../../../../src/transform/values/parse-flag.ts';
import { parseMeasure } from '../../../../src/transform/values/parse-measure.ts';
import { parseScore } from '../../../../src/transform/values/parse-score.ts';
import { parseShare } from '../../../../src/transform/values/parse-share.ts';

describe('parseShare', () => {
  it.each([
    ['13%', '0.13'],
    ['52.48%', '0.5248'],
    ['100.00%', '1'],
    ['0.00%', '0'],
    ['12.345%', '0.1235'],
    ['0.4666', '0.4666'],
    [0.4666, '0.4666'],
    ['1', '1'],
    ['11', '0.11'],
    [52.48, '0.5248'],
    ['', '0'],
    ['0', '0'],
    ['13 %', '0.13'],
  ])('%j is the share %s', (value, share) => {
    expect(parseShare(value)).toBe(share);
  });

  it.each(['120%', '101', '-3%', '%', '1e1', 'high', '5%%', true, null, ['1%'], { value: '1%' }])(
    '%j is no share',
    (value) => {
      expect(parseShare(value)).toBeNull();
    },
  );

  it('reads a percentage with and without its sign alike above 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 101, max: 10_000 }), (hundredths) => {
        const text = (hundredths / 100).toFixed(2);
        expect(parseShare(text)).toBe(parseShare(`${text}%`));
      }),
    );
  });
});

describe('parseScore', () => {
  it.each([
    ['4.9', '4.9'],
    ['5.0', '5'],
    [3.5, '3.5'],
    ['0', '0'],
    ['4.66666', '4.6667'],
  ])('%j is the score %s', (value, score) => {
    expect(parseScore(value)).toBe(score);
  });

  it.each(['100', '-1', 'good', '4,9', '', true, null])('%j is no score', (value) => {
    expect(parseScore(value)).toBeNull();
  });
});

describe('parseCount', () => {
  it.each([
    [0, 0],
    [99999, 99999],
    ['128', 128],
    ['12.0', 12],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%j counts %d', (value, count) => {
    expect(parseCount(value)).toBe(count);
  });

  it.each([1.5, -1, NaN, 1e21, '1e3', '1000+', '1,000', '9007199254740992', '', 'x', true, null, [1]])(
    '%j is no count',
    (value) => {
      expect(parseCount(value)).toBeNull();
    },
  );

  it('is bounded where the column is an integer', () => {
    expect(parseSmallCount(1_000_000_000)).toBe(1_000_000_000);
    expect(parseSmallCount(1_000_000_001)).toBeNull();
    expect(parseQuantity(1)).toBe(1);
    expect(parseQuantity(0)).toBeNull();
    expect(parseQuantity('1000000001')).toBeNull();
  });
});

describe('parseMeasure', () => {
  it.each([
    [1.25, 1000, '1250'],
    ['10.5', 10, '105'],
    ['0.0000005', 1000, '0.001'],
    ['999999.999999', 1000, '999999999.999'],
  ] as const)('%j in a unit %d times smaller is %s', (value, times, measure) => {
    expect(parseMeasure(value, times)).toBe(measure);
  });

  it.each(['1000000', '-1', '1e3', '5kg', '', true, null])('%j is no measure', (value) => {
    expect(parseMeasure(value, 1000)).toBeNull();
  });
});

describe('parseFlag', () => {
  it('reads booleans and their names', () => {
    expect([true, 'true', false, 'false'].map(parseFlag)).toEqual([true, true, false, false]);
  });

  it.each(['TRUE', 'yes', '1', '', 1, 0, null, []])('%j is no flag', (value) => {
    expect(parseFlag(value)).toBeNull();
  });
});
