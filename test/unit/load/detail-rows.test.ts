import { describe, expect, test } from 'vitest';
import {
  offerState,
  toAttributeRows,
  toObservation,
  toPriceRows,
  toSkuRows,
} from '../../../src/load/detail-rows.ts';
import { observationKey } from '../../../src/refresh/update/offer-freshness.ts';
import type { OfferDetail } from '../../../src/model/records.ts';
import { found, price, provenance, seller, sku, type DetailChanges } from '../../support/answers.ts';

const from = provenance(0);

function detail(changes: DetailChanges = {}): OfferDetail {
  const { record } = found('1', from, changes);
  if (record?.kind !== 'found') throw new Error('not found');
  return record.detail;
}

describe('the state of an offer', () => {
  const status = (sourceStatus: string | null, isAbsent = false) => ({ sourceStatus, isAbsent });

  test.each([
    [0, status('published'), 'listed'],
    [0, status(null), 'listed'],
    [0, null, 'listed'],
    [0, status('published', true), 'missing'],
    [0, status(null, true), 'missing'],
    [0, status('expired'), 'delisted'],
    [0, status('expired', true), 'delisted'],
    [1, null, 'missing'],
    [1, status('expired'), 'missing'],
    [2, null, 'gone'],
    [2, status('published'), 'gone'],
    [3, null, 'gone'],
  ] as const)('after %s empty details, with %o: %s', (empties, status_, state) => {
    expect(offerState(empties, status_)).toBe(state);
  });
});

describe('an observation of a detail', () => {
  const sighting = { offerId: '1', provenance: from };

  test('has the lowest list price as a number, of all quantities and SKUs', () => {
    const prices = [
      price('10'),
      price('9.5', { minQuantity: 10 }),
      price('100', { skuId: '7' }),
      price('1', { kind: 'promotion' }),
    ];
    expect(toObservation(sighting, detail({ prices }))).toMatchObject({ isFound: true, minPriceCny: '9.5' });
    expect(
      toObservation(sighting, detail({ prices: [price('1', { kind: 'retail' })] })).minPriceCny,
    ).toBeNull();
  });

  test('has the figures of the offer and of its seller', () => {
    const one = detail({
      offer: { stock: 0, soldCount: 0, foreignPrice: '1.5' },
      seller: seller('S', { pickup48hRate: '0.9', qualityRefundRate: '0.1' }),
    });
    expect(toObservation(sighting, one)).toMatchObject({
      stock: 0,
      soldCount: 0,
      foreignPrice: '1.5',
      pickup48hRate: '0.9',
      qualityRefundRate: '0.1',
    });
  });

  test('names the SKUs that can be read only where others cannot', () => {
    const skus = [sku('3'), sku('4')];
    expect(toObservation(sighting, detail({ skus, hasUnreadSkus: true })).readSkuIds).toEqual(['3', '4']);
    expect(toObservation(sighting, detail({ skus })).readSkuIds).toBeNull();
  });

  test('of an empty answer says nothing more', () => {
    expect(toObservation(sighting, null)).toEqual({
      offerId: '1',
      provenance: from,
      source: 'detail',
      isFound: false,
      minPriceCny: null,
      stock: null,
      soldCount: null,
      monthSold: null,
      repurchaseRate: null,
      pickup48hRate: null,
      qualityRefundRate: null,
      foreignPrice: null,
      readSkuIds: null,
    });
  });
});

describe('of two that say the same thing, the first holds', () => {
  const attribute = (position: number, value: string) => ({
    position,
    attributeId: null,
    name: null,
    value,
    nameTranslated: null,
    valueTranslated: null,
  });
  const one = detail({
    attributes: [attribute(0, 'a'), attribute(0, 'b'), attribute(1, 'c')],
    skus: [sku('3', { label: 'a' }), sku('3', { label: 'b' }), sku('4', { label: 'c' })],
    prices: [
      price('1'),
      price('2'),
      price('3', { skuId: '7' }),
      price('4', { kind: 'retail' }),
      price('5', { minQuantity: 2 }),
    ],
  });

  test('attribute of a place', () => {
    expect(toAttributeRows(one).map(({ value }) => value)).toEqual(['a', 'c']);
  });

  test('SKU of an id', () => {
    expect(toSkuRows(one, observationKey(from)).map(({ label }) => label)).toEqual(['a', 'c']);
  });

  test('price of a SKU, kind and quantity', () => {
    expect(toPriceRows(one).map((row) => row.amount_cny)).toEqual(['1', '3', '4', '5']);
  });
});
