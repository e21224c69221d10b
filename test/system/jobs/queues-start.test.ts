import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { checkRedis } from '../../../src/health/doctor/check-redis.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createOutageWarning } from '../../../src/jobs/outage-warning.ts';
import { openQueues } from '../../../src/jobs/queue-backend.ts';
import { requireRedis } from '../../../src/db/require-redis.ts';
import { findTestPort } from '../../support/find-test-port.ts';
import { startTestRedis } from '../../support/redis.ts';
import { listBackends, withTestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';

const urlAt = (port: number) => new Secret(`redis://someone:hunter2@127.0.0.1:${port}`);

/** Accepts connections; says `answer` to each command, or nothing. */
async function withServer(answer: string | null, work: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const commands = data.toString().match(/^\*\d+\r$/gm) ?? [];
      if (answer !== null) socket.write(answer.repeat(commands.length));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** A way of one's own to a Redis that others may use too. Closed, nobody listens there and all its connections are gone. */
async function openWay(to: string): Promise<{ url: Secret; close(): void }> {
  const url = new URL(to);
  const target = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(target);
    for (const [from, into] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => into.destroy());
      from.pipe(into);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: new Secret(url.href), close };
}

describe('Redis that is to hold the queues', () => {
  it('is not reachable where nobody listens', async () => {
    const port = await findTestPort();
    const refused = await requireRedis(urlAt(port), 600).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'REDIS_UNREACHABLE', recovery: 'retry' });
    expect(String(refused)).toContain(`Redis at 127.0.0.1:${port}: connect ECONNREFUSED`);
    expect(String(refused)).not.toMatch(/hunter2|someone/);
  });

  it('is not reachable where nobody answers', () =>
    withServer(null, async (port) => {
      const refused = await requireRedis(urlAt(port), 600).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'REDIS_UNREACHABLE' });
      expect(String(refused)).toContain(`Redis at 127.0.0.1:${port}: no answer within 0.6 s`);
    }));

  it('says what it has against us', () =>
    withServer('-WRONGPASS invalid username-password pair\r\n', async (port) => {
      const refused = await requireRedis(urlAt(port), 600).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'REDIS_UNREACHABLE' });
      expect(String(refused)).toContain('WRONGPASS');
      expect(JSON.stringify(refused)).not.toContain('hunter2');
    }));

  it('has a line in doctor, if there is to be one', async () => {
    expect(await checkRedis({ REDIS_URL: undefined })).toEqual([]);
    const checks = await checkRedis({ REDIS_URL: urlAt(await findTestPort()) });
    expect(checks).toMatchObject([{ name: 'redis', status: 'fail', exitCode: 1 }]);
    expect(checks[0]?.message).toMatch(/^REDIS_UNREACHABLE: /);
  });

  it('ends a start within seconds when it does not answer', () =>
    withTestStack({ backend: 'postgres' }, async (stack) => {
      const url = urlAt(await findTestPort()).reveal();
      const began = Date.now();
      await expect(stack.openProcess({ env: { REDIS_URL: url } })).rejects.toMatchObject({
        code: 'REDIS_UNREACHABLE',
      });
      expect(Date.now() - began).toBeLessThan(10_000);
    }));
});

it('an outage is one line of the log, whatever the client says of it', async () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const warn = createOutageWarning(createLogger({ level: 'warn', pretty: false, stream }), 'redis');
  const redis = new Redis({ port: await findTestPort(), maxRetriesPerRequest: 1, retryStrategy: () => 10 });
  const errors: Error[] = [];
  redis.on('error', (error) => errors.push(error));
  errors.push((await redis.ping().catch((error: unknown) => error)) as Error);
  redis.disconnect();
  expect(errors.map(({ message }) => message.slice(0, 20))).toEqual(
    expect.arrayContaining(['connect ECONNREFUSED', 'Reached the max retr']),
  );
  for (const error of errors) warn(error);
  expect(lines).toHaveLength(1);
});

describe.runIf(listBackends().includes('redis'))('Redis that goes away', () => {
  it('is ready in doctor until then, and one line of the log tells of it', async () => {
    const redis = await startTestRedis();
    const way = await openWay(redis.url ?? '');
    const { url } = way;
    expect((await checkRedis({ REDIS_URL: url }))[0]).toMatchObject({ status: 'ok' });
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ level: 'warn', pretty: false, stream });
    const server = { backend: 'redis', url } as const;
    const queues = openQueues({ server, log, retryDelayMs: 10, onSettled: () => undefined });
    expect(await queues.count('category')).toEqual({ active: 0, unfinished: 0 });
    way.close();
    await until(() => lines.length > 0);
    await expect(queues.count('category')).rejects.toThrow();
    expect(lines).toHaveLength(1);
    await queues.close();
    await redis.close();
  });
});
