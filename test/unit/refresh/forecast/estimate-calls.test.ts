import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateCalls } from '../../../../src/refresh/forecast/estimate-calls.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';

const estimateOf = (feeds: string, rest = '') =>
  Object.fromEntries(
    estimateCalls(parseSyncFile(`account: personal\nfeeds: ${feeds}\n${rest}`, 'test')).map((row) => [
      row.operation,
      row,
    ]),
  );

describe('an estimate', () => {
  test('of one keyword is its pages and the offers on them, once a day', () => {
    const {
      'category.children': category,
      'search.keyword': search,
      'offer.detail': detail,
    } = estimateOf('[{ name: a, keywords: [包], max_pages: 3 }]');
    expect(category).toMatchObject({ firstPass: 0, daily: 0, monthly: 0 });
    expect(search).toMatchObject({ firstPass: 3, daily: 3, monthly: 93 });
    expect(detail).toMatchObject({ firstPass: 150, daily: 150, monthly: 4650 });
  });

  test('of a search without a bound ends where 1688 stops listing', () => {
    const { 'search.keyword': search, 'offer.detail': detail } = estimateOf('[{ name: a, keywords: [包] }]');
    expect(search?.firstPass).toBe(40);
    expect(detail?.firstPass).toBe(2000);
  });

  test('of a category counts its branches as nodes and its leaves as searches', () => {
    const { 'category.children': category, 'search.keyword': search } = estimateOf(
      '[{ name: a, categories: ["54"], max_pages: 1 }]',
    );
    expect(category).toMatchObject({ firstPass: 21, daily: 3, monthly: 93 });
    expect(search?.firstPass).toBe(160);
  });

  test('of the whole tree counts all roots, whatever else is asked for', () => {
    const { 'category.children': category, 'search.keyword': search } = estimateOf(
      '[{ name: a, categories: ["0", "54"], max_pages: 1 }]',
    );
    expect(category?.firstPass).toBe(1051);
    expect(search?.firstPass).toBe(8000);
    const two = estimateOf('[{ name: a, categories: ["54", "55"], max_pages: 1 }]');
    expect([two['category.children']?.firstPass, two['search.keyword']?.firstPass]).toEqual([42, 320]);
  });

  test('counts a category of two feeds once as a node, and twice as searches', () => {
    const { 'category.children': category, 'search.keyword': search } = estimateOf(
      '[{ name: a, categories: ["54"], max_pages: 1 }, { name: b, categories: ["54"], max_pages: 1 }]',
    );
    expect(category?.firstPass).toBe(21);
    expect(search?.firstPass).toBe(320);
  });

  test('counts shops and pictures as searches, and files as uploads that happen once', () => {
    const rows = estimateOf(
      '[{ name: a, sellers: [s1, s2], images: [a.jpg, "https://cbu01.alicdn.com/b.jpg"], max_pages: 3 }]',
    );
    expect(rows['search.seller']).toMatchObject({ firstPass: 6, daily: 6 });
    expect(rows['search.image']).toMatchObject({ firstPass: 6, daily: 6 });
    expect(rows['image.upload']).toMatchObject({ firstPass: 1, daily: 1, monthly: 1 });
    expect(rows['offer.detail']?.firstPass).toBe(600);
  });

  test('keeps to the bound on offers', () => {
    expect(estimateOf('[{ name: a, keywords: [包], max_offers: 70 }]')['offer.detail']?.firstPass).toBe(70);
  });

  test('follows the freshness ages', () => {
    const feeds = '[{ name: a, keywords: [包], max_pages: 7 }]';
    const daily = (age: string) =>
      estimateOf(feeds, `freshness: { search: ${age} }`)['search.keyword']?.daily;
    expect(['6h', '20h', '24h', '7d'].map(daily)).toEqual([28, 7, 7, 1]);
  });

  test('of a part of a call is a whole one, on a day and in a month', () => {
    const { 'search.keyword': search } = estimateOf(
      '[{ name: a, keywords: [包], max_pages: 7 }]',
      'freshness: { search: 10d }',
    );
    expect(search).toMatchObject({ firstPass: 7, daily: 1, monthly: 22 });
  });

  test('never shrinks when a feed is allowed more', () => {
    const bound = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        const of = (pages: number) =>
          estimateOf(`[{ name: a, keywords: [x], max_pages: ${pages} }]`)['offer.detail']?.monthly ?? 0;
        return a <= b === of(a) <= of(b);
      }),
    );
  });
});
