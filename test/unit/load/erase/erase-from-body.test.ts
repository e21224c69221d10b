import { expect, test } from 'vitest';
import { eraseFromBody, namesSeller, type SellerMarks } from '../../../../src/load/erase/erase-from-body.ts';

const marks = (changes: Partial<SellerMarks> = {}): SellerMarks => ({
  sellerIds: ['BBB-1'],
  names: ['義烏市好杯子有限公司'],
  offerIds: new Set(['610947572360']),
  ...changes,
});

const page = (...rows: string[]) => `{"result":{"totalRecords":2.50,"data":[${rows.join(',')}]}}`;
const other = '{"offerId":9007199254740993,"subject":"a 610 b","price":"1.70","rate":2.50}';

test('a row leaves the id of its offer in its place, and the others keep every digit', () => {
  const body = page(other, '{"offerId":610947572360,"subject":"杯子","sellerDataInfo":{"tpYear":3}}', other);
  expect(eraseFromBody(body, marks())).toEqual({
    kind: 'erased',
    text: page(other, '{"offerId":610947572360}', other),
  });
});

test.each([
  ['the id of the offer as text', '{"offerId":"610947572360","subject":"x"}', '{"offerId":"610947572360"}'],
  ["the seller's id", '{"offerId":2,"sellerOpenId":"BBB-1"}', '{"offerId":2}'],
  ["the company's name", '{"offerId":2,"companyName":"義烏市好杯子有限公司"}', '{"offerId":2}'],
  [
    'the name escaped',
    String.raw`{"companyName":"\u7fa9\u70cf\u5e02\u597d\u676f\u5b50\u6709\u9650\u516c\u53f8"}`,
    '{}',
  ],
  [
    'the name escaped in capitals',
    String.raw`{"companyName":"\u7FA9\u70CF\u5E02\u597D\u676F\u5B50\u6709\u9650\u516C\u53F8"}`,
    '{}',
  ],
])('a row is known by %s', (_, row, stub) => {
  expect(eraseFromBody(page(other, row), marks())).toEqual({ kind: 'erased', text: page(other, stub) });
});

test('what was erased before, and what is not about the seller, is left as it is', () => {
  const erased = page(other, '{"offerId":610947572360}');
  expect(eraseFromBody(erased, marks())).toEqual({ kind: 'untouched' });
  expect(eraseFromBody(page(other), marks())).toEqual({ kind: 'untouched' });
});

test('an answer that names the seller elsewhere, or can not be read, is hopeless', () => {
  expect(eraseFromBody(page('{"offerId":2,"subject":"BBB-1"}'), marks())).toEqual({ kind: 'hopeless' });
  expect(eraseFromBody('<html>BBB-1</html>', marks())).toEqual({ kind: 'hopeless' });
  expect(eraseFromBody(page('{"subject":"義烏市好杯子有限公司"}'), marks())).toEqual({ kind: 'hopeless' });
});

test('a name that is a word of others condemns no answer', () => {
  const body = page('{"offerId":2,"subject":"好杯子"}', '{"offerId":3,"companyName":"杯子"}');
  expect(eraseFromBody(body, marks({ names: ['杯子'] }))).toEqual({ kind: 'untouched' });
});

test.each([
  ['four characters name a seller', 'is ABCD here', true],
  ['three do not', 'is XYZ here', false],
  ['an id does, however short', 'is 7b here', true],
  ['a letter beyond ASCII may be escaped with zeros', String.raw`"caf\u00e9s"`, true],
  ['quotes may be escaped', String.raw`{"n":"The \"Best\" Ltd"}`, true],
  ['a part of a name does not', 'ABC', false],
])('%s', (_, text, isNamed) => {
  const names = ['ABCD', 'XYZ', 'cafés', 'The "Best" Ltd'];
  expect(namesSeller(text, { sellerIds: ['7b'], names, offerIds: new Set() })).toBe(isNamed);
});

test('rows are found in lists at any depth, and fields of other kinds stay', () => {
  const body =
    '{"a":null,"b":[1,"x",null,true,[{"offerId":610947572360,"t":1}]],"c":{"d":[{"e":[{"sellerOpenId":"BBB-1","t":2}]}]}}';
  expect(eraseFromBody(body, marks())).toEqual({
    kind: 'erased',
    text: '{"a":null,"b":[1,"x",null,true,[{"offerId":610947572360}]],"c":{"d":[{"e":[{}]}]}}',
  });
});

test("of no offers none is named, and a row without any of the fields is nobody's", () => {
  const body = page(other, '{"offerId":610947572360,"a":1}', '{"companyName":null}', '{}');
  expect(eraseFromBody(body, marks({ offerIds: new Set() }))).toEqual({ kind: 'untouched' });
  expect(eraseFromBody(body, marks())).toMatchObject({ kind: 'erased' });
  expect(eraseFromBody('{"n":610947572360}', marks())).toEqual({ kind: 'untouched' });
  expect(eraseFromBody('<610947572360>', marks())).toEqual({ kind: 'hopeless' });
});
