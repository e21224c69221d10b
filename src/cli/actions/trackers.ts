import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { openSession } from '../../app/session.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import { offerUrl } from '../../health/trackers/describe-change.ts';
import { createTrackerStore } from '../../health/trackers/tracker-store.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { formatTracked } from '../format-tracked.ts';

interface TrackersFlags {
  readonly tracker?: string;
  readonly limit: number;
}

/** Lists what trackers noticed, the newest first. */
export async function listTracked(
  context: CliContext,
  { tracker, limit }: TrackersFlags,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const changes = await withExistingPool(session, 1, (pool) =>
    createTrackerStore(pool).list({ tracker: tracker ?? null, limit }),
  );
  const rows = changes.map((change) => ({ ...change, offerUrl: offerUrl(change.offerId) }));
  session.print(session.isJson ? safeJson(rows) : formatTracked(changes));
}
