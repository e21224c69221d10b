import type { Clock } from '../../core/clock.ts';

/**
 * The first pause after "too fast", doubled by every further refusal up to the last. Clients measured that
 * 10, 20, 40, 80, 120 s get through; half would collect refusals, which may be counted as calls.
 */
const firstPauseMs = 10_000;
const longestPauseMs = 120_000;

/**
 * After a refusal of the key the run is ended, which takes a transaction. Half could send calls while the database
 * is slow; double would make whoever restarts with the right secret wait for nothing.
 */
const keyPauseMs = 2_000;

interface Pause {
  readonly startedAtMs: number;
  readonly lengthMs: number;
}

/** Pauses after refusals, per app (`'app'`) or per API, in this process. */
export interface Backoff {
  /** How long a call of this API must wait; 0: not at all. */
  remainingMs(api: string): number;
  /** A refusal of a call that was sent at `sentAt`. Returns the pause it leads to, in milliseconds. */
  refused(scope: string, sentAt: Date): number;
  /** 1688 does not take the app's key or secret: nothing leaves while the run is being ended. */
  keyRefused(): void;
  /** A good answer to a call that was sent at `sentAt` ends the pauses before it. */
  accepted(api: string, sentAt: Date): void;
}

const app = 'app';

/** Pauses as described at `Backoff`; nothing outlives the process. */
export function createBackoff(clock: Clock): Backoff {
  const pauses = new Map<string, Pause>();
  const remaining = (scope: string): number => {
    const pause = pauses.get(scope);
    return pause ? Math.max(0, pause.startedAtMs + pause.lengthMs - clock.now().getTime()) : 0;
  };
  return {
    remainingMs: (api) => Math.max(remaining(app), remaining(api)),
    refused(scope, sentAt) {
      const prior = pauses.get(scope);
      // Calls that were under way when the pause began say nothing about whether it was long enough.
      if (prior && sentAt.getTime() <= prior.startedAtMs) return remaining(scope);
      const lengthMs = prior ? Math.min(prior.lengthMs * 2, longestPauseMs) : firstPauseMs;
      pauses.set(scope, { startedAtMs: clock.now().getTime(), lengthMs });
      return lengthMs;
    },
    keyRefused() {
      if (remaining(app) >= keyPauseMs) return;
      pauses.set(app, { startedAtMs: clock.now().getTime(), lengthMs: keyPauseMs });
    },
    accepted(api, sentAt) {
      for (const scope of [app, api]) {
        const pause = pauses.get(scope);
        if (pause && sentAt.getTime() > pause.startedAtMs) pauses.delete(scope);
      }
    },
  };
}
