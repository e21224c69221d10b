import { expect, test } from 'vitest';
import { priceLine } from '../../../../src/web/pages/price-line.ts';
import type { ExplainedObservation } from '../../../../src/web/reads/explain-offer.ts';
import { priceRow } from '../../../support/page-rows.ts';

const hour = (n: number) => new Date(Date.UTC(2026, 10, 1, n));
const seen = (n: number, more: Partial<ExplainedObservation> = {}): ExplainedObservation => ({
  ...{ observedAt: hour(n), source: 'detail', isFound: true, isLate: false, minPriceCny: null, stock: null },
  ...{ callId: '1', runId: null, api: null, rawId: null, version: null },
  ...more,
});
const held = (amount: string, from: number, to: number | null, minQuantity = 1) =>
  priceRow(amount, { validFrom: hour(from), validTo: to === null ? null : hour(to), minQuantity });

test('a price holds from its begin to before its end', () => {
  const prices = [held('5', 0, 10), held('6', 10, null)];
  const { runs } = priceLine(prices, [seen(0), seen(9), seen(10)], hour(10));
  expect(runs.flat().map(({ cny }) => cny)).toEqual([5, 5, 6]);
  // Before the first price, none is known.
  expect(priceLine([held('5', 1, null)], [seen(0)], hour(0)).runs).toEqual([]);
});

test('three days without an observation are no gap, and a moment more is one', () => {
  const prices = [held('5', 0, null)];
  const of = (last: number, now = last) => priceLine(prices, [seen(0), seen(last)], hour(now));
  expect([of(72).runs.length, of(72).gaps]).toEqual([1, []]);
  expect([of(73).runs.length, of(73).gaps]).toEqual([2, [{ from: hour(0), to: hour(73) }]]);
  expect(of(1, 73).gaps).toEqual([]);
  expect(of(1, 74).gaps).toEqual([{ from: hour(1), to: hour(74) }]);
  expect(priceLine(prices, [], hour(999))).toEqual({ kind: 'list', runs: [], gaps: [] });
});

test('an answer without a price ends the line, and the next one begins another', () => {
  const { runs, gaps } = priceLine(
    [held('5', 0, null)],
    [seen(1, { isFound: false }), seen(2), seen(3), seen(4, { isFound: false }), seen(5)],
    hour(5),
  );
  expect(runs.map((run) => run.map(({ at }) => at))).toEqual([[hour(2), hour(3)], [hour(5)]]);
  expect(gaps).toEqual([]);
});

test('the smallest order decides, and the lowest price of it', () => {
  const prices = [held('9', 0, null, 2), held('8', 0, null, 2), held('1', 0, null, 10), held('3', 0, 1, 1)];
  expect(
    priceLine(prices, [seen(0), seen(1)], hour(1))
      .runs.flat()
      .map(({ cny }) => cny),
  ).toEqual([3, 8]);
});

test('of ranges that begin up to the smallest order, the last one is its price', () => {
  const prices = [held('9', 0, null, 1), held('8', 0, null, 2), held('7', 0, null, 10)];
  const at = (minOrder: number | null) =>
    priceLine(prices, [seen(0)], hour(0), minOrder)
      .runs.flat()
      .map(({ cny }) => cny);
  expect([null, 1, 2, 9, 10].map(at)).toEqual([[9], [9], [8], [8], [7]]);
});

test('prices of searches are held against searches only', () => {
  const prices = [priceRow('5', { kind: 'search', validFrom: hour(0) })];
  const line = priceLine(prices, [seen(1), seen(2, { source: 'search' })], hour(2));
  expect(line).toEqual({ kind: 'search', runs: [[{ at: hour(2), cny: 5 }]], gaps: [] });
});
