import { expect, test } from 'vitest';
import { parseDecimal, parseTimeMicros } from '../../../../src/cli/export/parquet-values.ts';

test.each([
  ['13.9', 4, 139_000n],
  ['-0.0001', 4, -1n],
  ['9999999999.9999', 4, 99_999_999_999_999n],
  ['7', 0, 7n],
  ['NaN', 4, null],
  ['Infinity', 4, null],
])('%s with %i digits behind the point is %s', (text, scale, value) => {
  expect(parseDecimal(text, scale)).toBe(value);
});

test.each([
  ['1970-01-01 00:00:00+00', 0n],
  ['1969-12-31 23:59:59.999999+00', -1n],
  ['2026-11-25 01:02:03.5', 1_795_568_523_500_000n],
  ['1970-01-02', 86_400_000_000n],
  ['0001-12-31 23:59:59+00 BC', -62_135_596_801_000_000n],
  ['infinity', null],
  ['-infinity', null],
])('%s is %s microseconds since 1970', (text, micros) => {
  expect(parseTimeMicros(text)).toBe(micros);
});
