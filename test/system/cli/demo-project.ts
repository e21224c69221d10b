import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPostmaster } from '../../../src/local/postmaster.ts';
import { processStart } from '../../../src/local/process-start.ts';
import { relocatedFolder } from '../../../src/local/server-place.ts';
import { findMemoryFolder } from '../../support/memory-folder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The program of a checkout, which runs its sources unless it was built. */
export const checkedOut = join(root, 'bin', 'catalog-sync.js');

export interface StartedDemo {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  /** Exit code or signal. */
  readonly ended: Promise<number | string>;
}

export interface DemoProject {
  readonly folder: string;
  /** `catalog-sync demo`, or another verb that plays in its folder, as a process in a group of its own, as a shell would start it. */
  start(
    args?: readonly string[],
    options?: { env?: Readonly<Record<string, string>>; program?: string; verb?: 'demo' | 'serve' },
  ): StartedDemo;
  /** Whether the demo's Postgres runs. */
  isServerRunning(): boolean;
  /** Ends what a test that failed has left running. */
  endAll(): Promise<void>;
  /** Removes the folder, and what lives outside of it. */
  remove(): void;
}

/** Processes that `pid` has started. */
export function childrenOf(pid: number | undefined): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

export const isAlive = (pid: number): boolean => processStart(pid) !== null;

/**
 * A folder in memory, or below the repository: where an unprivileged user mostly gets to. Its name needs quoting.
 *
 * @param installed the program that its demos run by default
 */
export function createDemoProject(installed: string): DemoProject {
  const id = `demo-${randomBytes(5).toString('hex')}`;
  const outer = findMemoryFolder(id) ?? join(root, '.catalog-sync', id);
  const folder = join(outer, "it's 目录");
  mkdirSync(folder, { recursive: true });
  const state = join(folder, '.catalog-sync/demo/.catalog-sync/postgres/postgres-18');
  const places = () => (existsSync(state) ? [state, relocatedFolder(realpathSync(state))] : []);
  const started = new Set<ChildProcess>();
  return {
    folder,
    start: (args = [], { env = {}, program = installed, verb = 'demo' } = {}) => {
      const child = spawn(process.execPath, [program, verb, '--project', folder, ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      started.add(child);
      const output = { out: '', err: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
      const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
      return { child, output, ended };
    },
    isServerRunning: () =>
      places().some((place) => readPostmaster(join(place, 'server', 'data'))?.isRunning ?? false),
    endAll: async () => {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGTERM');
        await once(child, 'close');
      }
    },
    remove: () => {
      for (const place of places()) rmSync(place, { recursive: true, force: true });
      rmSync(outer, { recursive: true, force: true });
    },
  };
}
