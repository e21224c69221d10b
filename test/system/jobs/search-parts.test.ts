import { expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';
import { expectOneRowPerArrival, readStats, readTruth } from '../../support/catalog-truth.ts';

/* A search of more records than 1688 lists, run after run. */

const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
const feeds = `keywords=${encodeURIComponent('女')}`;
const dayMs = 86_400_000;
const words = (keyword: string) =>
  parseSyncFile(
    `
account: business
feeds: [{ name: all, keywords: [${keyword}] }]
quotas: { per_second: 1000 }
`,
    'test',
  );

/** Offers that the search finds now, those with a price: no part has the others. */
async function listTrue(stack: TestStack): Promise<Set<string>> {
  const truth = await readTruth(stack, feeds);
  return new Set(truth.prices.filter(({ kind }) => kind === 'search').map(({ offerId }) => offerId));
}

async function listKnown(stack: TestStack, state: string): Promise<Set<string>> {
  const rows = await stack.query<{ offer_id: string }>(
    'SELECT offer_id FROM catalog.offer WHERE state = $1',
    [state],
  );
  return new Set(rows.map((row) => row.offer_id));
}

async function countPages(stack: TestStack): Promise<number> {
  return (await readStats(stack)).byApi[searchApi] ?? 0;
}

it('is listed in full, for little more than the fewest calls, and a day later what left it is missing', () =>
  withTestStack(
    {
      backend: 'postgres',
      sandbox: { offers: 3000, categories: 12, declinedApis: [detailApi] },
      sync: words('女'),
    },
    async (stack) => {
      await stack.run();
      const [found, listed] = [await listTrue(stack), await listKnown(stack, 'listed')];
      expect(found.size).toBeGreaterThan(2100);
      expect([...found].filter((id) => !listed.has(id))).toEqual([]);
      const { min_calls: min } = await readStats(stack, feeds);
      expect(await countPages(stack)).toBeLessThanOrEqual(1.15 * min.pages);
      await expectOneRowPerArrival(stack);
      const [coverage] = await stack.query(
        `SELECT parts, total_records, reach, coverage::float8 AS coverage, last_outcome
       FROM usage.search_coverage WHERE parent_window_id IS NULL`,
      );
      expect(coverage).toMatchObject({ parts: 2, coverage: 1, last_outcome: 'split' });

      await stack.advance(dayMs);
      await stack.run();
      const [foundNow, listedNow, missing] = [
        await listTrue(stack),
        await listKnown(stack, 'listed'),
        await listKnown(stack, 'missing'),
      ];
      expect([...foundNow].filter((id) => !listedNow.has(id))).toEqual([]);
      const left = [...found].filter((id) => !foundNow.has(id));
      expect(left.length).toBeGreaterThan(0);
      expect(left.filter((id) => !missing.has(id))).toEqual([]);
    },
  ));

it('that repeats its pages is asked for one page more, and warned of, and then read to its end when it is well', () =>
  withTestStack(
    { backend: 'postgres', sandbox: { offers: 300, declinedApis: [detailApi] }, sync: words('款') },
    async (stack) => {
      const outcome = async () => {
        const before = await countPages(stack);
        await stack.run();
        const [window] = await stack.query<{
          last_outcome: string;
          last_reach: number;
          total_records: number;
        }>('SELECT last_outcome, last_reach, total_records FROM sync.search_window');
        return { ...window, pages: (await countPages(stack)) - before };
      };
      stack.sandbox.setFaults([{ kind: 'repeat_page', api: searchApi }]);
      expect(await outcome()).toMatchObject({ last_outcome: 'page_repeated', last_reach: 50, pages: 3 });
      expect(stack.logs.filter(({ code }) => code === 'SEARCH_PAGE_REPEATED')).toHaveLength(1);
      stack.sandbox.setFaults([]);
      await stack.advance(dayMs);
      const well = await outcome();
      expect(well).toMatchObject({ last_outcome: 'complete', last_reach: well.total_records });
      expect(well.pages).toBeGreaterThan(3);
    },
  ));
