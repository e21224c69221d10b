import type { ReceiverAnswer } from './judge-answer.ts';

/** Receivers answer in one line. What comes after is not read. */
const maxAnswerBytes = 16 * 1024;

/** The code or name of what was thrown, never its message: that may have the address in it. */
export function codeOf(error: unknown): string {
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

/** Sends one request and reads the beginning of its answer. Redirects are not followed: they would get the secret path. */
export async function sendRequest(
  url: URL,
  request: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  signal: AbortSignal,
): Promise<ReceiverAnswer> {
  const response = await fetch(url, { ...request, redirect: 'manual', signal });
  const { status: httpStatus, headers } = response;
  return { httpStatus, retryAfter: headers.get('retry-after'), body: await readBeginning(response.body) };
}

/** Aborts after `ms`, or with `signal`. Not AbortSignal.any(): on a long-lived signal it leaks memory. */
export async function within<T>(
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
