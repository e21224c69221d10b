import type { PoolClient } from 'pg';
import type { LoadableAnswer } from '../model/catalog.ts';
import { readSql } from './read-sql.ts';
import * as detailRows from './detail-rows.ts';
import type { ObservationKey } from '../refresh/update/offer-freshness.ts';
import type { PriceSource } from './price-intervals.ts';
import * as searchRows from './search-rows.ts';
import type { OfferPriceRows } from './merge-prices.ts';
import { runSql } from '../db/sql-file.ts';

/** An answer about an offer, as `catalog.observation` has it. It may no longer be stored. */
export interface SeriesEntry {
  readonly key: ObservationKey;
  readonly isFound: boolean;
}

interface EntryRow {
  readonly offer_id: string;
  readonly observed_at: Date;
  readonly call_id: string;
  readonly is_found: boolean;
}

/** The answers that made the history of each offer, in the order of their calls. */
export async function listSeries(
  client: PoolClient,
  offerIds: readonly string[],
  source: PriceSource,
): Promise<Map<string, SeriesEntry[]>> {
  const series = new Map<string, SeriesEntry[]>(offerIds.map((id) => [id, []]));
  if (offerIds.length === 0) return series;
  const rows = await runSql<EntryRow>(client, readSql('list-offer-observations'), [offerIds, source]);
  for (const row of rows)
    series.get(row.offer_id)?.push({
      key: { at: row.observed_at, callId: row.call_id },
      isFound: row.is_found,
    });
  return series;
}

/** What an answer states of the prices of an offer. `unusable`: nothing; `lost`: it is no longer readable. */
export type Reading =
  ({ readonly kind: 'found' } & OfferPriceRows) | { readonly kind: 'empty' | 'unusable' | 'lost' };

export function readingOf(
  answer: LoadableAnswer | undefined,
  offerId: string,
  { isFound }: Pick<SeriesEntry, 'isFound'>,
): Reading {
  // An empty answer needs no body.
  if (answer === undefined || (answer.kind === 'detail' && answer.offerId !== offerId))
    return { kind: isFound ? 'lost' : 'empty' };
  if (answer.record === null) return { kind: 'unusable' };
  if (answer.kind === 'detail') {
    if (answer.record.kind === 'gone') return { kind: 'empty' };
    const { detail } = answer.record;
    return {
      kind: 'found',
      prices: detailRows.toPriceRows(detail),
      unread: detailRows.toUnreadPriceRows(detail),
    };
  }
  const row =
    answer.kind === 'search' ? answer.record.rows.find((one) => one.offerId === offerId) : undefined;
  if (row === undefined) return { kind: 'unusable' };
  const stated = { offerId, row };
  return {
    kind: 'found',
    prices: searchRows.toPriceRows(stated),
    unread: searchRows.toUnreadPriceRows(stated),
  };
}
