import { createHash } from 'node:crypto';
import { dayMs, minuteMs } from '../../core/duration.ts';
import type {
  StoredHealthIssue,
  NotificationItem,
  NotificationPhase,
  NotificationState,
} from '../../model/notification.ts';

/** Repeats the notification of a lasting state. At half, operators ignore it; at double, they forget it over a weekend. */
const remindAfterMs = dayMs;

/** Between two messages about one issue, however often it ends and begins again within. */
const quietMs = 30 * minuteMs;

/** An item to send, and the state that it reports. */
export interface PendingNotification {
  readonly item: NotificationItem;
  readonly notifiedState: NotificationState;
}

function phaseOf(
  { kind, endedAt, notifiedState, notifiedAt }: StoredHealthIssue,
  now: Date,
): NotificationPhase | null {
  if (notifiedState === null) {
    if (kind === 'event') return 'happened';
    // A state that ended before a notification could be sent needs none.
    return endedAt === null ? 'begun' : null;
  }
  if (kind === 'event') return null;
  const sinceMs = notifiedAt === null ? Number.POSITIVE_INFINITY : now.getTime() - notifiedAt.getTime();
  const isStateNotified = (notifiedState === 'lasting') === (endedAt === null);
  if (isStateNotified) return notifiedState === 'lasting' && sinceMs >= remindAfterMs ? 'lasting' : null;
  if (sinceMs < quietMs) return null;
  return endedAt === null ? 'begun' : 'over';
}

/** The same for the same item, also when it is sent again because its delivery is not known. */
function idOf({ key, beganAt, notifiedAt }: StoredHealthIssue, phase: NotificationPhase): string {
  const parts = [key, phase, beganAt.toISOString(), notifiedAt?.toISOString() ?? ''];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

function causeOf({ origin, since, healsItself, healsAt }: StoredHealthIssue): NotificationItem['cause'] {
  return origin === null || healsItself === null ? null : { origin, since, healsItself, healsAt };
}

/** Items that need an operator first, items that are over last. */
const rank = ({ item: { severity, phase } }: PendingNotification): number =>
  phase === 'over' ? 4 : (severity === 'act' ? 0 : 2) + (phase === 'lasting' ? 1 : 0);

/** The notifications that are due, the most urgent first. */
export function choosePending(kept: readonly StoredHealthIssue[], now: Date): PendingNotification[] {
  return kept
    .flatMap((issue): PendingNotification[] => {
      const phase = phaseOf(issue, now);
      if (phase === null) return [];
      const { key, severity, summary, remedy, path, issueId, runId, code, beganAt } = issue;
      const told = { phase, key, severity, summary, remedy, path, issueId, runId, code, change: null };
      const item = { ...told, id: idOf(issue, phase), since: beganAt, cause: causeOf(issue) };
      return [{ item, notifiedState: phase === 'over' ? 'over' : 'lasting' }];
    })
    .toSorted((a, b) => rank(a) - rank(b));
}
