import type { Concern } from './concern.ts';
import type { Source } from './run.ts';

/** What people were told last of a concern. An event is `lasting` once it was told. */
export type Told = 'lasting' | 'over';

/** A concern as it is kept, with what people know of it. */
export interface KeptConcern extends Concern {
  readonly beganAt: Date;
  /** Null: it lasts. */
  readonly endedAt: Date | null;
  /** Null, as `toldAt`: nothing yet. */
  readonly told: Told | null;
  readonly toldAt: Date | null;
}
/** `begun` and `over`: of a state. `lasting`: a reminder. `happened`: an event. */
export type NewsKind = 'begun' | 'lasting' | 'over' | 'happened';

/** One thing that a message tells. */
export interface NewsItem extends Pick<Concern, 'key' | 'severity' | 'summary' | 'remedy' | 'path'> {
  /** The same when the same is sent again, so that a receiver can tell. */
  readonly id: string;
  readonly news: NewsKind;
  readonly since: Date;
}

/** What a receiver is sent. */
export interface NotificationMessage {
  readonly source: Source;
  /** What needs a person comes first. */
  readonly items: readonly NewsItem[];
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
