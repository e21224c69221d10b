import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { inject } from 'vitest';
import { findTestPort } from './find-test-port.ts';
import { findTool } from './find-tool.ts';
import { until } from './until.ts';

export type TestRedis =
  | { readonly url: string; readonly reason: null; close(): Promise<void> }
  | { readonly url: null; readonly reason: string; close(): Promise<void> };

/** Redis has 16 databases by default; each vitest worker gets four of them on a shared server. */
const databasesPerWorker = 4;
let databasesUsed = 0;

/** Sends one inline command and gives the first line of the answer. */
export function askRedisServer(url: string, command: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 6379), hostname);
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().trim());
    });
    socket.write(`${command}\r\n`);
  });
}

function takeDatabase(url: string): string {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 1) - 1;
  const number = worker * databasesPerWorker + (databasesUsed++ % databasesPerWorker);
  const own = new URL(url);
  own.pathname = `/${number % 16}`;
  return own.href;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

async function launch(binary: string): Promise<{ url: string; server: ChildProcess }> {
  const port = await findTestPort();
  const arguments_ = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(binary, [...arguments_, '--maxmemory-policy', 'noeviction'], {
    stdio: 'ignore',
    cwd: '/',
  });
  const end = () => void server.kill('SIGKILL');
  process.once('exit', end);
  server.once('exit', () => process.off('exit', end));
  const url = `redis://127.0.0.1:${port}`;
  try {
    await until(async () => server.exitCode !== null || (await askRedisServer(url, 'PING')) === '+PONG', {
      what: 'redis-server answers',
    });
  } catch (error) {
    await stop(server);
    throw error;
  }
  return { url, server };
}

/**
 * A Redis of the caller's own: a new `redis-server` process, or a database of its own on the shared server of
 * `TEST_REDIS_URL` or the container. `{ url: null, reason }` where there is none. Call `close` in `afterAll`.
 */
export async function startTestRedis(): Promise<TestRedis> {
  const { redisUrl } = inject('testServers');
  if (redisUrl) return { url: takeDatabase(redisUrl), reason: null, close: async () => undefined };
  const binary = findTool(['redis-server'], process.env);
  if (!binary) {
    return {
      url: null,
      reason: 'no redis-server on PATH and no TEST_REDIS_URL',
      close: async () => undefined,
    };
  }
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const { url, server } = await launch(binary);
    if (server.exitCode === null) return { url, reason: null, close: () => stop(server) };
  }
  throw new Error('redis-server ends at once, three times in a row');
}
