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
  /** The search that it is a part of; null: it is no part. */
  readonly parentId: string | null;
  /** Empty: the list of a shop that seems to have repriced. */
  readonly feed: string;
  readonly keyword: string;
  readonly categoryId: string;
  /** Empty: it is not the list of a shop. */
  readonly sellerId: string;
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
  const { windowId, parentId, feed, keyword, categoryId, sellerId, ...rest } = row;
  const { minCny, maxCny, isSplit, isSplittable, ...state } = rest;
  return {
    ...{ windowId, parentId, feed, keyword, categoryId, sellerId, state },
    shape: { band: { minCny, maxCny }, isPart: parentId !== null, isSplit, isSplittable },
  };
}

/** Whether a window was made because of a suspicion: it belongs to no feed, so its list adds no offers and proves no absence. */
export const isOnSuspicion = ({ feed }: Pick<SearchWindow, 'feed'>): boolean => feed === '';

/** Locks the windows of the pages, and those that they are parts of, until the transaction ends. */
export async function lockWindows(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
): Promise<Map<string, SearchWindow>> {
  const ids = [...new Set(pages.map(({ windowId }) => windowId))];
  const rows = await runSql<LockedWindow>(client, readSql('lock-search-windows'), [ids]);
  return new Map(rows.map((row) => [row.windowId, toWindow(row)]));
}

/** Records which offers a window lists, whichever page is loaded first. */
export async function listInWindow(
  client: PoolClient,
  window: Pick<SearchWindow, 'windowId' | 'feed'>,
  offerIds: readonly string[],
  at: Date,
): Promise<void> {
  if (isOnSuspicion(window)) return;
  await applySql(client, readSql('upsert-window-offers'), [window.windowId, offerIds, at]);
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
