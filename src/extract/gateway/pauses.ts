import type { Clock } from '../../core/clock.ts';

/** `app`, `namespace:name:version` of an API, or the hash of an access token. */
type Scope = string;

/** What this process does not send for a while: what it has just heard, the ledger tells the others. */
export interface Pauses {
  /** How long a call of these scopes must wait, in milliseconds; 0: not at all. */
  remainingMs(...scopes: Scope[]): number;
  /** Lets nothing of the scope leave for `ms` from now. A longer pause that is under way stays. */
  pause(scope: Scope, ms: number): void;
}

const app: Scope = 'app';

/** Pauses per app (`'app'`) or per API; nothing outlives the process. */
export function createPauses(clock: Clock): Pauses {
  const endsAtMs = new Map<Scope, number>();
  const remaining = (scope: Scope): number => Math.max(0, (endsAtMs.get(scope) ?? 0) - clock.now().getTime());
  return {
    remainingMs: (...scopes) => Math.max(...[app, ...scopes].map(remaining)),
    pause: (scope, ms) => {
      if (ms > remaining(scope)) endsAtMs.set(scope, clock.now().getTime() + ms);
    },
  };
}
