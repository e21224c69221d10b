/*
 * The sandbox as a process of its own, as 1688 is one, with a world that stands still. It tells its parent where it
 * is, cuts all its connections when told so, and ends with its parent.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/create-sandbox.ts';

const sockets = new Set<Socket>();
// Node's own channel: the sandbox shows its server to nobody.
subscribe('http.server.request.start', (message) => {
  const { socket } = message as { readonly socket: Socket };
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
