import { setMaxListeners } from 'node:events';
import type { Logger } from './log.ts';

type Closer = () => Promise<void> | void;

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

export interface Shutdown {
  /** Aborts at the first SIGTERM or SIGINT: finish what is in flight, start nothing new. */
  readonly drain: AbortSignal;
  /** Aborts at the second one: stop now, leave the rest to the next start. */
  readonly stopNow: AbortSignal;
  dispose(): void;
}

/** Listens for SIGTERM and SIGINT, as described at `Shutdown`. */
export function listenForShutdown(target: NodeJS.EventEmitter = process): Shutdown {
  const drain = new AbortController();
  const stopNow = new AbortController();
  // Every call in flight listens: many listeners are no leak here.
  setMaxListeners(0, drain.signal, stopNow.signal);
  const onSignal = () => (drain.signal.aborted ? stopNow : drain).abort();
  target.on('SIGTERM', onSignal);
  target.on('SIGINT', onSignal);
  return {
    drain: drain.signal,
    stopNow: stopNow.signal,
    dispose: () => {
      target.off('SIGTERM', onSignal);
      target.off('SIGINT', onSignal);
    },
  };
}
