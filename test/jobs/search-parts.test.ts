import { expect, it } from 'vitest';
import { parseSyncFile } from '../../src/plan/parse-sync-file.ts';
import { withTestStack, type TestStack } from '../support/stack.ts';
import { expectOneRowPerArrival, readStats, readTruth } from './catalog-truth.ts';

/* A search of more records than 1688 lists, run after run. */

const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const feeds = `keywords=${encodeURIComponent('女')}`;
const dayMs = 86_400_000;
const sync = parseSyncFile(
  `
account: business
feeds: [{ name: all, keywords: [女] }]
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

it('is listed in full, for little more than the fewest calls, and a day later what left it is missing', () =>
  withTestStack(
    { backend: 'postgres', sandbox: { offers: 3000, categories: 12, declinedApis: [detailApi] }, sync },
    async (stack) => {
      await stack.run();
      const [found, listed] = [await listTrue(stack), await listKnown(stack, 'listed')];
      expect(found.size).toBeGreaterThan(2100);
      expect([...found].filter((id) => !listed.has(id))).toEqual([]);
      const { least_calls: least, byApi } = await readStats(stack, feeds);
      const pages = Object.entries(byApi).find(([api]) => api.includes('keywordQuery'))?.[1] ?? 0;
      expect(pages).toBeLessThanOrEqual(1.15 * least.pages);
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
