import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { AppError, errorMessage } from '../core/errors.ts';
import { createWebApp } from './create-web-app.ts';
import { webErrors } from './errors.ts';
import { isLoopbackHost } from './guard/allowed-hosts.ts';
import type { WebDeps } from './web-deps.ts';

export interface WebServer {
  readonly port: number;
  /** For a browser on this machine. */
  readonly url: string;
  close(): Promise<void>;
}

/** A browser sends a request at once; a slow request only blocks a connection. */
const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 };

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses the port',
  EADDRNOTAVAIL: 'this machine does not have this address',
  EACCES: 'the system does not let this user use the port',
};

/** Why a server does not listen. */
function reasonOf(cause: unknown): string {
  return reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? errorMessage(cause);
}

/**
 * Listens for browsers.
 *
 * @param port 0: any free one
 * @throws AppError WEB_TOKEN_MISSING when others than this machine could come in without a token, WEB_NOT_LISTENING
 */
export async function startWebServer(deps: WebDeps, port: number): Promise<WebServer> {
  const { host, token } = deps.access;
  if (token === null && !isLoopbackHost(host)) {
    const message = `everyone who can reach ${host} could open the pages, because WEB_TOKEN is not set`;
    throw new AppError(webErrors.WEB_TOKEN_MISSING, message);
  }
  const { fetch } = createWebApp(deps);
  const answer = getRequestListener(fetch, { overrideGlobalObjects: false });
  const server = createServer(limits, (request, response) => void answer(request, response));
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const message = `the pages can't be served on port ${String(port)} of ${host}: ${reasonOf(cause)}`;
    throw new AppError(webErrors.WEB_NOT_LISTENING, message, { cause });
  }
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://localhost:${String(bound)}/`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await deps.queues.close();
    },
  };
}
