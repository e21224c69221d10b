import { EventEmitter, getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  CloseStack,
  listenForShutdown,
  unlessAborted,
  type Shutdown,
  type ShutdownOptions,
} from '../../../src/core/lifecycle.ts';
import { sleep } from '../../../src/core/clock.ts';
import { createLogger } from '../../../src/core/log.ts';

const log = createLogger({ level: 'silent', pretty: false });

test('things are closed newest first, each also when another fails, and only once', async () => {
  const closed: string[] = [];
  const warned: string[] = [];
  const stack = new CloseStack();
  stack.add('pool', () => void closed.push('pool'));
  stack.add('queue', () => Promise.reject(new Error('gone')));
  stack.add('worker', async () => void closed.push('worker'));
  const noisy = createLogger({
    level: 'warn',
    pretty: false,
    stream: { write: (line) => warned.push(line) },
  });
  await stack.close(noisy);
  await stack.close(noisy);
  expect(closed).toEqual(['worker', 'pool']);
  expect(warned).toHaveLength(1);
  expect(warned[0]).toContain('"resource":"queue"');
});

test('something added while closing is closed too', async () => {
  const closed: string[] = [];
  const stack = new CloseStack();
  stack.add('outer', () => stack.add('inner', () => void closed.push('inner')));
  await stack.close(log);
  expect(closed).toEqual(['inner']);
});

test('the first signal drains, the second one stops now', () => {
  const target = new EventEmitter();
  const shutdown = listenForShutdown(target);
  target.emit('SIGTERM');
  expect([shutdown.drain.aborted, shutdown.stopNow.aborted]).toEqual([true, false]);
  target.emit('SIGINT');
  expect([shutdown.drain.aborted, shutdown.stopNow.aborted]).toEqual([true, true]);
});

test('after dispose nobody listens', () => {
  const target = new EventEmitter();
  const shutdown = listenForShutdown(target);
  shutdown.dispose();
  target.emit('SIGTERM');
  expect(shutdown.drain.aborted).toBe(false);
  expect(target.listenerCount('SIGTERM') + target.listenerCount('SIGINT')).toBe(0);
});

const steps = { stopNowMs: 30, cutMs: 60, overMs: 90 };
const aborted = ({ drain, stopNow, cut, over }: Shutdown) =>
  [drain, stopNow, cut, over].map((step) => step.aborted);
/** The steps in the order in which they come, each with its cause. */
function record({ drain, stopNow, cut, over }: Shutdown) {
  const seen: string[] = [];
  Object.entries({ drain, stopNow, cut, over }).forEach(([name, step]) =>
    step.addEventListener('abort', () => seen.push(`${name} ${String(step.reason)}`)),
  );
  return seen;
}

test('after a signal the later steps come by themselves, where they are bounded', async () => {
  const target = new EventEmitter();
  const shutdown = listenForShutdown(target, { afterSignal: steps, deadline: null });
  const seen = record(shutdown);
  target.emit('SIGTERM');
  expect(aborted(shutdown)).toEqual([true, false, false, false]);
  await unlessAborted(shutdown.over, sleep(5000), () => undefined);
  expect(seen).toEqual(['drain signal', 'stopNow signal', 'cut signal', 'over signal']);
  shutdown.dispose();
});

test('a deadline begins the steps without a signal, and a signal after it stops now', async () => {
  const target = new EventEmitter();
  const deadline = { inMs: 10, steps: { stopNowMs: 60_000, cutMs: 60_000, overMs: 60_000 } };
  const shutdown = listenForShutdown(target, { afterSignal: null, deadline });
  const seen = record(shutdown);
  await unlessAborted(shutdown.drain, sleep(5000), () => undefined);
  expect(seen).toEqual(['drain deadline']);
  target.emit('SIGTERM');
  expect(seen).toEqual(['drain deadline', 'stopNow signal']);
  shutdown.dispose();
});

test('a process that begins after its deadline has only what is left of the steps', async () => {
  const deadline = { inMs: -60_000, steps: { stopNowMs: 1000, cutMs: 2000, overMs: 120_000 } };
  const shutdown = listenForShutdown(new EventEmitter(), { afterSignal: null, deadline });
  await unlessAborted(shutdown.cut, sleep(5000), () => undefined);
  expect(aborted(shutdown)).toEqual([true, true, true, false]);
  shutdown.dispose();
});

test('a deadline that no timer can hold does not come at once', async () => {
  const shutdown = listenForShutdown(new EventEmitter(), {
    afterSignal: null,
    deadline: { inMs: 2 ** 31, steps },
  });
  await sleep(5);
  expect(shutdown.drain.aborted).toBe(false);
  shutdown.dispose();
});

test('work that does not end is left alone when its signal aborts, and its error is dropped', async () => {
  const signal = AbortSignal.timeout(10);
  const late = sleep(30).then(() => Promise.reject(new Error('too late')));
  expect(await unlessAborted(signal, late, () => 'left')).toBe('left');
  expect(await unlessAborted(new AbortController().signal, Promise.resolve(1), () => 'left')).toBe(1);
  await expect(
    unlessAborted(new AbortController().signal, Promise.reject(new Error('no')), () => 'left'),
  ).rejects.toThrow('no');
  await late.catch(() => undefined);
});

test('work is left alone at once where its signal has aborted before', async () => {
  const never = new Promise<never>(() => undefined);
  expect(await unlessAborted(AbortSignal.abort(), never, () => 'left')).toBe('left');
});

test('work that ended leaves no listener at a signal that lasts as long as the process', async () => {
  const { signal } = new AbortController();
  await unlessAborted(signal, Promise.resolve(1), () => 'left');
  await unlessAborted(signal, Promise.reject(new Error('no')), () => 'left').catch(() => undefined);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('any number of calls may listen to a shutdown without a warning', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  process.on('warning', onWarning);
  const shutdown = listenForShutdown(new EventEmitter());
  const { drain, stopNow, cut, over } = shutdown;
  for (const step of [drain, stopNow, cut, over])
    for (let n = 1; n <= 20; n += 1) step.addEventListener('abort', () => undefined);
  await new Promise(setImmediate);
  shutdown.dispose();
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

describe('the times of the steps', () => {
  const open = (options?: ShutdownOptions) => {
    vi.useFakeTimers();
    const target = new EventEmitter();
    const shutdown = listenForShutdown(target, options);
    /** How many steps have come by then, in milliseconds after the last time that was asked for. */
    const countAfter = (ms: number) => {
      vi.advanceTimersByTime(ms);
      return aborted(shutdown).filter(Boolean).length;
    };
    return { target, shutdown, countAfter };
  };
  afterEach(() => vi.useRealTimers());

  test('after a signal are as they were given', () => {
    const { target, countAfter } = open({ afterSignal: steps, deadline: null });
    expect(countAfter(1000)).toBe(0);
    target.emit('SIGINT');
    expect([0, 29, 1, 29, 1, 29, 1].map(countAfter)).toEqual([1, 1, 2, 2, 3, 3, 4]);
  });

  test('after a deadline are counted from it', () => {
    const { countAfter } = open({ afterSignal: null, deadline: { inMs: 500, steps } });
    expect([499, 1, 29, 1, 29, 1, 29, 1].map(countAfter)).toEqual([0, 1, 1, 2, 2, 3, 3, 4]);
  });

  test.each([null, { stopNowMs: 60_000, cutMs: 60_000, overMs: 60_000 }])(
    'after a second signal are 0.3 s and 1 s, whatever comes after one: %j',
    (afterSignal) => {
      const { target, countAfter } = open({ afterSignal, deadline: null });
      target.emit('SIGTERM');
      expect(countAfter(10_000)).toBe(1);
      target.emit('SIGTERM');
      expect([0, 299, 1, 699, 1].map(countAfter)).toEqual([2, 2, 3, 3, 4]);
    },
  );

  test('reach as far as a timer can', () => {
    const { countAfter } = open({ afterSignal: null, deadline: { inMs: 2 ** 31 - 1, steps } });
    expect([2 ** 31 - 2, 1].map(countAfter)).toEqual([0, 1]);
  });

  test('end with the shutdown: no timer is left', () => {
    const { target, shutdown } = open({ afterSignal: steps, deadline: { inMs: 500, steps } });
    target.emit('SIGTERM');
    expect(vi.getTimerCount()).toBe(7);
    shutdown.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
