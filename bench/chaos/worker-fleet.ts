import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../../src/core/clock.ts';

export interface FleetOptions {
  /** Path of `catalog-sync.js`. */
  readonly program: string;
  /** An operator's folder: `.env.local` and `catalog-sync.yaml`. */
  readonly project: string;
  /** Each process writes into a file of its own in it. */
  readonly logFolder: string;
  readonly workers: number;
}

/** Processes of the product, started again whenever one ends: one of them syncs, the others are workers. */
export interface WorkerFleet {
  start(): void;
  /** SIGKILL; another one takes its place. */
  kill(pick: number): Promise<void>;
  /** SIGKILL for all at once, as when the power goes. */
  killAll(): Promise<void>;
  /** SIGSTOP, and after `ms` SIGCONT. Only one at a time. */
  stall(pick: number, ms: number): Promise<void>;
  /** Ends all, and starts no other. `SIGTERM` waits for what is in flight. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** How many processes were started. */
  countStarted(): number;
}

/** As a supervisor of services has it: at once would spin while Postgres is away. */
const restartMs = 500;

interface Member {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

class Fleet implements WorkerFleet {
  readonly #options: FleetOptions;
  readonly #members: (Member | null)[] = [];
  readonly #loops: Promise<void>[] = [];
  #started = 0;
  #isStopping = false;
  #stalled: ChildProcess | null = null;

  constructor(options: FleetOptions) {
    this.#options = options;
    // Nobody else ends them when this process goes without a word.
    process.once('exit', () => this.#members.forEach((member) => member?.child.kill('SIGKILL')));
  }

  start(): void {
    this.#isStopping = false;
    for (let slot = 0; slot < this.#options.workers; slot += 1) this.#loops.push(this.#keepUp(slot));
  }

  async kill(pick: number): Promise<void> {
    const member = this.#choose(pick);
    if (!member) return;
    member.child.kill('SIGKILL');
    await member.ended;
  }

  async killAll(): Promise<void> {
    const members = this.#members.filter((member) => member !== null);
    for (const { child } of members) child.kill('SIGKILL');
    await Promise.all(members.map(({ ended }) => ended));
  }

  async stall(pick: number, ms: number): Promise<void> {
    const member = this.#choose(pick);
    if (!member) return;
    member.child.kill('SIGSTOP');
    this.#stalled = member.child;
    await Promise.race([sleep(ms), member.ended]);
    member.child.kill('SIGCONT');
    this.#stalled = null;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#isStopping = true;
    for (const member of this.#members) {
      member?.child.kill('SIGCONT');
      member?.child.kill(signal);
    }
    await Promise.all(this.#loops.splice(0));
  }

  countStarted(): number {
    return this.#started;
  }

  #choose(pick: number): Member | null {
    const running = this.#members.filter((member) => member !== null && member.child !== this.#stalled);
    return running[Math.floor(pick * running.length)] ?? null;
  }

  async #keepUp(slot: number): Promise<void> {
    for (;;) {
      if (this.#isStopping) return;
      const member = this.#launch(slot === 0 ? 'sync' : 'worker');
      this.#members[slot] = member;
      await member.ended;
      this.#members[slot] = null;
      await sleep(restartMs);
    }
  }

  #launch(verb: 'sync' | 'worker'): Member {
    const { program, project, logFolder } = this.#options;
    this.#started += 1;
    const name = `${String(this.#started).padStart(4, '0')}-${verb}`;
    mkdirSync(logFolder, { recursive: true });
    const log = openSync(join(logFolder, `${name}.log`), 'a');
    const child = spawn(process.execPath, [program, verb, '--project', project, '--log-level', 'debug'], {
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return { child, ended: once(child, 'exit') };
  }
}

/** A fleet that has not been started. */
export function createWorkerFleet(options: FleetOptions): WorkerFleet {
  return new Fleet(options);
}
