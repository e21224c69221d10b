import type { Logger } from '../core/log.ts';
import type { Run } from '../model/run.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import type { RunStore } from '../load/stores/run-store.ts';
import { jobErrors } from './errors.ts';

/** Runs of another plan that this process has met, and since when nobody was seen who would drive them; null: somebody is. */
export type Strangers = Map<string, Date | null>;

export interface StrangerDeps {
  readonly runs: Pick<RunStore, 'listAbandoned' | 'adopt' | 'end'>;
  /** Of this process. */
  readonly planHash: string;
  readonly sync: Pick<SyncConfig, 'feeds'>;
  readonly strangers: Strangers;
  readonly log: Logger;
}

/**
 * Seen without a driver for this long, a run is taken over or ended. At none, whoever ticks first after an outage of the
 * database would take the runs of all who come back a moment later; at double, people would be told of a run that nobody is
 * at.
 */
const lookAgainForMs = 10_000;

/** A run that nobody works on any more: it goes on by this file, or ends if that does not have all of its feeds. */
async function takeOrEnd(deps: StrangerDeps, { runId, scope, feedNames }: Run): Promise<void> {
  const { runs, planHash, sync, log } = deps;
  const names = sync.feeds.map(({ name }) => name);
  if (feedNames.every((feed) => names.includes(feed))) {
    await runs.adopt(runId, planHash);
    log.warn(
      { runId, scope },
      'a run goes on by this catalog-sync.yaml, for nobody works by its own any more',
    );
    return;
  }
  const { code } = jobErrors.SYNC_FILE_CHANGED;
  await runs.end(runId, 'cancelled', code);
  log.warn(
    { runId, scope, code },
    'a run is ended, for nobody works by its catalog-sync.yaml any more and this one does not have its feeds',
  );
}

/**
 * Leaves runs of another plan to the processes that work by it, and says so once for each. One whose last process is gone
 * would never be over: it is taken over, or ended if this process does not know all of its feeds.
 */
export async function leaveStrangers(deps: StrangerDeps, met: readonly Run[], now: Date): Promise<void> {
  const { runs, strangers, log } = deps;
  const ids = met.map(({ runId }) => runId);
  for (const runId of strangers.keys()) if (!ids.includes(runId)) strangers.delete(runId);
  if (ids.length === 0) return;
  const abandoned = await runs.listAbandoned(ids);
  for (const run of met) {
    const { runId, scope } = run;
    if (!strangers.has(runId))
      log.warn(
        { runId, scope },
        'a run was begun by another catalog-sync.yaml: it is left to processes that work by that',
      );
    const since = abandoned.includes(runId) ? (strangers.get(runId) ?? now) : null;
    strangers.set(runId, since);
    if (since === null || now.getTime() - since.getTime() < lookAgainForMs) continue;
    await takeOrEnd(deps, run);
  }
}
