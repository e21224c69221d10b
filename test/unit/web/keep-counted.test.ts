import { expect, test } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { keepCounted } from '../../../src/web/keep-counted.ts';
import { until } from '../../support/until.ts';

const log = createLogger({ level: 'silent', pretty: false });

const unmarked = { readMark: () => Promise.resolve(''), isSmall: () => true };

/** A count whose end the test decides, on a clock that it moves. */
function openCount() {
  const ends: ((value: number) => void)[] = [];
  const clock = { nowMs: 0, now: () => new Date(clock.nowMs) };
  const runs = { mark: 'a' };
  const counted = keepCounted({
    clock,
    log,
    count: () => new Promise<number>((resolve) => ends.push(resolve)),
    readMark: () => Promise.resolve(runs.mark),
    isSmall: (value) => value < 100,
  });
  return { clock, counted, ends, runs };
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
  const counted = keepCounted({ clock, log, count: () => Promise.resolve((value += 1)), ...unmarked });
  expect(await counted.get()).toBe(1);
  expect(await counted.get()).toBe(2);
});

test('there is nothing while the first count is under way, or after it failed', async () => {
  expect(await openCount().counted.get()).toBeNull();
  let fails = true;
  const count = () => (fails ? Promise.reject(new Error('away')) : Promise.resolve(7));
  const counted = keepCounted({ clock: { now: () => new Date(0) }, log, count, ...unmarked });
  expect(await counted.get()).toBeNull();
  fails = false;
  expect(await counted.get()).toBe(7);
});

test('a small count is taken again as soon as a run ended or loaded something, and a large one is not', async () => {
  for (const [value, isTakenAgain] of [
    [0, true],
    [1_000_000, false],
  ] as const) {
    const { clock, counted, ends, runs } = openCount();
    const first = counted.get();
    await until(() => ends.length === 1);
    clock.nowMs = 3600;
    ends[0]?.(value);
    expect(await first).toBe(value);
    runs.mark = 'b';
    const later = counted.get();
    if (isTakenAgain) {
      await until(() => ends.length === 2);
      ends[1]?.(1474);
    }
    expect(await later).toBe(isTakenAgain ? 1474 : value);
    expect(ends).toHaveLength(isTakenAgain ? 2 : 1);
  }
});
