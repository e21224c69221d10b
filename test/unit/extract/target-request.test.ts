import { expect, it } from 'vitest';
import { requestFor, targetOf } from '../../../src/extract/endpoints/target-request.ts';

const config = { language: 'en', apis: {} } as const;
const firstPage = { priceMinCny: null, priceMaxCny: null, page: 1, pageSize: 50, language: 'en' };

it.each([
  ['https://example.com/a.jpg', { kind: 'address', url: 'https://example.com/a.jpg' }],
  ['1234567890', { kind: 'uploaded', imageId: '1234567890' }],
])('a search by the picture %s has it as 1688 knows it', (target, queryImage) => {
  expect(requestFor('search.image', target, config)).toEqual({
    operation: 'search.image',
    queryImage,
    ...firstPage,
  });
  expect(targetOf('search.image', target)).toEqual({ queryImage });
});

it('the first page of a search and a detail are asked for in the language of the sync file', () => {
  expect(requestFor('search.keyword', '鞋', config)).toEqual({
    operation: 'search.keyword',
    keyword: '鞋',
    categoryId: null,
    ...firstPage,
  });
  expect(requestFor('search.seller', 's', config)).toEqual({
    operation: 'search.seller',
    sellerId: 's',
    ...firstPage,
  });
  expect(requestFor('offer.detail', '7', config)).toEqual({
    operation: 'offer.detail',
    offerId: '7',
    language: 'en',
  });
});

it('a category is asked for with a language only where its API speaks more than one', () => {
  expect(requestFor('category.children', '0', config)).toEqual({
    operation: 'category.children',
    categoryId: '0',
  });
  const apis = { 'category.children': { speaks: 'category.translation.getById', address: null } } as const;
  expect(requestFor('category.children', '0', { language: 'ko', apis })).toEqual({
    operation: 'category.children',
    categoryId: '0',
    language: 'ko',
  });
});
