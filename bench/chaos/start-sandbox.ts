import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SandboxOptions } from '../../src/sandbox/create-sandbox.ts';
import type { Arrival } from './evidence.ts';

/** The made-up 1688 of a chaos run. */
export interface ChaosSandbox {
  readonly url: string;
  /** Ends every connection at once, whatever is under way on it. */
  cut(): void;
  /** GET of a control endpoint, as JSON. */
  ask(path: string): Promise<unknown>;
  /** POST to a control endpoint. */
  command(path: string, command: object): Promise<void>;
  /** How many calls it saw. */
  countArrivals(): Promise<number>;
  /** Every call it saw. */
  listArrivals(): Promise<Arrival[]>;
  stop(): Promise<void>;
}

interface LoggedCall extends Omit<Arrival, 'at'> {
  readonly at: string;
}

const program = new URL('./sandbox.child.ts', import.meta.url);

/** Starts it in a process of its own. */
export async function startSandbox(options: SandboxOptions): Promise<ChaosSandbox> {
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), exited.then(() => null)]);
  if (started === null) throw new Error('the sandbox ended before it answered');
  const { url, controlUrl } = started[0] as { readonly url: string; readonly controlUrl: string };
  let seen = 0;
  // A new connection each time: the one before may have been cut.
  const headers = { connection: 'close' };
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${controlUrl}${path}`, { headers })).json();
  return {
    url,
    cut: () => void child.send('cut'),
    ask,
    command: async (path, command) => {
      const body = JSON.stringify(command);
      const answer = await fetch(`${controlUrl}${path}`, { method: 'POST', body, headers });
      if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${await answer.text()}`);
    },
    countArrivals: async () => {
      // Only what is new: all of them, again and again, would keep the sandbox busy.
      const before = seen;
      const { total } = (await ask(`/stats?calls=false&after=${before}`)) as { readonly total: number };
      seen = Math.max(seen, before + total);
      return seen;
    },
    listArrivals: async () => {
      const { calls, dropped } = (await ask('/stats')) as {
        readonly calls: readonly LoggedCall[];
        readonly dropped: number;
      };
      if (dropped > 0) throw new Error(`the sandbox has forgotten ${dropped} calls: make fewer`);
      return calls.map(({ requestId, api, at, outcome, isCounted }) => ({
        ...{ requestId, api, outcome, isCounted },
        at: Date.parse(at),
      }));
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exited;
      clearTimeout(timer);
    },
  };
}
