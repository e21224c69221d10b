import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../core/errors.ts';
import { cliErrors } from '../../app/errors.ts';

export interface SandboxWorld {
  readonly startAt: Date;
  /** How far its clock runs ahead of ours. */
  readonly advancedMs: number;
  readonly offers: number;
  readonly categories: number;
  /** Rankings move between calls. */
  readonly isDrifting?: boolean;
  readonly seed?: number;
  /** Shares by name, as `--nature` takes them. */
  readonly nature?: Readonly<Record<string, number>>;
  /** Nodes of a cycle in the category tree. */
  readonly categoryCycle?: number;
}

export interface SandboxProcess {
  /** The settings that make a configuration talk to it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('../../../bin/catalog-sync.js', import.meta.url));

/** It closes its connections and ends, which takes milliseconds; later than this it hangs. */
const stopMs = 5000;

/**
 * Starts the sandbox as a process of its own, as 1688 is one. It ends with us, also when we are killed: its
 * standard input closes then.
 *
 * @throws AppError SANDBOX_NOT_STARTED
 */
export async function startSandboxProcess(world: SandboxWorld): Promise<SandboxProcess> {
  const args = [
    ...['sandbox', '--json', '--quiet', '--until-stdin-ends'],
    ...['--offers', String(world.offers), '--categories', String(world.categories)],
    ...['--start-at', world.startAt.toISOString(), '--advance', `${world.advancedMs}ms`],
    ...(world.isDrifting ? ['--drift'] : []),
    ...(world.seed === undefined ? [] : ['--seed', String(world.seed)]),
    ...(world.categoryCycle === undefined ? [] : ['--category-cycle', String(world.categoryCycle)]),
    ...Object.entries(world.nature ?? {}).flatMap(([name, share]) => ['--nature', `${name}=${share}`]),
  ];
  // A group of its own: Ctrl-C reaches only this process, and the sandbox stays for the calls in flight.
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line'), exited.then(() => null)]);
  if (line === null)
    throw new AppError(cliErrors.SANDBOX_NOT_STARTED, 'the sandbox ended before it answered');
  return {
    pid: child.pid ?? 0,
    environment: JSON.parse(String(line[0])) as Record<string, string>,
    stop: async () => {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
