import type { PoolClient } from 'pg';
import type { Provenance } from '../../model/catalog.ts';
import { readSql } from '../sql-file.ts';
import { compareLooks, type LookKey, type OfferLooks } from './looks.ts';

interface LooksRow {
  readonly offer_id: string;
  readonly summary_at: Date | null;
  readonly summary_call_id: string | null;
  readonly detail_at: Date | null;
  readonly detail_call_id: string | null;
  readonly found_at: Date | null;
  readonly found_call_id: string | null;
  readonly empty_looks: number;
  readonly absent_at: Date | null;
  readonly absent_call_id: string | null;
}

/** An offer and the answer that names it. */
export interface Sighting {
  readonly offerId: string;
  readonly provenance: Provenance;
}

/** A row of `catalog.observation`, but what the database knows itself. */
export interface Observation extends Sighting {
  readonly source: 'search' | 'detail';
  readonly isFound: boolean;
  readonly isLate: boolean;
  readonly minPriceCny: string | null;
  readonly stock: number | null;
  readonly soldCount: number | null;
  readonly monthSold: number | null;
}

const toKey = (at: Date | null, callId: string | null): LookKey | null =>
  at === null || callId === null ? null : { at, callId };

/** Names one look at one offer. */
export const lookId = (offerId: string, callId: string) => `${offerId}/${callId}`;

function earliest(sightings: readonly Sighting[]): Map<string, Date> {
  const seenAt = new Map<string, Date>();
  for (const { offerId, provenance } of sightings) {
    const known = seenAt.get(offerId);
    if (!known || provenance.observedAt < known) seenAt.set(offerId, provenance.observedAt);
  }
  return seenAt;
}

/**
 * Locks the offers until the transaction ends, new ones included, and reads when they were last looked at.
 * Ascending ids everywhere: two loads that share offers wait for one another and never in a circle.
 */
export async function lockOffers(
  client: PoolClient,
  sightings: readonly Sighting[],
): Promise<Map<string, OfferLooks>> {
  const seenAt = earliest(sightings);
  const ids = [...seenAt.keys()];
  if (ids.length === 0) return new Map();
  await client.query(readSql('insert-missing-offers'), [ids, [...seenAt.values()]]);
  // A statement of its own: only a new snapshot sees what whoever held the lock has written.
  const { rows } = await client.query<LooksRow>(readSql('lock-offers'), [ids]);
  return new Map(
    rows.map((row) => [
      row.offer_id,
      {
        firstSeenAt: seenAt.get(row.offer_id) ?? new Date(0),
        summary: toKey(row.summary_at, row.summary_call_id),
        detail: toKey(row.detail_at, row.detail_call_id),
        found: toKey(row.found_at, row.found_call_id),
        emptyLooks: row.empty_looks,
        absent: toKey(row.absent_at, row.absent_call_id),
      },
    ]),
  );
}

/** As a row of `catalog.observation`. */
export function toObservationRow(one: Observation) {
  return {
    offer_id: one.offerId,
    observed_at: one.provenance.observedAt,
    source: one.source,
    call_id: one.provenance.callId,
    is_found: one.isFound,
    is_late: one.isLate,
    min_price_cny: one.minPriceCny,
    stock: one.stock,
    sold_count: one.soldCount,
    month_sold: one.monthSold,
    raw_id: one.provenance.rawId,
    run_id: one.provenance.runId,
  };
}

/** Books what was seen. Gives the `lookId`s that were not booked before: the others were loaded already. */
export async function insertObservations(
  client: PoolClient,
  observations: readonly Observation[],
): Promise<Set<string>> {
  if (observations.length === 0) return new Set();
  const booked = await client.query<{ offer_id: string; call_id: string }>(readSql('insert-observations'), [
    JSON.stringify(observations.map(toObservationRow)),
  ]);
  return new Set(booked.rows.map((row) => lookId(row.offer_id, row.call_id)));
}

/** Empty detail answers of offers since the given looks; offers without any are left out. */
export async function countEmptyLooks(
  client: PoolClient,
  since: ReadonlyMap<string, LookKey>,
): Promise<Map<string, number>> {
  if (since.size === 0) return new Map();
  const keys = [...since.values()];
  const { rows } = await client.query<{ offer_id: string; empty_looks: number }>(
    readSql('count-empty-looks'),
    [[...since.keys()], keys.map(({ at }) => at), keys.map(({ callId }) => callId)],
  );
  return new Map(rows.map((row) => [row.offer_id, row.empty_looks]));
}

/** Writes the looks back. `wasAskedFor`: the offers themselves were asked for, so their leases end. */
export async function writeLooks(
  client: PoolClient,
  looks: ReadonlyMap<string, OfferLooks>,
  wasAskedFor: boolean,
): Promise<void> {
  if (looks.size === 0) return;
  const rows = [...looks].map(([offerId, { firstSeenAt, summary, detail, found, emptyLooks, absent }]) => ({
    offer_id: offerId,
    first_seen_at: firstSeenAt,
    summary_at: summary?.at,
    summary_call_id: summary?.callId,
    detail_at: detail?.at,
    detail_call_id: detail?.callId,
    found_at: found?.at,
    found_call_id: found?.callId,
    last_call_id: newestCall(summary, detail),
    empty_looks: emptyLooks,
    absent_at: absent?.at,
    absent_call_id: absent?.callId,
  }));
  await client.query(readSql('update-refresh'), [JSON.stringify(rows), wasAskedFor]);
}

function newestCall(summary: LookKey | null, detail: LookKey | null): string | undefined {
  if (summary === null || detail === null) return (summary ?? detail)?.callId;
  return (compareLooks(summary, detail) > 0 ? summary : detail).callId;
}
