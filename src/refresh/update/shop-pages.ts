import { inArray } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import type { LoadableSearchPage } from '../../model/catalog.ts';
import { refresh } from '../../schema/planner.ts';
import type { RefreshStatsUpdate } from './refresh-stats.ts';
import { isOnSuspicion, type SearchWindow } from './window-rows.ts';

/** The pages, without the offers on pages of suspected shops that no other search or watch list found: nobody asked for them. */
export async function leaveOutUnknown(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
  windows: ReadonlyMap<string, SearchWindow>,
): Promise<LoadableSearchPage[]> {
  const isOfShop = ({ windowId }: LoadableSearchPage) => {
    const window = windows.get(windowId);
    return window !== undefined && isOnSuspicion(window);
  };
  const listed = pages.filter(isOfShop).flatMap(({ record }) => record?.rows ?? []);
  if (listed.length === 0) return [...pages];
  const rows = await drizzleOn(client)
    .select({ offerId: refresh.offerId })
    .from(refresh)
    .where(inArray(refresh.offerId, [...new Set(listed.map(({ offerId }) => offerId))]));
  const known = new Set(rows.map(({ offerId }) => offerId));
  return pages.map((page) => {
    if (page.record === null || !isOfShop(page)) return page;
    return {
      ...page,
      record: { ...page.record, rows: page.record.rows.filter(({ offerId }) => known.has(offerId)) },
    };
  });
}

/** Records that first pages of the lists of shops were seen, which answers suspicions. */
export function sightPages(
  { shops }: RefreshStatsUpdate,
  pages: readonly LoadableSearchPage[],
  windows: ReadonlyMap<string, SearchWindow>,
): void {
  for (const { windowId, page, record, provenance } of pages) {
    const window = windows.get(windowId);
    if (!window || window.sellerId === '' || page !== 1 || record === null) continue;
    const { minCny, maxCny } = window.shape.band;
    if (minCny === null && maxCny === null)
      shops.pages.push({ sellerId: window.sellerId, at: provenance.observedAt });
  }
}
