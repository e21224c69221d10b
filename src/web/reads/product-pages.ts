import pg from 'pg';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../../db/in-transaction.ts';
import type { Certificate, MeasureSource } from '../../model/records.ts';
import { explainOffer, type Explanation } from './explain-offer.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** Which offers to show; null: all. */
export interface ProductFilter {
  readonly title: string | null;
  /** With all categories below it. */
  readonly categoryId: string | null;
  /** Its id, or part of its name. */
  readonly seller: string | null;
  /** Of a price that the page shows: at some quantity, or as searches show it. */
  readonly minCny: string | null;
  readonly maxCny: string | null;
}

export interface ProductRow {
  readonly offerId: string;
  readonly subject: string | null;
  readonly subjectTranslated: string | null;
  readonly state: string;
  readonly imageUrl: string | null;
  readonly category: string | null;
  readonly sellerId: string | null;
  readonly sellerName: string | null;
  readonly unit: string | null;
  readonly minOrderQuantity: number | null;
  /** Lowest and highest list price; without any, of what searches show. */
  readonly priceCny: string | null;
  readonly maxCny: string | null;
  readonly detailAt: Date | null;
}

/** Weight in grams and sides in millimetres of one unit as it is sent, with who says so. */
export interface Package {
  readonly weightG: number | null;
  readonly weightSource: MeasureSource | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly sizeSource: MeasureSource | null;
}

export interface OfferSku {
  readonly skuId: string;
  readonly state: string;
  readonly label: string | null;
  readonly cargoNumber: string | null;
  readonly stock: number | null;
  readonly imageUrl: string | null;
  readonly package: Package;
}

/** The chances, 0 to 1, that what is known of an offer still holds; null: it is not known. */
export interface Confidence {
  readonly offer: number;
  readonly prices: number | null;
  readonly stock: number | null;
  readonly isInStock: boolean | null;
}

/** An offer with all its data except prices and observations. */
export interface OfferRow {
  readonly offerId: string;
  readonly subject: string | null;
  readonly subjectTranslated: string | null;
  readonly state: string;
  readonly sourceStatus: string | null;
  readonly quoteType: number | null;
  readonly unit: string | null;
  readonly minOrderQuantity: number | null;
  readonly batchNumber: number | null;
  readonly tradeScore: string | null;
  readonly shipFrom: string | null;
  readonly shippingTimeGuarantee: string | null;
  readonly package: Package;
  readonly isMixAllowed: boolean | null;
  readonly mixAmountCny: string | null;
  readonly mixQuantity: number | null;
  readonly cargoNumber: string | null;
  readonly isPatentProduct: boolean | null;
  /** Share of buyers who came back, by the newest search row that states it. */
  readonly repurchaseRate: string | null;
  /** The seller's, of the orders of 30 days. */
  readonly pickup48hRate: string | null;
  readonly qualityRefundRate: string | null;
  /** 1688's words for the merchant, for the offer, and for how it is sold. */
  readonly identities: readonly string[];
  readonly offerIdentities: readonly string[];
  readonly tags: readonly string[];
  readonly sellingPoints: readonly string[];
  readonly certificates: readonly Certificate[];
  readonly videoUrl: string | null;
  /** Null: no detail was found. */
  readonly confidence: Confidence | null;
  readonly categoryId: string | null;
  readonly category: string | null;
  readonly sellerId: string | null;
  readonly sellerName: string | null;
  readonly sourceCreatedAt: Date | null;
  readonly sourceModifiedAt: Date | null;
  readonly images: readonly string[];
  readonly attributes: readonly { readonly name: string | null; readonly value: string | null }[];
  readonly skus: readonly OfferSku[];
}

export interface CategoryChoice {
  readonly categoryId: string;
  readonly name: string;
  readonly level: number;
}

export interface ProductPages {
  /** The highest ids first; `below`: only lower ones. Null: to find them takes too long. */
  listProducts(filter: ProductFilter, below: string | null, limit: number): Promise<ProductRow[] | null>;
  readOffer(offerId: string): Promise<OfferRow | null>;
  /** All sources of an offer; `limit` bounds observations and changes. */
  explainOffer(offerId: string, limit: number): Promise<Explanation | null>;
  listCategories(limit: number): Promise<CategoryChoice[]>;
}

/** The meaning of a filter; null: not given. */
interface FoundFilters {
  readonly categoryIds: readonly string[] | null;
  readonly sellerIds: readonly string[] | null;
  /** Offers, or prices, that each lets through; counts stop at `maxToRead`. */
  readonly ofCategories: number | null;
  readonly ofSellers: number | null;
  readonly prices: number | null;
}

/**
 * Rows of an index that a page is read by, at most. Offers that a filter lets through more of lie so close to one another that
 * a page of them is found from the highest id on. At half, a million offers are read for one in a hundred; at double, a
 * page takes up to twice as long.
 */
const maxToRead = 20_000;

/** Users who wait longer reload the page, and use one more of the few connections. */
const maxReadMs = 5000;

/** SQLSTATE of a statement that Postgres ended at its time limit. */
const isTooLong = (error: unknown) => error instanceof pg.DatabaseError && error.code === '57014';

async function readProducts(
  client: PoolClient,
  { title, categoryId, seller, minCny, maxCny }: ProductFilter,
  below: string | null,
  limit: number,
): Promise<ProductRow[]> {
  const given = [categoryId, seller, minCny, maxCny];
  const found = await runSqlForOne<FoundFilters>(client, readSql('page-find-filters'), [...given, maxToRead]);
  const { categoryIds, sellerIds, ofCategories, ofSellers, prices } = found;
  const ofOffers = Math.min(ofCategories ?? maxToRead, ofSellers ?? maxToRead);
  const isByOffers = ofOffers < maxToRead;
  const isByPrice = !isByOffers && prices !== null && prices < maxToRead;
  const bounds = [minCny, maxCny, below, limit];
  const values = [title, categoryIds, sellerIds, ...bounds, isByOffers, isByPrice];
  return runSql<ProductRow>(client, readSql('page-products'), values);
}

/** Null: Postgres gave up at the time limit. */
async function withinLimit<T>(
  pool: Pool,
  maxDurationMs: number,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | null> {
  try {
    return await inTransaction(pool, async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${maxDurationMs}`);
      return work(client);
    });
  } catch (error) {
    if (isTooLong(error)) return null;
    throw error;
  }
}

/** Reads for the pages of products; `maxDurationMs`: a search that takes longer is given up. */
export function createProductPages(pool: Pool, maxDurationMs = maxReadMs): ProductPages {
  return {
    listProducts: (filter, below, limit) =>
      withinLimit(pool, maxDurationMs, (client) => readProducts(client, filter, below, limit)),
    readOffer: async (offerId) => (await runSql<OfferRow>(pool, readSql('page-offer'), [offerId]))[0] ?? null,
    explainOffer: (offerId, limit) => explainOffer(pool, offerId, limit),
    listCategories: (limit) => runSql<CategoryChoice>(pool, readSql('page-root-categories'), [limit]),
  };
}
