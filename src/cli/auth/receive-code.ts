import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { extractErrors } from '../../extract/errors.ts';
import { authorizationLifeMs, type Authorization } from '../../extract/oauth/authorization.ts';
import { startCallbackServer } from '../../web/oauth-callback-server.ts';
import type { Session } from '../../app/session.ts';
import { openBrowser } from './open-browser.ts';

export interface ReceiveOptions {
  readonly session: Pick<Session, 'context' | 'talk'>;
  readonly authorization: Authorization;
  readonly signal: AbortSignal;
  /** Default: as long as the authorization lives. */
  readonly waitMs?: number;
}

/** Rejects after the time, or when the process is stopped; waiting then ends. */
function giveUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () =>
      reject(
        new AppError(extractErrors.AUTH_TIMED_OUT, 'no login was completed, so the app is not authorised'),
      );
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Also with `--quiet`: without the url, the user can't log in. */
function showUrl({ session, authorization }: ReceiveOptions, where: string): void {
  session.talk(`Approve the app on this page of 1688, in ${where}:\n`);
  session.context.stderr.write(`  ${authorization.url}\n`);
  session.talk('');
}

function endOf({ signal, waitMs = authorizationLifeMs }: ReceiveOptions): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
}

/**
 * Opens 1688's page in a browser on this machine and waits for it to come back. Answers of other logins are
 * refused and waited past: any web page can send one.
 *
 * @throws AppError AUTH_CALLBACK_NOT_LISTENING, AUTH_CODE_MISSING, AUTH_TIMED_OUT
 */
export async function receiveByCallback(options: ReceiveOptions & { redirectUri: URL }): Promise<Secret> {
  const { session, authorization, redirectUri } = options;
  const ended = endOf(options);
  let take: (query: URLSearchParams) => boolean = () => false;
  const received = new Promise<Secret>((resolve, reject) => {
    take = (query) => {
      try {
        resolve(authorization.redeem(query));
      } catch (error) {
        if (error instanceof AppError && error.kind === extractErrors.AUTH_STATE_REFUSED) {
          session.talk('an answer that belongs to another login was refused');
          return false;
        }
        reject(toAppError(error));
      }
      return true;
    };
  });
  const server = await startCallbackServer({ redirectUri, accept: (query) => take(query) });
  try {
    showUrl(options, 'a browser on this machine');
    openBrowser(session.context, authorization.url);
    session.talk(`Waiting for the browser to return to ${redirectUri.href}, for at most ten minutes.`);
    return await Promise.race([received, giveUp(ended)]);
  } finally {
    await server.close();
  }
}

async function readLine(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  const reader = createInterface({ input, output: new PassThrough() });
  const stop = () => reader.close();
  signal.addEventListener('abort', stop);
  try {
    for await (const line of reader) if (line.trim() !== '') return line;
    return '';
  } finally {
    signal.removeEventListener('abort', stop);
    reader.close();
  }
}

/**
 * Shows the url of 1688's page for a browser anywhere, and reads what it ends at from standard input.
 *
 * @throws AppError AUTH_STATE_REFUSED, AUTH_CODE_MISSING, AUTH_TIMED_OUT
 */
export async function receiveByPaste(options: ReceiveOptions): Promise<Secret> {
  const { session, authorization } = options;
  const ended = endOf(options);
  showUrl(options, 'any browser');
  session.talk('The browser then opens the callback url. If it shows an error there, ignore it.');
  session.talk('Paste the address of that page, or the code in it, within two minutes:');
  const pasted = await Promise.race([readLine(session.context.stdin, ended), giveUp(ended)]);
  return authorization.redeemPasted(pasted);
}
