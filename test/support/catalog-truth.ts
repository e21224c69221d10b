import { expect } from 'vitest';
import type { TestStack } from './stack.ts';

/** What a perfect catalog would hold, as the sandbox tells it. */
export interface Truth {
  readonly categories: readonly {
    id: string;
    parentId: string;
    level: number;
    name: string;
    isLeaf: boolean;
    isRetired: boolean;
  }[];
  readonly offers: readonly {
    id: string;
    subject: string;
    state: string;
    isListed: boolean;
    moq: number;
    sellerId: string | null;
  }[];
  readonly skus: readonly { offerId: string; skuId: string; stock: number }[];
  readonly prices: readonly {
    offerId: string;
    skuId: string;
    kind: string;
    minQuantity: number;
    amount: string;
  }[];
}

export interface Stats {
  readonly min_calls: { readonly total: number; readonly nodes: number; readonly pages: number };
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly byApi: Readonly<Record<string, number>>;
  readonly calls: readonly {
    readonly requestId: string | null;
    readonly api: string;
    readonly outcome: string;
    readonly isCounted: boolean;
  }[];
}

async function ask(stack: TestStack, path: string): Promise<unknown> {
  return (await fetch(`${stack.sandbox.controlUrl}${path}`)).json();
}

/** What the sandbox saw so far, and what some feeds would need: as `categories=0`, the whole tree. */
export async function readStats(stack: TestStack, feeds = 'categories=0'): Promise<Stats> {
  return (await ask(stack, `/stats?${feeds}`)) as Stats;
}

/** What a perfect catalog of some feeds holds now. */
export async function readTruth(stack: TestStack, feeds: string): Promise<Truth> {
  return (await ask(stack, `/truth?${feeds}`)) as Truth;
}

const lines = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map((row) => JSON.stringify(row)).sort();

/** Nothing is compared of offers that exist no more: a catalog can only find that out, look by look. */
function trueRows(truth: Truth) {
  const existing = new Set(truth.offers.filter(({ state }) => state !== 'gone').map(({ id }) => id));
  return {
    categories: lines(
      truth.categories
        .filter(({ id }) => id !== '0')
        .map((node) => [node.id, node.parentId, node.level, node.name, node.isLeaf, node.isRetired]),
    ),
    offers: lines(
      truth.offers
        .filter(({ state }) => state === 'listed')
        .map((offer) => [offer.id, offer.subject, offer.moq, offer.sellerId]),
    ),
    skus: lines(
      truth.skus
        .filter(({ offerId }) => existing.has(offerId))
        .map((sku) => [sku.offerId, sku.skuId, sku.stock]),
    ),
    prices: lines(
      truth.prices
        .filter(({ offerId }) => existing.has(offerId))
        .map((price) => [price.offerId, price.skuId, price.kind, price.minQuantity, price.amount]),
    ),
  };
}

async function listRows(stack: TestStack, sql: string): Promise<string[]> {
  const rows = await stack.query<{ row: unknown[] }>(sql);
  return lines(rows.map(({ row }) => row));
}

async function catalogRows(stack: TestStack, reached: readonly string[]) {
  const ids = `(SELECT unnest(ARRAY[${reached.join()}]::bigint[]))`;
  return {
    categories: await listRows(
      stack,
      `SELECT json_build_array(category_id::text, coalesce(parent_id, 0)::text, level, name_zh, is_leaf, is_retired)
         AS row FROM catalog.category WHERE category_id <> 0`,
    ),
    offers: await listRows(
      stack,
      `SELECT json_build_array(offer_id::text, subject, min_order_quantity, seller_id) AS row
       FROM catalog.offer WHERE state = 'listed' AND offer_id IN ${ids}`,
    ),
    skus: await listRows(
      stack,
      `SELECT json_build_array(offer_id::text, sku_id::text, stock) AS row FROM catalog.sku
       WHERE state = 'listed' AND offer_id IN ${ids}`,
    ),
    prices: await listRows(
      stack,
      `SELECT json_build_array(offer_id::text, sku_id::text, kind, min_quantity, trim_scale(amount_cny)::text) AS row
       FROM catalog.price WHERE offer_id IN ${ids}`,
    ),
  };
}

/**
 * Holds the catalog against what the sandbox says is true now, over what some feeds reach; `bend` says what
 * the catalog is expected to hold in its place.
 */
export async function expectTruth(
  stack: TestStack,
  feeds = 'categories=0',
  bend: (truth: Truth) => Truth = (truth) => truth,
): Promise<void> {
  const truth = bend(await readTruth(stack, feeds));
  const found = await catalogRows(
    stack,
    truth.offers.filter(({ state }) => state !== 'gone').map(({ id }) => id),
  );
  expect(found).toEqual(trueRows(truth));
}

/** Every call that arrived has exactly one ledger row that counts it, and the other way round. */
export async function expectOneRowPerArrival(stack: TestStack): Promise<void> {
  const { calls } = await readStats(stack);
  const rows = await stack.query<{ call_id: string }>(
    `SELECT call_id FROM usage.api_call WHERE state IN ('committed', 'unknown')`,
  );
  expect(calls.map(({ requestId }) => requestId).sort()).toEqual(rows.map((row) => row.call_id).sort());
}

/** Requests that were answered and paid for more than once. */
export async function countPaidTwice(stack: TestStack): Promise<number> {
  const [row] = await stack.query<{ twice: number }>(
    `SELECT count(*)::int AS twice FROM (
       SELECT request_hash FROM usage.api_call
       WHERE state = 'committed' AND outcome = 'ok' AND NOT is_exempt
       GROUP BY request_hash HAVING count(*) > 1
     ) r`,
  );
  return row?.twice ?? 0;
}
