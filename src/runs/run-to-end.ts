import type { AppError } from '../core/errors.ts';
import type { ActiveRun, BeginAnswer, RunStore } from './run-store.ts';
import type { Run, RunEnd } from '../model/run.ts';
import type { Postponed } from '../refresh/queue/lease-store.ts';

export interface RunToEndDeps {
  readonly runs: Pick<RunStore, 'read' | 'end' | 'reasonForSilence'>;
  /** Begins the run. @throws AppError DATABASE_OTHER_SOURCE */
  readonly begin: () => Promise<BeginAnswer>;
  /** Works and ticks in this process until the run is over or the process is stopped; returns why the last tick failed. */
  readonly conduct: (isOver: () => Promise<boolean>) => Promise<AppError | null>;
  /** Targets of the run's feeds that wait for a later try. */
  readonly countPostponed: (run: Run) => Promise<Postponed>;
  /** The reason of its abort is a `ShutdownCause`. */
  readonly drain: AbortSignal;
  /** Called about once a second. */
  readonly onProgress: (run: Run) => Promise<void>;
}

export type RunOutcome = { readonly kind: 'ended'; readonly run: Run } | ActiveRun;

/**
 * Begins a run (or takes over one whose process died) and works in this process until it has ended. If the process is stopped
 * first, the run ends as `cancelled`; everything fetched so far is kept and is not fetched again within its freshness age. At its
 * deadline the run ends as `partial_quota`, or as `partial_error` if something kept it from working by then, or no call brought
 * an answer.
 *
 * @throws AppError DATABASE_OTHER_SOURCE
 */
export async function runToEnd(deps: RunToEndDeps): Promise<RunOutcome> {
  const begun = await deps.begin();
  if (begun.kind === 'active') return begun;
  const { runId } = begun.run;
  let run = begun.run;
  const trouble = await deps.conduct(async () => {
    run = (await deps.runs.read(runId)) ?? run;
    await deps.onProgress(run);
    return run.endedAt !== null;
  });
  if (deps.drain.aborted) {
    const isDeadline = deps.drain.reason === 'deadline';
    const hindrance = isDeadline ? (trouble?.code ?? (await deps.runs.reasonForSilence(runId))) : null;
    await deps.runs.end(runId, ...earlyEnd(isDeadline, hindrance), await deps.countPostponed(run));
  }
  return { kind: 'ended', run: (await deps.runs.read(runId)) ?? run };
}

function earlyEnd(isDeadline: boolean, hindrance: string | null): [RunEnd, string] {
  if (!isDeadline) return ['cancelled', 'signal'];
  return hindrance === null ? ['partial_quota', 'deadline'] : ['partial_error', hindrance];
}
