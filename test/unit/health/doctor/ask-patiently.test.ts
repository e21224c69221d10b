import { describe, expect, it } from 'vitest';
import { askPatiently, formatWaiting } from '../../../../src/health/doctor/ask-patiently.ts';
import type { CallWaiting } from '../../../../src/model/gateway.ts';

const waiting = (retryAfterMs: number | null): CallWaiting => ({
  kind: 'waiting',
  by: 'second',
  retryAfterMs,
});

/** Which of the replies came out, and how many calls it took; the last reply is given again and again. */
async function ask(...replies: readonly (CallWaiting | { readonly kind: 'answered' })[]) {
  let calls = 0;
  const answer = await askPatiently(() => {
    const reply = replies[Math.min(calls, replies.length - 1)] ?? waiting(null);
    calls += 1;
    return Promise.resolve(reply);
  });
  return [answer.kind, calls];
}

describe('a call that has to wait', () => {
  it('is made again, five times at most', async () => {
    expect(await ask({ kind: 'answered' })).toEqual(['answered', 1]);
    expect(await ask(waiting(0), waiting(1), waiting(1), waiting(1), { kind: 'answered' })).toEqual([
      'answered',
      5,
    ]);
    expect(await ask(waiting(1))).toEqual(['waiting', 5]);
  });

  it('is given up where it would take more than a second, or nobody knows how long', async () => {
    expect(await ask(waiting(1001))).toEqual(['waiting', 1]);
    expect(await ask(waiting(null))).toEqual(['waiting', 1]);
  });

  it('waits as long as it is told', async () => {
    const beganAt = performance.now();
    expect(await ask(waiting(1000), { kind: 'answered' })).toEqual(['answered', 2]);
    expect(performance.now() - beganAt).toBeGreaterThan(990);
  });

  it.each([
    ['day', 'not called: its calls of the day are used up'],
    ['month', 'not called: its calls of the month are used up'],
    ['hold', 'not called: it is held'],
    ['in_flight', 'not called: another process is making the same call, try again'],
    ['second', 'not called: the pace allows no call now, try again'],
    ['run', 'not called: the pace allows no call now, try again'],
  ] as const)('by %s says why', (by, said) => {
    expect(formatWaiting({ kind: 'waiting', by, retryAfterMs: null })).toBe(said);
  });
});
