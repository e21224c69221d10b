import { describe, expect, test } from 'vitest';
import { diffPrices, isConfirmedBy, type PriceInterval } from '../../../src/load/price-intervals.ts';
import { minute } from '../../support/answers.ts';

const interval = (changes: Partial<PriceInterval> = {}): PriceInterval => ({
  skuId: '0',
  kind: 'list',
  minQuantity: 1,
  amountCny: '13.9',
  validFrom: minute(10),
  validTo: null,
  callId: '100',
  closedByCallId: null,
  ...changes,
});

const row = (amount: string, minQuantity = 1) => ({
  offer_id: '1',
  sku_id: '0',
  kind: 'list',
  min_quantity: minQuantity,
  amount_cny: amount,
});

const closed = interval({ validTo: minute(20), closedByCallId: '200' });

describe('an answer is confirmed by the prices that hold right after it', () => {
  test.each([
    ['the call that opened it', interval(), { at: minute(10), callId: '100' }, true],
    ['the call before, at the same time', interval(), { at: minute(10), callId: '99' }, false],
    ['an earlier time, by a later call', interval(), { at: minute(9), callId: '101' }, false],
    ['the call before it ended, at the same time', closed, { at: minute(20), callId: '199' }, true],
    ['the call that ended it', closed, { at: minute(20), callId: '200' }, false],
    ['a time after its end', closed, { at: minute(21), callId: '1' }, false],
  ])('%s', (_, one, key, isConfirmed) => {
    expect(isConfirmedBy([one], key, [row('13.90')])).toBe(isConfirmed);
    expect(isConfirmedBy([one], key, [])).toBe(!isConfirmed);
  });

  const key = { at: minute(15), callId: '150' };

  test.each([
    ['13.90', '13.9', true],
    ['13.9000', '13.9', true],
    ['13.00', '13', true],
    ['100', '100', true],
    ['100', '1', false],
    ['13.91', '13.9', false],
  ])('%s is stated, %s is stored: %s', (stated, stored, isConfirmed) => {
    expect(isConfirmedBy([interval({ amountCny: stored })], key, [row(stated)])).toBe(isConfirmed);
  });

  test('none is missing, and none too many', () => {
    const tiers = [interval(), interval({ minQuantity: 10, amountCny: '12' })];
    expect(isConfirmedBy(tiers, key, [row('13.9'), row('12', 10)])).toBe(true);
    expect(isConfirmedBy(tiers, key, [row('13.9')])).toBe(false);
    expect(isConfirmedBy(tiers, key, [row('13.9'), row('12', 10), row('11', 20)])).toBe(false);
    expect(isConfirmedBy(tiers, key, [row('13.9'), row('13', 10)])).toBe(false);
    expect(isConfirmedBy(tiers, key, [row('13.9'), row('12', 11)])).toBe(false);
  });
});

describe('histories differ', () => {
  test('not at all, where every interval is the same', () => {
    expect(diffPrices([], [])).toBeNull();
    expect(diffPrices([interval(), closed], [interval(), { ...closed }])).toBeNull();
  });

  test.each<[string, Partial<PriceInterval>]>([
    ['amount', { amountCny: '14' }],
    ['end', { validTo: minute(21) }],
    ['end, which is open', { validTo: null }],
    ['call that opened it', { callId: '101' }],
    ['call that closed it', { closedByCallId: '201' }],
  ])('in the %s of an interval', (_, changes) => {
    const to = { ...closed, ...changes };
    expect(diffPrices([closed], [to])).toEqual({
      added: [],
      removed: [],
      changed: [{ from: closed, to }],
    });
  });

  test.each<[string, Partial<PriceInterval>]>([
    ['beginning', { validFrom: minute(11) }],
    ['quantity', { minQuantity: 2 }],
    ['SKU', { skuId: '7' }],
    ['kind', { kind: 'retail' }],
  ])('by an interval of another %s', (_, changes) => {
    const other = { ...closed, ...changes };
    expect(diffPrices([closed], [other])).toEqual({ added: [other], removed: [closed], changed: [] });
    expect(diffPrices([closed], [closed, other])).toEqual({ added: [other], removed: [], changed: [] });
    expect(diffPrices([closed, other], [closed])).toEqual({ added: [], removed: [other], changed: [] });
  });
});
