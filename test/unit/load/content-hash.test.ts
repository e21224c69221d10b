import { expect, test } from 'vitest';
import { contentHash } from '../../../src/load/content-hash.ts';
import type { OfferDetail } from '../../../src/model/records.ts';
import { found, price, provenance, sku, type DetailChanges } from '../../support/answers.ts';

function detail(changes: DetailChanges): OfferDetail {
  const { record } = found('1', provenance(0), changes);
  if (record?.kind !== 'found') throw new Error('not found');
  return record.detail;
}

const hashOf = (changes: DetailChanges) => contentHash(detail(changes));

const [red, blue, green] = [sku('21'), sku('3'), sku('100')];

test('is a bytea in hex', () => {
  expect(hashOf({})).toMatch(/^\\x[0-9a-f]{64}$/);
});

test('the order of SKUs is no change', () => {
  const hash = hashOf({ skus: [red, blue, green] });
  for (const skus of [
    [blue, red, green],
    [green, red, blue],
    [green, blue, red],
  ])
    expect(hashOf({ skus })).toBe(hash);
});

test('prices, stock and units sold are no change', () => {
  const hash = hashOf({ skus: [red], prices: [price('1')] });
  const offer = { stock: 3, soldCount: 4, foreignPrice: '0.5' };
  expect(hashOf({ skus: [{ ...red, stock: 99 }], prices: [price('2')], offer })).toBe(hash);
});

test.each<[string, DetailChanges]>([
  ['a title', { offer: { subject: '杯' } }],
  ['a SKU more', { skus: [red, blue] }],
  ['the label of a SKU', { skus: [{ ...red, label: 'other' }] }],
  ['the weight of a SKU', { skus: [{ ...red, package: { ...red.package, weightG: '5' } }] }],
  [
    'an attribute of a SKU',
    {
      skus: [
        {
          ...red,
          attributes: [
            { attributeId: '1', name: '颜色', value: '红', nameTranslated: null, valueTranslated: null },
          ],
        },
      ],
    },
  ],
  ['a picture', { skus: [red], offer: { imageUrls: ['https://cbu01.alicdn.com/2.jpg'] } }],
  ['the picture on white', { skus: [red], offer: { whiteImageUrl: 'https://cbu01.alicdn.com/2.jpg' } }],
])('%s is a change', (_, changes) => {
  expect(hashOf(changes)).not.toBe(hashOf({ skus: [red] }));
});
