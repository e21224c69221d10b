import { expect, test } from 'vitest';
import { sleep } from '../../../src/core/clock.ts';

test('a sleep lasts as long as it was asked to', async () => {
  const startedAt = performance.now();
  await sleep(20);
  expect(performance.now() - startedAt).toBeGreaterThan(18);
});

test('a sleep whose signal aborts ends at once, without an error', async () => {
  const left = new AbortController();
  const sleeping = sleep(60_000, left.signal);
  left.abort();
  await expect(sleeping).resolves.toBeUndefined();
  await expect(sleep(60_000, AbortSignal.abort())).resolves.toBeUndefined();
});
