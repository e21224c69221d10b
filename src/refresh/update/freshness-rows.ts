import type { PoolClient } from 'pg';
import { dayMs } from '../../core/duration.ts';
import type { Provenance } from '../../model/catalog.ts';
import type { CountedHint, LearnedFigure, OfferFigures } from '../../model/figures.ts';
import type { LeasedFor, QueuePosition, StaleHint } from '../../model/learning.ts';
import { readSql } from '../read-sql.ts';
import { joinEvidence, splitEvidence, type EvidenceColumn } from './evidence-column.ts';
import {
  compareObservations,
  toKnowledge,
  type ObservationKey,
  type OfferFreshness,
} from './offer-freshness.ts';
import type { RefreshStatsUpdate } from './refresh-stats.ts';
import { applySql, runSql } from '../../db/sql-file.ts';

interface FreshnessRow {
  readonly offer_id: string;
  readonly summary_at: Date | null;
  readonly summary_call_id: string | null;
  readonly detail_at: Date | null;
  readonly detail_call_id: string | null;
  readonly found_at: Date | null;
  readonly found_call_id: string | null;
  readonly empty_detail_streak: number;
  readonly absent_at: Date | null;
  readonly absent_call_id: string | null;
  readonly popularity: number;
  readonly rate_changes: number;
  readonly rate_days: number;
  readonly changed_at: Date | null;
  readonly stale_since: Date | null;
  readonly stale_by: StaleHint | null;
  readonly vouched_at: Date | null;
  readonly price_hinted_at: Date | null;
  readonly date_hinted_at: Date | null;
  readonly is_in_stock: boolean | null;
  readonly offer_changes: number;
  readonly offer_days: number;
  readonly price_changes: number;
  readonly price_days: number;
  readonly in_stock_changes: number;
  readonly in_stock_days: number;
  readonly out_of_stock_changes: number;
  readonly out_of_stock_days: number;
  readonly gone_changes: number;
  readonly gone_days: number;
  readonly evidence: EvidenceColumn;
  readonly feed_set: number;
  readonly leased_for: LeasedFor;
}

/** An offer and the answer that names it. */
export interface Sighting {
  readonly offerId: string;
  readonly provenance: Provenance;
}

const toKey = (at: Date | null, callId: string | null): ObservationKey | null =>
  at === null || callId === null ? null : { at, callId };

function toRefreshStats(row: FreshnessRow): OfferFreshness['refreshStats'] {
  return {
    popularity: row.popularity,
    learned: { changes: row.rate_changes, days: row.rate_days },
    changedAt: row.changed_at,
    stale:
      row.stale_since === null || row.stale_by === null ? null : { since: row.stale_since, by: row.stale_by },
    figures: toFigures(row),
  };
}

const toLearned = (
  evidence: readonly number[] | null,
  changes: number,
  days: number,
): LearnedFigure | null => (evidence === null ? null : { evidence, rate: { changes, days } });

function toCountedHint({ price_hinted_at: price, date_hinted_at: date }: FreshnessRow): CountedHint | null {
  if (price !== null) return { since: price, by: 'row' };
  return date && { since: date, by: 'modify_date' };
}

function toFigures(row: FreshnessRow): OfferFigures {
  return {
    learned: {
      offer: toLearned(splitEvidence(row.evidence, 'offer'), row.offer_changes, row.offer_days),
      price: toLearned(splitEvidence(row.evidence, 'price'), row.price_changes, row.price_days),
      in_stock: toLearned(splitEvidence(row.evidence, 'in_stock'), row.in_stock_changes, row.in_stock_days),
      out_of_stock: toLearned(
        splitEvidence(row.evidence, 'out_of_stock'),
        row.out_of_stock_changes,
        row.out_of_stock_days,
      ),
      gone: toLearned(splitEvidence(row.evidence, 'gone'), row.gone_changes, row.gone_days),
    },
    vouchedAt: row.vouched_at,
    countedHint: toCountedHint(row),
    isInStock: row.is_in_stock,
  };
}

function toFigureColumns({ learned, vouchedAt, countedHint, isInStock }: OfferFigures) {
  const hintedAt = (by: CountedHint['by']) => (countedHint?.by === by ? countedHint.since : null);
  return {
    vouched_at: vouchedAt,
    price_hinted_at: hintedAt('row'),
    date_hinted_at: hintedAt('modify_date'),
    is_in_stock: isInStock,
    offer_changes: learned.offer?.rate.changes ?? 0,
    offer_days: learned.offer?.rate.days ?? 0,
    price_changes: learned.price?.rate.changes ?? 0,
    price_days: learned.price?.rate.days ?? 0,
    in_stock_changes: learned.in_stock?.rate.changes ?? 0,
    in_stock_days: learned.in_stock?.rate.days ?? 0,
    out_of_stock_changes: learned.out_of_stock?.rate.changes ?? 0,
    out_of_stock_days: learned.out_of_stock?.rate.days ?? 0,
    gone_changes: learned.gone?.rate.changes ?? 0,
    gone_days: learned.gone?.rate.days ?? 0,
    evidence: joinEvidence(learned),
  };
}

function earliest(sightings: readonly Sighting[]): Map<string, Date> {
  const seenAt = new Map<string, Date>();
  for (const { offerId, provenance } of sightings) {
    const known = seenAt.get(offerId);
    if (!known || provenance.observedAt < known) seenAt.set(offerId, provenance.observedAt);
  }
  return seenAt;
}

/**
 * Locks the offers, new ones included, until the transaction ends, and reads when they were last fetched. Always in ascending id, so that
 * two loads that share offers cannot deadlock.
 */
export async function lockOffers(
  client: PoolClient,
  sightings: readonly Sighting[],
): Promise<Map<string, OfferFreshness>> {
  const seenAt = earliest(sightings);
  const ids = [...seenAt.keys()];
  if (ids.length === 0) return new Map();
  await applySql(client, readSql('insert-missing-offers'), [ids, [...seenAt.values()]]);
  // A separate statement, because only a new snapshot sees the writes of the last holder of the lock.
  const rows = await runSql<FreshnessRow>(client, readSql('lock-offers'), [ids]);
  return new Map(
    rows.map((row) => [
      row.offer_id,
      {
        firstSeenAt: seenAt.get(row.offer_id) ?? new Date(0),
        summary: toKey(row.summary_at, row.summary_call_id),
        detail: toKey(row.detail_at, row.detail_call_id),
        found: toKey(row.found_at, row.found_call_id),
        emptyDetailStreak: row.empty_detail_streak,
        absent: toKey(row.absent_at, row.absent_call_id),
        refreshStats: toRefreshStats(row),
        feedSet: row.feed_set,
        leasedFor: row.leased_for,
      },
    ]),
  );
}

/**
 * An offer whose detail was empty twice is gone. It may exist again; this long after, it is fetched again if some search never stopped
 * listing it. A search that lists it again makes it due at once.
 */
const goneForMs = 30 * dayMs;

function isGone({ emptyDetailStreak, summary, detail }: OfferFreshness): boolean {
  if (emptyDetailStreak < 2) return false;
  return summary === null || detail === null || summary.at.getTime() - detail.at.getTime() < goneForMs;
}

/** Position in the refresh queue; null: not to be fetched. */
function queuePosition(
  freshness: OfferFreshness,
  { learn, planner }: RefreshStatsUpdate,
): QueuePosition | null {
  if (isGone(freshness) && freshness.refreshStats.stale === null) return null;
  const position = learn.position(planner, toKnowledge(freshness));
  // One detail was empty: a row that still lists it is no evidence that it exists.
  return freshness.emptyDetailStreak > 0 && freshness.detail !== null
    ? { ...position, orderAt: freshness.detail.at }
    : position;
}

function toRefreshRow(offerId: string, freshness: OfferFreshness, statsUpdate: RefreshStatsUpdate) {
  const { summary, detail, found, absent, refreshStats } = freshness;
  const position = queuePosition(freshness, statsUpdate);
  return {
    offer_id: offerId,
    first_seen_at: freshness.firstSeenAt,
    summary_at: summary?.at,
    summary_call_id: summary?.callId,
    detail_at: detail?.at,
    detail_call_id: detail?.callId,
    found_at: found?.at,
    found_call_id: found?.callId,
    last_call_id: newestCall(summary, detail),
    empty_detail_streak: freshness.emptyDetailStreak,
    absent_at: absent?.at,
    absent_call_id: absent?.callId,
    popularity: refreshStats.popularity,
    rate_changes: refreshStats.learned.changes,
    rate_days: refreshStats.learned.days,
    changed_at: refreshStats.changedAt,
    stale_since: refreshStats.stale?.since,
    stale_by: refreshStats.stale?.by,
    ...toFigureColumns(refreshStats.figures),
    feed_set: freshness.feedSet,
    bucket: position?.bucket,
    order_at: position?.orderAt,
  };
}

/** Writes the observations back. `wasAskedFor`: the offers themselves were fetched, so their leases end. */
export async function writeFreshness(
  client: PoolClient,
  freshness: ReadonlyMap<string, OfferFreshness>,
  { wasAskedFor, statsUpdate }: { readonly wasAskedFor: boolean; readonly statsUpdate: RefreshStatsUpdate },
): Promise<void> {
  if (freshness.size === 0) return;
  const rows = [...freshness].map(([offerId, known]) => toRefreshRow(offerId, known, statsUpdate));
  await applySql(client, readSql('update-refresh'), [JSON.stringify(rows), wasAskedFor]);
}

function newestCall(summary: ObservationKey | null, detail: ObservationKey | null): string | undefined {
  if (summary === null || detail === null) return (summary ?? detail)?.callId;
  return (compareObservations(summary, detail) > 0 ? summary : detail).callId;
}
