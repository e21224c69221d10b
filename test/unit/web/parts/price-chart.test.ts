import { expect, test } from 'vitest';
import type { PriceLine, PricePoint } from '../../../../src/web/pages/price-line.ts';
import { priceChart } from '../../../../src/web/parts/price-chart.ts';
import { readAttribute, readWords } from '../../../support/read-words.ts';

const day = (n: number) => new Date(Date.UTC(2026, 10, n));
const points = (...of: readonly (readonly [day: number, cny: number])[]): PricePoint[] =>
  of.map(([n, cny]) => ({ at: day(n), cny }));
const draw = (runs: readonly PricePoint[][], more: Partial<PriceLine> = {}, now = day(11)) =>
  priceChart({ kind: 'list', runs, gaps: [], ...more }, now)?.toString() ?? '';

test('a price is a step until the next observation, and a new line after a gap', () => {
  const runs = [points([1, 10], [3, 12]), points([9, 8])];
  const chart = draw(runs, { gaps: [{ from: day(3), to: day(9) }] });
  // Ten days are a thousand wide. From 8 to 12 with 0.6 above and below are 5.2.
  expect(readAttribute(chart, 'd')).toEqual([
    'M0 50 H200 V11.54',
    'M800 88.46',
    'M0 50h0M200 11.54h0M800 88.46h0',
  ]);
  expect(chart).toMatch(/class="gap"\s+x="200"\s+y="0"\s+width="600"/);
  expect(readAttribute(chart, 'aria-label')).toEqual([
    'Lowest list price for the smallest order: from ¥8.00 to ¥12.00, newest ¥8.00, 3 observations',
  ]);
  expect(readWords(chart)).toContain(
    'not observed 2026-11-01 2026-11-06 2026-11-11 Each dot is an observation. Grey:',
  );
});

test('a price that hardly moves is not drawn as if it jumped', () => {
  expect(readAttribute(draw([points([1, 100], [6, 101])]), 'd')[0]).toBe('M0 59.92 H500 V40.08');
  expect(readAttribute(draw([points([1, 10])]), 'd')[0]).toBe('M0 50');
  expect(readAttribute(draw([points([1, 0])]), 'd')[0]).toBe('M0 50');
});

test('a price of this moment has a chart, and where nothing was seen there is none', () => {
  expect(readAttribute(draw([points([11, 10])]), 'd')[0]).toBe('M0 50');
  expect(priceChart({ kind: 'list', runs: [], gaps: [] }, day(11))).toBeNull();
});

test('what searches show is called so, and without a gap nothing is grey', () => {
  const words = readWords(draw([points([1, 10])], { kind: 'search' }));
  expect(words).toContain('Price that searches show from ¥10.00 to ¥10.00, newest ¥10.00');
  expect(words).not.toContain('Grey');
});
