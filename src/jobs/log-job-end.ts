import { DelayedError, RateLimitError } from 'bullmq';
import { toNamedError } from '../db/database-error.ts';
import type { Logger } from '../core/log.ts';
import type { FetchResult } from './fetch-targets.ts';
import type { JobKind } from './job-kinds.ts';
import type { FetchJob } from './queue-backend.ts';

/** What a job did, for its one line in the log. */
export interface JobEnd {
  /** Number of its targets. */
  readonly targets: number;
  /** Null: it fetched nothing, because its run held none of its targets any more. */
  readonly result: FetchResult | null;
  readonly durationMs: number;
}

export type JobOutcome = 'done' | 'partial' | 'waiting' | 'failed' | 'nothing_left';

/**
 * `done`: everything is loaded. `partial`: some of it. `waiting`: nothing, and all is due again when quota or hold allow. `failed`:
 * nothing, and at least one target for an error. `nothing_left`: others had answered it.
 */
function outcomeOf({ targets, result }: JobEnd): JobOutcome {
  if (result === null) return 'nothing_left';
  const left = result.failed.length + result.waiting.length;
  if (left === 0) return 'done';
  if (left < targets) return 'partial';
  return result.failed.length > 0 ? 'failed' : 'waiting';
}

/** Writes the one line with which a job ends; `log` has the ids of run and job. */
export function logJobEnd(log: Logger, end: JobEnd): void {
  const { targets, result, durationMs } = end;
  const { failed = [], waiting = [], callIds = [] } = result ?? {};
  const outcome = outcomeOf(end);
  const code = failed[0]?.error.code;
  const counts = { targets, loaded: targets - failed.length - waiting.length, failed: failed.length };
  log[outcome === 'failed' ? 'warn' : 'info'](
    {
      outcome,
      ...counts,
      waiting: waiting.length,
      callIds,
      code,
      durationMs,
    },
    'job ended',
  );
}

interface JobStop {
  readonly job: Pick<FetchJob<JobKind>, 'attemptsMade' | 'opts'>;
  readonly callIds: readonly string[];
  readonly durationMs: number;
}

/** Logs that a job waits or will be tried again; and its end, if this was its last attempt. */
export function logJobStop(log: Logger, error: unknown, { job, ...stop }: JobStop): void {
  if (error instanceof RateLimitError || error instanceof DelayedError) {
    log.debug(stop, 'job waits');
    return;
  }
  const attempts = job.attemptsMade + 1;
  const err = toNamedError(error);
  log.warn({ err, attempts, ...stop }, 'job attempt failed');
  if (attempts >= (job.opts.attempts ?? 1))
    log.warn({ outcome: 'failed', code: err.code, ...stop }, 'job ended');
}
