import type { HealthIssue, HealthIssueId, Origin, Severity } from './health-issue.ts';
import type { Source } from './run.ts';
import type { TrackedChange } from './tracker.ts';

/** The last notification of an issue. An event is `lasting` once it was sent. */
export type NotificationState = 'lasting' | 'over';

/** A stored health issue, with what one receiver knows of it. */
export interface StoredHealthIssue extends Omit<HealthIssue, 'id' | 'origin' | 'healsItself'> {
  /** Null, like `origin` and `healsItself`: the release before stored it without them. */
  readonly issueId: HealthIssueId | null;
  readonly origin: Origin | null;
  readonly healsItself: boolean | null;
  readonly beganAt: Date;
  /** Null: it has not ended. */
  readonly endedAt: Date | null;
  /** Null, like `notifiedAt`: no notification yet. */
  readonly notifiedState: NotificationState | null;
  readonly notifiedAt: Date | null;
}
/** `begun` and `over`: a state begins and ends. `lasting`: a reminder. `happened`: an event. */
export type NotificationPhase = 'begun' | 'lasting' | 'over' | 'happened';

/** One item of a message. */
export interface NotificationItem extends Pick<
  HealthIssue,
  'key' | 'severity' | 'summary' | 'remedy' | 'path' | 'runId' | 'code'
> {
  /** The same when the item is sent again, so that a receiver can detect the repeat. */
  readonly id: string;
  readonly phase: NotificationPhase;
  readonly since: Date;
  /** The kind of issue; null: none, as in a test message. */
  readonly issueId: HealthIssueId | null;
  /** Who can end the issue, since when it exists, and whether it ends by itself; null: not known. */
  readonly cause: Pick<HealthIssue, 'origin' | 'since' | 'healsItself' | 'healsAt'> | null;
  /** What a tracker noticed; null: it is about a health issue, or a test. */
  readonly change: TrackedChange | null;
}

/** What a receiver is sent. */
export interface NotificationMessage {
  readonly source: Source;
  /** Issues that need a person come first. */
  readonly items: readonly NotificationItem[];
  /** Health issues that the message has no room for. */
  readonly more: number;
  /** Changes that trackers noticed and for which the message has no room: the next messages have them. Absent: there are none. */
  readonly later?: number;
  readonly sentAt: Date;
}

/** The answer of a receiver that took a message. */
export interface Receipt {
  readonly httpStatus: number;
  /** The beginning of the body, without secrets. */
  readonly answer: string;
}

/** Sends messages to people. */
export interface Notifier {
  /** Sends a message once. @throws AppError NOTIFY_* */
  send(message: NotificationMessage, signal: AbortSignal): Promise<unknown>;
}

/** `all` is sent everything, `urgent` what needs a person. */
export type ReceiverName = 'all' | 'urgent';

/** A receiver, and what it is sent. Deliveries are recorded for each receiver separately. */
export interface Receiver {
  readonly name: ReceiverName;
  readonly notifier: Notifier;
  readonly severities: readonly Severity[];
}

/** Sends messages to one receiver, which answers. */
export interface Webhook extends Notifier {
  send(message: NotificationMessage, signal: AbortSignal): Promise<Receipt>;
}
