import { sleep } from '../../core/clock.ts';
import type { CallWaiting } from '../../model/gateway.ts';

/** Others may be calling just now. At three times, it would seem to hang. */
const patience = { tries: 5, maxQueueDelayMs: 1_000 } as const;

/** Makes a call, again after each short wait that the ledger names. `waiting`: no call was made. */
export async function askPatiently<T extends { readonly kind: string }>(
  call: () => Promise<T | CallWaiting>,
): Promise<T | CallWaiting> {
  for (let tries = 1; ; tries++) {
    const answer = await call();
    if (!isWaiting(answer) || tries === patience.tries) return answer;
    if (answer.retryAfterMs === null || answer.retryAfterMs > patience.maxQueueDelayMs) return answer;
    await sleep(answer.retryAfterMs);
  }
}

function isWaiting(answer: { readonly kind: string }): answer is CallWaiting {
  return answer.kind === 'waiting';
}

/** Why no call was made. */
export function formatWaiting({ by }: CallWaiting): string {
  if (by === 'day' || by === 'month') return `not called: its calls of the ${by} are used up`;
  if (by === 'hold') return 'not called: it is held';
  return by === 'in_flight'
    ? 'not called: another process is making the same call, try again'
    : 'not called: the pace allows no call now, try again';
}
