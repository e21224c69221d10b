import { expect, test } from 'vitest';
import { remember } from '../../../src/web/remember.ts';
import { createHandClock } from '../../support/gateway-inputs.ts';

function openWork() {
  const clock = createHandClock();
  const work = { done: 0, fails: false };
  const remembered = remember(clock, 1000, () => {
    work.done += 1;
    return work.fails ? Promise.reject(new Error('away')) : Promise.resolve(work.done);
  });
  return { clock, work, remembered };
}

test('work is done once in its period, for all who ask', async () => {
  const { clock, work, remembered } = openWork();
  expect(await Promise.all([remembered.get(), remembered.get()])).toEqual([1, 1]);
  clock.advance(999);
  expect(await remembered.get()).toBe(1);
  clock.advance(1);
  expect(await remembered.get()).toBe(2);
  expect(work.done).toBe(2);
});

test('what is forgotten or has failed is done again', async () => {
  const { work, remembered } = openWork();
  expect(await remembered.get()).toBe(1);
  remembered.forget();
  expect(await remembered.get()).toBe(2);
  remembered.forget();
  work.fails = true;
  await expect(remembered.get()).rejects.toThrow('away');
  work.fails = false;
  expect(await remembered.get()).toBe(4);
});

test('a failure of before does not forget what came after it', async () => {
  const clock = createHandClock();
  const ends: ((error: Error | null) => void)[] = [];
  const remembered = remember(clock, 1000, () => {
    const asked = ends.length + 1;
    return new Promise<number>((resolve, reject) => {
      ends.push((error) => (error === null ? resolve(asked) : reject(error)));
    });
  });
  const first = remembered.get();
  clock.advance(1000);
  const second = remembered.get();
  ends[0]?.(new Error('away'));
  await expect(first).rejects.toThrow('away');
  ends[1]?.(null);
  expect([await second, await remembered.get(), ends.length]).toEqual([2, 2, 2]);
});
