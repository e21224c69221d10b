import type { Clock } from '../../core/clock.ts';

/** `app`, `namespace:name:version` of an API, or the hash of an access token. */
type Scope = string;

/** What this process does not send for a while, by refusals that it has just received; other processes learn of them from the ledger. */
export interface Pauses {
  /** How long a call of these scopes must wait, in milliseconds; 0: not at all. */
  remainingMs(...scopes: Scope[]): number;
  /** Lets no call of the scope leave for `ms` from now. A longer pause that is under way stays. */
  pause(scope: Scope, ms: number): void;
}

const app: Scope = 'app';

/** Pauses per app (`'app'`) or per API; none survives the process. A pause is also over when the clock is before its start. */
export function createPauses(clock: Clock): Pauses {
  const begun = new Map<Scope, { readonly endsAtMs: number; readonly ms: number }>();
  const remaining = (scope: Scope): number => {
    const pause = begun.get(scope);
    if (!pause) return 0;
    const leftMs = pause.endsAtMs - clock.now().getTime();
    // More is left than the whole pause: the clock was set back.
    return leftMs > pause.ms ? 0 : Math.max(0, leftMs);
  };
  return {
    remainingMs: (...scopes) => Math.max(...[app, ...scopes].map(remaining)),
    pause: (scope, ms) => {
      if (ms > remaining(scope)) begun.set(scope, { endsAtMs: clock.now().getTime() + ms, ms });
    },
  };
}
