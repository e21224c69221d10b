import type { PoolClient } from 'pg';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';
import { isAbsent, newest, uniqueBy, type OfferFreshness } from '../refresh/update/offer-freshness.ts';
import type { Sighting } from '../refresh/update/freshness-rows.ts';
import type { CompletePass } from '../refresh/update/search-windows.ts';

/** An offer, and the pass that should have listed it. `provenance`: of the call that completed the pass. */
export interface Absence extends Sighting {
  readonly since: Date;
}

/** Offers that the windows held until these passes did not list them. They are not locked yet. */
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
 * Notes of locked offers that a complete pass did not list them, and makes those missing that nothing has shown since it
 * began, so that their details are due. Those that are not listed are left as they are: what is known of them is
 * stronger. No price ends by it.
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
    // What is off sale need not be asked about; the absence counts all the same when an older observation comes late.
    if (!known || !changed.has(offerId)) continue;
    const stale = { since, by: 'absence' as const };
    freshness.set(offerId, { ...known, refreshStats: { ...known.refreshStats, stale } });
  }
}
