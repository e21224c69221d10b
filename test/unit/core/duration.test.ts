import { expect, test } from 'vitest';
import { parseDurationMs } from '../../../src/core/duration.ts';

test.each([
  ['250ms', 250],
  ['90s', 90_000],
  ['30m', 1_800_000],
  [' 20h ', 72_000_000],
  ['7d', 604_800_000],
  ['0s', 0],
])('%j is %i ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each(['', '5', '1.5h', '-1s', '5 s', '1w', '5S', '1h30m', '9999999999s'])(
  '%j is no duration',
  (text) => {
    expect(parseDurationMs(text)).toBeNull();
  },
);
