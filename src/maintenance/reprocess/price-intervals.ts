import type { PoolClient } from 'pg';
import { readSql } from '../read-sql.ts';
import type { PriceDiff, PriceInterval } from './price-fold.ts';

interface IntervalRow {
  readonly offer_id: string;
  readonly sku_id: string;
  readonly kind: string;
  readonly min_quantity: number;
  readonly amount_cny: string;
  readonly valid_from: Date;
  readonly valid_to: Date | null;
  readonly call_id: string;
  readonly closed_by_call_id: string | null;
}

/** Which prices: those that search rows show, or all others. */
export type PriceSource = 'search' | 'detail';

/** Every interval of the prices of some offers; offers without any are left out. */
export async function readPriceIntervals(
  client: PoolClient,
  offerIds: readonly string[],
  source: PriceSource,
): Promise<Map<string, PriceInterval[]>> {
  const { rows } = await client.query<IntervalRow>(readSql('read-price-intervals'), [
    offerIds,
    source === 'search',
  ]);
  const byOffer = new Map<string, PriceInterval[]>();
  for (const row of rows) {
    const interval: PriceInterval = {
      skuId: row.sku_id,
      kind: row.kind,
      minQuantity: row.min_quantity,
      amountCny: row.amount_cny,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      callId: row.call_id,
      closedByCallId: row.closed_by_call_id,
    };
    const known = byOffer.get(row.offer_id);
    if (known) known.push(interval);
    else byOffer.set(row.offer_id, [interval]);
  }
  return byOffer;
}

const toRow = (offerId: string, interval: PriceInterval): IntervalRow => ({
  offer_id: offerId,
  sku_id: interval.skuId,
  kind: interval.kind,
  min_quantity: interval.minQuantity,
  amount_cny: interval.amountCny,
  valid_from: interval.validFrom,
  valid_to: interval.validTo,
  call_id: interval.callId,
  closed_by_call_id: interval.closedByCallId,
});

/** History first, then what holds. */
function inTwo(rows: readonly IntervalRow[]): [closed: string, current: string] {
  return [
    JSON.stringify(rows.filter((row) => row.valid_to !== null)),
    JSON.stringify(rows.filter((row) => row.valid_to === null)),
  ];
}

/** Writes what differs of the prices of locked offers, all of them at once. */
export async function writePriceDiffs(
  client: PoolClient,
  diffs: ReadonlyMap<string, PriceDiff>,
): Promise<void> {
  const each = [...diffs];
  const old = each.flatMap(([offerId, { removed, changed }]) =>
    [...removed, ...changed.map(({ from }) => from)].map((interval) => toRow(offerId, interval)),
  );
  const now = each.flatMap(([offerId, { added, changed }]) =>
    [...added, ...changed.map(({ to }) => to)].map((interval) => toRow(offerId, interval)),
  );
  if (old.length > 0) await client.query(readSql('delete-price-intervals'), inTwo(old));
  if (now.length > 0) await client.query(readSql('insert-price-intervals'), inTwo(now));
}
