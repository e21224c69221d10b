import { dayMs, hourMs, minuteMs } from '../../core/duration.ts';
import type { ErrorKind } from '../../core/errors.ts';
import { shanghaiDay, shanghaiTime } from '../../core/shanghai-time.ts';
import type { HealthFacts, LimitUse, TroubledRun } from './health-store.ts';
import type { DeliveryState } from '../notifications/notification-store.ts';
import type { HealthIssue, Severity } from '../../model/health-issue.ts';
import { targetsPostponed } from '../../model/run.ts';
import { findUndecidedSlot } from '../../runs/due-slots.ts';
import { isHeldAsDeclared, listExpectedRefusals } from './is-held-as-declared.ts';

/** The remedy of a code in docs/errors.md; null: an unknown code. */
export type FindRemedy = (code: string) => Pick<ErrorKind, 'remedy' | 'recovery'> | null;

/** Two nightly runs missed: one may be a machine that was off. */
const staleAfterMs = 50 * hourMs;
/** At a third, a machine that restarts with all of its services would be late already. */
const lateAfterMs = 15 * minuteMs;
/** The operator needs time to log in. */
const logInLeadMs = 7 * dayMs;
/** Answers that lost their job are loaded after 20 s, 20 a second: what waits for this long is refused. */
const unloadedAfterMs = 15 * minuteMs;
/** Less than this share is left, and this is still to come: of a day, after the next slot. Like the alert. */
const early = { share: 0.1, monthAheadMs: 8 * dayMs, dayAheadMs: 6 * hourMs };
/** A process that is killed loses track of what it has in flight, some twenty calls; less than a hundredth is no pattern. */
const unknownAlarm = { calls: 25, share: 0.01 };

export const apiLabel = (api: string): string =>
  api === '*' ? 'all APIs' : `\`${api.split(':')[1] ?? api}\``;

const state = (
  severity: Severity,
  key: string,
  [summary, remedy, path]: readonly [summary: string, remedy: string, path: string],
): HealthIssue => ({ key, kind: 'state', severity, summary, remedy, path });

const event = (...parts: Parameters<typeof state>): HealthIssue => ({ ...state(...parts), kind: 'event' });

const countOf = (targets: number): string => (targets === 1 ? '1 target' : `${String(targets)} targets`);

function ofRun(run: TroubledRun, { holds, permissions }: HealthFacts, findRemedy: FindRemedy): HealthIssue {
  const { runId, scope, errors, lastErrorCode } = run;
  const path = `/runs/${runId}`;
  const name = `Run ${runId} (${scope})`;
  if (run.endedAt === null) {
    const summary = `${name} is active, but no process works on it.`;
    return state('act', `run-alone:${runId}`, [summary, 'Start `catalog-sync serve` or `worker`.', path]);
  }
  const cause = run.cause ?? lastErrorCode ?? run.status;
  const code = lastErrorCode !== null && findRemedy(cause) === null ? lastErrorCode : cause;
  if (run.cause === targetsPostponed && run.nextTryAt !== null) {
    const summary = `${name} left ${countOf(run.postponed)} to a later try, by \`${code}\`; the first is due from ${shanghaiTime(run.nextTryAt)}.`;
    const remedy = 'Nothing, if a run starts by then. `catalog-sync retry` makes them due at once.';
    return state('warn', `run:${scope}:${code}`, [summary, remedy, path]);
  }
  const failed = errors === 0 ? '' : `: ${countOf(errors)} failed`;
  const summary =
    run.status === 'failed'
      ? `${name} failed by \`${code}\`.`
      : `${name} is incomplete, by \`${code}\`${failed}.`;
  const remedy = findRemedy(code)?.remedy ?? 'Its page shows the cause.';
  // 1688 or the network comes back, and the next run goes on.
  const mayPass = code.startsWith('GATEWAY_') && findRemedy(code)?.recovery === 'retry' && errors === 0;
  const severity = isHeldAsDeclared(run, holds, permissions) ? 'note' : mayPass ? 'warn' : 'act';
  return state(severity, `run:${scope}:${code}`, [summary, remedy, path]);
}

function ofHolds({ holds, permissions }: HealthFacts, findRemedy: FindRemedy): HealthIssue[] {
  const expected = listExpectedRefusals(permissions);
  return holds.map(({ api, code, heldUntil, probeAfter, reason }) => {
    const untilEnd = heldUntil === null ? 'until a person resumes it' : `until ${shanghaiTime(heldUntil)}`;
    const until =
      probeAfter === null
        ? untilEnd
        : `until a test call is answered, the next from ${shanghaiTime(probeAfter)}`;
    const why = reason === null ? '' : ` (${reason})`;
    const summary = `Calls of ${apiLabel(api)} are held by \`${code}\`${why}, ${until}.`;
    const severity = expected.has(api) ? 'note' : heldUntil === null ? 'act' : 'warn';
    const name = api === '*' ? "'*'" : (api.split(':')[1] ?? api);
    const resume = probeAfter === null ? '' : `To try it at once: \`catalog-sync quota resume ${name}\`.`;
    const remedy = [findRemedy(code)?.remedy ?? '', resume].join(' ').trim();
    return state(severity, `hold:${api}:${code}`, [summary, remedy, '/problems#holds']);
  });
}

function ofSchedules({ state: { now }, schedules, missed }: HealthFacts): HealthIssue[] {
  const remedy = 'Check whether a `serve` or `worker` runs, and read `catalog-sync schedule history`.';
  const late = schedules.flatMap((schedule) => {
    const slot = findUndecidedSlot(schedule);
    if (slot === null || now.getTime() - slot.getTime() <= lateAfterMs) return [];
    const summary = `The run of schedule ${schedule.name} has not started; its slot was ${shanghaiTime(slot)}.`;
    return [state('act', `late:${schedule.name}`, [summary, remedy, '/runs'])];
  });
  const gone = missed.map(({ schedule, missed: slots, newestAt }) => {
    const which = slots === 1 ? 'The run' : `${String(slots)} runs`;
    const summary = `${which} of schedule ${schedule} did not start, because no process was running; the last slot was ${shanghaiTime(newestAt)}.`;
    return event('warn', `missed:${schedule}:${shanghaiDay(newestAt)}`, [summary, remedy, '/runs']);
  });
  return [...late, ...gone];
}

/** Whether what is left of a window is too little too early: runs of ours may spend a day, and spread a month. */
function isSpentEarly(limit: LimitUse, { state: { now }, schedules }: HealthFacts): boolean {
  const { period, callLimit, used, endsAt, isAssumedSpent } = limit;
  if (isAssumedSpent || endsAt === null || callLimit - used >= early.share * callLimit) return false;
  if (period === 'month') return endsAt.getTime() - now.getTime() > early.monthAheadMs;
  const wanted = schedules.flatMap((schedule) => findUndecidedSlot(schedule) ?? []);
  return wanted.some((slot) => endsAt.getTime() - Math.max(slot.getTime(), now.getTime()) > early.dayAheadMs);
}

function ofLimit(limit: LimitUse, facts: HealthFacts): HealthIssue[] {
  const { api, period, callLimit, used, unknown } = limit;
  const { now } = facts.state;
  const found: HealthIssue[] = [];
  if (isSpentEarly(limit, facts)) {
    const left = String(Math.max(0, callLimit - used));
    const until = shanghaiTime(limit.endsAt ?? now);
    const summary = `${left} of ${String(callLimit)} calls of ${apiLabel(api)} are left for the ${period}, which counts until ${until}.`;
    const remedy = 'The page shows what used them. Apply for more calls, or reduce the offers of feeds.';
    found.push(state('warn', `early:${period}:${api}`, [summary, remedy, '/usage']));
  }
  if (period === 'day' && unknown >= unknownAlarm.calls && unknown > unknownAlarm.share * used) {
    const summary = `${String(unknown)} calls of ${apiLabel(api)} have an unknown outcome today: they may have reached 1688, so they count.`;
    const remedy = 'Check for killed processes, and check the network to 1688.';
    found.push(event('warn', `unknown:${api}:${shanghaiDay(now)}`, [summary, remedy, '/usage']));
  }
  return found;
}

function ofLimits(facts: HealthFacts): HealthIssue[] {
  const summary = 'The database is another one than before, so the current limits count as used up.';
  const remedy = 'Enter the numbers of the 1688 console with `catalog-sync quota reconcile`.';
  return [
    ...(facts.limits.some(({ isAssumedSpent }) => isAssumedSpent)
      ? [state('act', 'quota-unknown', [summary, remedy, '/usage'])]
      : []),
    ...facts.limits.flatMap((limit) => ofLimit(limit, facts)),
  ];
}

function ofAnswers({ state: facts }: HealthFacts): HealthIssue[] {
  const { now, answeredAt, lastRunAt, lastRunStatus, logInBy, unloaded, unloadedSince } = facts;
  const found: HealthIssue[] = [];
  const isOld = (at: Date | null) => at === null || now.getTime() - at.getTime() > staleAfterMs;
  // A run that succeeded without a call had no due calls.
  const isQuiet = lastRunStatus === 'succeeded' && !isOld(lastRunAt);
  if (lastRunAt !== null && isOld(answeredAt) && !isQuiet) {
    const since = answeredAt === null ? 'for a month' : `since ${shanghaiTime(answeredAt)}`;
    const remedy = isOld(lastRunAt)
      ? 'Check whether cron or `catalog-sync serve` still runs.'
      : 'Runs end without an answer: their pages and the API status page show why.';
    found.push(state('act', 'stale', [`1688 has sent no good answer ${since}.`, remedy, '/runs']));
  }
  if (logInBy !== null && logInBy.getTime() - now.getTime() < logInLeadMs) {
    const verb = logInBy > now ? 'expire at' : 'expired at';
    const summary = `The stored tokens ${verb} ${shanghaiTime(logInBy)}.`;
    found.push(state('act', 'log-in', [summary, 'Log in again: `catalog-sync auth`.', '/api-status']));
  }
  if (unloadedSince !== null && now.getTime() - unloadedSince.getTime() > unloadedAfterMs) {
    const summary = `${String(unloaded)} answers are stored but not in the catalog, the first since ${shanghaiTime(unloadedSince)}.`;
    const remedy = 'Read in the log why they do not load. They are loaded later, without any call.';
    found.push(state('act', 'unloaded', [summary, remedy, '/runs']));
  }
  return found;
}

/** Of the one issue that is pointless to send. */
export const undeliveredKey = 'undelivered';

/** One failed attempt is not reported; when none was made for a day, no process sends any more. */
function isUndelivered({ attempts, attemptedAt }: DeliveryState, now: Date): boolean {
  return attempts > 1 && attemptedAt !== null && now.getTime() - attemptedAt.getTime() < 26 * hourMs;
}

function ofTables({
  state: { now, newDrifts, newestDriftAt },
  partitionGaps,
  delivery,
}: HealthFacts): HealthIssue[] {
  const found: HealthIssue[] = [];
  if (newestDriftAt !== null) {
    const fields = newDrifts === 1 ? '1 field' : `${String(newDrifts)} fields`;
    const summary = `In the last day, ${fields} of 1688's answers changed from the known schema.`;
    const remedy =
      'See the page. Unreadable values are in quarantine; `catalog-sync reprocess` can load them when a version reads them.';
    found.push(event('warn', `drift:${shanghaiDay(newestDriftAt)}`, [summary, remedy, '/problems#drift']));
  }
  if (partitionGaps.length > 0) {
    const summary = `These tables have no partition for the date in one week: ${partitionGaps.join(', ')}.`;
    const remedy =
      'Run `catalog-sync migrate`, and read in the log of a `worker` why it could not create them.';
    found.push(state('act', 'partitions', [summary, remedy, '/api-status']));
  }
  if (isUndelivered(delivery, now)) {
    const summary = `Notifications have not arrived since ${shanghaiTime(delivery.failingSince ?? now)} (\`${delivery.errorCode ?? ''}\`): ${delivery.error ?? ''}.`;
    found.push(
      state('act', undeliveredKey, [
        summary,
        '`catalog-sync notify test` shows what the receiver says.',
        '/problems',
      ]),
    );
  }
  return found;
}

/** All health issues; those that need an operator come first. */
export function findHealthIssues(facts: HealthFacts, findRemedy: FindRemedy): HealthIssue[] {
  const all = [
    ...facts.runs.map((run) => ofRun(run, facts, findRemedy)),
    ...ofHolds(facts, findRemedy),
    ...ofSchedules(facts),
    ...ofLimits(facts),
    ...ofAnswers(facts),
    ...ofTables(facts),
  ];
  return all.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

const order: readonly Severity[] = ['act', 'warn', 'note'];
