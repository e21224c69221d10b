import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../../src/core/clock.ts';
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts';

export interface FleetOptions {
  /** Path of `catalog-sync.js`. */
  readonly program: string;
  /** An operator's folder: `.env.local` and `catalog-sync.yaml`. */
  readonly project: string;
  /** Each process writes into a file of its own in it. */
  readonly logFolder: string;
  readonly workers: number;
  /** Before one that ended is started again, as a supervisor of services waits: at once would spin while Postgres is away. */
  readonly restartMs: number;
}

/** A command in another operator's folder, and how it is ended. */
export interface SideProcess {
  readonly project: string;
  readonly words: readonly string[];
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

/** Processes of the product, started again whenever one ends: one of them syncs, the others are workers. */
export interface WorkerFleet {
  start(): void;
  /** SIGKILL; another one takes its place. */
  kill(pick: number): Promise<void>;
  /** SIGKILL for all at once but those that are stalled, as when the power of a host goes. */
  killAll(): Promise<void>;
  /** SIGSTOP, and after `ms` SIGCONT. False: there was none, or it ended meanwhile. */
  stall(pick: number, ms: number): Promise<boolean>;
  /** The clock of one process, and of those that take its place, is wrong by `aheadMs` for `ms`. */
  stepClock(pick: number, aheadMs: number, ms: number): Promise<void>;
  /** Another process beside the others, for `ms` or until it ends; gives what it logged. */
  runBeside(process: SideProcess, ms: number): Promise<string>;
  /** Ends all, and starts no other. `SIGTERM` waits for what is in flight. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** How many processes were started. */
  countStarted(): number;
}

/** A `sync` that has nothing to do, since its run is active elsewhere, comes again that much later. */
const restsWhenDone = 5;

interface Member {
  readonly child: ChildProcess;
  /** Its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  readonly logFile: string;
}

class Fleet implements WorkerFleet {
  readonly #options: FleetOptions;
  readonly #members: (Member | null)[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #beside = new Set<Member>();
  readonly #clocks: readonly SteppedClock[];
  #started = 0;
  #isStopping = false;
  readonly #stalled = new Set<ChildProcess>();

  constructor(options: FleetOptions) {
    this.#options = options;
    mkdirSync(options.logFolder, { recursive: true });
    this.#clocks = Array.from({ length: options.workers }, (_, slot) =>
      createSteppedClock(join(options.logFolder, `clock-${String(slot)}`)),
    );
    // Nobody else ends them when this process goes without a word.
    process.once('exit', () => this.#everyone().forEach(({ child }) => child.kill('SIGKILL')));
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
    const members = this.#awake();
    for (const { child } of members) child.kill('SIGKILL');
    await Promise.all(members.map(({ ended }) => ended));
  }

  async stall(pick: number, ms: number): Promise<boolean> {
    const member = this.#choose(pick);
    if (!member) return false;
    member.child.kill('SIGSTOP');
    this.#stalled.add(member.child);
    const isWhole = await Promise.race([sleep(ms).then(() => true), member.ended.then(() => false)]);
    member.child.kill('SIGCONT');
    this.#stalled.delete(member.child);
    return isWhole;
  }

  async stepClock(pick: number, aheadMs: number, ms: number): Promise<void> {
    const clock = this.#clocks[Math.floor(pick * this.#clocks.length)];
    clock?.set(aheadMs);
    await sleep(ms);
    clock?.set(0);
  }

  async runBeside({ project, words, signal }: SideProcess, ms: number): Promise<string> {
    const member = this.#launch(words, project);
    this.#beside.add(member);
    await Promise.race([sleep(ms), member.ended]);
    member.child.kill(signal);
    await member.ended;
    this.#beside.delete(member);
    return readFileSync(member.logFile, 'utf8');
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#isStopping = true;
    const everyone = this.#everyone();
    for (const { child } of everyone) {
      child.kill('SIGCONT');
      child.kill(signal);
    }
    await Promise.all([...everyone.map(({ ended }) => ended), ...this.#loops.splice(0)]);
  }

  countStarted(): number {
    return this.#started;
  }

  #choose(pick: number): Member | null {
    const running = this.#awake();
    return running[Math.floor(pick * running.length)] ?? null;
  }

  #awake(): Member[] {
    return this.#members.filter((member) => member !== null && !this.#stalled.has(member.child)) as Member[];
  }

  #everyone(): Member[] {
    return [...this.#members.filter((member) => member !== null), ...this.#beside];
  }

  async #keepUp(slot: number): Promise<void> {
    for (;;) {
      if (this.#isStopping) return;
      const words = [slot === 0 ? 'sync' : 'worker'];
      const member = this.#launch(words, this.#options.project, this.#clocks[slot]);
      this.#members[slot] = member;
      const code = await member.ended;
      this.#members[slot] = null;
      await sleep((code === 0 ? restsWhenDone : 1) * this.#options.restartMs);
    }
  }

  #launch(words: readonly string[], project: string, clock?: SteppedClock): Member {
    const { program, logFolder } = this.#options;
    this.#started += 1;
    const name = `${String(this.#started).padStart(4, '0')}-${words[0] ?? ''}`;
    const logFile = join(logFolder, `${name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, [program, ...words, '--project', project, '--log-level', 'debug'], {
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '', ...(clock ? { NODE_OPTIONS: clock.nodeOptions } : {}) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    return { child, ended, logFile };
  }
}

/** A fleet that has not been started. */
export function createWorkerFleet(options: FleetOptions): WorkerFleet {
  return new Fleet(options);
}
