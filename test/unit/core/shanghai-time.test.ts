import { expect, test } from 'vitest';
import { formatTime } from '../../../src/core/format-time.ts';
import {
  businessDaysSince,
  shanghaiDay,
  shanghaiTime,
  startOfShanghaiDay,
} from '../../../src/core/shanghai-time.ts';

test('a day of Shanghai begins at 16:00 UTC', () => {
  expect(shanghaiDay(new Date('2026-11-19T15:59:59.999Z'))).toBe('2026-11-19');
  expect(shanghaiDay(new Date('2026-11-19T16:00:00Z'))).toBe('2026-11-20');
  expect(startOfShanghaiDay('2026-11-20')).toEqual(new Date('2026-11-19T16:00:00Z'));
});

test.each(['2026-02-30', '2026-13-01', '2026-11-2', '20 November', '2026-11-20T00:00', ''])(
  '%j is no day',
  (day) => {
    expect(startOfShanghaiDay(day)).toBeNull();
  },
);

test.each([
  ['2026-11-20T01:30:00Z', '2026-11-20 09:30'],
  ['2026-11-20T01:30:59Z', '2026-11-20 09:30:59'],
  ['2026-11-20T16:00:01Z', '2026-11-21 00:00:01'],
])('%s is %s in Shanghai, with seconds only where it has some', (at, text) => {
  expect(shanghaiTime(new Date(at))).toBe(text);
});

test('a time in a table is that of Shanghai, and no time is nothing', () => {
  expect(formatTime(new Date('2026-11-25T01:30:59.999Z'))).toBe('2026-11-25 09:30:59');
  expect(formatTime(null)).toBe('');
});

// 2026-11-20 is a Friday.
test.each([
  ['the day itself', '2026-11-20T01:00:00Z', '2026-11-20T15:59:59Z', 0],
  ['a Saturday', '2026-11-20T01:00:00Z', '2026-11-20T16:00:00Z', 0],
  ['a whole weekend', '2026-11-20T01:00:00Z', '2026-11-22T15:59:59Z', 0],
  ['the Monday after, which begins on Sunday in UTC', '2026-11-20T01:00:00Z', '2026-11-22T16:00:00Z', 1],
  ['from Sunday, which is Saturday in UTC, to Tuesday', '2026-11-21T17:00:00Z', '2026-11-24T01:00:00Z', 2],
  ['a week', '2026-11-20T01:00:00Z', '2026-11-27T01:00:00Z', 5],
  ['a time before', '2026-11-20T01:00:00Z', '2026-11-10T01:00:00Z', 0],
])('business days up to %s', (_, since, now, days) => {
  expect(businessDaysSince(new Date(since), new Date(now))).toBe(days);
});
