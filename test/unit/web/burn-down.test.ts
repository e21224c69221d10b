import { expect, it } from 'vitest';
import type { DayQuota } from '../../../src/model/overview.ts';
import { burnDowns } from '../../../src/web/pages/burn-down.ts';

const api = 'com.alibaba.product:alibaba.category.get:1';
const quota = {
  ...{ api, callLimit: 100, used: 30, remaining: 70, exhaustedAt: null, isAssumed: false },
} as DayQuota;
const callsAt = (hour: number, calls: number, of = api) => ({ api: of, hour, calls });

/** Half past ten in Shanghai. */
const now = new Date('2026-11-25T02:30:00Z');

/** Six calls at night, then 9 from nine and 6 from ten: 15 in one and a half hours. Nine of the 30 were made by others. */
const hours = [callsAt(2, 6), callsAt(9, 9), callsAt(10, 6), callsAt(10, 50, 'another')];

it('the rest of the day goes on at the pace of the last whole hour and the present one', () => {
  // 10 an hour over 13.5 hours are more than the 70 that are left.
  const text = burnDowns([quota], hours, now).toString();
  expect(text).toContain('Calls left today: 70 of 100; at this pace about 0 left at midnight');
  expect(text).toMatch(/30 used \(30\s%\)/);
  // From (10.5 h, 70 left) the line meets the bottom after 70 / 10 = 7 h.
  expect(text).toMatch(/class="ahead bad"\s+x1="105"\s+y1="31.6"\s+x2="175"\s+y2="96"/);
});

it('what is left at midnight is what is left now without what the pace takes until then', () => {
  // 2 in one and a half hours: 18 in 13.5 hours.
  const text = burnDowns([quota], [callsAt(9, 2)], now).toString();
  expect(text).toContain('at this pace about 52 left at midnight');
  expect(text).toMatch(/class="ahead"\s+x1="105"\s+y1="31.6"\s+x2="240"\s+y2="48.16"/);
});

it('the line begins at midnight without the calls of others, and falls by the calls of each hour', () => {
  const points = /<polyline class="line" points="([^"]+)"/.exec(
    burnDowns([quota], hours, now).toString(),
  )?.[1];
  // 91 left until 2 o'clock, 85 from 3, 76 from 10, 70 now; y is 4 at 100 left and 96 at none.
  const y = (left: number) => String(Math.round((4 + 0.92 * (100 - left)) * 100) / 100);
  const left = [91, 91, 91, 85, 85, 85, 85, 85, 85, 85, 76, 70];
  const x = [...Array.from({ length: 11 }, (_, hour) => hour * 10), 105];
  expect(points).toBe(left.map((calls, at) => `${String(x[at])},${y(calls)}`).join(' '));
});

it('in the first quarter of an hour of a day the pace is taken over a quarter', () => {
  const text = burnDowns([quota], [callsAt(0, 1)], new Date('2026-11-24T16:06:00Z')).toString();
  // 4 an hour over 23.9 hours: 95.6 of the 70 that are left.
  expect(text).toContain('about 0 left at midnight');
  expect(text).toContain('class="ahead bad"');
});
