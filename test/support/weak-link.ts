import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A link to a server that can be made worse. */
export interface WeakLink {
  /** The url of the server, by way of the link. */
  readonly url: string;
  /** Nothing passes any more, as if the server were stopped; connections are accepted. */
  stall(): void;
  /** All bytes pass as much later as this, in milliseconds. */
  delay(ms: number): void;
  /** Ends all connections and takes no new one. */
  cut(): Promise<void>;
  /** Ends all connections, and answers each new one with these bytes, once it has sent something. */
  answer(bytes: Buffer): void;
  /** Everything passes again. Only after `stall` and `delay`. */
  mend(): void;
  /** Of those who came by way of the link. */
  countConnections(): number;
  close(): Promise<void>;
}

interface Condition {
  isStalled: boolean;
  delayMs: number;
  reply: Buffer | null;
}

/** Passes what comes, in its order; keeps what comes while the link is stalled. */
function pass(from: Socket, to: Socket, condition: Condition): () => void {
  const kept: Buffer[] = [];
  const write = (bytes: Buffer) => {
    if (!to.destroyed) to.write(bytes);
  };
  from.on('data', (bytes: Buffer) => {
    if (condition.isStalled) kept.push(bytes);
    else if (condition.delayMs > 0) setTimeout(write, condition.delayMs, bytes);
    else write(bytes);
  });
  from.on('end', () => {
    if (!condition.isStalled) setTimeout(() => to.end(), condition.delayMs);
  });
  return () => kept.splice(0).forEach(write);
}

/** Opens a link on loopback to the server of a url. */
export async function openWeakLink(serverUrl: string): Promise<WeakLink> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const nears = new Set<Socket>();
  const flushes = new Set<() => void>();
  const condition: Condition = { isStalled: false, delayMs: 0, reply: null };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    nears.add(near);
    near.once('close', () => nears.delete(near));
    const { reply } = condition;
    if (reply) {
      near.once('data', () => near.end(reply));
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    keep(far);
    flushes.add(pass(near, far, condition)).add(pass(far, near, condition));
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const endAll = () => sockets.forEach((socket) => socket.destroy());
  const close = async () => {
    endAll();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: url.href,
    stall: () => void (condition.isStalled = true),
    delay: (ms) => void (condition.delayMs = ms),
    cut: close,
    answer: (bytes) => {
      condition.reply = bytes;
      endAll();
    },
    mend: () => {
      condition.isStalled = false;
      condition.delayMs = 0;
      flushes.forEach((flush) => flush());
    },
    countConnections: () => nears.size,
    close,
  };
}
