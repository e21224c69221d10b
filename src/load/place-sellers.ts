import { applySql, runSql } from '../db/sql-file.ts';
import type { SellerRecord } from '../model/records.ts';
import type { ObservationKey } from '../refresh/update/offer-freshness.ts';
import type { LoadContext } from './load-context.ts';
import type { FoundDetail } from './merge-details.ts';
import { toSellerColumns } from './merge-sellers.ts';
import { readSql } from './read-sql.ts';

const toStateRow = (record: SellerRecord, key: ObservationKey) => ({
  seller_id: record.sellerId,
  valid_from: key.at,
  call_id: key.callId,
  company_name: record.companyName,
  ...toSellerColumns(record),
});

/**
 * Puts answers into the histories of the sellers that they describe, which are locked. The offers must already refer to their sellers,
 * which determines which answers describe one. An answer of an offer that had several sellers counts for the newest.
 */
export async function placeSellers({ client }: LoadContext, found: readonly FoundDetail[]): Promise<void> {
  const rows = found.flatMap(({ detail: { seller }, key }) =>
    seller === null ? [] : [toStateRow(seller, key)],
  );
  if (rows.length === 0) return;
  const contradicting = await runSql<{ seller_id: string }>(client, readSql('find-contradicting-sellers'), [
    JSON.stringify(rows),
  ]);
  const ids = new Set(contradicting.map((row) => row.seller_id));
  const placed = rows.filter((row) => ids.has(row.seller_id));
  if (placed.length > 0) await applySql(client, readSql('place-sellers'), [JSON.stringify(placed)]);
}
