import type { PoolClient } from 'pg';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';
import { isAbsent, newest, uniqueBy, type OfferFreshness } from '../refresh/update/offer-freshness.ts';
import type { Sighting } from '../refresh/update/freshness-rows.ts';
import type { CompletePass } from '../refresh/update/search-windows.ts';

/** An offer, and the pass that should have listed it. `provenance`: that of the call that completed the pass. */
export interface Absence extends Sighting {
  readonly since: Date;
}

/** Offers that the windows contained until these passes did not list them. They are not locked yet. */
export async function findAbsent(client: PoolClient, passes: readonly CompletePass[]): Promise<Absence[]> {
  const found: Absence[] = [];
  for (const { windowId, since, previousSince, provenance } of passes) {
    const rows = await runSql<{ offerId: string }>(client, readSql('list-absent-offers'), [
      windowId,
      since,
      previousSince,
    ]);
    found.push(...rows.map(({ offerId }) => ({ offerId, since, provenance })));
  }
  return uniqueBy(found, ({ offerId }) => offerId);
}

/**
 * Records that a complete pass did not list locked offers. Offers that nothing has shown since the pass began become missing, so that
 * their details are due. Offers in another state than listed keep it: what is known of them is stronger. No price ends.
 */
export async function markAbsent(
  client: PoolClient,
  absences: readonly Absence[],
  freshness: Map<string, OfferFreshness>,
): Promise<void> {
  const missing: Absence[] = [];
  for (const absence of absences) {
    const { offerId, since, provenance } = absence;
    const known = freshness.get(offerId);
    if (!known) continue;
    const noted = { ...known, absent: newest({ at: since, callId: provenance.callId }, known.absent) };
    freshness.set(offerId, noted);
    if (isAbsent(noted)) missing.push(absence);
  }
  if (missing.length === 0) return;
  const rows = missing.map(({ offerId, provenance: { observedAt, runId, callId } }) => ({
    offerId,
    changedAt: observedAt,
    runId,
    callId,
  }));
  const written = await runSql<{ offerId: string }>(client, readSql('merge-absences'), [
    JSON.stringify(rows),
  ]);
  const changed = new Set(written.map(({ offerId }) => offerId));
  for (const { offerId, since } of missing) {
    const known = freshness.get(offerId);
    // An offer that is off sale need not be fetched; the absence still counts when an older observation comes late.
    if (!known || !changed.has(offerId)) continue;
    const stale = { since, by: 'absence' as const };
    freshness.set(offerId, { ...known, refreshStats: { ...known.refreshStats, stale } });
  }
}
