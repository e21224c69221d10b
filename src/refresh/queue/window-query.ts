import { and, eq, isNull, sql, type SQLWrapper } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Pool } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { ledgerNow } from '../../db/ledger-now.ts';
import type { SearchImageRequest, SearchKeywordRequest, SearchSellerRequest } from '../../model/operation.ts';
import { pageSize } from '../../model/search-limits.ts';
import { shopSuspicion } from '../../schema/planner.ts';
import { searchWindow, windowOffer } from '../../schema/search.ts';
import { isReadAgain } from '../searches/is-read-again.ts';

/** A search by a picture as the sync file names it: by its URL, or the path of a file. */
export type ImageQuery = Omit<SearchImageRequest, 'queryImage'> & { readonly image: string };

export type WindowQuery = SearchKeywordRequest | SearchSellerRequest | ImageQuery;

/** @see LeaseStore.searchRequest */
export async function readWindowQuery(pool: Pool, windowId: string): Promise<WindowQuery | null> {
  const { keyword, categoryId, sellerId, image, priceMinCny, priceMaxCny, language, nextPage } = searchWindow;
  const short = (amount: PgColumn) => sql<string | null>`trim_scale(${amount})`;
  const [found] = await drizzleOn(pool)
    .select({
      query: { keyword, categoryId, sellerId, image },
      page: { priceMinCny: short(priceMinCny), priceMaxCny: short(priceMaxCny), page: nextPage, language },
    })
    .from(searchWindow)
    .where(and(eq(searchWindow.windowId, windowId), isNull(searchWindow.retiredAt)));
  if (!found) return null;
  const { query } = found;
  const page = { ...found.page, pageSize };
  if (query.sellerId !== '') return { operation: 'search.seller', sellerId: query.sellerId, ...page };
  if (query.image !== '') return { operation: 'search.image', image: query.image, ...page };
  const wanted = { keyword: query.keyword, categoryId: query.categoryId === '0' ? null : query.categoryId };
  return { operation: 'search.keyword', ...wanted, ...page };
}

/**
 * Pages that a pass reads again are out of date up to now; the list of a shop is out of date up to when it seems to have repriced.
 *
 * @see LeaseStore.pageStaleFromMs
 */
export async function pageStaleFromMs(pool: Pool, windowId: string): Promise<number | null> {
  const { passStartedAt, isDoubted, rowsSeen, nextPage, feed, sellerId } = searchWindow;
  const ageMs = (at: SQLWrapper) =>
    sql<number | null>`(extract(epoch FROM ${ledgerNow} - ${at}) * 1000)::float8`;
  const lastSeenAt = sql`(SELECT max(${windowOffer.lastSeenAt}) FROM ${windowOffer} WHERE ${windowOffer.windowId} = ${windowId})`;
  const [found] = await drizzleOn(pool)
    .select({
      state: { passStartedAt, isDoubted, rowsSeen, nextPage },
      listMs: ageMs(lastSeenAt),
      shopMs: ageMs(shopSuspicion.seenAt),
    })
    .from(searchWindow)
    .leftJoin(shopSuspicion, and(eq(feed, ''), eq(shopSuspicion.sellerId, sellerId)))
    .where(eq(searchWindow.windowId, windowId));
  if (!found) return null;
  const { state, listMs, shopMs } = found;
  if (shopMs !== null) return Math.max(0, shopMs);
  return isReadAgain(state, pageSize) ? Math.max(0, listMs ?? 0) : null;
}
