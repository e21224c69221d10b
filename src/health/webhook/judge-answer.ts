import type { notifyFormats } from '../../config/environment.ts';
import { minuteMs } from '../../core/duration.ts';
import { AppError } from '../../core/errors.ts';
import { notifyErrors } from './errors.ts';
import { tidy } from './wording.ts';

/** The format of a receiver, and how it confirms a message. */
export type NotifyFormat = (typeof notifyFormats)[number];

export interface ReceiverAnswer {
  readonly httpStatus: number;
  /** The header; null: there is none. */
  readonly retryAfter: string | null;
  readonly body: string;
}

/** DingTalk: more than 20 messages a minute; it then takes none for ten. */
const dingTalkTooFast = { errcode: 130_101, retryAfterMs: 10 * minuteMs } as const;

/** Seconds or a date, as ms from now; null: neither. */
function readRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

const refused = (message: string) => new AppError(notifyErrors.NOTIFY_REFUSED, message);

function throttled(message: string, retryAfterMs: number | null): AppError {
  return new AppError(notifyErrors.NOTIFY_THROTTLED, message, retryAfterMs === null ? {} : { retryAfterMs });
}

function judgeDingTalk(body: string): AppError | null {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return refused('the receiver did not answer as DingTalk does, with JSON');
  }
  const { errcode, errmsg } = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<
    string,
    unknown
  >;
  if (errcode === 0) return null;
  if (errcode === dingTalkTooFast.errcode) {
    return throttled('DingTalk says that messages come too fast', dingTalkTooFast.retryAfterMs);
  }
  if (typeof errcode !== 'number')
    return refused('the receiver did not answer as DingTalk does, with an errcode');
  return refused(
    `DingTalk refused it with errcode ${String(errcode)}: ${typeof errmsg === 'string' ? tidy(errmsg) : ''}`,
  );
}

/** Whether a receiver took a message; null: it did. The message of the error may quote it. */
export function judgeAnswer(format: NotifyFormat, answer: ReceiverAnswer, nowMs: number): AppError | null {
  const { httpStatus, retryAfter, body } = answer;
  const said = `the receiver answered HTTP ${String(httpStatus)}`;
  if (httpStatus === 429) return throttled(said, readRetryAfter(retryAfter, nowMs));
  if (httpStatus >= 500) {
    const retryAfterMs = readRetryAfter(retryAfter, nowMs);
    return new AppError(notifyErrors.NOTIFY_UNAVAILABLE, said, retryAfterMs === null ? {} : { retryAfterMs });
  }
  if (httpStatus >= 300 && httpStatus < 400) return refused(`${said}, a redirect, which is not followed`);
  if (httpStatus < 200 || httpStatus > 299) return refused(body === '' ? said : `${said}: ${tidy(body)}`);
  if (format === 'dingtalk') return judgeDingTalk(body);
  if (format === 'slack' && body.trim() !== 'ok')
    return refused('the receiver did not answer as Slack does, with "ok"');
  return null;
}
