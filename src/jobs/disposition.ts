import { DelayedError, RateLimitError } from 'bullmq';
import type { FetchResult, Target } from './fetch-targets.ts';
import { maxQueueWaitMs, type JobKind } from './job-kinds.ts';
import type { FetchJob, Pacer } from './queue-backend.ts';
import type { LeaseStore } from '../refresh/queue/lease-store.ts';
import { feedsByName } from '../runs/feeds-by-name.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { CallWaiting } from '../model/gateway.ts';
import type { Feed } from '../model/sync-config.ts';

export interface DispositionDeps {
  readonly leases: Pick<LeaseStore, 'postpone' | 'release' | 'countPostponed'>;
  readonly runs: Pick<RunStore, 'addFailure' | 'end' | 'read'>;
  /** Feeds of the sync file. */
  readonly feeds: readonly Feed[];
  readonly clock: Clock;
  readonly log: Logger;
}

export interface JobInHand {
  readonly kind: JobKind;
  readonly job: FetchJob<JobKind>;
  readonly token: string | undefined;
  readonly pacer: Pacer;
}

/** Waits that apply to a whole kind. The tick handles the budget of a run, a day and a month. */
const paced: ReadonlySet<CallWaiting['by']> = new Set(['second', 'minute', 'hold']);

/** Postpones targets: for some minutes if the error may pass, to the next day if they were refused. */
async function postpone(
  deps: DispositionDeps,
  hand: JobInHand,
  failures: FetchResult['failed'],
): Promise<void> {
  for (const { target, error } of failures) {
    const mayPass = error.recovery === 'retry';
    await deps.leases.postpone(hand.kind, [target.id], { code: error.code, mayPass });
    await deps.runs.addFailure(hand.job.data.runId, { code: error.code, mayPass });
    deps.log.warn(
      { err: error, kind: hand.kind },
      mayPass ? 'target postponed' : 'target given up for today',
    );
  }
}

/** Delays the job, or its whole kind, without costing an attempt. */
async function wait(deps: DispositionDeps, hand: JobInHand, result: FetchResult): Promise<void> {
  const paces = [
    ...result.failed.flatMap(({ error }) =>
      error.recovery === 'throttle' ? [error.retryAfterMs ?? 1000] : [],
    ),
    ...result.waiting.flatMap(({ wait: reported }) =>
      reported !== null && paced.has(reported.by) ? [reported.retryAfterMs ?? Infinity] : [],
    ),
  ];
  const pace = Math.max(0, ...paces);
  if (pace > 0 && pace <= maxQueueWaitMs) {
    await hand.pacer.rateLimit(pace);
    throw new RateLimitError();
  }
  const twins = result.waiting.flatMap(({ wait: reported }) =>
    reported?.by === 'in_flight' ? [reported.retryAfterMs ?? 1000] : [],
  );
  if (twins.length > 0) {
    await hand.job.moveToDelayed(deps.clock.now().getTime() + Math.max(...twins), hand.token);
    throw new DelayedError();
  }
}

async function halt(deps: DispositionDeps, runId: string, code: string): Promise<void> {
  const { feedNames = [] } = (await deps.runs.read(runId)) ?? {};
  const left = await deps.leases.countPostponed(feedsByName(feedNames, deps.feeds));
  await deps.runs.end(runId, 'failed', code, left);
}

/**
 * Decides what happens to the targets of a job that were not loaded: the only place that translates recoveries into terms of the queue.
 *
 * @throws RateLimitError, DelayedError (wait, no attempt spent), AppError (a normal attempt)
 */
export async function applyFetchResult(
  deps: DispositionDeps,
  hand: JobInHand,
  result: FetchResult,
): Promise<void> {
  const { runId } = hand.job.data;
  const halted = result.failed.find(({ error }) => error.recovery === 'halt');
  await postpone(
    deps,
    hand,
    result.failed.filter(({ error }) => error.recovery === 'fail' || error.recovery === 'skip'),
  );
  const retriable = result.failed.filter(({ error }) => error.recovery === 'retry');
  const isLastAttempt = hand.job.attemptsMade + 1 >= (hand.job.opts.attempts ?? 1);
  if (halted || isLastAttempt) await postpone(deps, hand, retriable);
  else if (retriable[0]) throw retriable[0].error;
  if (halted) {
    deps.log.error({ err: halted.error, code: halted.error.code, runId }, 'run halted');
    return halt(deps, runId, halted.error.code);
  }
  await wait(deps, hand, result);
  const left: readonly Target[] = [...result.waiting, ...result.failed].map(({ target }) => target);
  const ids = left.map((target) => target.id);
  if (ids.length > 0) await deps.leases.release(hand.kind, runId, ids);
}
