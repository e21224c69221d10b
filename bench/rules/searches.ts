import type { Learn } from '../../src/model/learning.ts';
import { readTruth } from '../support/compare.ts';
import { openStack } from '../support/stack.ts';
import { withRules } from './other-rules.ts';

/** What the first run over lists that move found. */
export interface SearchUse {
  readonly listed: number;
  readonly missed: number;
  readonly pages: number;
}

const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

/** Searches a world whose rankings move, without details, by a rule that says how passes go on. */
export async function useSearches(seed: number, window: Learn['window']): Promise<SearchUse> {
  const stack = await openStack({
    ...{ backend: 'postgres', offers: 2000, categories: 60, isDrifting: true, seed },
  });
  try {
    await stack.ask('/grants', { [detailApi]: false });
    await withRules({ window }, () => stack.sync());
    const truth = await readTruth(stack);
    const listed = truth.offers.filter(({ isListed }) => isListed).map(({ id }) => id);
    const known = await stack.query<{ offer_id: string }>('SELECT offer_id FROM catalog.offer');
    const found = new Set(known.map((row) => row.offer_id));
    const [calls] = await stack.query<{ pages: number }>(
      `SELECT count(*)::int AS pages FROM usage.api_call WHERE operation = 'search.keyword'`,
    );
    return {
      listed: listed.length,
      missed: listed.filter((id) => !found.has(id)).length,
      pages: calls?.pages ?? 0,
    };
  } finally {
    await stack.close();
  }
}
