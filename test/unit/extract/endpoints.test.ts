import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apiOf,
  chooseEndpoints,
  endpointOf,
  endpointOfQuestion,
  endpoints,
  urlPathOf,
} from '../../../src/extract/endpoints/endpoints.ts';
import { guideNames } from '../../../src/extract/endpoints/guide-names.ts';
import { paramsOf, uploadParams } from '../../../src/extract/endpoints/params-of.ts';
import { requestHash } from '../../../src/extract/endpoints/request-hash.ts';
import type { OfferDetailRequest, SearchKeywordRequest } from '../../../src/model/operation.ts';

const search: SearchKeywordRequest = {
  operation: 'search.keyword',
  keyword: '连衣裙',
  categoryId: null,
  priceMinCny: null,
  priceMaxCny: null,
  page: 1,
  pageSize: 50,
  language: 'en',
};
const page = {
  priceMinCny: null,
  priceMaxCny: null,
  page: 2,
  pageSize: 50,
  language: 'ja',
} as const;
const detail: OfferDetailRequest = { operation: 'offer.detail', offerId: '620201390233', language: 'en' };

describe('endpoints', () => {
  it('name the API as the quota and the path do', () => {
    expect(apiOf(endpoints['search.keyword'])).toBe(
      'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1',
    );
    expect(urlPathOf(endpoints['category.children'], '1000000')).toBe(
      'param2/1/com.alibaba.product/alibaba.category.get/1000000',
    );
  });

  it('ask for a token in the crossborder family only', () => {
    for (const { namespace, needsToken } of Object.values(endpoints)) {
      expect(needsToken).toBe(namespace === 'com.alibaba.fenxiao.crossborder');
    }
  });
});

describe('a choice of API', () => {
  const address = { namespace: 'com.alibaba.test', name: 'my.get', version: '2' };
  const translated = { operation: 'category.children', categoryId: '0', language: 'en' } as const;

  it('asks the known API at its own address', () => {
    const choices = {
      'category.children': { speaks: 'category.translation.getById', address: null },
    } as const;
    const api = 'com.alibaba.fenxiao.crossborder:category.translation.getById:1';
    expect(apiOf(chooseEndpoints(choices)['category.children'])).toBe(api);
    expect(apiOf(endpointOf(translated, choices))).toBe(api);
    expect(endpointOf(translated, choices).needsToken).toBe(true);
  });

  it('moves the one API to another address, and no other', () => {
    const choices = { 'search.keyword': { speaks: 'product.search.keywordQuery', address } } as const;
    expect(apiOf(endpointOf(search, choices))).toBe('com.alibaba.test:my.get:2');
    expect(apiOf(endpointOf(detail, choices))).toBe(apiOf(endpoints['offer.detail']));
  });

  it('never asks in one language and listens in another', () => {
    const choices = { 'category.children': { speaks: 'category.translation.getById', address } } as const;
    const untranslated = { operation: 'category.children', categoryId: '0' } as const;
    expect(apiOf(endpointOf(translated, choices))).toBe('com.alibaba.test:my.get:2');
    expect(apiOf(endpointOf(untranslated, choices))).toBe('com.alibaba.product:alibaba.category.get:1');
  });
});

describe('the endpoint of a question', () => {
  it('is that of its request, also where the signature is to be wrong', () => {
    expect(endpointOfQuestion({ request: detail })).toEqual(endpoints['offer.detail']);
    expect(endpointOfQuestion({ request: detail, flaw: 'wrong_signature' })).toEqual(
      endpoints['offer.detail'],
    );
  });

  it('is asked without a token where that is the flaw', () => {
    expect(endpointOfQuestion({ request: detail, flaw: 'no_token' })).toEqual({
      ...endpoints['offer.detail'],
      needsToken: false,
    });
  });

  it('is one that 1688 does not have, without a token, where that is the flaw', () => {
    const endpoint = endpointOfQuestion({ request: detail, flaw: 'unknown_api' });
    expect(apiOf(endpoint)).toBe('com.alibaba.fenxiao.crossborder:product.search.noSuchApi:1');
    expect(endpoint.needsToken).toBe(false);
  });

  it('with a picture is that of uploads', () => {
    expect(endpointOfQuestion({ image: Buffer.from('picture') })).toEqual(endpoints['image.upload']);
  });
});

describe('paramsOf', () => {
  it('asks for translated names by language', () => {
    expect(paramsOf({ operation: 'category.children', categoryId: '10166', language: 'ko' })).toEqual({
      categoryId: '10166',
      language: 'ko',
    });
  });

  it('searches a shop by its open id', () => {
    const request = { operation: 'search.seller', sellerId: 'BBBx1', ...page, priceMaxCny: '9.5' } as const;
    expect(paramsOf(request)).toEqual({
      offerQueryParam: '{"sellerOpenId":"BBBx1","beginPage":2,"pageSize":50,"country":"ja","priceEnd":"9.5"}',
    });
  });

  it('searches by an uploaded picture, or by one on alicdn', () => {
    const uploaded = { kind: 'uploaded', imageId: '1265' } as const;
    expect(paramsOf({ operation: 'search.image', queryImage: uploaded, ...page })).toEqual({
      offerQueryParam: '{"imageId":"1265","beginPage":2,"pageSize":50,"country":"ja"}',
    });
    const address = { kind: 'address', url: 'https://cbu01.alicdn.com/img/ibank/1.jpg' } as const;
    expect(paramsOf({ operation: 'search.image', queryImage: address, ...page })).toEqual({
      offerQueryParam:
        '{"imageAddress":"https://cbu01.alicdn.com/img/ibank/1.jpg","beginPage":2,"pageSize":50,"country":"ja"}',
    });
  });

  it('hands a picture over as base64', () => {
    expect(uploadParams(Buffer.from('picture'))).toEqual({
      uploadImageParam: '{"imageBase64":"cGljdHVyZQ=="}',
    });
  });

  it('writes each request as 1688 documents it', () => {
    expect(paramsOf({ operation: 'category.children', categoryId: '0' })).toEqual({ categoryID: '0' });
    expect(paramsOf({ operation: 'system.time' })).toEqual({});
    expect(paramsOf(detail)).toEqual({ offerDetailParam: '{"offerId":620201390233,"country":"en"}' });
    expect(paramsOf(search)).toEqual({
      offerQueryParam: '{"keyword":"连衣裙","beginPage":1,"pageSize":50,"country":"en"}',
    });
  });

  it('searches a category in a price band without a keyword', () => {
    const byCategory = {
      ...search,
      keyword: '',
      categoryId: '10166',
      priceMinCny: '10',
      priceMaxCny: '19.99',
    };
    expect(JSON.parse(paramsOf(byCategory)['offerQueryParam'] ?? '')).toEqual({
      ...{ keyword: '', beginPage: 1, pageSize: 50, country: 'en' },
      ...{ categoryId: 10166, priceStart: '10', priceEnd: '19.99' },
    });
  });

  it('keeps every digit of an id beyond 2^53', () => {
    const text = paramsOf({ ...detail, offerId: '9007199254740993' })['offerDetailParam'];
    expect(text).toBe('{"offerId":9007199254740993,"country":"en"}');
  });

  it('cleans what the gateway could not read', () => {
    const text = paramsOf({ ...search, keyword: 'a\u0000\ud83d' })['offerQueryParam'] ?? '';
    expect(JSON.parse(text)).toMatchObject({ keyword: 'a\ufffd' });
  });

  it.each(['', 'abc', '-1', '1.5', '1e3', '12345678901234567890'])('refuses "%s" as an id', (offerId) => {
    expect(() => paramsOf({ ...detail, offerId })).toThrow(
      expect.objectContaining({ code: 'GATEWAY_REQUEST_INVALID' }),
    );
  });
});

describe('requestHash', () => {
  it('is 64 hex digits, the same for the same question', () => {
    expect(requestHash(search, 'a:b:1')).toMatch(/^[0-9a-f]{64}$/);
    expect(requestHash({ ...search }, 'a:b:1')).toBe(requestHash(search, 'a:b:1'));
  });

  it('is the same in every release, so that stored answers are found again', () => {
    const translated = { operation: 'category.children', categoryId: '10166', language: 'ko' } as const;
    const text = '["a:b:1",[["categoryId","10166"],["language","ko"]]]';
    expect(requestHash(translated, 'a:b:1')).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('differs for another API and for every field that changes the answer', () => {
    const variants: SearchKeywordRequest[] = [
      { ...search, keyword: '裙' },
      { ...search, categoryId: '1' },
      { ...search, priceMinCny: '1' },
      { ...search, priceMaxCny: '1' },
      { ...search, page: 2 },
      { ...search, pageSize: 20 },
      { ...search, language: 'ja' },
    ];
    const hashes = [search, ...variants].map((request) => requestHash(request, 'a:b:1'));
    expect(new Set([...hashes, requestHash(search, 'a:b:2')]).size).toBe(variants.length + 2);
  });

  it('of a picture is that of its bytes', () => {
    const [a, b] = ['a', 'b'].map((digit) => ({
      operation: 'image.upload' as const,
      sha256: digit.repeat(64),
    }));
    if (!a || !b) throw new Error('two requests');
    expect(requestHash(a, 'x')).toBe(requestHash({ ...a }, 'x'));
    expect(requestHash(a, 'x')).not.toBe(requestHash(b, 'x'));
  });

  it('distinguishes any two offers', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 18n }),
        fc.bigInt({ min: 0n, max: 10n ** 18n }),
        (a, b) => {
          const [first, second] = [a, b].map((id) => requestHash({ ...detail, offerId: String(id) }, 'x'));
          expect(first === second).toBe(a === b);
        },
      ),
    );
  });
});

describe('guide names', () => {
  it('each lead to an operation and explain themselves', () => {
    expect(Object.keys(guideNames)).toHaveLength(6);
    for (const { operation, explanation } of Object.values(guideNames)) {
      expect(endpoints[operation].name.length).toBeGreaterThan(0);
      expect(explanation).toMatch(/\.$/);
    }
  });
});
