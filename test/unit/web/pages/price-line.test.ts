import { expect, test } from 'vitest';
import type { ExplainedObservation, ExplainedPrice } from '../../../../src/web/reads/explain-offer.ts';
import { priceLine } from '../../../../src/web/pages/price-line.ts';

const day = (n: number) => new Date(Date.UTC(2026, 10, n));

const price = (amountCny: string, from: number, to: number | null, more: Partial<ExplainedPrice> = {}) => ({
  skuId: '0',
  label: null,
  kind: 'list',
  minQuantity: 2,
  amountCny,
  validFrom: day(from),
  validTo: to === null ? null : day(to),
  callId: '1',
  closedByCallId: null,
  ...more,
});

const observation = (n: number, more: Partial<ExplainedObservation> = {}): ExplainedObservation => ({
  observedAt: day(n),
  source: 'detail',
  isFound: true,
  isLate: false,
  minPriceCny: null,
  stock: null,
  callId: '1',
  runId: null,
  api: null,
  rawId: null,
  version: null,
  ...more,
});

test('the line ends after three days without an observation', () => {
  const line = priceLine(
    [price('5', 1, 10), price('6', 10, null)],
    [observation(10), observation(2), observation(4), observation(1)],
    day(12),
  );
  expect(line.runs).toEqual([
    [
      { at: day(1), cny: 5 },
      { at: day(2), cny: 5 },
      { at: day(4), cny: 5 },
    ],
    [{ at: day(10), cny: 6 }],
  ]);
  expect(line.gaps).toEqual([{ from: day(4), to: day(10) }]);
  expect(priceLine([price('5', 1, null)], [observation(1)], day(9)).gaps).toEqual([
    { from: day(1), to: day(9) },
  ]);
});

test('it is the lowest price for the smallest order, over all SKUs', () => {
  const prices = [
    price('9', 1, null, { skuId: '1' }),
    price('8', 1, null, { skuId: '2' }),
    price('3', 1, null, { minQuantity: 100 }),
    price('1', 1, null, { kind: 'consign', minQuantity: 1 }),
  ];
  expect(priceLine(prices, [observation(1)], day(1)).runs).toEqual([[{ at: day(1), cny: 8 }]]);
});

test('observations that came late, found nothing, or are of another kind show no price', () => {
  const observations = [
    observation(1),
    observation(2, { isLate: true }),
    observation(3, { isFound: false }),
    observation(4, { source: 'search' }),
    observation(5),
  ];
  const { runs, gaps } = priceLine([price('5', 1, null)], observations, day(5));
  expect(runs).toEqual([[{ at: day(1), cny: 5 }], [{ at: day(5), cny: 5 }]]);
  expect(gaps).toEqual([]);
});

test('without a detail, it is what searches show', () => {
  const line = priceLine(
    [price('5', 1, null, { kind: 'search' })],
    [observation(1, { source: 'search' })],
    day(1),
  );
  expect([line.kind, line.runs.length]).toEqual(['search', 1]);
  expect(priceLine([], [observation(1)], day(1)).runs).toEqual([]);
});
