import { expect, test } from 'vitest';
import { bucketName, readTimeRange, timeRangeForm } from '../../../../src/web/pages/usage-time-range.ts';
import { readWords } from '../../../support/read-words.ts';

/** A quarter past ten in Shanghai. */
const now = new Date('2026-11-26T02:15:00Z');
const read = (query: Readonly<Record<string, string>>) => readTimeRange((name) => query[name], now);

test.each<[Record<string, string>, string, string, string, number, boolean]>([
  [{}, 'hour', '2026-11-25', '2026-11-26', 24 + 11, false],
  [{ by: 'nonsense' }, 'hour', '2026-11-25', '2026-11-26', 35, false],
  [{ by: 'day' }, 'day', '2026-10-27', '2026-11-26', 31, false],
  [{ by: 'month' }, 'month', '2026-05-01', '2026-11-26', 7, false],
  [{ from: '2026-11-24', to: '2026-11-24' }, 'hour', '2026-11-24', '2026-11-24', 24, false],
  [{ from: '2026-11-24', to: '2026-11-22' }, 'hour', '2026-11-22', '2026-11-24', 72, false],
  [{ to: '2026-11-20' }, 'hour', '2026-11-19', '2026-11-20', 48, false],
  [{ from: '2026-12-01', to: '2026-12-24' }, 'hour', '2026-11-26', '2026-11-26', 11, false],
  [{ from: '2026-11-31', to: 'x' }, 'hour', '2026-11-25', '2026-11-26', 35, false],
  [{ from: '2026-11-14', to: '2026-11-20' }, 'hour', '2026-11-14', '2026-11-20', 168, false],
  [{ from: '2026-11-13', to: '2026-11-20' }, 'hour', '2026-11-14', '2026-11-20', 168, true],
  [{ by: 'day', from: '2026-08-26' }, 'day', '2026-08-26', '2026-11-26', 93, false],
  [{ by: 'day', from: '2026-08-25' }, 'day', '2026-08-26', '2026-11-26', 93, true],
  [{ by: 'month', from: '2024-11-26' }, 'month', '2024-11-01', '2026-11-26', 25, false],
  [{ by: 'month', from: '2024-11-25' }, 'month', '2024-11-01', '2026-11-26', 25, true],
  [{ by: 'month', from: '2025-12-31', to: '2026-01-31' }, 'month', '2025-12-01', '2026-01-31', 2, false],
])('%j by its %s is from %s to %s', (query, unit, ...[firstDay, lastDay, buckets, isCut]) => {
  const range = read(query);
  expect(range).toMatchObject({ unit, firstDay, lastDay, isCut });
  expect(range.buckets).toHaveLength(buckets);
  expect(range.from).toEqual(new Date(`${firstDay}T00:00:00+08:00`));
  expect(range.before.getTime()).toBe(new Date(`${lastDay}T00:00:00+08:00`).getTime() + 86_400_000);
});

test('hours, days and months begin where those of Shanghai do', () => {
  const first = (by: string) => read({ by, from: '2026-11-25' }).buckets.slice(0, 2);
  expect(first('hour')).toEqual([new Date('2026-11-24T16:00:00Z'), new Date('2026-11-24T17:00:00Z')]);
  expect(first('day')).toEqual([new Date('2026-11-24T16:00:00Z'), new Date('2026-11-25T16:00:00Z')]);
  const months = read({ by: 'month', from: '2025-11-02', to: '2026-02-01' }).buckets;
  expect(months.map((at) => at.toISOString())).toEqual([
    '2025-10-31T16:00:00.000Z',
    '2025-11-30T16:00:00.000Z',
    '2025-12-31T16:00:00.000Z',
    '2026-01-31T16:00:00.000Z',
  ]);
});

test('an hour that begins now has not come', () => {
  const midnight = new Date('2026-11-25T16:00:00Z');
  const { buckets } = readTimeRange(() => undefined, midnight);
  expect(buckets.at(-1)).toEqual(new Date('2026-11-25T15:00:00Z'));
});

test('a bar is called as long as it is', () => {
  const at = new Date('2026-11-24T17:00:00Z');
  expect((['hour', 'day', 'month'] as const).map((unit) => bucketName(at, unit))).toEqual([
    '11-25 01:00',
    '2026-11-25',
    '2026-11',
  ]);
});

test('the form has what is shown, and says what was left off', () => {
  const form = (query: Readonly<Record<string, string>>) => timeRangeForm(read(query)).toString();
  expect(form({ by: 'day' }).match(/href="[^"]*" aria-current="true"/g)).toEqual([
    'href="/usage?by=day" aria-current="true"',
  ]);
  expect(form({ by: 'day' })).not.toContain('role="status"');
  expect(readWords(form({ by: 'day', from: '2020-01-01' }))).toContain('By day, at most 93 days are shown');
});
