import { createConnection, type Socket } from 'node:net';
import { sleep } from '../../src/core/clock.ts';

/** Connections that are open and do nothing. */
export interface Hogs {
  /** Takes all that are free: ends when the server refuses one. */
  fill(): Promise<void>;
  /** Takes every one that becomes free, for so long. */
  keep(ms: number): Promise<void>;
  /** Gives all of them back. */
  release(): void;
}

/** Together at once: more would only wait for the server to fork. */
const atOnce = 8;

/** The first message of a connection (PostgreSQL documentation, "Message Formats", StartupMessage 3.0). */
function startupMessage(url: URL): Buffer {
  const fields = ['user', url.username, 'database', url.pathname.slice(1)].join('\0');
  const text = Buffer.from(`${fields}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(text.length + head.length, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, text]);
}

/**
 * Uses up the connections of a Postgres. One that has not answered the question for its password counts as any other,
 * for a minute (`authentication_timeout`), and costs the server no more than a process.
 */
export function createHogs(databaseUrl: string): Hogs {
  const url = new URL(databaseUrl);
  const message = startupMessage(url);
  const sockets = new Set<Socket>();
  const open = () =>
    new Promise<'taken' | 'refused'>((resolve) => {
      const socket = createConnection(Number(url.port), url.hostname, () => socket.write(message));
      sockets.add(socket);
      socket.once('data', (bytes) => resolve(bytes.toString('latin1', 0, 1) === 'R' ? 'taken' : 'refused'));
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        resolve('refused');
      });
    });
  return {
    fill: async () => {
      while (!(await Promise.all(Array.from({ length: atOnce }, open))).includes('refused'));
    },
    keep: async (ms) => {
      for (const end = performance.now() + ms; performance.now() < end;)
        if ((await open()) === 'refused') await sleep(50);
    },
    release: () => sockets.forEach((socket) => socket.destroy()),
  };
}
