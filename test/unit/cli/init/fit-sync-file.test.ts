import { expect, it } from 'vitest';
import { fitSyncFile } from '../../../../src/cli/init/fit-sync-file.ts';
import type { Choices } from '../../../../src/cli/init/choose.ts';

const words = (count: number) => Array.from({ length: count }, (_, index) => `k${String(index)}`);
const each = (daily: number | null, monthly: number | null): Choices['approved'] => ({
  'category.children': { daily, monthly },
  'search.keyword': { daily, monthly },
  'offer.detail': { daily, monthly },
});
const precise = (search: number, detail: number): Choices['approved'] => ({
  'search.keyword': { daily: search, monthly: null },
  'offer.detail': { daily: detail, monthly: 1_000_000 },
});

/** Hours of freshness of searches and details, then pages and offers of each feed. */
function fit(changed: Partial<Choices>) {
  const none: Choices = {
    ...{ account: 'personal', approved: {}, keywords: [], categories: [], appKey: '', appSecret: '' },
  };
  const { sync } = fitSyncFile({ ...none, ...changed }, new Date('2026-11-25T00:00:00Z'));
  const hours = [sync.freshness.searchMs, sync.freshness.detailMs].map((ms) => ms / 3_600_000);
  return [...hours, ...sync.feeds.map(({ name, maxPages, maxOffers }) => [name, maxPages, maxOffers])];
}

// A personal account has 15,000 calls a month: 483 on each of 31 days, of which runs have 459, and 413.1 are to be filled.
it.each<[string, Partial<Choices>, unknown[]]>([
  [
    'all pages of a keyword, and its 2,000 offers in a week',
    { keywords: ['a'] },
    [20, 168, ['keywords', 40, null]],
  ],
  [
    '413 pages for 11 keywords, 413.1 offers a day',
    { keywords: words(11) },
    [20, 168, ['keywords', 37, 2891]],
  ],
  ['1,000 searches in three days, a page each', { keywords: words(1000) }, [72, 168, ['keywords', 1, 2891]]],
  ['160 leaves below a category', { categories: ['54'] }, [20, 168, ['categories', 2, 2890]]],
  ['8,000 leaves of the whole tree', { categories: ['0'] }, [480, 168, ['categories', 1, 2890]]],
  ['the same beside one of its categories', { categories: ['54', '0'] }, [480, 168, ['categories', 1, 2890]]],
  [
    'half for keywords, which have no more pages than 40; 293.1 pages are left for 160 leaves',
    { categories: ['54'], keywords: words(3) },
    [20, 168, ['keywords', 40, 1445], ['categories', 1, 1446]],
  ],
  [
    'no more offers of keywords than they list: 9,500 calls a day, of which 8,550 are to be filled',
    { account: 'business', categories: ['54'], keywords: ['a'] },
    [20, 168, ['keywords', 40, 2000], ['categories', 40, 57_850]],
  ],
  ['300 a month are 9 a day', { keywords: ['a'], approved: each(20, 300) }, [20, 168, ['keywords', 8, 56]]],
  ['20 a day are 19', { keywords: ['a'], approved: each(20, null) }, [20, 168, ['keywords', 17, 119]]],
  ['600 a month are 19', { keywords: ['a'], approved: each(null, 600) }, [20, 168, ['keywords', 17, 119]]],
  [
    'a call a day: 161 searches in 161 days, 7 details in a week',
    { keywords: ['a'], categories: ['54'], approved: each(1, null) },
    [3864, 168, ['keywords', 40, 3], ['categories', 1, 4]],
  ],
  [
    '450 rows and 450 details a day',
    { keywords: ['a'], approved: precise(10, 526) },
    [20, 20, ['keywords', 9, null]],
  ],
  ['one less', { keywords: ['a'], approved: precise(10, 525) }, [20, 168, ['keywords', 9, null]]],
  [
    '3,150 rows, and as many details a week',
    { keywords: words(3), approved: precise(73, 526) },
    [20, 168, ['keywords', 21, null]],
  ],
  ['one less of them', { keywords: words(3), approved: precise(73, 525) }, [20, 168, ['keywords', 21, 3143]]],
  [
    '300 searches of 4.5 a day',
    { keywords: words(300), approved: each(5, null) },
    [1608, 168, ['keywords', 1, 31]],
  ],
  [
    '530 searches of 20.3 a day, for with more changes would find no calls',
    { categories: ['1', '2', '3'], keywords: words(50), approved: each(30, null) },
    [648, 168, ['keywords', 5, 71], ['categories', 1, 71]],
  ],
  [
    'a year at most, where no part of them is enough: the smallest part',
    { categories: ['0'], approved: each(3, null) },
    [8784, 168, ['categories', 1, 6]],
  ],
])('the calls are filled with %s', (_, choices, fitted) => {
  expect(fit(choices)).toEqual(fitted);
});
