import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { createWakeup } from '../../../src/jobs/conductor.ts';

const never = () => new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));
/** Longer than the limit of a test. */
const longMs = 10_000_000;

/** Whether it has ended within a moment. */
async function hasEnded(waiting: Promise<void>): Promise<boolean> {
  let isOver = false;
  void waiting.then(() => (isOver = true));
  for (let turns = 0; turns < 5; turns += 1) await turn();
  return isOver;
}

it('a nudge ends the wait under way, and no later one', async () => {
  const [wakeup, signal] = [createWakeup(), new AbortController()];
  const first = wakeup.wait(longMs, signal.signal);
  expect(await hasEnded(first)).toBe(false);
  wakeup.now();
  await first;
  const second = wakeup.wait(longMs, signal.signal);
  expect(await hasEnded(second)).toBe(false);
  signal.abort();
  await second;
});

it('nudges that come while nobody waits end the next wait at once, and only that', async () => {
  const [wakeup, signal] = [createWakeup(), new AbortController()];
  wakeup.now();
  wakeup.now();
  expect(await hasEnded(wakeup.wait(longMs, signal.signal))).toBe(true);
  const next = wakeup.wait(longMs, signal.signal);
  expect(await hasEnded(next)).toBe(false);
  signal.abort();
  await next;
});

it('a wait ends after its time', async () => {
  await createWakeup().wait(1, never());
});

it('a wait ends with its signal, also one that was aborted before, and leaves nothing on it', async () => {
  const [wakeup, signal] = [createWakeup(), new AbortController()];
  await wakeup.wait(1, signal.signal);
  expect(getEventListeners(signal.signal, 'abort')).toEqual([]);
  const waiting = wakeup.wait(longMs, signal.signal);
  signal.abort();
  await waiting;
  expect(await hasEnded(wakeup.wait(longMs, signal.signal))).toBe(true);
});
