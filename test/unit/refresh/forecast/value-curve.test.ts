import { describe, expect, it } from 'vitest';
import { ageWorth, drawCurve } from '../../../../src/refresh/forecast/value-curve.ts';
import { ageQuantile } from '../../../../src/refresh/forecast/age-quantile.ts';
import { findLeast } from '../../../../src/refresh/forecast/find-least.ts';
import { findPrice } from '../../../../src/refresh/forecast/find-price.ts';

const squares = drawCurve((ageDays) => ageDays ** 2);
const lastAge = 0.02 * 1.3 ** 51;

describe('the age at which a call is worth a price', () => {
  it.each([
    ['nothing', 0, 0],
    ['what it is worth at the first age', 0.0004, 0],
    ['a little more than that', 0.000_400_08, 0.020_002],
    ['what it is worth between two ages', 4, 2],
    ['what it is worth at an age of the grid', 0.026 ** 2, 0.026],
    ['what it is worth at the last age', lastAge ** 2, lastAge],
    ['more than it is ever worth', lastAge ** 2 * 1.001, Infinity],
  ])('for %s', (_, price, ageDays) => {
    expect(ageWorth(squares, price)).toBeCloseTo(ageDays, 9);
  });

  it('is that of the grid where it was worth nothing before', () => {
    const late = drawCurve((ageDays) => Math.max(0, ageDays - 1));
    // 0.02 * 1.3 ** 15 is the first of the grid above one day.
    expect(ageWorth(late, 1e-6)).toBeCloseTo(1.023_717_9, 6);
  });
});

describe('a search for the least', () => {
  it('finds it between its bounds, and gives the upper one where none is enough', () => {
    expect(findLeast((value) => value >= 7, [1, 100])).toBeCloseTo(7, 9);
    expect(findLeast((value) => value >= 7, [1, 5])).toBe(5);
    expect(findLeast(() => true, [2, 5])).toBeCloseTo(2, 9);
  });

  it('of a price gives nothing while there is room for all calls, the last one included', () => {
    const callsAt = (price: number) => 100 / (1 + price);
    expect(findPrice(callsAt, 100)).toBe(0);
    expect(findPrice(callsAt, 50)).toBeCloseTo(1, 9);
    expect(findPrice(callsAt, 99.999)).toBeGreaterThan(0);
  });
});

describe('the age that a share of copies is at most', () => {
  const upTo = (copies: number, oldestDays: number) => ({
    copies,
    shareYounger: (ageDays: number) => Math.min(1, ageDays / oldestDays),
  });

  it('counts each part by its copies', () => {
    expect(ageQuantile([upTo(1, 10)], 0.5)).toBeCloseTo(5, 6);
    // Up to 2 days: 30 of the first, and 2 of the second.
    expect(ageQuantile([upTo(30, 2), upTo(10, 10)], 0.8)).toBeCloseTo(2, 6);
    expect(ageQuantile([upTo(30, 2), upTo(10, 10)], 0.9)).toBeCloseTo(6, 6);
  });

  it('is never where there are none, or too many that are never fetched again', () => {
    const never = { copies: 1, shareYounger: () => 0 };
    expect(ageQuantile([], 0.5)).toBe(Infinity);
    expect(ageQuantile([never, upTo(1, 10)], 0.51)).toBe(Infinity);
    expect(ageQuantile([never, upTo(1, 10)], 0.5)).toBeCloseTo(10, 6);
  });
});
