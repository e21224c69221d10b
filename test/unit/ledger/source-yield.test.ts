import { describe, expect, it } from 'vitest';
import { changesPer100, inSourceOrder, sourceNames, sumBySource } from '../../../src/ledger/source-yield.ts';

describe('sources', () => {
  it('come in the order in which people read them, unknown ones last', () => {
    const known = [...sourceNames.keys()];
    const mixed = ['new', ...known.toReversed(), 'newer'].map((source) => ({ source }));
    expect(inSourceOrder(mixed).map(({ source }) => source)).toEqual([...known, 'new', 'newer']);
  });

  it('add up over days', () => {
    const row = (source: string, n: number) => ({
      ...{ source, calls: n, changes: 10 * n, pricesChanged: 100 * n, stockChanged: 1000 * n },
    });
    const rows = [row('detail_value', 1), row('search', 2), row('detail_value', 4)];
    expect(sumBySource(rows)).toEqual([row('search', 2), row('detail_value', 5)]);
  });

  it.each([
    [4, 1, 25],
    [1, 3, 300],
    [0, 0, null],
  ])('of %d calls and %d changes have %s for a hundred', (calls, changes, expected) => {
    expect(changesPer100({ calls, changes })).toBe(expected);
  });
});
