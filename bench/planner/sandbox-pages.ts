import { dayMs } from '../../src/core/duration.ts';
import { anything, type Query } from '../../src/sandbox/world/search.ts';
import { createWorld } from '../../src/sandbox/world/world.ts';
import type { Stack } from '../support/stack.ts';
import type { ResultPages } from './result-pages.ts';
import type { SandboxWorldOptions } from './sandbox-world.ts';

const pageSize = 50;

/** What the searches of the product ask for. */
async function readQueries(stack: Stack): Promise<Query[]> {
  const rows = await stack.query<{
    category: string;
    keyword: string;
    min: number | null;
    max: number | null;
  }>(
    `SELECT category_id AS category, keyword, (price_min_cny * 100)::float8 AS min, (price_max_cny * 100)::float8 AS max
     FROM sync.search_window WHERE kind IN ('category', 'keyword') AND retired_at IS NULL AND NOT is_split
     ORDER BY window_id`,
  );
  return rows.map(({ category, keyword, min, max }) => ({
    ...anything,
    ...{ categoryIds: category === '0' ? [] : [category], keyword, minFen: min, maxFen: max },
  }));
}

/**
 * The pages of the product's searches, as the sandbox lists them on each day: in its order, without what is gone, and with what
 * is born. Offers are those of `readSandboxWorld`, which knows the first `offers` of them.
 */
export async function readPages(
  stack: Stack,
  { days, startAt, ...options }: SandboxWorldOptions,
  offers: number,
): Promise<ResultPages> {
  const queries = await readQueries(stack);
  const sandbox = createWorld({ ...options, startAt: startAt.getTime(), stepMs: dayMs });
  const lists = Array.from({ length: days + 1 }, (_, day) =>
    queries.map((query) => [...sandbox.snapshot(day).search(query)].filter((offer) => offer < offers)),
  );
  const pages = queries.flatMap((_, query) => {
    const longest = Math.max(...lists.map((ofDay) => ofDay[query]?.length ?? 0));
    return Array.from({ length: Math.ceil(longest / pageSize) }, (__, page) => ({ query, page }));
  });
  const list = (index: number, day: number) => {
    const { query = -1, page = 0 } = pages[index] ?? {};
    return lists[Math.floor(day)]?.[query]?.slice(page * pageSize, (page + 1) * pageSize) ?? [];
  };
  return { members: pages.map((_, index) => list(index, 0)), list };
}
