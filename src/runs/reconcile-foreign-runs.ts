import type { Logger } from '../core/log.ts';
import type { Run } from '../model/run.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import type { RunStore } from './run-store.ts';
import type { LeaseStore } from '../refresh/queue/lease-store.ts';
import { runErrors } from './errors.ts';
import { feedsByName } from './feeds-by-name.ts';

/** Foreign runs that this process has seen, and since when they have no driver; null: they have one. */
export type ForeignRuns = Map<string, Date | null>;

export interface ForeignRunDeps {
  readonly runs: Pick<RunStore, 'listAbandoned' | 'adopt' | 'end'>;
  readonly leases: Pick<LeaseStore, 'countPostponed'>;
  /** Hash of the sync file of this process. */
  readonly syncFileHash: string;
  readonly sync: Pick<SyncConfig, 'feeds'>;
  readonly foreignRuns: ForeignRuns;
  readonly log: Logger;
}

/**
 * After this long without a driver, a run is taken over or ended. At zero, the first process to tick after an outage of the
 * database would take the runs of all processes that return a moment later; at double, operators would be notified of a run
 * without a driver.
 */
const abandonedAfterMs = 10_000;

/** Handles a run without a driver: it continues with this file, or ends if the file does not have all of its feeds. */
async function adoptOrCancel(deps: ForeignRunDeps, { runId, scope, feedNames }: Run): Promise<void> {
  const { runs, leases, syncFileHash, sync, log } = deps;
  const names = sync.feeds.map(({ name }) => name);
  if (feedNames.every((feed) => names.includes(feed))) {
    await runs.adopt(runId, syncFileHash);
    log.warn(
      { runId, scope },
      'a run continues with this catalog-sync.yaml, because no process uses its own any more',
    );
    return;
  }
  const { code } = runErrors.SYNC_FILE_CHANGED;
  await runs.end(runId, 'cancelled', code, await leases.countPostponed(feedsByName(feedNames, sync.feeds)));
  log.warn(
    { runId, scope, code },
    'a run is cancelled, because no process uses its catalog-sync.yaml any more and this one does not have its feeds',
  );
}

/**
 * Leaves foreign runs to the processes that have their sync file, and logs this once for each. A run whose last process is gone
 * would never end: it is taken over, or ended if this process does not know all of its feeds.
 */
export async function reconcileForeignRuns(
  deps: ForeignRunDeps,
  met: readonly Run[],
  now: Date,
): Promise<void> {
  const { runs, foreignRuns, log } = deps;
  const ids = met.map(({ runId }) => runId);
  for (const runId of foreignRuns.keys()) if (!ids.includes(runId)) foreignRuns.delete(runId);
  if (ids.length === 0) return;
  const abandoned = await runs.listAbandoned(ids);
  for (const run of met) {
    const { runId, scope } = run;
    if (!foreignRuns.has(runId))
      log.warn(
        { runId, scope },
        'a run was started with another catalog-sync.yaml: processes with that file continue it',
      );
    const since = abandoned.includes(runId) ? (foreignRuns.get(runId) ?? now) : null;
    foreignRuns.set(runId, since);
    if (since === null || now.getTime() - since.getTime() < abandonedAfterMs) continue;
    await adoptOrCancel(deps, run);
  }
}
