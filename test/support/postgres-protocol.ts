import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A message of the protocol of Postgres (PostgreSQL documentation, 54.7). */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** The server is ready for a query. */
export const ready = message('Z', Buffer.from('I'));

/** A statement is done, and has given no rows. */
export const done = Buffer.concat([message('C', Buffer.from('SELECT 0\0')), ready]);

/** A session is open, of process 16843009. */
export const opened = Buffer.concat([message('R', Buffer.alloc(4)), message('K', Buffer.alloc(8, 1)), ready]);

/** An error; with FATAL the session is over. */
export const errorOf = (severity: 'ERROR' | 'FATAL', sqlState: string, text: string): Buffer =>
  message('E', Buffer.from(`S${severity}\0V${severity}\0C${sqlState}\0M${text}\0\0`));

/** What a client sends when it ends its session. */
export const isFarewell = (data: Buffer): boolean => data[0] === 'X'.charCodeAt(0);

/** Calls `work` with the URL of a server that says to each connection only what `talk` writes. */
export async function withServer(
  talk: (socket: Socket) => void,
  work: (connectionString: string) => Promise<void>,
): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    talk(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await work(`postgres://someone@127.0.0.1:${String(port)}/any?sslmode=disable`);
  } finally {
    server.close();
  }
}
