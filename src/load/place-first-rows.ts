import { applySql } from '../db/sql-file.ts';
import { isOlder } from '../refresh/update/offer-freshness.ts';
import type { RowMerge } from './merge-rows.ts';
import { readSql } from './read-sql.ts';
import type { RowObservation } from './search-rows.ts';

/** Starts the histories of states of locked offers with recorded rows that are older than everything in these histories. */
export async function placeFirstRows(
  { context, freshness }: RowMerge,
  rows: readonly RowObservation[],
): Promise<void> {
  const overtaken = rows.filter(({ offerId, key }) => {
    const known = freshness.get(offerId);
    return known !== undefined && (isOlder(key, known.summary) || isOlder(key, known.detail));
  });
  if (overtaken.length === 0) return;
  const booked = overtaken.map(({ offerId, key }) => ({
    offer_id: offerId,
    observed_at: key.at,
    call_id: key.callId,
  }));
  await applySql(context.client, readSql('place-first-rows'), [JSON.stringify(booked)]);
}
