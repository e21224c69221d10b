import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sleep } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { webErrors } from './errors.ts';

export interface CallbackServerOptions {
  /** Where 1688 sends the browser back to: http on a loopback host. */
  readonly redirectUri: URL;
  /** Takes the query of a request to the callback path; false: no login is waiting for it. */
  readonly accept: (query: URLSearchParams) => boolean;
}

export interface CallbackServer {
  /** Lets answers that are under way end first, for a second. Idempotent. */
  close(): Promise<void>;
}

/** Static, and without anything of the request: the query holds a code. */
const page = (text: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>catalog-sync</title></head><body><p>${text}</p></body></html>\n`;
const acceptedPage = page('1688 has answered. See the terminal for the result; you can close this page.');
const refusedPage = page('This answer does not belong to an active login. You can close this page.');

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  connection: 'close',
};

function answer(response: ServerResponse, status: number, body: string, more: object = {}): void {
  response.writeHead(status, { ...headers, ...more }).end(body);
}

/** A page of another site that has its own name lead here (DNS rebinding) comes with that name. */
function isForUs(request: IncomingMessage, { host }: URL): boolean {
  return request.headers.host?.toLowerCase() === host;
}

function serve(options: CallbackServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const { redirectUri, accept } = options;
  // Parsed by hand: as a url, `//evil/api/callback` would have the right path.
  const [path, ...rest] = (request.url ?? '').split('?');
  if (!isForUs(request, redirectUri)) answer(response, 403, page('Forbidden.'));
  else if (path !== redirectUri.pathname) answer(response, 404, page('Not found.'));
  else if (request.method !== 'GET') answer(response, 405, page('Method not allowed.'), { allow: 'GET' });
  else if (accept(new URLSearchParams(rest.join('?')))) answer(response, 200, acceptedPage);
  else answer(response, 400, refusedPage);
}

/** All addresses of the name: a process that listens at one of them could receive the code instead of us. */
function addressesOf({ hostname }: URL): string[] {
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[(.*)\]$/, '$1')];
}

/** Without IPv6, no browser can connect to `::1` either. */
async function listenAt(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (host === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return;
    const message = `can't listen on ${host}, port ${port} (${code})`;
    throw new AppError(webErrors.AUTH_CALLBACK_NOT_LISTENING, message, { cause });
  }
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await Promise.race([closed, sleep(1_000)]);
  server.closeAllConnections();
  await closed;
}

/**
 * Listens on this machine for the browser that comes back from 1688's page, at the path of the callback url and
 * nothing else.
 *
 * @throws AppError AUTH_CALLBACK_NOT_LISTENING
 */
export async function startCallbackServer(options: CallbackServerOptions): Promise<CallbackServer> {
  const { redirectUri } = options;
  const port = redirectUri.port === '' ? 80 : Number(redirectUri.port);
  const limits = { maxHeaderSize: 8_192, headersTimeout: 10_000, requestTimeout: 10_000 };
  const create = () => createServer(limits, (request, response) => serve(options, request, response));
  const servers = addressesOf(redirectUri).map((host) => ({ host, server: create() }));
  const close = async () => {
    await Promise.all(servers.map(({ server }) => closeServer(server)));
  };
  try {
    for (const { server, host } of servers) await listenAt(server, port, host);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
