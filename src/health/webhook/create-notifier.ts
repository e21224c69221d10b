import type { Clock } from '../../core/clock.ts';
import { isLoopbackUrl } from '../../core/loopback.ts';
import { AppError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { NotificationMessage, Notifier, Receipt } from '../../model/notification.ts';
import { notifyErrors } from './errors.ts';
import { formatDingTalk } from './format-dingtalk.ts';
import { formatGeneric } from './format-generic.ts';
import { formatSlack } from './format-slack.ts';
import { judgeAnswer, type NotifyFormat } from './judge-answer.ts';
import { createRedactor } from './redact.ts';
import { signDingTalk } from './sign-dingtalk.ts';
import { tidy } from './wording.ts';

export interface NotifierOptions {
  readonly url: Secret;
  readonly format: NotifyFormat;
  readonly dingTalkSecret: Secret | null;
  /** The address of the ops pages; null: not set. */
  readonly siteUrl: string | null;
  readonly clock: Clock;
  /** Default: `defaultTimeoutMs`. */
  readonly timeoutMs?: number;
}

/** Receivers answer within a second. At double, a `sync` of cron would wait longer for a dead receiver than for a run. */
const defaultTimeoutMs = 10_000;

/** Receivers answer in one line. What comes after is not read. */
const maxAnswerBytes = 16 * 1024;

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

/** The code or name of what was thrown, never its message: that may have the address in it. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return 'UNKNOWN';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}

async function readBeginning(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxAnswerBytes);
}

async function post(url: URL, body: string, signal: AbortSignal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json, text/plain' },
    body,
    redirect: 'manual',
    signal,
  });
  const { status: httpStatus, headers } = response;
  return { httpStatus, retryAfter: headers.get('retry-after'), body: await readBeginning(response.body) };
}

/** Aborts after `ms`, or with `signal`. Not AbortSignal.any(): on a long-lived signal it leaks memory. */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await work(over.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** Sends messages to one webhook, each once: whether and when to send again is for others to decide. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { format, dingTalkSecret, siteUrl, clock, timeoutMs = defaultTimeoutMs } = options;
  const url = checkedUrl(options.url.reveal());
  const secret = format === 'dingtalk' ? (dingTalkSecret?.reveal() ?? null) : null;
  const send = async (message: NotificationMessage, signal: AbortSignal): Promise<Receipt> => {
    const nowMs = clock.now().getTime();
    const target = secret === null ? url : signDingTalk(url, secret, nowMs);
    const body = JSON.stringify(formats[format](message, siteUrl));
    const answer = await within(timeoutMs, signal, (ended) => post(target, body, ended)).catch(
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
