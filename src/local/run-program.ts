import { spawn } from 'node:child_process';
import type { RunUser } from './run-user.ts';

export interface ProgramResult {
  /** The exit code, or null when it could not be started or was killed. */
  readonly code: number | null;
  /** Both outputs, in the order in which they arrived; the reason when it could not be started. */
  readonly output: string;
}

export interface ProgramOptions {
  readonly user: RunUser;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** In a session of its own, out of reach of the terminal's Ctrl-C. */
  readonly detached?: boolean;
}

/**
 * Runs a program to its end and never throws. Its environment is only what is given here: no PG* variable of
 * the caller can steer a server, and messages are English and in UTC.
 */
export function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      // The caller's folder may be closed to the other user; `/` is not.
      cwd: options.cwd ?? '/',
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.detached ?? false,
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}
