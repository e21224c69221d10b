import { expect, it } from 'vitest';
import { normalizeSearchAnswer } from '../../support/requests.ts';
import { detailOf, normalize } from './offer-answers.ts';

/* Answers have up to 8 MB: enough for millions of elements. */

const million = (element: number | object) => Array<typeof element>(1_000_000).fill(element) as number[];

it('a list that is far too long is unreadable as a whole', () => {
  const { rejects } = normalize({ productSkuInfos: million(0) });
  expect(rejects).toEqual([{ path: 'productSkuInfos', reason: 'too_many', sample: '[1000000 items]' }]);
  expect(detailOf({ productSkuInfos: million(0) })).toMatchObject({ skus: [], hasUnreadSkus: true });
  expect(detailOf({ productAttribute: million({}) }).attributes).toEqual([]);
  expect(normalizeSearchAnswer({ totalRecords: 1, data: million(0) }).record).toBeNull();
});

it('of many values that can not be read, a thousand are kept, and the others counted', () => {
  const { rejects } = normalize({ productSkuInfos: Array<number>(5000).fill(0) });
  expect(rejects).toHaveLength(1001);
  expect(rejects[999]?.path).toBe('productSkuInfos[999]');
  expect(rejects[1000]).toEqual({ path: '$', reason: 'too_many', sample: '4000 more' });
});
