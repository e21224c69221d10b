import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { openSession } from '../../app/session.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import { offerUrl } from '../../health/trackers/describe-change.ts';
import { createTrackerStore } from '../../health/trackers/tracker-store.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { formatTracked } from '../format-tracked.ts';
import { readSyncFileIfAny } from '../schedules/open-schedules.ts';

interface TrackersFlags {
  readonly tracker?: string;
  readonly limit: number;
}

/** Ends with a usage error for a name that neither the sync file nor the database has. */
function requireTracker(tracker: string, names: readonly string[], self: Command): void {
  if (names.includes(tracker)) return;
  const known = [...new Set(names)].toSorted();
  const say = known.length === 0 ? 'there is none' : `give one of ${known.join(', ')}`;
  self.error(`error: no tracker is named ${tracker}; ${say}`);
}

/** Lists what trackers noticed, the newest first. */
export async function listTracked(
  context: CliContext,
  { tracker, limit }: TrackersFlags,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const changes = await withExistingPool(session, 1, async (pool) => {
    const store = createTrackerStore(pool);
    const found = await store.list({ tracker: tracker ?? null, limit });
    if (tracker !== undefined && found.length === 0) {
      const written = readSyncFileIfAny(session)?.trackers ?? [];
      requireTracker(tracker, [...written.map(({ name }) => name), ...(await store.listNames())], self);
    }
    return found;
  });
  const rows = changes.map((change) => ({ ...change, offerUrl: offerUrl(change.offerId) }));
  session.print(session.isJson ? safeJson(rows) : formatTracked(changes));
}
