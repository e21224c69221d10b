import type { ErrorKind } from '../../core/errors.ts';
import { shanghaiDay, shanghaiTime } from '../../core/shanghai-time.ts';
import type { ConcernFacts, TroubledRun } from '../../load/stores/concern-store.ts';
import type { DeliveryState } from '../../load/stores/notification-store.ts';
import type { KeptSchedule } from '../../load/stores/schedule-store.ts';
import type { Concern, Severity } from '../../model/concern.ts';
import { decidedUntil } from '../read-due-slots.ts';
import { nextSlotTime } from '../slot-times.ts';
import { isHeldAsDeclared, listExpectedRefusals } from './is-held-as-declared.ts';

/** What docs/errors.md advises on a code; null: it is none of ours. */
export type FindRemedy = (code: string) => Pick<ErrorKind, 'remedy'> | null;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Two nightly runs missed: one may be a machine that was off. */
const staleAfterMs = 50 * hourMs;
/** At a third, a machine that starts anew with all of its services would be late already. */
const lateAfterMs = 15 * 60_000;
/** Somebody must find the time to log in. */
const logInLeadMs = 7 * dayMs;
/** Answers that lost their job are loaded after 20 s, 20 a second: what lies for this long is refused. */
const unloadedAfterMs = 15 * 60_000;
/** Less than this of a month's calls, with more than this of it to come. */
const monthAlarm = { share: 0.1, aheadMs: 8 * dayMs };
/** A process that is killed loses track of what it has in flight, some twenty calls; less than a hundredth is no pattern. */
const unknownAlarm = { calls: 25, share: 0.01 };

export const spokenApi = (api: string): string =>
  api === '*' ? 'all APIs' : `\`${api.split(':')[1] ?? api}\``;

const state = (
  severity: Severity,
  key: string,
  [summary, remedy, path]: readonly [summary: string, remedy: string, path: string],
): Concern => ({ key, kind: 'state', severity, summary, remedy, path });

const event = (...parts: Parameters<typeof state>): Concern => ({ ...state(...parts), kind: 'event' });

function ofRun(run: TroubledRun, { holds, permissions }: ConcernFacts, findRemedy: FindRemedy): Concern {
  const { runId, scope, errors, lastErrorCode } = run;
  const path = `/runs/${runId}`;
  const name = `Run ${runId} (${scope})`;
  if (run.endedAt === null) {
    const summary = `${name} is active, but no process is at it.`;
    return state('act', `run-alone:${runId}`, [summary, 'Start `catalog-sync serve` or `worker`.', path]);
  }
  const cause = run.cause ?? lastErrorCode ?? run.status;
  const code = lastErrorCode !== null && findRemedy(cause) === null ? lastErrorCode : cause;
  const targets = errors === 1 ? '1 target' : `${String(errors)} targets`;
  const failed = errors === 0 ? '' : `: ${targets} failed`;
  const summary =
    run.status === 'failed'
      ? `${name} failed by \`${code}\`.`
      : `${name} is incomplete, by \`${code}\`${failed}.`;
  const remedy = findRemedy(code)?.remedy ?? 'See its page for what went wrong.';
  const severity = isHeldAsDeclared(run, holds, permissions) ? 'note' : 'act';
  return state(severity, `run:${scope}:${code}`, [summary, remedy, path]);
}

function ofHolds({ holds, permissions }: ConcernFacts, findRemedy: FindRemedy): Concern[] {
  const expected = listExpectedRefusals(permissions);
  return holds.map(({ api, code, heldUntil, reason }) => {
    const until = heldUntil === null ? 'until somebody resumes it' : `until ${shanghaiTime(heldUntil)}`;
    const why = reason === null ? '' : ` (${reason})`;
    const summary = `Calls of ${spokenApi(api)} are held by \`${code}\`${why}, ${until}.`;
    const severity = expected.has(api) ? 'note' : heldUntil === null ? 'act' : 'warn';
    return state(severity, `hold:${api}:${code}`, [
      summary,
      findRemedy(code)?.remedy ?? '',
      '/problems#holds',
    ]);
  });
}

/** When the oldest slot was wanted that nobody has decided about; null: none is late. */
function findLateSlot(schedule: KeptSchedule, now: Date): Date | null {
  if (schedule.pausedAt !== null) return null;
  try {
    const next = nextSlotTime(schedule, decidedUntil(schedule));
    return now.getTime() - next.getTime() > lateAfterMs ? next : null;
  } catch {
    // `doctor` names what can't be read; the other concerns must not fail over it.
    return null;
  }
}

function ofSchedules({ state: { now }, schedules, missed }: ConcernFacts): Concern[] {
  const remedy = 'Look whether a `serve` or `worker` runs, and at `catalog-sync schedule history`.';
  const late = schedules.flatMap((schedule) => {
    const slot = findLateSlot(schedule, now);
    if (slot === null) return [];
    const summary = `Nobody has begun the run that schedule ${schedule.name} wanted at ${shanghaiTime(slot)}.`;
    return [state('act', `late:${schedule.name}`, [summary, remedy, '/runs'])];
  });
  const gone = missed.map(({ schedule, missed: slots, newestAt }) => {
    const which = slots === 1 ? 'The run' : `${String(slots)} runs`;
    const summary = `${which} of schedule ${schedule} did not begin, for nothing was running: the last was wanted at ${shanghaiTime(newestAt)}.`;
    return event('warn', `missed:${schedule}:${shanghaiDay(newestAt)}`, [summary, remedy, '/runs']);
  });
  return [...late, ...gone];
}

function ofLimits({ state: { now }, limits }: ConcernFacts): Concern[] {
  const found: Concern[] = [];
  if (limits.some(({ isAssumedSpent }) => isAssumedSpent)) {
    const summary = 'The database is another one than before, so present limits count as used up.';
    const remedy = 'Say by `catalog-sync quota reconcile` what the console of 1688 shows.';
    found.push(state('act', 'quota-unknown', [summary, remedy, '/usage']));
  }
  for (const { api, window, callLimit, used, unknown, endsAt, isAssumedSpent } of limits) {
    const left = Math.max(0, callLimit - used);
    const aheadMs = endsAt === null ? 0 : endsAt.getTime() - now.getTime();
    if (
      window === 'month' &&
      !isAssumedSpent &&
      aheadMs > monthAlarm.aheadMs &&
      left < monthAlarm.share * callLimit
    ) {
      const summary = `${String(left)} of ${String(callLimit)} calls of ${spokenApi(api)} are left of this month, which goes on until ${shanghaiTime(new Date(now.getTime() + aheadMs))}.`;
      const remedy = 'See on the page what spent them; apply for more, or let feeds reach fewer offers.';
      found.push(state('warn', `month:${api}`, [summary, remedy, '/usage?by=months']));
    }
    if (window === 'day' && unknown >= unknownAlarm.calls && unknown > unknownAlarm.share * used) {
      const summary = `${String(unknown)} calls of ${spokenApi(api)} may have reached 1688 today, and nobody knows their end; they count.`;
      const remedy = 'Look for processes that are killed, and at the network to 1688.';
      found.push(event('warn', `unknown:${api}:${shanghaiDay(now)}`, [summary, remedy, '/usage']));
    }
  }
  return found;
}

function ofAnswers({ state: facts }: ConcernFacts): Concern[] {
  const { now, answeredAt, lastRunAt, lastRunStatus, logInBy, unloaded, unloadedSince } = facts;
  const found: Concern[] = [];
  const isOld = (at: Date | null) => at === null || now.getTime() - at.getTime() > staleAfterMs;
  // A run that succeeded without a call had nothing to ask for.
  const isQuiet = lastRunStatus === 'succeeded' && !isOld(lastRunAt);
  if (lastRunAt !== null && isOld(answeredAt) && !isQuiet) {
    const since = answeredAt === null ? 'for a month' : `since ${shanghaiTime(answeredAt)}`;
    const remedy = isOld(lastRunAt)
      ? 'Look whether cron or `catalog-sync serve` still runs.'
      : 'Runs end without an answer: their pages and API status say why.';
    found.push(state('act', 'stale', [`1688 has answered nothing ${since}.`, remedy, '/runs']));
  }
  if (logInBy !== null && logInBy.getTime() - now.getTime() < logInLeadMs) {
    const verb = logInBy > now ? 'end at' : 'ended at';
    const summary = `The stored tokens ${verb} ${shanghaiTime(logInBy)}.`;
    found.push(state('act', 'log-in', [summary, 'Log in again: `catalog-sync auth`.', '/api-status']));
  }
  if (unloadedSince !== null && now.getTime() - unloadedSince.getTime() > unloadedAfterMs) {
    const summary = `${String(unloaded)} answers are paid for and not in the catalog, the first since ${shanghaiTime(unloadedSince)}.`;
    const remedy = 'Look at the log for what refuses to load. They are loaded later, for no call.';
    found.push(state('act', 'unloaded', [summary, remedy, '/runs']));
  }
  return found;
}

/** One failed attempt is no news; when none was made for a day, nobody sends any more. */
function isUndelivered({ attempts, attemptedAt }: DeliveryState, now: Date): boolean {
  return attempts > 1 && attemptedAt !== null && now.getTime() - attemptedAt.getTime() < 26 * hourMs;
}

function ofTables({
  state: { now, newDrifts, newestDriftAt },
  partitionGaps,
  delivery,
}: ConcernFacts): Concern[] {
  const found: Concern[] = [];
  if (newestDriftAt !== null) {
    const fields = newDrifts === 1 ? '1 field' : `${String(newDrifts)} fields`;
    const summary = `Answers of 1688 have ${fields} that are not as they are known, for a day or less.`;
    const remedy =
      'Look at the page; what is lost by it is in quarantine, and `catalog-sync reprocess` can bring it back.';
    found.push(event('warn', `drift:${shanghaiDay(newestDriftAt)}`, [summary, remedy, '/problems#drift']));
  }
  if (partitionGaps.length > 0) {
    const summary = `There is no partition for a week from now in ${partitionGaps.join(', ')}.`;
    const remedy =
      'Run `catalog-sync migrate`, and look at the log of a `worker` for why it could not make them.';
    found.push(state('act', 'partitions', [summary, remedy, '/api-status']));
  }
  if (isUndelivered(delivery, now)) {
    const summary = `Notifications do not arrive since ${shanghaiTime(delivery.failingSince ?? now)} (\`${delivery.errorCode ?? ''}\`): ${delivery.error ?? ''}.`;
    found.push(
      state('act', 'undelivered', [
        summary,
        '`catalog-sync notify test` shows what the receiver says.',
        '/problems',
      ]),
    );
  }
  return found;
}

/** What somebody should know, that which needs a person first. */
export function findConcerns(facts: ConcernFacts, findRemedy: FindRemedy): Concern[] {
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
