import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { authorizePath } from './authorize.ts';
import { drawImage, imagePrefix } from './answers/product-image.ts';
import type { Control } from './control/create-control.ts';
import type { GatewayReply, GatewayRequest } from './gateway.ts';
import type { Params } from './sign.ts';
import { sendFault, sendWhole } from './send-answer.ts';

/** Larger than any request of a client by two orders of magnitude. */
const maxBodyBytes = 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new RangeError('the request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Query and form together; of a name that comes twice the last value counts. */
function readParams(url: URL, request: IncomingMessage, body: string): Params {
  const params = new Map(url.searchParams);
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (isForm) for (const [key, value] of new URLSearchParams(body)) params.set(key, value);
  return params;
}

/** What the server passes requests to, and where it listens. */
export interface ServerParts {
  readonly host: string;
  readonly port: number;
  readonly latencyMs: number;
  readonly gateway: (request: GatewayRequest) => GatewayReply;
  readonly authorize: (params: Params, response: ServerResponse) => void;
  readonly control: Control;
}

const gatewayPrefix = '/openapi/';

async function serveGateway(
  parts: ServerParts,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = request.headers['x-request-id'];
  const body = await readBody(request);
  const { answer, fault, entry } = parts.gateway({
    path: decodeURIComponent(url.pathname.slice(gatewayPrefix.length)),
    params: readParams(url, request, body),
    requestId: typeof requestId === 'string' ? requestId : null,
  });
  if (parts.latencyMs > 0) await delay(parts.latencyMs);
  if (fault === null) {
    entry.end(answer.status, answer.outcome);
    sendWhole(response, answer.status, answer.body);
  } else {
    sendFault(response, fault, answer.status, answer.body);
    entry.end(response.headersSent ? response.statusCode : 0, `fault:${fault.kind}`);
  }
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  if (url.pathname.startsWith(gatewayPrefix)) await serveGateway(parts, url, request, response);
  else if (url.pathname === authorizePath) parts.authorize(new Map(url.searchParams), response);
  else if (url.pathname.startsWith(imagePrefix))
    sendWhole(response, 200, drawImage(url.pathname), 'image/svg+xml');
  else if (url.pathname.startsWith('/_sandbox/'))
    await parts.control(url, request, response, await readBody(request));
  else sendWhole(response, 404, '{"error":"not found"}');
}

/** A listening server. */
export interface Listening {
  readonly port: number;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

/**
 * Opens the port.
 *
 * @throws Error when the address is taken or not ours
 */
export async function listen(parts: ServerParts): Promise<Listening> {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else sendWhole(response, 500, JSON.stringify({ error: String(error) }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}
