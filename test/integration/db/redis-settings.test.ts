import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { readRedisSettings } from '../../../src/db/read-redis-settings.ts';
import { requireRedis } from '../../../src/db/require-redis.ts';
import { findTestPort } from '../../support/find-test-port.ts';
import { until } from '../../support/until.ts';

/** Answers commands that arrived together; `nth` is that of the connection, from 1. */
type Answer = (commands: string, nth: number, socket: Socket) => void;

/** A server that answers so; once `work` is done, nobody may be connected to it any more. */
async function withServer<T>(answer: Answer, work: (url: Secret) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    const nth = (connections += 1);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => answer(data.toString(), nth, socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const result = await work(new Secret(`redis://127.0.0.1:${port}`));
    await until(() => sockets.size === 0);
    return result;
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** The same to each command. */
const always =
  (text: string): Answer =>
  (commands, _, socket) =>
    void socket.write(text.repeat(commands.match(/^\*\d+\r$/gm)?.length ?? 0));

const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;

it.each([
  ['maxmemory_policy:noeviction\r\naof_enabled:1', { maxmemoryPolicy: 'noeviction', isAppendOnly: true }],
  ['aof_enabled:0\r\nmaxmemory_policy:allkeys-lru', { maxmemoryPolicy: 'allkeys-lru', isAppendOnly: false }],
  ['redis_version:7.0.0', { maxmemoryPolicy: null, isAppendOnly: null }],
])('a Redis that says %j keeps jobs so', async (info, expected) => {
  expect(await withServer(always(bulk(info)), (url) => readRedisSettings(url, 30_000))).toEqual(expected);
});

it('a Redis that is not there says nothing, and nothing is written of it', async () => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    const url = new Secret(`redis://127.0.0.1:${await findTestPort()}`);
    expect(await readRedisSettings(url, 200)).toEqual({ maxmemoryPolicy: null, isAppendOnly: null });
    expect(written).not.toHaveBeenCalled();
  } finally {
    written.mockRestore();
  }
});

it('a Redis that answers is let go', async () => {
  await expect(withServer(always('+PONG\r\n'), (url) => requireRedis(url, 30_000))).resolves.toBeUndefined();
});

it('a Redis that can not be used says why in its last words', async () => {
  const answer: Answer = (commands, nth, socket) => {
    if (nth === 1) socket.resetAndDestroy();
    else always('-ERR last\r\n')(commands, nth, socket);
  };
  await expect(withServer(answer, (url) => requireRedis(url, 30_000))).rejects.toMatchObject({
    code: 'REDIS_UNREACHABLE',
    message: expect.stringMatching(/: ERR last$/) as string,
  });
});
