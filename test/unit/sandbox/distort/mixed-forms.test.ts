import { describe, expect, test } from 'vitest';
import { mixForms } from '../../../../src/sandbox/distort/mixed-forms.ts';
import { mapFields, type Plain } from '../../../../src/sandbox/distort/map-fields.ts';
import { WrittenDraw } from '../../../support/drafted-offer.ts';

/** Every form in which the value of a field may come, in their order. */
function formsOf(key: string, value: Plain): Plain[] {
  const shares = Array.from({ length: 60 }, (_, i) => i / 60);
  const forms = shares.map((form) => mixForms(new WrittenDraw({ form }))(key, value, 0));
  return [...new Set(forms)];
}

const dated = Date.parse('2026-10-10T08:30:05+08:00');
const midnight = Date.parse('2026-10-10T00:00:00+08:00');

describe('a field comes in every form that means the same', () => {
  test.each<[string, Plain, Plain[]]>([
    ['price', '2.5', ['2.5', 2.5, '2.50']],
    ['offerPrice', '4', ['4', 4, '4.00']],
    ['price', '', ['']],
    ['price', 4, [4]],
    ['retailPrices', '4', ['4']],
    ['repurchaseRate', '12.5%', ['12.5%', '12.50%', '0.1250', '12.50']],
    ['repeatPurchasePercent', '0.125', ['0.125', '12.50%', '0.1250', '12.50']],
    ['returnedRate30d', '1.01%', ['1.01%', '1.01%', '0.0101', '1.01']],
    ['returnedRate30d', '1%', ['1%', '1.00%', '0.0100']],
    ['returnedRate30d', '99.99%', ['99.99%', '0.9999', '99.99']],
    ['returnedRate30d', '100%', ['100%', '100.00%', '1.0000']],
    ['repurchaseRate', '', ['']],
    ['repurchaseRate', 5, [5]],
    ['isSelect', true, [true, 'true']],
    ['isSelect', 'true', ['true', true]],
    ['isSelect', 'false', ['false', false]],
    ['hasPromotion', false, [false, 'false']],
    ['island', 'x', ['x']],
    ['offerId', 610, [610, '610']],
    ['topCategoryId', 5, [5, '5']],
    ['offerId', '610', ['610']],
    [
      'createDate',
      '2026-10-10 08:30:05',
      ['2026-10-10 08:30:05', '20261010083005000+0800', '20261010083005+0800', dated, String(dated)],
    ],
    [
      'createDate',
      '2026-10-10',
      ['2026-10-10', '20261010000000000+0800', '20261010000000+0800', midnight, String(midnight)],
    ],
    [
      'modifyDate',
      '2026-10-10 00:00:00',
      [
        '2026-10-10 00:00:00',
        '20261010000000000+0800',
        '20261010000000+0800',
        midnight,
        String(midnight),
        '2026-10-10',
      ],
    ],
    ['createDate', 5, [5]],
    [
      'imageUrl',
      'https://cbu01.alicdn.com/img/a.jpg',
      [
        'https://cbu01.alicdn.com/img/a.jpg',
        'http://cbu01.alicdn.com/img/a.jpg',
        '//cbu01.alicdn.com/img/a.jpg',
        'img/a.jpg',
      ],
    ],
    [
      'whiteImage',
      '//x.com/cbu01.alicdn.com/',
      ['//x.com/cbu01.alicdn.com/', 'https://x.com/cbu01.alicdn.com/', 'http://x.com/cbu01.alicdn.com/'],
    ],
    ['imageUrl', 5, [5]],
    ['traceInfo', 'a@1^b', ['a@1^b', 'a%401%5Eb']],
    ['subject', 'x', ['x']],
    ['price', null, [null]],
  ])('%s %j', (key, value, forms) => expect(formsOf(key, value)).toEqual([...new Set(forms)]));
});

test('fields are numbered through, and lists belong to their key', () => {
  const seen: unknown[] = [];
  const same = mapFields({ a: 1, b: [true, [null]], c: { d: 'x' } }, (...rule) => {
    seen.push(rule);
    return rule[1];
  });
  expect(same).toEqual({ a: 1, b: [true, [null]], c: { d: 'x' } });
  expect(seen).toEqual([
    ['a', 1, 0],
    ['b', true, 1],
    ['b', null, 2],
    ['d', 'x', 3],
  ]);
});
