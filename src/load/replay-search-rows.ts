import type { PoolClient } from 'pg';
import type { LoadableSearchPage } from '../model/catalog.ts';
import type { Replay } from './load-context.ts';
import { uniqueBy } from '../refresh/update/offer-freshness.ts';
import { findContradicting, remergePrices } from './merge-late-prices.ts';
import { mergeRows, type RowMerge } from './merge-rows.ts';
import { placeRows } from './place-rows.ts';
import { observationId } from './observation-rows.ts';
import { correctObservations } from './replay-observations.ts';
import { toLateAnswer, toObservation, type RowObservation } from './search-rows.ts';
import { recordHits } from './search-hits.ts';
import { listInWindow, type SearchWindow } from '../refresh/update/window-rows.ts';

/** Records rows of pages that could not be read before: their windows list more offers than was known. */
export async function recordNewRows(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
  newRows: readonly RowObservation[],
  windows: ReadonlyMap<string, SearchWindow>,
): Promise<void> {
  for (const page of pages) {
    const window = windows.get(page.windowId);
    const ids = newRows
      .filter(({ provenance }) => provenance.callId === page.provenance.callId)
      .map(({ offerId }) => offerId);
    if (!window || ids.length === 0) continue;
    await recordHits(client, window, page);
    await listInWindow(client, window, ids, page.provenance.observedAt);
  }
}

/**
 * Corrects offers to what today's code reads in rows that were loaded before (`again`), and puts those that were not (`late`) into the
 * history, as `replayDetails` does.
 */
export async function replaySearchRows(
  merge: RowMerge,
  replay: Replay,
  { late, again }: { readonly late: readonly RowObservation[]; readonly again: readonly RowObservation[] },
): Promise<void> {
  const { context, freshness } = merge;
  const booked = await correctObservations(context, replay, again.map(toObservation));
  const newest = again.filter(({ offerId, key }) => freshness.get(offerId)?.summary?.callId === key.callId);
  await mergeRows(
    merge,
    uniqueBy(newest, ({ offerId }) => offerId),
  );
  await placeRows(merge, again, { isAgain: true });
  const placed = again.filter(
    ({ offerId, key }) => booked.get(observationId(offerId, key.callId))?.isLate !== true,
  );
  const doubtful = await findContradicting(context, 'search', placed.map(toLateAnswer));
  await remergePrices(context, replay, { source: 'search', late: late.map(toLateAnswer), doubtful });
}
