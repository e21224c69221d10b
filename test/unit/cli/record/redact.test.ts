import { readFileSync } from 'node:fs';
import { parse, stringify } from 'lossless-json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { personalFields } from '../../../../src/cli/record/personal-fields.ts';
import { scrubText } from '../../../../src/transform/values/scrub-text.ts';
import { createPseudonyms } from '../../../../src/cli/record/pseudonyms.ts';
import { recordAnswer } from '../../../../src/cli/record/recording.ts';
import { redact } from '../../../../src/cli/record/redact.ts';
import { shapeOf } from '../../../../src/cli/record/shape-of.ts';
import type { OperationRequest } from '../../../../src/model/operation.ts';
import { wireList, wireObject, type WireShape } from '../../../../src/transform/wire/wire-shape.ts';
import { fixtures } from '../../../support/requests.ts';

const pseudonymize = createPseudonyms(Buffer.alloc(32, 1));
const page = { priceMinCny: null, priceMaxCny: null, page: 1, pageSize: 50, language: 'en' } as const;
const requests: readonly OperationRequest[] = [
  { operation: 'category.children', categoryId: '0' },
  { operation: 'category.children', categoryId: '0', language: 'en' },
  { operation: 'search.keyword', keyword: '', categoryId: '1', ...page },
  { operation: 'search.image', queryImage: { kind: 'uploaded', imageId: '1' }, ...page },
  { operation: 'offer.detail', offerId: '1', language: 'en' },
];
const marker = 'MARKER7f3a';

/** An answer that has every known field, with the marker in all that may hold text. */
function fullAnswer(shape: WireShape): unknown {
  if (typeof shape === 'string') return shape === 'anything' ? { inside: marker } : marker;
  if (shape.kind === 'list') return [fullAnswer(shape.items)];
  const fields = Object.entries(shape.fields).map(([key, inner]) => [key, fullAnswer(inner)] as const);
  return { ...Object.fromEntries(fields), notKnown: marker, [`${marker}x`]: { deep: [marker] } };
}

/** Every place that still has the marker, by its nearest key. */
function keysWithMarker(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return value.includes(marker) ? [key] : [];
  if (Array.isArray(value)) return value.flatMap((item) => keysWithMarker(item, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name.includes(marker) ? [name] : []),
    ...keysWithMarker(inner, name),
  ]);
}

const seen = new Set<string>();

describe.each(requests)('an answer of $operation $language', (request) => {
  const shape = shapeOf(request);
  const { value, replaced, leftOut } = redact(fullAnswer(shape), shape, pseudonymize);

  test('keeps the marker in no personal field and in no field that is not known', () => {
    const left = new Set(keysWithMarker(value));
    for (const key of Object.keys(personalFields)) expect(left).not.toContain(key);
    for (const key of Object.keys(replaced)) seen.add(key);
    expect(
      [...left].filter((key) => key.includes('inside') || key.includes('notKnown') || key.includes(marker)),
    ).toEqual([]);
    expect(leftOut.length).toBeGreaterThan(0);
  });

  test('keeps every known field in its place', () => {
    const names = (item: unknown): string[] =>
      Array.isArray(item)
        ? item.flatMap(names)
        : typeof item === 'object' && item !== null
          ? Object.entries(item).flatMap(([key, inner]) => [key, ...names(inner)])
          : [];
    const isKnown = (key: string) => !['notKnown', 'inside', 'deep', `${marker}x`].includes(key);
    expect(names(value).toSorted()).toEqual(names(fullAnswer(shape)).filter(isKnown).toSorted());
  });
});

test('every personal field is in the answer of some operation', () => {
  // Requests name sellers and pictures as well, under names of our own.
  expect(Object.keys(personalFields).filter((key) => !seen.has(key))).toEqual(['sellerId', 'imageId']);
});

describe('a recording', () => {
  const shape = wireObject(
    {},
    { companyName: 'text', sellerOpenId: 'text', id: 'number', names: wireList('text') },
  );
  const recorded = (json: string) => stringify(redact(parse(json), shape, pseudonymize).value);

  test('gives the same seller the same pseudonym, and another one another', () => {
    const [a, b, c] = ['甲公司', '甲公司', '乙公司'].map((name) =>
      recorded(JSON.stringify({ companyName: name })),
    );
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  test('of another project has other pseudonyms', () => {
    expect(createPseudonyms(Buffer.alloc(32, 2))('name', '甲公司')).not.toBe(pseudonymize('name', '甲公司'));
  });

  test('keeps every digit, and whether a number was one', () => {
    const json = '{"id":9007199254740993,"names":["2.50"]}';
    expect(recorded(json)).toBe(json);
    expect(recorded('{"id":2.50}')).toBe('{"id":2.50}');
    expect(recorded('{"id":"9007199254740993"}')).toBe('{"id":"9007199254740993"}');
  });

  test('keeps that a personal field was null or empty, for that is a form too', () => {
    expect(recorded('{"companyName":null,"sellerOpenId":""}')).toBe('{"companyName":null,"sellerOpenId":""}');
  });

  test('leaves out a known field of another form', () => {
    expect(redact({ companyName: { zh: marker }, names: marker }, shape, pseudonymize)).toMatchObject({
      value: { companyName: null, names: null },
      leftOut: ['companyName', 'names'],
    });
  });

  test('has nothing personal of it, at any path', () => {
    const secret = 'S3CR3T-seller';
    const anything = fc.object({
      key: fc.constantFrom('companyName', 'sellerOpenId', 'id', 'other', secret),
      values: [fc.constant(secret), fc.constant([secret])],
    });
    fc.assert(
      fc.property(anything, (json) => {
        const answer = { companyName: secret, sellerOpenId: json, id: json, wrapped: json, names: [json] };
        expect(JSON.stringify(redact(answer, shape, pseudonymize).value)).not.toContain(secret);
      }),
    );
  });

  test('of a golden answer gives the same answer but for its personal fields', () => {
    const text = readFileSync(new URL('offer-by-quantity.json', fixtures), 'utf8');
    const detail = shapeOf({ operation: 'offer.detail', offerId: '1', language: 'en' });
    const { value, replaced } = redact(parse(text), detail, pseudonymize);
    expect(Object.keys(replaced)).toEqual([
      'companyName',
      'description',
      'promotionUrl',
      'sellerOpenId',
      'sendGoodsAddressText',
      'traceInfo',
    ]);
    expect(stringify(value)).not.toMatch(/某某竹制品|BBBinvented01|丽水/);
    expect(value).toMatchObject({ subject: '一次性竹筷', createDate: '2022-03-21' });
  });
});

test('a recorded request names no uploaded picture', () => {
  const queryImage = { kind: 'uploaded', imageId: '1234567' } as const;
  const request = { operation: 'search.image', queryImage, ...page } as const;
  const body = Buffer.from('{"result":{"success":"true","code":"200","result":{"data":[]}}}');
  const stored = {
    rawId: '1',
    callId: '1',
    runId: null,
    windowId: null,
    observedAt: new Date(0),
    httpStatus: 200,
  };
  const { text } = recordAnswer({ ...stored, request, body }, pseudonymize);
  expect(text).toContain('"operation": "search.image"');
  expect(text).not.toContain('1234567');
});

describe('a text that is kept', () => {
  test.each([
    ['保温杯 电话13812345678', '[phone]', '13812345678'],
    ['call +86 138-1234-5678 now', '[phone]', '1234-5678'],
    ['固话0571-85022088', '[phone]', '85022088'],
    ['微信：cup_seller88 订购', '[contact]', 'cup_seller88'],
    ['QQ 123456789', '[contact]', '123456789'],
    ['write to li.wei@example.cn', '[email]', 'li.wei'],
    ['https://cbu01.alicdn.com/img/ibank/O1CN01_!!2212511504862-0-cib.jpg', '!!0-0-cib', '2212511504862'],
    ['https://cloud.video.taobao.com/play/u/2212511504862/p/1.mp4', '/u/0/', '2212511504862'],
  ])('%s has %s in place of what identifies a person', (text, stand, gone) => {
    expect(scrubText(text)).toContain(stand);
    expect(scrubText(text)).not.toContain(gone);
  });

  test.each([
    '610947572360',
    '5104790281451',
    '20181213201638000+0800',
    '2024-04-20 08:00:00',
    '手机壳 防摔',
    '52.48%',
    '1564984329147',
  ])('%s stays as it is', (text) => expect(scrubText(text)).toBe(text));
});
