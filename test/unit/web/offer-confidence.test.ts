import { describe, expect, it } from 'vitest';
import { confidenceRows } from '../../../src/web/pages/offer-confidence.ts';

describe('how sure one can be of an offer, in words', () => {
  it('says it of its prices, its stock and the rest', () => {
    const rows = confidenceRows({ offer: 0.87, prices: 0.924, stock: 0.99, isInStock: true });
    expect(rows).toEqual([
      ['prices', 'probably still right: 92 %'],
      ['stock', 'probably still in stock: 99 %'],
      ['all but stock and sales', 'probably still right: 87 %'],
    ]);
  });

  it('does not call probable what is not', () => {
    const rows = confidenceRows({ offer: 0.5, prices: 0.499, stock: 0.2, isInStock: false });
    expect(rows.map(([, words]) => words)).toEqual([
      'probably no longer right: 50 %',
      'probably no longer out of stock: 80 %',
      'probably still right: 50 %',
    ]);
  });

  it('calls nothing certain', () => {
    const rows = confidenceRows({ offer: 1, prices: 0.996, stock: 0.001, isInStock: true });
    expect(rows.map(([, words]) => words)).toEqual([
      'probably still right: 99 %',
      'probably no longer in stock: 99 %',
      'probably still right: 99 %',
    ]);
  });

  it('says of an offer that is gone only that, and nothing where no detail was found', () => {
    expect(confidenceRows({ offer: 0.9, prices: null, stock: null, isInStock: null })).toEqual([
      ['not there', 'probably still right: 90 %'],
    ]);
    expect(confidenceRows(null)).toEqual([]);
  });
});
