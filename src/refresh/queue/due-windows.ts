import type { Pool } from 'pg';
import type { WindowWorth } from '../../model/learning.ts';
import type { Feed } from '../../model/sync-config.ts';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import type { SuspectedShop } from './suspected-shop.ts';

/** Searches by keyword or category, by seller, and by picture: each has an API of its own. */
export type SearchKind = 'search' | 'seller' | 'image';

/** The next page of a search window. */
export interface WindowPage {
  readonly windowId: string;
  readonly page: number;
}

/** A search window whose next page is due, or that the run has taken. */
export interface DueWindow extends WindowPage {
  readonly kind: SearchKind;
  /** Empty: the list of a shop that seems to have repriced. */
  readonly feed: string;
  /** True: it has no lease. */
  readonly isFree: boolean;
  /** Pages left in its pass, as far as is known; at least 1. */
  readonly pagesLeft: number;
  /** Days since its last pass ended; null: there was none. */
  readonly ageDays: number | null;
  /** The value that passes learned, as `Learn.page` values pages; null: nothing yet. */
  readonly worth: WindowWorth | null;
  /** Basis of the value of a page of a shop that seems to have repriced; absent: the window belongs to a feed. */
  readonly shop?: SuspectedShop;
}

/** `sync.search_window.kind` of the windows of each kind of search. */
const periodKinds = {
  search: ['keyword', 'category'],
  seller: ['seller'],
  image: ['image'],
} as const satisfies Record<SearchKind, readonly string[]>;

export interface DueWindowsRequest {
  readonly runId: string;
  readonly feeds: readonly Feed[];
  /** What was seen within this time is not due. */
  readonly freshForMs: number;
}

/** @see LeaseStore.listDueWindows */
export async function listDueWindows(
  pool: Pool,
  kinds: readonly SearchKind[],
  { runId, feeds, freshForMs }: DueWindowsRequest,
): Promise<DueWindow[]> {
  const rows = await runSql<Omit<DueWindow, 'shop'>>(pool, readSql('list-due-windows'), [
    runId,
    feeds.map((feed) => feed.name),
    freshForMs,
    kinds.flatMap((kind) => periodKinds[kind]),
  ]);
  return rows;
}
