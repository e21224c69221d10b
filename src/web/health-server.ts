import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../core/errors.ts';
import { webErrors } from './errors.ts';

export interface HealthServerOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Rejects while something that work needs is away. */
  readonly checkReady: () => Promise<void>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `/livez` (the process answers; never looks at the database) and `/readyz` (database and migrations are there),
 * on loopback. Both say nothing but `ok` or `not ready`.
 *
 * @throws AppError HEALTH_NOT_LISTENING
 */
export async function startHealthServer({ port, checkReady }: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string) => {
      response
        .writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
        .end(`${text}\n`);
    };
    if (request.url === '/livez') answer(200, 'ok');
    else if (request.url === '/readyz') {
      checkReady().then(
        () => answer(200, 'ok'),
        () => answer(503, 'not ready'),
      );
    } else answer(404, 'not found');
  });
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    const message = `health checks can not be answered on port ${port}`;
    throw new AppError(webErrors.HEALTH_NOT_LISTENING, message, { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
