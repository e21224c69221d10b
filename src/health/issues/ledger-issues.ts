import { countOf } from '../../core/count-of.ts';
import { dayMs, hourMs } from '../../core/duration.ts';
import { shanghaiDay, shanghaiTime } from '../../core/shanghai-time.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import { findUndecidedSlot } from '../../runs/due-slots.ts';
import { endingOfHold } from './ending.ts';
import type { HealthFacts, LimitUse } from './health-store.ts';
import { listExpectedRefusals } from './is-held-as-declared.ts';
import { apiLabel, issueOf, originOf, type FindRemedy } from './issue.ts';

/** Less than this share is left, and this is still to come: of a day, after the next slot. Like the alert. */
const early = { share: 0.1, monthAheadMs: 8 * dayMs, dayAheadMs: 6 * hourMs };
/** A process that is killed loses track of what it has in flight, some twenty calls; less than a hundredth is no pattern. */
const unknownAlarm = { calls: 25, share: 0.01 };

export function findHoldIssues({ holds, permissions }: HealthFacts, findRemedy: FindRemedy): HealthIssue[] {
  const expected = listExpectedRefusals(permissions);
  return holds.map((hold) => {
    const { api, code, heldAt, heldUntil, probeAfter, reason } = hold;
    const untilEnd = heldUntil === null ? 'until a person resumes them' : `until ${shanghaiTime(heldUntil)}`;
    const until =
      probeAfter === null
        ? untilEnd
        : `until a test call succeeds, the next from ${shanghaiTime(probeAfter)}`;
    const why = reason === null ? '' : ` (${reason})`;
    const name = api === '*' ? "'*'" : (api.split(':')[1] ?? api);
    const aim = probeAfter === null ? 'resume them' : 'resume them at once';
    const isTimed = probeAfter === null && heldUntil !== null;
    const resume = isTimed ? '' : `To ${aim}: \`catalog-sync quota resume ${name}\`.`;
    return issueOf({
      ...{ id: 'hold', of: `${api}:${code}`, code, since: heldAt, ...endingOfHold(hold) },
      severity: expected.has(api) ? 'note' : heldUntil === null ? 'act' : 'warn',
      origin: originOf(code, findRemedy),
      summary: `Calls of ${apiLabel(api)} are held because of \`${code}\`${why}, ${until}.`,
      remedy: [findRemedy(code)?.remedy ?? '', resume].join(' ').trim(),
      path: '/problems#holds',
    });
  });
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
  const { api, period, callLimit, used, unknown, endsAt } = limit;
  const { now } = facts.state;
  const found: HealthIssue[] = [];
  if (isSpentEarly(limit, facts)) {
    const left = Math.max(0, callLimit - used).toLocaleString('en');
    const limited = countOf(callLimit, 'call');
    const until = shanghaiTime(endsAt ?? now);
    found.push(
      issueOf({
        ...{ id: 'quota-low', of: `${period}:${api}`, severity: 'warn', origin: 'operator' },
        ...{ healsItself: true, healsAt: endsAt, path: '/usage' },
        summary: `${left} of ${limited} of ${apiLabel(api)} are left for this ${period}, which ends at ${until}.`,
        remedy:
          'The Usage page shows what used the others. Apply for more calls, or let the feeds select fewer offers.',
      }),
    );
  }
  if (period === 'day' && unknown >= unknownAlarm.calls && unknown > unknownAlarm.share * used)
    found.push(
      issueOf({
        ...{ id: 'calls-unknown', of: `${api}:${shanghaiDay(now)}`, kind: 'event', severity: 'warn' },
        ...{ origin: 'network', healsItself: true, healsAt: endsAt, path: '/usage' },
        summary: `${String(unknown)} calls of ${apiLabel(api)} have an unknown outcome today: they may have reached 1688, so they count.`,
        remedy: 'Check for killed processes, and check the network to 1688.',
      }),
    );
  return found;
}

export function findLimitIssues(facts: HealthFacts): HealthIssue[] {
  const assumed = facts.limits.filter(({ isAssumedSpent }) => isAssumedSpent);
  const ends = assumed.flatMap(({ endsAt }) => endsAt?.getTime() ?? []);
  const reconcile = issueOf({
    ...{ id: 'quota-unknown', severity: 'act', origin: 'operator', path: '/usage', healsItself: true },
    healsAt: ends.length === 0 ? null : new Date(Math.max(...ends)),
    summary:
      'The database was restored or replaced, so catalog-sync does not know which calls were made since: all limits of the current periods count as used up.',
    remedy:
      'Enter the numbers of the 1688 console with `catalog-sync quota reconcile`; `catalog-sync quota` shows what to type.',
  });
  return [
    ...(assumed.length > 0 ? [reconcile] : []),
    ...facts.limits.flatMap((limit) => ofLimit(limit, facts)),
  ];
}
