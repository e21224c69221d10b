import type { Stack } from './stack.ts';

interface TrueCategory {
  readonly id: string;
  readonly parentId: string;
  readonly level: number;
  readonly name: string;
  readonly isLeaf: boolean;
  readonly isRetired: boolean;
}
interface TrueOffer {
  readonly id: string;
  readonly categoryId: string;
  readonly subject: string;
  readonly state: 'listed' | 'delisted' | 'gone';
  readonly isListed: boolean;
  readonly status: string | null;
  readonly quoteType: number | null;
  readonly unit: string | null;
  readonly moq: number;
  readonly sellerId: string | null;
}
interface TrueSku {
  readonly offerId: string;
  readonly skuId: string;
  readonly stock: number;
}
interface TruePrice {
  readonly offerId: string;
  readonly skuId: string;
  readonly kind: string;
  readonly minQuantity: number;
  readonly amount: string;
}

export interface Truth {
  readonly categories: readonly TrueCategory[];
  readonly offers: readonly TrueOffer[];
  readonly skus: readonly TrueSku[];
  readonly prices: readonly TruePrice[];
}

/** The two things that are compared: what the sandbox says, and what the database holds. */
type Side = Pick<Stack, 'ask' | 'query'>;

/** What the sandbox says is true; `isWhole`: of every offer ever born, reached or not. */
export async function readTruth(stack: Side, isWhole = false): Promise<Truth> {
  return (await stack.ask(`/truth?categories=0${isWhole ? '&all=true' : ''}`)) as Truth;
}

/** A table as one line a row: what both sides must agree on. */
export type Lines = ReadonlySet<string>;
export type Tables = Readonly<Record<'category' | 'offer' | 'sku' | 'price', Lines>>;

/** The catalog keeps the beginning of longer ones, and a row in quarantine. */
const maxSubject = 500;

const line = (...cells: readonly unknown[]): string => JSON.stringify(cells);

/** The truth in lines. An offer that is gone shows no detail: only that it is gone, and its search price. */
export function truthLines(truth: Truth): Tables {
  return {
    category: new Set(
      truth.categories
        .filter(({ id }) => id !== '0')
        .map((node) => line(node.id, node.parentId, node.level, node.name, node.isLeaf, node.isRetired)),
    ),
    offer: new Set(
      truth.offers.map((offer) =>
        offer.state === 'gone'
          ? line(offer.id, 'gone')
          : line(
              offer.id,
              offer.state,
              offer.categoryId,
              offer.subject.slice(0, maxSubject),
              offer.status,
              offer.quoteType,
              offer.unit,
              offer.moq,
              offer.sellerId,
            ),
      ),
    ),
    sku: new Set(truth.skus.map((sku) => line(sku.offerId, sku.skuId, sku.stock))),
    price: new Set(
      truth.prices.map((price) =>
        line(price.offerId, price.skuId, price.kind, price.minQuantity, price.amount),
      ),
    ),
  };
}

type Row = readonly unknown[];

async function lines(stack: Side, sql: string): Promise<Lines> {
  const rows = await stack.query<{ row: Row }>(`SELECT jsonb_build_array(${sql}`);
  return new Set(rows.map(({ row }) => JSON.stringify(row)));
}

/** The catalog in the same lines. */
export async function catalogLines(stack: Side): Promise<Tables> {
  return {
    category: await lines(
      stack,
      `category_id::text, coalesce(parent_id, 0)::text, level, name_zh, is_leaf, is_retired) AS row
       FROM catalog.category`,
    ),
    offer: await lines(
      stack,
      `VARIADIC CASE WHEN state IN ('missing', 'gone') THEN ARRAY[to_jsonb(offer_id::text), to_jsonb('gone'::text)]
         ELSE ARRAY[to_jsonb(offer_id::text), to_jsonb(state), to_jsonb(category_id::text), to_jsonb(subject),
           to_jsonb(source_status), to_jsonb(quote_type), to_jsonb(unit), to_jsonb(min_order_quantity),
           to_jsonb(seller_id)] END) AS row
       FROM catalog.offer`,
    ),
    sku: await lines(
      stack,
      `offer_id::text, sku_id::text, stock) AS row FROM catalog.sku WHERE state = 'listed'`,
    ),
    price: await lines(
      stack,
      `offer_id::text, sku_id::text, kind, min_quantity, trim_scale(amount_cny)::text) AS row FROM catalog.price`,
    ),
  };
}

export interface Difference {
  readonly table: string;
  readonly expected: number;
  readonly missing: readonly string[];
  /** In the catalog, but not true. */
  readonly wrong: readonly string[];
}

/** Table by table, what is missing and what is wrong. */
export function compare(truth: Tables, catalog: Tables, allowed: Tables = truth): Difference[] {
  return (Object.keys(truth) as (keyof Tables)[]).map((table) => ({
    table,
    expected: truth[table].size,
    missing: [...truth[table]].filter((row) => !catalog[table].has(row)),
    wrong: [...catalog[table]].filter((row) => !allowed[table].has(row)),
  }));
}
