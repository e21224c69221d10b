import { expect, test } from 'vitest';
import {
  apiName,
  count,
  distance,
  percent,
  shanghaiTime,
  share,
  span,
  time,
  yuan,
} from '../../../../src/web/parts/format.ts';

const at = new Date('2026-11-25T16:36:33.250Z');

test('a time is that of Shanghai, and its title that of UTC', () => {
  expect(shanghaiTime(at)).toBe('2026-11-26 00:36:33');
  expect(String(time(at))).toBe(
    '<time datetime="2026-11-25T16:36:33.250Z" title="2026-11-25 16:36:33 UTC">2026-11-26 00:36</time>',
  );
  expect(String(time(null))).toBe('<span class="muted">–</span>');
  expect(String(time(null, 'never'))).toBe('<span class="muted">never</span>');
});

test.each([
  [-5000, '0 s'],
  [0, '0 s'],
  [520, '0.5 s'],
  [1000, '1 s'],
  [9940, '9.9 s'],
  [10_900, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [86_399_999, '23 h'],
  [86_400_000, '1 day'],
  [172_799_999, '1 day'],
  [172_800_000, '2 days'],
])('%d ms are %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

test.each([
  [0, 'just now'],
  [999, 'just now'],
  [-999, 'just now'],
  [1000, '1 s ago'],
  [-1000, 'in 1 s'],
  [120_000, '2 min ago'],
  [-7_200_000, 'in 2 h'],
])('what was %d ms before is %s', (ms, words) => {
  expect(distance(new Date(at.getTime() - ms), at)).toBe(words);
});

test.each([
  [1, 0, '–'],
  [1, -1, '–'],
  [1, 1, '100 %'],
  [0, 10, '0 %'],
  [99, 100_000, '< 0.1 %'],
  [1, 1000, '0.1 %'],
  [34, 1000, '3.4 %'],
  [1, 10, '10 %'],
  [346, 1000, '35 %'],
])('%d of %d are %s', (part, whole, words) => {
  expect(percent(part, whole)).toBe(words);
});

test.each([
  [null, '–'],
  ['0.985', '98.5 %'],
  ['0.0012', '0.12 %'],
  ['0.98767', '98.77 %'],
])('a rate of %s is %s', (rate, words) => {
  expect(share(rate)).toBe(words);
});

test.each([
  [null, '–'],
  ['7', '¥7'],
  ['12.5', '¥12.50'],
  ['0.1234', '¥0.1234'],
  ['123', '¥123'],
  ['1234567.89', '¥1,234,567.89'],
])('an amount of %s is %s', (amount, words) => {
  expect(yuan(amount)).toBe(words);
});

test('counts have groups, and an API has a short name with the whole one as its title', () => {
  expect([count(999), count(1_234_567)]).toEqual(['999', '1,234,567']);
  expect([apiName('*'), apiName('a.b:c.d:1'), apiName('@both')].map(String)).toEqual([
    '<span class="api" title="*">all APIs</span>',
    '<span class="api" title="a.b:c.d:1">c.d</span>',
    '<span class="api" title="@both">@both</span>',
  ]);
});
