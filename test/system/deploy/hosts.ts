import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arrival } from '../../../bench/chaos/evidence.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createProject } from '../../support/in-process.ts';

/** A host: a folder with the same sync file, and settings that lead to the shared servers. */
export interface Host {
  readonly folder: string;
  /** Starts a version of the program there. */
  start(program: string, ...words: readonly string[]): HostProcess;
  stopAll(): Promise<void>;
}

export interface HostProcess {
  readonly child: ChildProcess;
  /** What it wrote so far, both streams. */
  log(): string;
  /** How many calls it made, by its log. */
  countCalls(): number;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** So that every clock which Node shows is wrong by so much. */
function clockAhead(ms: number): string {
  const code = `
    const Right = Date;
    globalThis.Date = class extends Right {
      constructor(...of) { super(...(of.length ? of : [Right.now() + ${ms}])); }
      static now() { return Right.now() + ${ms}; }
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

/** Makes the folder of one host, whose clock is ahead by so much. */
export function openHost(
  syncFile: string,
  settings: Readonly<Record<string, string>>,
  clockAheadMs = 0,
): Host {
  const folder = createProject({ 'catalog-sync.yaml': syncFile });
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env.local'), lines.join(''));
  const clock = clockAheadMs === 0 ? {} : { NODE_OPTIONS: clockAhead(clockAheadMs) };
  const running: HostProcess[] = [];
  return {
    folder,
    start: (program, ...words) => {
      const child = spawn(
        process.execPath,
        [program, ...words, '--project', folder, '--log-level', 'debug'],
        {
          cwd: '/',
          env: { PATH: process.env['PATH'] ?? '', ...clock },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const started = {
        child,
        log: () => text,
        countCalls: () => text.split('"call settled"').length - 1,
        ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string),
      };
      running.push(started);
      return started;
    },
    stopAll: async () => {
      for (const { child } of running) if (child.exitCode === null) child.kill('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}

/** The sandbox's own log. */
export async function listArrivals(sandbox: Sandbox): Promise<Arrival[]> {
  const { calls } = (await (await fetch(`${sandbox.controlUrl}/stats`)).json()) as {
    calls: (Omit<Arrival, 'at'> & { at: string })[];
  };
  return calls.map((call) => ({ ...call, at: Date.parse(call.at) }));
}
