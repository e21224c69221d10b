import { expect, test } from 'vitest';
import { formatSourceYield, sourceYieldAsJson } from '../../../src/cli/plan/format-source-yield.ts';

const row = (source: string, calls: number, changes: number) => {
  return { source, calls, changes, pricesChanged: 0, stockChanged: 0 };
};

/** 3 changes of 2 + 4 calls for prompted details on two days; no first detail in the run. */
const found = {
  run: [
    { runId: '12', ...row('search', 1074, 41) },
    { runId: '12', ...row('detail_prompted', 4, 3) },
    { runId: '12', ...row('detail_value', 0, 0) },
  ],
  days: [
    { day: '2026-11-27', ...row('detail_first', 90, 0) },
    { day: '2026-11-27', ...row('detail_prompted', 2, 0) },
    { day: '2026-11-28', ...row('detail_prompted', 4, 3) },
    { day: '2026-11-28', ...row('search', 1074, 41) },
    { day: '2026-11-28', ...row('detail_unheard_of', 2, 2) },
  ],
};

test('what calls found is a row for each source, of the run and of an average day', () => {
  const lines = formatSourceYield(found)?.split('\n') ?? [];
  const cells = lines.map((line) => line.trim().split(/ {2,}/));
  expect(cells[0]).toEqual([
    'what calls found',
    'run 12',
    'changes',
    'per 100',
    'a day',
    'changes',
    'per 100',
  ]);
  expect(cells.slice(2)).toEqual([
    ['search pages', '1,074', '41', '3.8', '537', '21', '3.8'],
    ['details: a row had changed', '4', '3', '75.0', '3', '2', '50.0'],
    ['details: by age and value', '0', '0', '-', '-', '-', '-'],
    ['details: the first of an offer', '-', '-', '-', '45', '0', '0.0'],
    ['detail_unheard_of', '-', '-', '-', '1', '1', '100.0'],
  ]);
});

test('before the first call there is no table', () => {
  expect(formatSourceYield({ run: [], days: [] })).toBeNull();
});

test('as data, each day has its own rates, and none where there was no call', () => {
  const { run, days } = sourceYieldAsJson(found);
  expect(run.map(({ changesPer100Calls }) => changesPer100Calls)).toEqual([(100 * 41) / 1074, 75, null]);
  expect(days[1]).toMatchObject({ day: '2026-11-27', source: 'detail_prompted', changesPer100Calls: 0 });
});
