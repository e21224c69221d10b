import type { Clock } from '../../core/clock.ts';

/** `app`, or `namespace:name:version` of an API. */
type Scope = string;

/** What this process does not send for a while: what it has just heard, the ledger tells the others. */
export interface Pauses {
  /** How long a call of this API must wait, in milliseconds; 0: not at all. */
  remainingMs(api: string): number;
  /** Lets nothing of the scope leave for `ms` from now. A longer pause that is under way stays. */
  pause(scope: Scope, ms: number): void;
}

const app: Scope = 'app';

/** Pauses per app (`'app'`) or per API; nothing outlives the process. */
export function createPauses(clock: Clock): Pauses {
  const endsAtMs = new Map<Scope, number>();
  const remaining = (scope: Scope): number => Math.max(0, (endsAtMs.get(scope) ?? 0) - clock.now().getTime());
  return {
    remainingMs: (api) => Math.max(remaining(app), remaining(api)),
    pause: (scope, ms) => {
      if (ms > remaining(scope)) endsAtMs.set(scope, clock.now().getTime() + ms);
    },
  };
}
