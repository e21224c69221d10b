import { expect, test } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { keepCounted } from '../../../src/web/keep-counted.ts';

const log = createLogger({ level: 'silent', pretty: false });

/** A count whose end the test decides, on a clock that it moves. */
function openCount() {
  const ends: ((value: number) => void)[] = [];
  const clock = { nowMs: 0, now: () => new Date(clock.nowMs) };
  const counted = keepCounted({
    clock,
    log,
    count: () => new Promise<number>((resolve) => ends.push(resolve)),
  });
  return { clock, counted, ends };
}

test('what is counted at once is shown, and kept for a hundred times as long as it took', async () => {
  const { clock, counted, ends } = openCount();
  const first = counted.get();
  clock.nowMs = 3000;
  ends[0]?.(1);
  expect(await first).toBe(1);
  clock.nowMs = 3000 + 299_999;
  expect(await counted.get()).toBe(1);
  expect(ends).toHaveLength(1);
});

test('a request during a later count gets the one before, and the next one gets the new one', async () => {
  const { clock, counted, ends } = openCount();
  const first = counted.get();
  ends[0]?.(1);
  await first;
  clock.nowMs = 1;
  expect(await Promise.all([counted.get(), counted.get()])).toEqual([1, 1]);
  expect(ends).toHaveLength(2);
  clock.nowMs = 100;
  ends[1]?.(2);
  expect(await counted.get()).toBe(2);
});

test('a small count is always of now', async () => {
  let value = 0;
  const clock = { now: () => new Date(0) };
  const counted = keepCounted({ clock, log, count: () => Promise.resolve((value += 1)) });
  expect(await counted.get()).toBe(1);
  expect(await counted.get()).toBe(2);
});

test('there is nothing while the first count is under way, or after it failed', async () => {
  expect(await openCount().counted.get()).toBeNull();
  let fails = true;
  const count = () => (fails ? Promise.reject(new Error('away')) : Promise.resolve(7));
  const counted = keepCounted({ clock: { now: () => new Date(0) }, log, count });
  expect(await counted.get()).toBeNull();
  fails = false;
  expect(await counted.get()).toBe(7);
});
