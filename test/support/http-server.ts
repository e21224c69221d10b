import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Record<string, string>;
  readonly body: string;
  /** Equal for requests over one connection. */
  readonly port: number;
}

export interface HttpServer {
  /** `http://127.0.0.1:PORT/openapi` */
  readonly url: string;
  readonly requests: SeenRequest[];
  close(): Promise<void>;
}

export type Respond = (response: ServerResponse, request: SeenRequest) => void;

/** A gateway of a few lines on loopback; `respond` may also be rude. */
export async function startHttpServer(respond: Respond): Promise<HttpServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers, socket } = request;
      const form = Object.fromEntries(new URLSearchParams(body));
      const seen = { method, url, headers, form, body, port: socket.remotePort ?? 0 };
      requests.push(seen);
      respond(response, seen);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
