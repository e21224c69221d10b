/*
 * The sandbox as a process of its own, as 1688 is one, with a world that stands still. It tells its parent where it
 * is, cuts all its connections when told so, and ends with its parent.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/create-sandbox.ts';

/**
 * A server closes a connection that was idle for 5 s, and a process that is late may use it in that moment: a call is then
 * unknown, and no disturbance explains it.
 */
const keepIdleMs = 600_000;

const sockets = new Set<Socket>();
// Node's own channel: the sandbox shows its server to nobody.
subscribe('http.server.request.start', (message) => {
  const { socket, server } = message as { readonly socket: Socket; readonly server: Server };
  server.keepAliveTimeout = keepIdleMs;
  if (sockets.has(socket)) return;
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});

const options = JSON.parse(process.argv[2] ?? '{}') as SandboxOptions;
const sandbox = await createSandbox(options);
process.on('message', () => {
  for (const socket of sockets) socket.resetAndDestroy();
});
process.once('disconnect', () => void sandbox.close());
const { url, controlUrl } = sandbox;
process.send?.({ url, controlUrl });
