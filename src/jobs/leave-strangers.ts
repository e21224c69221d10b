import type { Logger } from '../core/log.ts';
import type { Run } from '../model/run.ts';
import type { RunStore } from '../load/stores/run-store.ts';
import { jobErrors } from './errors.ts';

/** Runs of another plan that this process has met, and since when nobody was seen who would drive them; null: somebody is. */
export type Strangers = Map<string, Date | null>;

export interface StrangerDeps {
  readonly runs: Pick<RunStore, 'listAbandoned' | 'end'>;
  readonly strangers: Strangers;
  readonly log: Logger;
}

/**
 * Seen without a driver for this long, a run is ended. At none, whoever ticks first after an outage of the database would
 * end the runs of all who come back a moment later; at double, people would be told of a run that nobody is at.
 */
const lookAgainForMs = 10_000;

/**
 * Leaves runs of another plan to the processes that work by it, and says so once for each. One whose last process is gone
 * is ended, for it would never be over: what it has fetched is kept.
 */
export async function leaveStrangers(
  { runs, strangers, log }: StrangerDeps,
  met: readonly Run[],
  now: Date,
): Promise<void> {
  const ids = met.map(({ runId }) => runId);
  for (const runId of strangers.keys()) if (!ids.includes(runId)) strangers.delete(runId);
  if (ids.length === 0) return;
  const abandoned = await runs.listAbandoned(ids);
  for (const { runId, scope } of met) {
    if (!strangers.has(runId))
      log.warn(
        { runId, scope },
        'a run was begun by another catalog-sync.yaml: it is left to processes that work by that',
      );
    const since = abandoned.includes(runId) ? (strangers.get(runId) ?? now) : null;
    strangers.set(runId, since);
    if (since === null || now.getTime() - since.getTime() < lookAgainForMs) continue;
    const { code } = jobErrors.SYNC_FILE_CHANGED;
    await runs.end(runId, 'cancelled', code);
    log.warn(
      { runId, scope, code },
      'a run is ended, for nobody works by its catalog-sync.yaml any more; the next run goes on where it stopped',
    );
  }
}
