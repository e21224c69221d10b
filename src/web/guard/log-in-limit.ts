import type { Clock } from '../../core/clock.ts';
import { minuteMs } from '../../core/duration.ts';

/** Wrong tokens from one address, and from all together, within `windowMs`. A person mistypes once or twice. */
const maxWrong = { perAddress: 5, together: 50 } as const;
const windowMs = minuteMs;

/** Slows down attempts to guess the token. */
export interface LogInLimit {
  /** Seconds until this address may try again; 0: now. */
  waitSeconds(address: string): number;
  addWrong(address: string): void;
}

/** Counts in this process only: a restart resets it, and a token of 32 random characters is not guessed at this pace. */
export function createLogInLimit(clock: Clock): LogInLimit {
  let wrong: { readonly address: string; readonly atMs: number }[] = [];
  const recent = () => {
    const nowMs = clock.now().getTime();
    wrong = wrong.filter(({ atMs }) => nowMs - atMs < windowMs);
    return { nowMs, wrong };
  };
  return {
    waitSeconds: (address) => {
      const { nowMs } = recent();
      const own = wrong.filter((attempt) => attempt.address === address);
      const isOver = own.length >= maxWrong.perAddress || wrong.length >= maxWrong.together;
      const oldest = own.length >= maxWrong.perAddress ? own[0] : wrong[0];
      return isOver && oldest ? Math.max(1, Math.ceil((oldest.atMs + windowMs - nowMs) / 1000)) : 0;
    },
    addWrong: (address) => {
      const { nowMs } = recent();
      wrong.push({ address, atMs: nowMs });
    },
  };
}
