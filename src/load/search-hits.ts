import type { PoolClient } from 'pg';
import type { LoadableSearchPage } from '../model/catalog.ts';
import { applySql } from '../db/sql-file.ts';
import { toRow } from '../db/to-row.ts';
import type { SearchWindow } from '../refresh/update/window-rows.ts';
import { searchHit } from '../schema/catalog.ts';
import { readSql } from './read-sql.ts';

/** Records the page's rows. False: they were recorded before. Unknown for a page without rows. */
export async function recordHits(
  client: PoolClient,
  window: SearchWindow,
  { record, provenance, page }: LoadableSearchPage,
): Promise<boolean> {
  if (record === null || record.rows.length === 0) return true;
  const { windowId } = window;
  const { callId, observedAt } = provenance;
  const rows = record.rows.map(({ offerId, rank }) =>
    toRow(searchHit, { windowId, callId, observedAt, page, rank, offerId }),
  );
  const booked = await applySql(client, readSql('insert-search-hits'), [JSON.stringify(rows)]);
  return booked > 0;
}
