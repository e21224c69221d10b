import { expect, test } from 'vitest';
import { apiChart, bucketTable, laneChart, outcomeChart } from '../../../../src/web/pages/usage-charts.ts';
import { readTimeRange } from '../../../../src/web/pages/usage-time-range.ts';
import type { UsageBucket, UsageLane } from '../../../../src/web/reads/usage-pages.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readAttribute, readWords } from '../../../support/read-words.ts';

const now = new Date('2026-11-26T02:15:00Z');
const day = (n: number) => new Date(`2026-11-${String(n)}T00:00:00+08:00`);
const rangeOf = (from: string) => readTimeRange((name) => ({ by: 'day', from, to: '2026-11-26' })[name], now);
const range = rangeOf('2026-11-24');

const row = (n: number, api: string, calls: number, more: Partial<UsageBucket> = {}): UsageBucket => ({
  ...{ bucket: day(n), api, calls, ok: calls, failed: 0, unknown: 0, refunded: 0, averageMs: null },
  ...more,
});
const titles = (chart: { toString(): string }) =>
  [...chart.toString().matchAll(/<title>([^<]*)/g)].map(([, title]) => title);
const legend = (chart: { toString(): string }) =>
  [...chart.toString().matchAll(/swatch (c\d)"><\/span>([^<]*)/g)].map(
    ([, place, name]) => `${place ?? ''} ${name ?? ''}`,
  );

test('the busiest APIs have a bar each day, and the others one together', () => {
  const rows = [
    ...['b', 'c', 'd', 'e', 'f', 'g'].map((name, n) => row(24, `x:${name}:1`, 10 + n)),
    row(26, 'x:a:1', 1200),
    row(26, 'odd', 1),
  ];
  const chart = apiChart(rows, range);
  expect(legend(chart)).toEqual(['c0 a', 'c1 g', 'c2 f', 'c3 e', 'c4 d', 'c5 others']);
  expect(titles(chart)).toEqual([
    '2026-11-24: 15 g, 14 f, 13 e, 12 d, 21 others',
    '2026-11-25: no calls',
    '2026-11-26: 1,200 a, 1 others',
  ]);
  expect(readWords(chart)).toMatch(/^Calls by day, 2026-11-24 to 2026-11-26 highest: 1,201/);
  expect(readWords(chart)).toMatch(/2026-11-24 2026-11-25 2026-11-26$/);
  expect(legend(apiChart([row(24, 'a', 1)], range))).toEqual(['c0 a']);
});

test('below a chart are its begin, middle and end, or what there is', () => {
  const axis = (from: string) =>
    readWords(/class="axis"[\s\S]*/.exec(apiChart([], rangeOf(from)).toString())?.[0] ?? '').replace(
      /^.*?> /,
      '',
    );
  expect(axis('2026-11-26')).toBe('2026-11-26');
  expect(axis('2026-11-25')).toBe('2026-11-25 2026-11-26');
  expect(axis('2026-11-22')).toBe('2026-11-22 2026-11-24 2026-11-26');
});

test('outcomes have colours that no API has', () => {
  const chart = outcomeChart([row(24, 'a', 9, { ok: 5, failed: 3, unknown: 1 }), row(24, 'b', 1)], range);
  expect(legend(chart)).toEqual(['c2 fine', 'c4 failed', 'c5 unknown']);
  expect(titles(chart)[0]).toBe('2026-11-24: 6 fine, 3 failed, 1 unknown');
});

test('lanes have a bar each day, and calls of before there were lanes are unknown', () => {
  const lane = (name: string | null, calls: number): UsageLane => ({
    ...{ bucket: day(25), lane: name, api: 'a', calls, ok: calls, failed: 0, unknown: 0 },
  });
  const chart = laneChart(
    [lane('refresh', 2), lane(null, 3), lane('discovery', 4), lane('refresh', 5)],
    range,
  );
  expect(legend(chart)).toEqual(['c0 discovery', 'c1 refresh', 'c2 unknown']);
  expect(titles(chart)[1]).toBe('2026-11-25: 4 discovery, 7 refresh, 3 unknown');
});

test('the same as a table has the newest first', () => {
  const full = { ok: 1000, failed: 2000, unknown: 3000, refunded: 4000, averageMs: 5000 };
  const shown = bucketTable([row(24, 'x:a:1', 9), row(25, '*', 6000, full)], range);
  expect(
    readCells(shown.toString(), 'Calls by day, 2026-11-24 to 2026-11-26').map((cells) =>
      Object.values(cells),
    ),
  ).toEqual([
    ['2026-11-25 00:00', 'all APIs', '6,000', '1,000', '2,000', '3,000', '4,000', '5,000 ms'],
    ['2026-11-24 00:00', 'a', '9', '9', '0', '0', '0', '–'],
  ]);
  expect(readAttribute(shown, 'class')).not.toContain('empty');
});
