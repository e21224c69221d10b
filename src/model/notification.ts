import type { HealthIssue, HealthIssueId, Origin, Severity } from './health-issue.ts';
import type { Source } from './run.ts';
import type { TrackedChange } from './tracker.ts';

/** The last notification of an issue. An event is `lasting` once it was sent. */
export type NotificationState = 'lasting' | 'over';

/** A concern as it is kept, with what one receiver knows of it. */
export interface StoredHealthIssue extends Omit<HealthIssue, 'id' | 'origin' | 'healsItself'> {
  /** Null, as `origin` and `healsItself`: the release before kept it, and did not say. */
  readonly issueId: HealthIssueId | null;
  readonly origin: Origin | null;
  readonly healsItself: boolean | null;
  readonly beganAt: Date;
  /** Null: it lasts. */
  readonly endedAt: Date | null;
  /** Null, as `notifiedAt`: nothing yet. */
  readonly notifiedState: NotificationState | null;
  readonly notifiedAt: Date | null;
}
/** `begun` and `over`: of a state. `lasting`: a reminder. `happened`: an event. */
export type NotificationPhase = 'begun' | 'lasting' | 'over' | 'happened';

/** One item of a message. */
export interface NotificationItem extends Pick<
  HealthIssue,
  'key' | 'severity' | 'summary' | 'remedy' | 'path' | 'runId' | 'code'
> {
  /** The same when the same is sent again, so that a receiver can detect it. */
  readonly id: string;
  readonly phase: NotificationPhase;
  readonly since: Date;
  /** Which kind of issue it is; null: none, as in a test message. */
  readonly issueId: HealthIssueId | null;
  /** Who can end it, since when it is wrong, and whether it ends by itself; null: not known. */
  readonly cause: Pick<HealthIssue, 'origin' | 'since' | 'healsItself' | 'healsAt'> | null;
  /** What a tracker noticed; null: it is about a health issue, or a test. */
  readonly change: TrackedChange | null;
}

/** What a receiver is sent. */
export interface NotificationMessage {
  readonly source: Source;
  /** What needs a person comes first. */
  readonly items: readonly NotificationItem[];
  /** Health issues that the message has no room for. */
  readonly more: number;
  /** Changes that trackers noticed and that the message has no room for: the next ones have them. None: there are no others. */
  readonly later?: number;
  readonly sentAt: Date;
}

/** What a receiver answered that took a message. */
export interface Receipt {
  readonly httpStatus: number;
  /** The beginning of the body, without secrets. */
  readonly answer: string;
}

/** A way to people. */
export interface Notifier {
  /** Sends a message once. @throws AppError NOTIFY_* */
  send(message: NotificationMessage, signal: AbortSignal): Promise<unknown>;
}

/** `all` is sent everything, `urgent` what needs a person. */
export type ReceiverName = 'all' | 'urgent';

/** A receiver, and what is sent to it. What it took is kept for it alone. */
export interface Receiver {
  readonly name: ReceiverName;
  readonly notifier: Notifier;
  readonly severities: readonly Severity[];
}

/** A way to one receiver, which answers. */
export interface Webhook extends Notifier {
  send(message: NotificationMessage, signal: AbortSignal): Promise<Receipt>;
}
