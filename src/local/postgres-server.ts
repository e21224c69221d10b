import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { localErrors } from './errors.ts';
import { findFreePort } from './free-port.ts';
import { clearDeadPid, clusterName, readLastPort, readPostmaster } from './postmaster.ts';
import { runProgram } from './run-program.ts';
import type { RunUser } from './run-user.ts';

export interface ServerOptions {
  readonly binaries: string;
  readonly home: string;
  readonly data: string;
  readonly user: RunUser;
  readonly log: Logger;
  readonly pickPort?: () => Promise<number>;
}

/** Recovery after a crash is part of a start; at half of it a slow disk with much WAL would not make it. */
const waitSeconds = 120;
const startAttempts = 5;
const attemptPauseMs = 300;

/**
 * TCP on loopback only: a socket's path has a limit of about 100 bytes that a project's path may exceed.
 * `max_connections` holds the pools of several workers, and of test runs that share the server; `work_mem` is for questions
 * about a large catalog, which else sort and join on disk from 4 MB on.
 */
function settings(port: number, data: string): string {
  return [
    `cluster_name=${clusterName(data)}`,
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'work_mem=32MB',
    'fsync=on',
    'synchronous_commit=on',
    'log_checkpoints=off',
  ]
    .map((setting) => `-c ${setting}`)
    .join(' ');
}

function pgCtl(options: ServerOptions, ...args: string[]) {
  // The data folder travels in the environment, because `-D` would pass through a shell.
  return runProgram(
    join(options.binaries, 'bin', 'pg_ctl'),
    ['-w', '-s', '-t', String(waitSeconds), ...args],
    { user: options.user, env: { PGDATA: options.data }, detached: true },
  );
}

function readLog(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

/** Somebody took the port first, or children of a killed server have not noticed its end yet. */
function isPassing(log: string): boolean {
  return /Address already in use|still in use/.test(log);
}

/**
 * Starts the server of a data folder and waits until it takes connections. It runs in a session of its own
 * (pg_ctl calls setsid), so that Ctrl-C in the terminal ends its users first. Its port is that of the server before, if it is
 * free: who used that one goes on with this one.
 *
 * @returns the port on 127.0.0.1
 * @throws AppError LOCAL_POSTGRES_START_FAILED with the last lines of its log
 */
export async function startServer(options: ServerOptions): Promise<number> {
  const logFile = join(options.home, 'server.log');
  clearDeadPid(options.data);
  for (let attempt = 1; ; attempt += 1) {
    if (existsSync(logFile)) renameSync(logFile, `${logFile}.before`);
    const last = attempt === 1 && !options.pickPort ? readLastPort(options.data) : null;
    const port = last ?? (await (options.pickPort ?? findFreePort)());
    const result = await pgCtl(options, '-l', logFile, '-o', settings(port, options.data), 'start');
    if (result.code === 0) return port;
    const written = readLog(logFile);
    if (attempt >= startAttempts || !isPassing(written)) {
      throw new AppError(
        localErrors.LOCAL_POSTGRES_START_FAILED,
        `the local Postgres did not start: ${written.split('\n').slice(-4).join(' | ') || result.output}`,
        { facts: { logFile, port } },
      );
    }
    options.log.debug({ attempt, port }, 'local postgres start is tried again');
    await sleep(attemptPauseMs);
  }
}

/** Stops the server if it runs: sessions are ended, data is flushed. Gives up waiting only for a hung one. */
export async function stopServer(options: ServerOptions): Promise<void> {
  if (!readPostmaster(options.data)?.isRunning) return;
  const fast = await pgCtl(options, '-m', 'fast', 'stop');
  if (fast.code === 0) return;
  options.log.warn({ output: fast.output }, 'local postgres does not stop, it is ended without a checkpoint');
  await pgCtl(options, '-m', 'immediate', 'stop');
}
