import { hourMs, minuteMs } from '../../core/duration.ts';
import { shanghaiDay, shanghaiTime } from '../../core/shanghai-time.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import { findUndecidedSlot } from '../../runs/due-slots.ts';
import { endingOfCode } from './ending.ts';
import type { HealthFacts, WorkerTrouble } from './health-store.ts';
import { issueOf, originOf, type FindRemedy } from './issue.ts';

/** Two nightly runs missed: one may be a machine that was off. */
const staleAfterMs = 50 * hourMs;
/** At a third, a machine that restarts with all of its services would be late already. */
const lateAfterMs = 15 * minuteMs;

interface Failing {
  readonly code: string;
  readonly workers: readonly WorkerTrouble[];
  readonly holds: HealthFacts['holds'];
}

function ofFailing({ code, workers, holds }: Failing, findRemedy: FindRemedy): HealthIssue {
  const since = new Date(Math.min(...workers.map((worker) => worker.since.getTime())));
  const hosts = [...new Set(workers.map(({ host }) => host))].join(', ');
  const kind = findRemedy(code);
  return issueOf({
    ...{ id: 'worker-failing', of: code, code, since, severity: 'act', path: '/queues' },
    origin: originOf(code, findRemedy),
    ...endingOfCode(code, holds, findRemedy),
    summary: `No work is possible on ${hosts} since ${shanghaiTime(since)}: \`${code}\`.`,
    remedy: `${kind?.remedy ?? 'Read the log of this process.'} Work continues by itself when the cause is gone.`,
  });
}

function ofLost({ host, pid, since, isReplaced }: WorkerTrouble): HealthIssue {
  // In a container every process has the same number: without the day only the first that is killed would be sent.
  const subject = `${host}:${String(pid)}:${shanghaiDay(since)}`;
  return issueOf({
    ...{ id: 'worker-lost', of: subject, kind: 'event', since, path: '/workers' },
    severity: isReplaced ? 'note' : 'warn',
    ...{ origin: 'operator', healsItself: true },
    summary: `Process ${String(pid)} on ${host} was killed or has lost its network: its last heartbeat was at ${shanghaiTime(since)}.`,
    remedy: isReplaced
      ? ''
      : 'Look for the process in the log of its supervisor or of the kernel (out of memory?), and start it again. Other processes take over its work; the calls that it had in flight count.',
  });
}

/** Processes that can't work, or that have vanished. */
export function findWorkerIssues({ workers, holds }: HealthFacts, findRemedy: FindRemedy): HealthIssue[] {
  const failing = workers.flatMap((worker) =>
    worker.code === null ? [] : [{ ...worker, code: worker.code }],
  );
  const codes = [...new Set(failing.map(({ code }) => code))];
  return [
    ...codes.map((code) =>
      ofFailing({ code, workers: failing.filter((worker) => worker.code === code), holds }, findRemedy),
    ),
    ...workers.filter(({ code }) => code === null).map(ofLost),
  ];
}

/** Runs that were to start, and did not. */
export function findScheduleIssues({ state: { now }, schedules, missed }: HealthFacts): HealthIssue[] {
  const shared = {
    remedy: 'Check whether a `serve` or `worker` runs, and read `catalog-sync schedule history`.',
    path: '/runs',
    origin: 'operator',
  } as const;
  const late = schedules.flatMap((schedule) => {
    const slot = findUndecidedSlot(schedule);
    if (slot === null || now.getTime() - slot.getTime() <= lateAfterMs) return [];
    const summary = `The run of schedule ${schedule.name} has not started; its slot was ${shanghaiTime(slot)}.`;
    return [issueOf({ ...shared, id: 'run-late', of: schedule.name, severity: 'act', since: slot, summary })];
  });
  const gone = missed.map(({ schedule, missed: slots, newestAt }) => {
    const which = slots === 1 ? 'The run' : `${String(slots)} runs`;
    return issueOf({
      ...{ ...shared, id: 'run-missed', of: `${schedule}:${shanghaiDay(newestAt)}`, kind: 'event' },
      ...{ severity: 'warn', since: newestAt, healsItself: true },
      summary: `${which} of schedule ${schedule} did not start, because no process was running; the last slot was ${shanghaiTime(newestAt)}.`,
    });
  });
  return [...late, ...gone];
}

/** Whether good answers come in. */
export function findSilence({ state }: HealthFacts): HealthIssue[] {
  const { now, answeredAt, firstRunAt, lastRunAt, lastRunStatus } = state;
  const isOld = (at: Date | null) => at === null || now.getTime() - at.getTime() > staleAfterMs;
  // A run that succeeded without a call had no due calls.
  const isQuiet = lastRunStatus === 'succeeded' && !isOld(lastRunAt);
  // Where no answer ever came, it is no silence before that much time has passed.
  if (lastRunAt === null || !isOld(firstRunAt) || !isOld(answeredAt) || isQuiet) return [];
  const since = answeredAt === null ? 'in the last 31 days' : `since ${shanghaiTime(answeredAt)}`;
  return [
    issueOf({
      ...{ id: 'no-answers', severity: 'act', origin: 'operator', since: answeredAt, path: '/runs' },
      summary: `1688 has sent no good answer ${since}.`,
      remedy: isOld(lastRunAt)
        ? 'Check whether cron or `catalog-sync serve` still runs.'
        : 'Runs end without an answer: their pages and the API status page show why.',
    }),
  ];
}
