import { expect, it } from 'vitest';
import { formatExplanation } from '../../../../src/cli/explain/format-explanation.ts';
import type { Explanation } from '../../../../src/web/reads/explain-offer.ts';
import { textRows } from '../../../support/text-rows.ts';

const at = (time: string) => new Date(`2026-11-${time}Z`);
const whole: Explanation = {
  offer: {
    ...{ offerId: '7', subject: '包', state: 'missing', category: 'a > b', sellerId: 'BBB1' },
    ...{ changedAt: at('20T01:00:00'), callId: '101', runId: '12', version: 3, emptyDetailStreak: 2 },
    ...{ firstSeenAt: at('21T01:00:00'), searchedAt: at('22T01:00:00'), detailedAt: at('23T01:00:00') },
  },
  observations: [
    {
      ...{ observedAt: at('24T01:00:00'), source: 'detail', isFound: true, isLate: true, stock: '30' },
      ...{ minPriceCny: '9.90', callId: '102', runId: '13', api: 'a', rawId: '55', version: 4 },
    },
    {
      ...{ observedAt: at('24T02:00:00'), source: 'search', isFound: false, isLate: false, stock: null },
      ...{ minPriceCny: null, callId: '103', runId: null, api: null, rawId: '56', version: null },
    },
    {
      ...{ observedAt: at('24T03:00:00'), source: 'search', isFound: true, isLate: false, stock: null },
      ...{ minPriceCny: null, callId: '104', runId: null, api: null, rawId: null, version: null },
    },
  ],
  prices: [
    {
      ...{ skuId: '0', label: null, kind: 'list', minQuantity: 2, amountCny: '9.90', callId: '105' },
      ...{ validFrom: at('20T01:00:00'), validTo: null, closedByCallId: null },
    },
    {
      ...{ skuId: '9', label: 'red', kind: 'list', minQuantity: 3, amountCny: '8.80', callId: '106' },
      ...{ validFrom: at('20T01:00:00'), validTo: at('21T01:00:00'), closedByCallId: '107' },
    },
    {
      ...{ skuId: '9', label: null, kind: 'list', minQuantity: 4, amountCny: '7.70', callId: '108' },
      ...{ validFrom: at('20T01:00:00'), validTo: null, closedByCallId: null },
    },
  ],
  changes: [
    { field: 'subject', old: 'x', new: 'y', observedAt: at('25T01:00:00'), callId: '109' },
    { field: 'unit', old: null, new: null, observedAt: at('25T02:00:00'), callId: '110' },
  ],
  rejects: [
    { path: 'price', reason: 'not_a_number', sample: 'abc', rawId: '57' },
    { path: 'stock', reason: 'missing', sample: null, rawId: '58' },
  ],
};
const { offer } = whole;
const bare: Explanation = {
  ...{ observations: [], prices: [], changes: [], rejects: [] },
  offer: {
    ...{ ...offer, subject: null, category: null, sellerId: null, runId: null, version: null },
    ...{ emptyDetailStreak: null, firstSeenAt: null, searchedAt: null, detailedAt: null },
  },
};
const partsOf = (explanation: Explanation) => formatExplanation(explanation).split('\n\n').map(textRows);

it('an offer has where its row is from', () => {
  expect(partsOf(whole)[0]).toEqual([
    ['what', 'is'],
    ['offer', '7'],
    ['subject', '包'],
    ['state', 'missing, 2 empty answers since'],
    ['category', 'a > b'],
    ['seller', 'BBB1'],
    ['last changed', '2026-11-20 09:00 (call 101, run 12, read by version 3)'],
    ['first seen', '2026-11-21 09:00'],
    ['in a search', '2026-11-22 09:00'],
    ['in detail', '2026-11-23 09:00'],
  ]);
  expect(partsOf({ ...bare, offer: { ...offer, emptyDetailStreak: 1 } })[0]).toContainEqual([
    'state',
    'missing, 1 empty answer since',
  ]);
  expect(partsOf({ ...bare, offer: { ...offer, emptyDetailStreak: 0 } })[0]).toContainEqual([
    ...['state', 'missing'],
  ]);
});

it('of an offer that only has an id, what is not known is left out', () => {
  expect(partsOf(bare)).toEqual([
    [
      ['what', 'is'],
      ['offer', '7'],
      ['state', 'missing'],
      ['last changed', '2026-11-20 09:00 (call 101)'],
    ],
    [['No price was observed yet.']],
    [['No observation is stored.']],
    [['Times are in Asia/Shanghai.']],
  ]);
});

it('its prices, observations, changes and unreadable values have the calls that they are from', () => {
  const [, prices, observations, changes, rejects, ...others] = partsOf(whole);
  expect(prices).toEqual([
    ['price', 'of', 'from units', 'CNY', 'since', 'until', 'call', 'ended by'],
    ['list', 'the offer', '2', '9.90', '2026-11-20 09:00', 'now', '105'],
    ['list', 'red', '3', '8.80', '2026-11-20 09:00', '2026-11-21 09:00', '106', '107'],
    ['list', '9', '4', '7.70', '2026-11-20 09:00', 'now', '108'],
  ]);
  expect(observations).toEqual([
    ['observed at', 'by', 'saw', 'lowest price', 'stock', 'call', 'run', 'answer'],
    [...['2026-11-24 09:00', 'detail', 'the offer, late', '9.90', '30', '102', '13'], '55, version 4'],
    ['2026-11-24 10:00', 'search', 'nothing', '103', '56, version -'],
    ['2026-11-24 11:00', 'search', 'the offer', '104', 'no longer stored'],
  ]);
  expect(changes).toEqual([
    ['change at', 'of', 'from', 'to', 'call'],
    ['2026-11-25 09:00', 'subject', 'x', 'y', '109'],
    ['2026-11-25 10:00', 'unit', '110'],
  ]);
  expect(rejects).toEqual([
    ['unreadable', 'because', 'example', 'answer'],
    ['price', 'not_a_number', 'abc', '57'],
    ['stock', 'missing', '58'],
  ]);
  expect(others).toEqual([[['Times are in Asia/Shanghai.']]]);
});
