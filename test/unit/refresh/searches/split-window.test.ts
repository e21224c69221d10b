import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceBand, WindowShape } from '../../../../src/model/learning.ts';
import { formatFen, parseUnits } from '../../../../src/refresh/searches/price-units.ts';
import { searchReach } from '../../../../src/model/search-limits.ts';
import { splitWindow } from '../../../../src/refresh/searches/split-window.ts';

const open: PriceBand = { minCny: null, maxCny: null };
const whole: WindowShape = { band: open, isPart: false, isSplit: false, isSplittable: true };
const first = { page: 1, totalRecords: searchReach };

const fenOf = (yuan: string | null): number | null => (yuan === null ? null : (parseUnits(yuan) ?? 0) / 100);
const isWithin = (fen: number, { minCny, maxCny }: PriceBand) =>
  fen >= (fenOf(minCny) ?? 0) && fen <= (fenOf(maxCny) ?? Infinity);

/** All parts that a list of offers at these prices ends in, and the pages that finding and reading them takes. */
function enumerate(fens: readonly number[]): { parts: PriceBand[]; calls: number; capped: PriceBand[] } {
  const result = { parts: [] as PriceBand[], capped: [] as PriceBand[], calls: 0 };
  const pending: PriceBand[] = [open];
  for (let band = pending.pop(); band !== undefined; band = pending.pop()) {
    const { minCny, maxCny } = band;
    const listed = fens.filter((fen) => isWithin(fen, { minCny, maxCny }));
    const totalRecords = Math.min(searchReach, listed.length);
    // Fifty of them, from all over the list.
    const stride = Math.max(1, Math.floor(listed.length / 50));
    const prices = listed.filter((_, index) => index % stride === 0).map(formatFen);
    const shape = { ...whole, band, isPart: band !== open };
    const decision = splitWindow(shape, { page: 1, totalRecords, prices });
    result.calls += 1;
    if (decision.kind === 'ignored') throw new Error('the bounds are minded');
    if (decision.kind === 'split') {
      pending.push(...decision.parts);
      continue;
    }
    result.parts.push(band);
    if (totalRecords === searchReach) result.capped.push(band);
    result.calls += Math.max(0, Math.ceil(totalRecords / 50) - 1);
  }
  return result;
}

/** A price in fen, spread as prices are: evenly over orders of magnitude. */
const spread = (share: number) => Math.round(100 * 10 ** (3.5 * share));

describe('a list beyond the reach of a query', () => {
  it('is listed in parts, each price in one of them, or in the two that meet there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 200 }),
        fc.integer({ min: 10, max: 60 }),
        (shares, copies) => {
          const fens = shares.flatMap((share) => Array.from({ length: copies }, () => spread(share)));
          const { parts } = enumerate(fens);
          for (const fen of new Set([...fens, 0, 1, 99_999_999])) {
            const holders = parts.filter((part) => isWithin(fen, part));
            expect(holders.length).toBeGreaterThan(0);
            const bounds = holders.flatMap(({ minCny, maxCny }) => [fenOf(minCny), fenOf(maxCny)]);
            if (holders.length > 1)
              expect(bounds.filter((bound) => bound === fen)).toHaveLength(holders.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('costs little more than the pages that hold it, and leaves nothing out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2001, max: 30_000 }), fc.integer(), (count, seed) => {
        const fens = Array.from({ length: count }, (_, i) =>
          spread(((i * 0.618_034 + (seed % 997) / 997) % 1) ** 2),
        );
        const { calls, capped } = enumerate(fens);
        expect(capped).toEqual([]);
        expect(calls / Math.ceil(count / 50)).toBeLessThan(1.12);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ['one price', [990, 990, 990]],
    ['two prices a fen apart', [989, 989, 990, 990]],
    ['nothing but the least price', [1, 1]],
    ['no price', [0, 0]],
  ])('ends although thousands of offers are at %s', (_, atoms) => {
    const others = Array.from({ length: 300 }, (__, i) => 100 + i * 37);
    const { parts, capped } = enumerate([
      ...atoms.flatMap((fen) => Array.from({ length: 1500 }, () => fen)),
      ...others,
    ]);
    expect(parts.length).toBeLessThan(40);
    for (const { minCny, maxCny } of capped)
      expect((fenOf(maxCny) ?? Infinity) - (fenOf(minCny) ?? 0)).toBeLessThanOrEqual(2);
  });

  it('of two prices a fen apart is listed whole, for one part has each alone', () => {
    const atoms = [989, 990].flatMap((fen) => Array.from({ length: 1500 }, () => fen));
    const { parts, capped } = enumerate([...atoms, 500, 2000]);
    for (const fen of [989, 990])
      expect(parts.some((part) => isWithin(fen, part) && !capped.includes(part))).toBe(true);
  });
});

describe('a first page', () => {
  const prices = ['1', '2.00', '30', '45.5', '100'];

  it('cuts in the middle of its prices, and both parts have the bound', () => {
    const band = { minCny: '0.5', maxCny: '200' };
    expect(splitWindow({ ...whole, band }, { ...first, prices })).toEqual({
      kind: 'split',
      parts: [
        { minCny: '0.5', maxCny: '16' },
        { minCny: '16', maxCny: '200' },
      ],
    });
  });

  it.each([
    ['below the cap', whole, { ...first, totalRecords: 1999, prices }],
    ['without a total', whole, { ...first, totalRecords: null, prices }],
    ['without a price', whole, { ...first, prices: [] }],
    ['that is not the first', whole, { ...first, page: 2, prices }],
    ['of a search that is not to be split', { ...whole, isSplittable: false }, { ...first, prices }],
    [
      'of a part that is as narrow as can be',
      { ...whole, isPart: true, band: { minCny: '9.89', maxCny: '9.9' } },
      { ...first, prices: ['9.89', '9.90'] },
    ],
  ])('%s leaves the list whole', (_, shape, observation) => {
    expect(splitWindow(shape, observation)).toEqual({ kind: 'whole' });
  });

  it('of a split search keeps its parts until the list is well below the cap', () => {
    const split = { ...whole, isSplit: true };
    for (const totalRecords of [searchReach, 1600])
      expect(splitWindow(split, { ...first, totalRecords, prices })).toEqual({ kind: 'split', parts: [] });
    expect(splitWindow(split, { ...first, totalRecords: 1599, prices })).toEqual({ kind: 'whole' });
  });

  it('of a part shows when 1688 ignores bounds: one of the first two parts has half of its rows outside', () => {
    const lower = { ...whole, isPart: true, band: { minCny: null, maxCny: '30' } };
    expect(splitWindow(lower, { ...first, prices })).toEqual({ kind: 'ignored' });
    expect(splitWindow(lower, { ...first, prices: ['1', '2', '3', '31'] })).toMatchObject({ kind: 'split' });
  });

  it('of a narrow part may show other prices than those it is bounded by', () => {
    const narrow = { ...whole, isPart: true, band: { minCny: '10', maxCny: '11' } };
    const decision = splitWindow(narrow, { ...first, prices: ['9.5', '9.9', '10.2', '10.4'] });
    expect(decision).toMatchObject({ kind: 'split', parts: [{ minCny: '10' }, { maxCny: '11' }] });
  });
});
