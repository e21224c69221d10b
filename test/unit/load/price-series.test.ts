import { expect, test } from 'vitest';
import { readingOf } from '../../../src/load/price-series.ts';
import {
  categories,
  empty,
  found,
  price,
  provenance,
  searchPage,
  searchRow,
  unusable,
} from '../../support/answers.ts';

const from = provenance(0);
const booked = { isFound: true };

test.each([
  ['an answer that is not kept and found the offer', undefined, booked, 'lost'],
  ['an answer that is not kept and was empty', undefined, { isFound: false }, 'empty'],
  ['the detail of another offer', found('2', from), booked, 'lost'],
  ['the empty detail of another offer, booked as empty', empty('2', from), { isFound: false }, 'empty'],
  ['a detail that reads as empty now', empty('1', from), booked, 'empty'],
  ['a detail that nobody can read', unusable('1', from), booked, 'unusable'],
  ['a page without the offer', searchPage('1', from, [searchRow('2')]), booked, 'unusable'],
  ['a page that nobody can read', { ...searchPage('1', from, []), record: null }, booked, 'unusable'],
  ['an answer about categories', categories('1', from, null), booked, 'unusable'],
])('%s', (_, answer, entry, kind) => {
  expect(readingOf(answer, '1', entry)).toEqual({ kind });
});

test('a detail states its prices, and those that it shows and nobody can read', () => {
  const answer = found('1', from, {
    prices: [price('2.5', { skuId: '7', kind: 'retail', minQuantity: 3 })],
    unreadPrices: [{ skuId: null, kind: 'list', minQuantity: null }],
  });
  expect(readingOf(answer, '1', booked)).toEqual({
    kind: 'found',
    prices: [{ offer_id: '1', sku_id: '7', kind: 'retail', min_quantity: 3, amount_cny: '2.5' }],
    unread: [{ offer_id: '1', sku_id: null, kind: 'list', min_quantity: null }],
  });
});

test('a page states the prices of the row of the offer', () => {
  const rows = [searchRow('2', { priceCny: '1' }), searchRow('1', { priceCny: '9.9' })];
  expect(readingOf(searchPage('1', from, rows), '1', booked)).toEqual({
    kind: 'found',
    prices: [{ offer_id: '1', sku_id: '0', kind: 'search', min_quantity: 1, amount_cny: '9.9' }],
    unread: [],
  });
});
