import type { PoolClient } from 'pg';
import type { LoadableSearchPage } from '../../model/catalog.ts';
import type { PriceBand, WindowShape, WindowState } from '../../model/learning.ts';
import { searchWindow } from '../../schema/search.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { toRow } from '../../db/to-row.ts';

/** A locked search window. */
export interface SearchWindow {
  readonly windowId: string;
  /** The search that it is a part of; null: it is one of its own. */
  readonly parentId: string | null;
  readonly feed: string;
  readonly keyword: string;
  readonly categoryId: string;
  readonly shape: WindowShape;
  readonly state: WindowState;
}

/** As `lock-search-windows.sql` gives it. */
interface LockedWindow
  extends
    Omit<SearchWindow, 'shape' | 'state'>,
    PriceBand,
    Omit<WindowShape, 'band' | 'isPart'>,
    WindowState {}

function toWindow(row: LockedWindow): SearchWindow {
  const { windowId, parentId, feed, keyword, categoryId, minCny, maxCny, isSplit, isSplittable, ...state } =
    row;
  return {
    ...{ windowId, parentId, feed, keyword, categoryId, state },
    shape: { band: { minCny, maxCny }, isPart: parentId !== null, isSplit, isSplittable },
  };
}

/** Locks the windows of the pages, and those that they are parts of, until the transaction ends. */
export async function lockWindows(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
): Promise<Map<string, SearchWindow>> {
  const ids = [...new Set(pages.map(({ windowId }) => windowId))];
  const rows = await runSql<LockedWindow>(client, readSql('lock-search-windows'), [ids]);
  return new Map(rows.map((row) => [row.windowId, toWindow(row)]));
}

/** Books which offers a window lists, whichever page is loaded first. */
export async function listInWindow(
  client: PoolClient,
  windowId: string,
  offerIds: readonly string[],
  at: Date,
): Promise<void> {
  await applySql(client, readSql('upsert-window-offers'), [windowId, offerIds, at]);
}

/** Writes the state of a locked window after the page of a call, and ends its lease. */
export async function writeWindow(
  client: PoolClient,
  { windowId, state }: SearchWindow,
  callId: string,
): Promise<void> {
  const row = toRow(searchWindow, { windowId, ...state });
  await applySql(client, readSql('update-search-window'), [JSON.stringify(row), callId]);
}
