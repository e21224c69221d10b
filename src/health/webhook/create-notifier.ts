import type { Clock } from '../../core/clock.ts';
import { isLoopbackUrl } from '../../core/loopback.ts';
import { AppError } from '../../core/errors.ts';
import { spellCommands } from '../../core/spell-commands.ts';
import type { Secret } from '../../core/secret.ts';
import type { NotificationMessage, Receipt, Webhook } from '../../model/notification.ts';
import { notifyErrors } from './errors.ts';
import { formatDingTalk } from './format-dingtalk.ts';
import { formatGeneric } from './format-generic.ts';
import { formatSlack } from './format-slack.ts';
import { judgeAnswer, type NotifyFormat } from './judge-answer.ts';
import { createRedactor } from './redact.ts';
import { codeOf, sendRequest, within } from './send-request.ts';
import { signDingTalk } from './sign-dingtalk.ts';
import { tidy } from './wording.ts';

export interface NotifierOptions {
  readonly url: Secret;
  readonly format: NotifyFormat;
  readonly dingTalkSecret: Secret | null;
  /** The address of the ops pages; null: not set. */
  readonly siteUrl: string | null;
  /** How people start the program. Default: `catalog-sync`. */
  readonly command?: string;
  readonly clock: Clock;
  /** Default: `defaultTimeoutMs`. */
  readonly timeoutMs?: number;
}

/** Receivers answer within a second. At double, a `sync` of cron would wait longer for a dead receiver than for a run. */
const defaultTimeoutMs = 10_000;

const formats = {
  generic: formatGeneric,
  slack: formatSlack,
  dingtalk: formatDingTalk,
} as const satisfies Record<NotifyFormat, (message: NotificationMessage, siteUrl: string | null) => unknown>;

/** The configuration checks this too; a secret must not depend on who built the notifier. */
function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackUrl(url))) return url;
  throw new AppError(notifyErrors.NOTIFY_REFUSED, 'the address of the receiver must be https');
}

/** The message with commands that can be typed where its sender runs. */
function spell(message: NotificationMessage, command: string): NotificationMessage {
  const items = message.items.map((item) => ({
    ...item,
    summary: spellCommands(item.summary, command),
    remedy: spellCommands(item.remedy, command),
  }));
  return { ...message, items };
}

/** Sends messages to one webhook, each once: whether and when to send again is for others to decide. */
export function createNotifier(options: NotifierOptions): Webhook {
  const {
    format,
    dingTalkSecret,
    siteUrl,
    command = 'catalog-sync',
    clock,
    timeoutMs = defaultTimeoutMs,
  } = options;
  const url = checkedUrl(options.url.reveal());
  const secret = format === 'dingtalk' ? (dingTalkSecret?.reveal() ?? null) : null;
  const send = async (message: NotificationMessage, signal: AbortSignal): Promise<Receipt> => {
    const nowMs = clock.now().getTime();
    const target = secret === null ? url : signDingTalk(url, secret, nowMs);
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json, text/plain' },
      body: JSON.stringify(formats[format](spell(message, command), siteUrl)),
    };
    const answer = await within(timeoutMs, signal, (ended) => sendRequest(target, request, ended)).catch(
      (error: unknown) => {
        const isLate = error instanceof Error && error.name === 'AbortError';
        const why = isLate
          ? `did not answer within ${String(timeoutMs)} ms`
          : `could not be reached (${codeOf(error)})`;
        throw new AppError(notifyErrors.NOTIFY_UNAVAILABLE, `the receiver ${why}`);
      },
    );
    // A body is shown only after its secrets are removed: some receivers return the request.
    const said = createRedactor(target, secret)(answer.body);
    const problem = judgeAnswer(format, { ...answer, body: said }, nowMs);
    if (problem !== null) throw problem;
    return { httpStatus: answer.httpStatus, answer: tidy(said) };
  };
  return { send };
}
