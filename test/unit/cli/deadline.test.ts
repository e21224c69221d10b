import { expect, it } from 'vitest';
import { msLeft } from '../../../src/cli/run-scope.ts';

it('of a time from the start of the process what has passed is not left', () => {
  const now = performance.now();
  const left = (ageMs: number) => msLeft({ startedAtMs: now - ageMs }, 3_600_000);
  expect(left(0)).toBeLessThanOrEqual(3_600_000);
  expect(left(0)).toBeGreaterThan(3_000_000);
  expect(left(1_800_000)).toBeLessThanOrEqual(1_800_000);
  expect(left(1_800_000)).toBeGreaterThan(1_200_000);
  expect(left(7_200_000)).toBeLessThanOrEqual(-3_600_000);
});
