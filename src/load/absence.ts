import type { PoolClient } from 'pg';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';
import { isAbsent, uniqueBy, type OfferFreshness } from '../refresh/update/offer-freshness.ts';
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
 * Makes locked offers missing that nothing has shown since the pass began that did not list them, and notes it in their
 * looks, so that their details are due. Those that are not listed are left as they are: what is known of them is
 * stronger. No price ends by it.
 */
export async function markAbsent(
  client: PoolClient,
  absences: readonly Absence[],
  freshness: Map<string, OfferFreshness>,
): Promise<void> {
  const noted = absences.flatMap(({ offerId, since, provenance }) => {
    const known = freshness.get(offerId);
    const observation = known && { ...known, absent: { at: since, callId: provenance.callId } };
    return observation && isAbsent(observation) ? [{ offerId, provenance, observation }] : [];
  });
  if (noted.length === 0) return;
  const rows = noted.map(({ offerId, provenance: { observedAt, runId, callId } }) => ({
    offerId,
    changedAt: observedAt,
    runId,
    callId,
  }));
  const written = await runSql<{ offerId: string }>(client, readSql('merge-absences'), [
    JSON.stringify(rows),
  ]);
  const changed = new Set(written.map(({ offerId }) => offerId));
  for (const { offerId, observation } of noted) {
    // What is off sale need not be asked about; the absence counts all the same when an older observation comes late.
    const stale = changed.has(offerId)
      ? { since: observation.absent.at, by: 'absence' as const }
      : observation.refreshStats.stale;
    freshness.set(offerId, { ...observation, refreshStats: { ...observation.refreshStats, stale } });
  }
}
