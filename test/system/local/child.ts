import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('open-postgres.child.ts', import.meta.url));
const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

export interface UserProcess {
  readonly process: ChildProcess;
  readonly pid: number;
  /** The url it opened; rejects with what it wrote to stderr when it ends without one. */
  readonly url: Promise<string>;
  /** Tells it to release, and waits for its end. */
  finish(): Promise<void>;
  /** Sends a signal to it and to what it has started in its process group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void;
}

export interface UserProcessOptions {
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts a process that opens the local Postgres of `dataRoot`; see open-postgres.child.ts. */
export function startUserProcess(dataRoot: string, options: UserProcessOptions = {}): UserProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataRoot], {
    cwd: projectDir,
    env: { PATH: process.env['PATH'], HOME: dataRoot },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...options,
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = once(child, 'close');
  const lines = createInterface(child.stdout);
  const url = Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    ended.then(() => Promise.reject(new Error(`the process ended without a url: ${complaints}`))),
  ]);
  url.catch(() => undefined);
  const pid = child.pid ?? 0;
  return {
    process: child,
    pid,
    url,
    finish: async () => {
      child.stdin.write('\n');
      await ended;
      if (child.exitCode !== 0) throw new Error(`the process failed: ${complaints}`);
    },
    signalGroup: (signal) => process.kill(-pid, signal),
  };
}
