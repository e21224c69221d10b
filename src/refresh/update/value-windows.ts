import type { PoolClient } from 'pg';
import { dayMs } from '../../core/duration.ts';
import type { LoadableSearchPage } from '../../model/catalog.ts';
import { applySql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { toKnowledge, type OfferFreshness } from './offer-freshness.ts';
import { isOnSuspicion, type SearchWindow } from './window-rows.ts';
import type { RefreshStatsUpdate } from './refresh-stats.ts';

interface Pages {
  readonly pages: readonly LoadableSearchPage[];
  /** The windows as they were before the pages. */
  readonly windows: ReadonlyMap<string, SearchWindow>;
  /** The offers as the pages left them. */
  readonly freshness: ReadonlyMap<string, OfferFreshness>;
  readonly isNew: (offerId: string) => boolean;
}

/** Records the value of fetching the pages again, and the new offers that they found. */
export async function valueWindows(
  client: PoolClient,
  { pages, windows, freshness, isNew }: Pages,
  { learn, planner }: RefreshStatsUpdate,
): Promise<void> {
  for (const { windowId, page, record, provenance } of pages) {
    const window = windows.get(windowId);
    if (!window || isOnSuspicion(window) || record === null) continue;
    const listed = record.rows.flatMap(({ offerId }) => freshness.get(offerId) ?? []);
    const { soon, late } = learn.page(planner, listed.map(toKnowledge));
    const { completedAt } = window.state;
    const isFirst = page === 1;
    const days =
      isFirst && completedAt !== null
        ? Math.max(0, (provenance.observedAt.getTime() - completedAt.getTime()) / dayMs)
        : 0;
    // A first pass lists only new offers, so it is no evidence for new offers per day.
    const arrived = completedAt === null ? 0 : record.rows.filter(({ offerId }) => isNew(offerId)).length;
    await applySql(client, readSql('upsert-window-value'), [windowId, isFirst, soon, late, arrived, days]);
  }
}
