import type { PoolClient } from 'pg';
import { runSql } from '../db/sql-file.ts';
import type { Sighting } from '../refresh/update/freshness-rows.ts';
import type { ObservationKey } from '../refresh/update/offer-freshness.ts';
import { readSql } from './read-sql.ts';

/** A row of `catalog.observation`, except what the database fills in. */
export interface Observation extends Sighting {
  readonly source: 'search' | 'detail';
  readonly isFound: boolean;
  readonly minPriceCny: string | null;
  readonly stock: number | null;
  readonly soldCount: number | null;
  readonly monthSold: number | null;
  readonly repurchaseRate: string | null;
  readonly pickup48hRate: string | null;
  readonly qualityRefundRate: string | null;
  readonly foreignPrice: string | null;
  /** For a detail with unreadable SKUs: the readable ones. */
  readonly readSkuIds: readonly string[] | null;
}

/** Names one observation of one offer. */
export const observationId = (offerId: string, callId: string) => `${offerId}/${callId}`;

/** As a row of `catalog.observation`. */
export function toObservationRow(one: Observation) {
  return {
    offer_id: one.offerId,
    observed_at: one.provenance.observedAt,
    source: one.source,
    call_id: one.provenance.callId,
    is_found: one.isFound,
    min_price_cny: one.minPriceCny,
    stock: one.stock,
    sold_count: one.soldCount,
    month_sold: one.monthSold,
    repurchase_rate: one.repurchaseRate,
    pickup_48h_rate: one.pickup48hRate,
    quality_refund_rate: one.qualityRefundRate,
    foreign_price: one.foreignPrice,
    read_sku_ids: one.readSkuIds,
  };
}

/** Records observations. Returns the `observationId`s that are new: the others were loaded before. */
export async function insertObservations(
  client: PoolClient,
  observations: readonly Observation[],
): Promise<Set<string>> {
  if (observations.length === 0) return new Set();
  const booked = await runSql<{ offer_id: string; call_id: string }>(client, readSql('insert-observations'), [
    JSON.stringify(observations.map(toObservationRow)),
  ]);
  return new Set(booked.map((row) => observationId(row.offer_id, row.call_id)));
}

/** Number of empty detail answers of offers since the given observations; offers without any are omitted. */
export async function countEmptyDetails(
  client: PoolClient,
  since: ReadonlyMap<string, ObservationKey>,
): Promise<Map<string, number>> {
  if (since.size === 0) return new Map();
  const keys = [...since.values()];
  const rows = await runSql<{ offer_id: string; empty_detail_streak: number }>(
    client,
    readSql('count-empty-details'),
    [[...since.keys()], keys.map(({ at }) => at), keys.map(({ callId }) => callId)],
  );
  return new Map(rows.map((row) => [row.offer_id, row.empty_detail_streak]));
}
