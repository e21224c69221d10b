import { expect, test } from 'vitest';
import { html } from '../../../../src/web/html.ts';
import { offerFacts, sellerWords, sizeOf, weightOf } from '../../../../src/web/pages/offer-facts.ts';
import type { OfferRow, Package } from '../../../../src/web/reads/product-pages.ts';
import { offerRow, unknownPackage } from '../../../support/page-rows.ts';
import { readFacts, readWords } from '../../../support/read-words.ts';

const factsOf = (changes: Partial<OfferRow>) => readFacts(offerFacts(offerRow(changes), null));
const wordsOf = (changes: Partial<OfferRow>) => readWords(offerFacts(offerRow(changes), null));

test('of what is not known there is a dash', () => {
  expect(factsOf({})).toEqual({
    state: 'listed',
    ...Object.fromEntries(
      [
        'priced',
        'smallest order',
        'sold in multiples of',
        'mixed orders',
        'ships from',
        'ships',
        'weight',
        'size',
        'buyers who came back',
        'score',
        'patent',
        'seller’s number',
        'created',
        'modified',
      ].map((name) => [name, '–']),
    ),
  });
  expect(wordsOf({})).toMatch(/^– Seller: not known yet state listed .* Offer 601$/);
});

test('what is known is said', () => {
  const known = factsOf({
    ...{ state: 'gone', quoteType: 1, minOrderQuantity: 1200, unit: '个', batchNumber: 1500 },
    ...{
      shipFrom: '义乌',
      shippingTimeGuarantee: 'shipIn48Hours',
      repurchaseRate: '0.13',
      tradeScore: '4.5',
    },
    ...{
      isPatentProduct: false,
      cargoNumber: 'A-1',
      confidence: { offer: 0.9, prices: null, stock: null, isInStock: null },
    },
    sourceCreatedAt: new Date('2026-01-01T16:00:00Z'),
    sourceModifiedAt: new Date('2026-02-01T16:00:00Z'),
  });
  expect(known).toMatchObject({
    ...{ state: 'gone', 'not there': 'probably still right: 90 %', priced: 'by SKU' },
    ...{ 'smallest order': '1,200 个', 'sold in multiples of': '1,500', 'ships from': '义乌' },
    ...{ ships: 'within 48 hours', 'buyers who came back': '13 %', score: '4.5', patent: 'none stated' },
    ...{ 'seller’s number': 'A-1', created: '2026-01-02 00:00', modified: '2026-02-02 00:00' },
  });
  expect(factsOf({ isPatentProduct: true })['patent']).toBe('protected');
  expect(factsOf({ minOrderQuantity: 2 })['smallest order']).toBe('2');
  expect([0, 1, 2, 3].map((quoteType) => factsOf({ quoteType })['priced'])).toEqual([
    'by quantity, no SKUs',
    'by SKU',
    'by quantity, with SKUs',
    '–',
  ]);
  expect(factsOf({ shippingTimeGuarantee: 'soon' })['ships']).toBe('soon');
});

test.each<[Partial<OfferRow>, string]>([
  [{ isMixAllowed: false, mixAmountCny: '100' }, 'not allowed'],
  [{ isMixAllowed: true }, 'allowed'],
  [{ isMixAllowed: true, mixAmountCny: '100' }, 'from ¥100'],
  [{ isMixAllowed: true, mixQuantity: 1000 }, 'from 1,000'],
  [{ isMixAllowed: true, mixAmountCny: '99.5', mixQuantity: 2, unit: '件' }, 'from ¥99.50 or 2 件'],
])('mixed orders of %j are %s', (terms, words) => {
  expect(factsOf(terms)['mixed orders']).toBe(words);
  expect(offerFacts(offerRow(terms), null).toString()).not.toContain('1,000 <');
});

test.each<[Partial<Package>, string]>([
  [{ weightG: 999, weightSource: 'estimated' }, '999 g estimated by 1688'],
  [{ weightG: 1000, weightSource: null }, '1 kg'],
  [{ weightG: 1250, weightSource: 'seller' }, '1.25 kg by the seller'],
])('a weight of %j is %s', (measured, words) => {
  expect(readWords(weightOf({ ...unknownPackage, ...measured }) as string)).toBe(words);
});

test('a size needs all of its sides', () => {
  const sides = { ...unknownPackage, lengthMm: 100, widthMm: 205, heightMm: 300 };
  expect(readWords(sizeOf({ ...sides, sizeSource: 'official' }) as string)).toBe(
    '10 × 20.5 × 30 cm measured by 1688',
  );
  for (const side of ['lengthMm', 'widthMm', 'heightMm'])
    expect(sizeOf({ ...sides, [side]: null })).toBe('–');
});

test('a seller is a link by its id, with its name and what is known of its last days', () => {
  const link = (changes: Partial<OfferRow>) =>
    /<a href="\/products\?seller=[^<]*<\/a>/.exec(offerFacts(offerRow(changes), null).toString())?.[0];
  expect(link({ sellerId: 'a&b', sellerName: '厂' })).toBe('<a href="/products?seller=a%26b">厂</a>');
  expect(link({ sellerId: 's' })).toBe('<a href="/products?seller=s">s</a>');
  expect(wordsOf({ pickup48hRate: '0.985' })).toContain(
    'Of its last 30 days: 98.5 % of orders picked up within 48 hours.',
  );
  expect(wordsOf({ qualityRefundRate: '0.0012' })).toContain(
    'Of its last 30 days: 0.12 % refunded for quality.',
  );
  expect(wordsOf({})).not.toContain('Of its last');
});

test('a category is a link by its id, with its names', () => {
  const first = (changes: Partial<OfferRow>) =>
    offerFacts(offerRow(changes), null).toString().split('</p>')[0];
  expect(first({ categoryId: '11', category: '箱包 / 背包' })).toContain(
    '<p><a href="/products?category=11">箱包 / 背包</a>',
  );
  expect(first({ categoryId: '11' })).toContain('<a href="/products?category=11">11</a>');
});

test('words of 1688 are badges, each once, and there is no list of none', () => {
  const badgesOf = (changes: Partial<OfferRow>) =>
    [
      ...offerFacts(offerRow(changes), null)
        .toString()
        .matchAll(/<p class="badges">([\s\S]*?)<\/p>/g),
    ].map(([, list = '']) => readWords(list));
  expect(badgesOf({})).toEqual([]);
  expect(
    badgesOf({
      identities: ['tp_member', 'odd'],
      offerIdentities: ['yx'],
      tags: ['1688_yx', 'isSupportMix'],
    }),
  ).toEqual(['TrustPass member odd', 'selected by 1688 mixed orders']);
});

test('the chart comes last', () => {
  expect(readWords(offerFacts(offerRow(), html`<b>chart</b>`))).toMatch(/Offer 601 chart$/);
});

test('what the seller says is there where it says anything', () => {
  expect(sellerWords(offerRow())).toBeNull();
  expect(readWords(sellerWords(offerRow({ sellingPoints: ['轻便'] })) ?? '')).toBe(
    'What the seller says 轻便',
  );
  const certificates = [
    { name: '专利', code: 'ZL 1', photoUrls: [] },
    { name: null, code: null, photoUrls: [] },
  ];
  expect(readWords(sellerWords(offerRow({ certificates })) ?? '')).toBe(
    'What the seller says Certificate, not checked: 专利 ZL 1 Certificate, not checked: without a name no number',
  );
});
