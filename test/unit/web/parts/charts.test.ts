import { expect, test } from 'vitest';
import { barChart, burnDownChart, meter } from '../../../../src/web/parts/charts.ts';
import { readAttribute, readWords } from '../../../support/read-words.ts';

/** Class, x, y and height of the rectangles that are drawn. */
const rectsOf = (markup: string) =>
  [
    ...markup.matchAll(/<rect\s+class="(c\d)"\s+x="([^"]*)"\s+y="([^"]*)"\s+width="8"\s+height="([^"]*)"/g),
  ].map(([, ...of]) => of);

test('parts stand on one another, a part of nothing is not drawn, and the highest bar leaves a margin', () => {
  const bars = [
    { title: 'first', parts: [1, 0, 3] },
    { title: 'second', parts: [0, 2, 0] },
  ];
  const chart = barChart({ label: 'Calls', bars, legend: ['a', null, 'c'], axis: ['from', 'to'] }).toString();
  expect(rectsOf(chart)).toEqual([
    ['c0', '1', '76', '24'],
    ['c2', '1', '4', '72'],
    ['c1', '11', '52', '48'],
  ]);
  expect(chart).toContain('viewBox="0 0 20 100"');
  expect([...chart.matchAll(/class="hit" x="(\d+)"/g)].map(([, x]) => x)).toEqual(['0', '10']);
  expect(readWords(chart)).toBe('Calls highest: 4 a c first second from to');
  expect(readAttribute(chart, 'class').filter((name) => name.startsWith('swatch'))).toEqual([
    'swatch c0',
    'swatch c2',
  ]);
});

test('a part that is nearly nothing can be seen, and moves those above it', () => {
  const bars = [{ title: '', parts: [1, 1999] }];
  const chart = barChart({ label: 'Calls', bars, legend: [], axis: [] }).toString();
  expect(rectsOf(chart)).toEqual([
    ['c0', '1', '99', '1'],
    ['c1', '1', '3.05', '95.95'],
  ]);
  expect(chart).toContain('highest: 2,000');
});

test('a chart without bars, or of nothing, is one all the same', () => {
  const empty = barChart({ label: 'Calls', bars: [], legend: [], axis: [] }).toString();
  expect(empty).toContain('viewBox="0 0 10 100"');
  expect(empty).toContain('highest: 1<');
  const nothing = barChart({ label: 'Calls', bars: [{ title: '', parts: [0] }], legend: [], axis: [] });
  expect(rectsOf(nothing.toString())).toEqual([]);
});

test('the line of a day ends now, and is drawn as bad where nothing is left in the end', () => {
  const day = { label: 'Left', callLimit: 100, left: [100, 80, 50], nowHour: 1.5 };
  const chart = burnDownChart({
    ...day,
    ahead: [
      { hour: 1.5, calls: 50 },
      { hour: 24, calls: 1 },
    ],
  }).toString();
  expect(readAttribute(chart, 'points')).toEqual([
    '0,96 0,4 10,22.4 15,50 15,96',
    '0,4 10,22.4 15,50',
    '15,50 240,95.08',
  ]);
  expect(chart).toContain('class="ahead"');
  const short = burnDownChart({ ...day, ahead: [{ hour: 24, calls: 0 }] }).toString();
  expect(short).toContain('class="ahead bad"');
  expect(burnDownChart({ ...day, ahead: [] }).toString()).toContain('class="ahead"');
  // A limit of nothing.
  expect(readAttribute(burnDownChart({ ...day, callLimit: 0, left: [0], ahead: [] }), 'points')[1]).toBe(
    '15,96',
  );
});

test.each([
  [1, 3, '33.33'],
  [4, 3, '100'],
  [3, 3, '100'],
  [1, 0, '0'],
  [1, -2, '0'],
])('%d of %d fill %s of a meter', (part, whole, width) => {
  expect(meter(part, whole).toString()).toContain(`class="fill" width="${width}"`);
});

test('a meter is good unless something else is said', () => {
  expect(readAttribute(meter(1, 2), 'class')[0]).toBe('meter good');
  expect(readAttribute(meter(1, 2, 'bad'), 'class')[0]).toBe('meter bad');
});
