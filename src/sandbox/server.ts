import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { authorizePath } from './authorize.ts';
import { drawImage, imagePrefix } from './answers/product-image.ts';
import type { Control } from './control/create-control.ts';
import type { GatewayReply, GatewayRequest } from './gateway.ts';
import { answerRefusal, Refusal } from './gateway-answer.ts';
import { readBody, readForm } from './read-form.ts';
import type { Params } from './sign.ts';
import { sendFault, sendWhole } from './send-answer.ts';

/** What the server passes requests to, and where it listens. */
export interface ServerParts {
  readonly host: string;
  readonly port: number;
  /** Time before the next answer. */
  readonly latencyMs: () => number;
  readonly gateway: (request: GatewayRequest) => GatewayReply;
  readonly authorize: (params: Params, response: ServerResponse) => void;
  readonly control: Control;
}

const gatewayPrefix = '/openapi/';

/** The signed path, as it was before url-encoding. @throws Refusal when it can't be decoded */
function decodePath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname.slice(gatewayPrefix.length));
  } catch {
    throw new Refusal('gw.ParamInvalid', 'Malformed path');
  }
}

async function serveGateway(
  parts: ServerParts,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = request.headers['x-request-id'];
  const form = readForm(url, request, await readBody(request));
  const { answer, fault, entry } = parts.gateway({
    ...form,
    path: decodePath(url),
    requestId: typeof requestId === 'string' ? requestId : null,
  });
  const latencyMs = parts.latencyMs();
  if (latencyMs > 0) await delay(latencyMs);
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
    await parts.control(url, request, response, (await readBody(request)).toString('utf8'));
  else sendWhole(response, 404, '{"error":"not found"}');
}

/** A request that never reached the gateway is refused in its words; a defect of ours says nothing of itself. */
function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const refusal =
    error instanceof Refusal ? error : new Refusal('gw.InternalError', 'The sandbox could not answer');
  const { status, body } = answerRefusal(refusal, false);
  sendWhole(response, error instanceof Refusal ? status : 500, body);
}

/** A listening server. */
export interface Listening {
  readonly port: number;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
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
    serve(parts, request, response).catch((error: unknown) => sendFailure(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}
