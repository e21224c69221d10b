import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What lets anybody ping, where healthchecks.io has it. */
export const pingToken = 'zq-ping-token-6611';

export interface PingReceiver {
  readonly url: string;
  /** The requests in their order, as `GET /start`: without the token. */
  readonly pings: readonly string[];
  /** Answers in place of the receiver from now on; one that does nothing keeps them waiting. */
  setAnswer(answer: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/** A dead man's switch on loopback. */
export async function startPingReceiver(): Promise<PingReceiver> {
  const pings: string[] = [];
  let answer = (response: ServerResponse): void => void response.end('OK');
  const server = createServer((request, response) => {
    pings.push(`${request.method ?? ''} ${(request.url ?? '').replace(`/${pingToken}`, '')}`.trim());
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/${pingToken}`,
    pings,
    setAnswer: (next) => {
      answer = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
