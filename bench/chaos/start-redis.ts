import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { sleep } from '../../src/core/clock.ts';
import { findTestPort } from '../../test/support/find-test-port.ts';

/** A Redis of our own that keeps nothing on disk. */
export interface ChaosRedis {
  readonly url: string;
  flush(): Promise<void>;
  /** Ends all connections but ours. */
  cut(): Promise<void>;
  /** Kills it and starts an empty one on the same port. */
  restart(): Promise<void>;
  /** SIGSTOP, and after `ms` SIGCONT: its connections stay, and nothing answers on them. */
  pause(ms: number): Promise<void>;
  /** Every key with its value, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

async function launch(port: number): Promise<ChildProcess> {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...flags, '--maxmemory-policy', 'noeviction'], {
    cwd: '/',
    stdio: 'ignore',
  });
  await Promise.race([
    once(server, 'spawn'),
    once(server, 'error').then(([error]) => Promise.reject(error as Error)),
  ]);
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

/** Value of a key of any type that BullMQ uses. */
async function readKey(client: Redis, key: string): Promise<string> {
  switch (await client.type(key)) {
    case 'hash':
      return JSON.stringify(await client.hgetall(key));
    case 'string':
      return (await client.get(key)) ?? '';
    case 'list':
      return (await client.lrange(key, 0, -1)).join();
    case 'stream':
      return JSON.stringify(await client.xrange(key, '-', '+'));
    default:
      return '';
  }
}

/** @throws Error when there is no redis-server on PATH */
export async function startRedis(): Promise<ChaosRedis> {
  const port = await findTestPort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await launch(port);
  process.once('exit', () => server.kill('SIGKILL'));
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  await client.ping();
  return {
    url,
    flush: async () => {
      await client.flushall();
    },
    cut: async () => {
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
    restart: async () => {
      await kill(server);
      await sleep(300);
      server = await launch(port);
      await client.ping();
    },
    pause: async (ms) => {
      const paused = server;
      paused.kill('SIGSTOP');
      await sleep(ms);
      paused.kill('SIGCONT');
    },
    dump: async () => {
      const keys = await client.keys('*');
      const values = await Promise.all(keys.map(async (key) => `${key} ${await readKey(client, key)}`));
      return values.join('\n');
    },
    stop: async () => {
      client.disconnect();
      await kill(server);
    },
  };
}
