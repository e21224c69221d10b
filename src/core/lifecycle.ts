import { setMaxListeners } from 'node:events';
import type { Logger } from './log.ts';

type Closer = () => Promise<void> | void;

/**
 * What `work` gives, or `given` as soon as `signal` aborts: `work` is then left alone, and what becomes of it is dropped.
 */
export async function unlessAborted<T, G>(
  signal: AbortSignal,
  work: Promise<T>,
  given: () => G,
): Promise<T | G> {
  const left = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    // Not one promise for all: each race over it would leave something behind for as long as the process lives.
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: left.signal });
  });
  try {
    return await Promise.race([work, aborted.then(given)]);
  } finally {
    left.abort();
  }
}

/** Things that must be closed, newest first, each one also when another fails. */
export class CloseStack {
  readonly #closers: { readonly name: string; readonly close: Closer }[] = [];

  /** Registers `close` under a name for the log. */
  add(name: string, close: Closer): void {
    this.#closers.push({ name, close });
  }

  /** Closes everything in reverse order. Idempotent. Failures are logged, not thrown. */
  async close(log: Logger): Promise<void> {
    for (let next = this.#closers.pop(); next; next = this.#closers.pop()) {
      try {
        await next.close();
      } catch (err) {
        log.warn({ err, resource: next.name }, 'close failed');
      }
    }
  }
}

/** Why a process ends: the `reason` of `drain`. */
export type ShutdownCause = 'signal' | 'deadline';

/** The four steps by which a process ends. Each comes after the one before; none waits for a server. */
export interface Shutdown {
  /** Aborts at the first SIGTERM or SIGINT, or at the deadline: finish what is in flight, start nothing new. */
  readonly drain: AbortSignal;
  /** Aborts at the second signal, or some time after `drain`: stop now, leave the rest to the next start. */
  readonly stopNow: AbortSignal;
  /** Aborts next: what still waits for a server is given up, and its connections are closed. */
  readonly cut: AbortSignal;
  /** Aborts last: nothing more is waited for. */
  readonly over: AbortSignal;
  dispose(): void;
}

/** When the later steps come, in milliseconds after `drain`. */
export interface ShutdownSteps {
  readonly stopNowMs: number;
  readonly cutMs: number;
  readonly overMs: number;
}

export interface ShutdownOptions {
  /** After a signal. Null: later steps come at the second signal only. */
  readonly afterSignal: ShutdownSteps | null;
  /** Null: there is none. `inMs`: milliseconds from now; negative for a process that began too late. */
  readonly deadline: { readonly inMs: number; readonly steps: ShutdownSteps } | null;
}

/** Time enough to end a run in a database that answers. */
const atSecondSignal: ShutdownSteps = { stopNowMs: 0, cutMs: 300, overMs: 1000 };

/** Longer ones would end at once (Node documentation, `setTimeout`). */
const maxTimerMs = 2 ** 31 - 1;

/** Listens for SIGTERM and SIGINT, as described at `Shutdown`. */
export function listenForShutdown(
  target: NodeJS.EventEmitter = process,
  { afterSignal, deadline }: ShutdownOptions = { afterSignal: null, deadline: null },
): Shutdown {
  const steps = {
    drain: new AbortController(),
    stopNow: new AbortController(),
    cut: new AbortController(),
    over: new AbortController(),
  };
  const [drain, stopNow, cut, over] = [
    steps.drain.signal,
    steps.stopNow.signal,
    steps.cut.signal,
    steps.over.signal,
  ];
  // Every call in flight listens: many listeners are no leak here.
  setMaxListeners(0, drain, stopNow, cut, over);
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, work: () => void) => {
    if (ms <= maxTimerMs) timers.add(setTimeout(work, Math.max(0, ms)));
  };
  const abort = (count: number, cause: ShutdownCause) => {
    for (const step of Object.values(steps).slice(0, count)) step.abort(cause);
  };
  const follow = (cause: ShutdownCause, { stopNowMs, cutMs, overMs }: ShutdownSteps, inMs = 0) =>
    [stopNowMs, cutMs, overMs].forEach((ms, index) => later(inMs + ms, () => abort(index + 2, cause)));
  const onSignal = () => {
    const isSecond = drain.aborted;
    abort(isSecond ? 2 : 1, 'signal');
    const next = isSecond ? atSecondSignal : afterSignal;
    if (next !== null) follow('signal', next);
  };
  if (deadline) {
    later(deadline.inMs, () => abort(1, 'deadline'));
    follow('deadline', deadline.steps, deadline.inMs);
  }
  target.on('SIGTERM', onSignal);
  target.on('SIGINT', onSignal);
  return {
    ...{ drain, stopNow, cut, over },
    dispose: () => {
      timers.forEach((timer) => clearTimeout(timer));
      target.off('SIGTERM', onSignal);
      target.off('SIGINT', onSignal);
    },
  };
}
