import { expect, test } from 'vitest';
import {
  countOffers,
  countPrices,
  countReplayed,
  createLoadCounters,
} from '../../../src/load/load-counters.ts';
import type { PriceInterval } from '../../../src/load/price-intervals.ts';
import { minute } from '../../support/answers.ts';

const interval = (changes: Partial<PriceInterval> = {}): PriceInterval => ({
  skuId: '0',
  kind: 'list',
  minQuantity: 1,
  amountCny: '1',
  validFrom: minute(0),
  validTo: null,
  callId: '1',
  closedByCallId: null,
  ...changes,
});

test('offers that were written are new or changed', () => {
  const counters = createLoadCounters();
  countOffers(counters, [
    { offer_id: '1', is_new: true },
    { offer_id: '2', is_new: false },
  ]);
  expect([[...counters.added], [...counters.changed]]).toEqual([['1'], ['2']]);
});

test('prices of an offer add up over several answers', () => {
  const counters = createLoadCounters();
  countPrices(counters, [{ offer_id: '1', opened: 3, closed: 2 }]);
  countPrices(counters, [
    { offer_id: '1', opened: 1, closed: 4 },
    { offer_id: '2', opened: 5, closed: 1 },
  ]);
  expect(counters.pricesOpened).toBe(9);
  expect([...counters.pricesClosed]).toEqual([
    ['1', 6],
    ['2', 1],
  ]);
  expect([...counters.changed]).toEqual(['1', '2']);
});

test('of a replay, what is new in the history was opened, and what ends by it was closed', () => {
  const counters = createLoadCounters();
  const open = interval();
  const ended = interval({ validTo: minute(5), closedByCallId: '6' });
  const endedEarlier = interval({ validTo: minute(3), closedByCallId: '4' });
  countReplayed(counters, [
    {
      offerId: '1',
      diff: {
        added: [open, ended, ended],
        removed: [open],
        changed: [
          { from: open, to: ended },
          { from: ended, to: endedEarlier },
          { from: ended, to: open },
          { from: open, to: open },
        ],
      },
    },
    { offerId: '2', diff: null },
  ]);
  expect(counters.pricesOpened).toBe(3);
  expect([...counters.pricesClosed]).toEqual([['1', 3]]);
  expect([...counters.changed]).toEqual(['1']);
});
