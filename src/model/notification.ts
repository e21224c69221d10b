import type { HealthIssue } from './health-issue.ts';
import type { Source } from './run.ts';

/** The last notification of an issue. An event is `lasting` once it was sent. */
export type NotificationState = 'lasting' | 'over';

/** A concern as it is kept, with what people know of it. */
export interface StoredHealthIssue extends HealthIssue {
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
  'key' | 'severity' | 'summary' | 'remedy' | 'path'
> {
  /** The same when the same is sent again, so that a receiver can detect it. */
  readonly id: string;
  readonly phase: NotificationPhase;
  readonly since: Date;
}

/** What a receiver is sent. */
export interface NotificationMessage {
  readonly source: Source;
  /** What needs a person comes first. */
  readonly items: readonly NotificationItem[];
  /** Things that the message has no room for. */
  readonly more: number;
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
  send(message: NotificationMessage, signal: AbortSignal): Promise<Receipt>;
}
