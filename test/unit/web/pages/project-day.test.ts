import { expect, test } from 'vitest';
import { expectCalls, hourOfDay, hoursOf, projectDay } from '../../../../src/web/pages/project-day.ts';
import { burnDowns } from '../../../../src/web/pages/burn-down.ts';
import type { DayLimit } from '../../../../src/web/reads/overview-pages.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readAttribute, readWords } from '../../../support/read-words.ts';

const day = (changes: Partial<DayLimit> = {}): DayLimit => ({
  ...{ api: 'x:a:1', callLimit: 1000, used: 400, remaining: 600, isAssumed: false, resetAt: null },
  ...{
    holdCode: null,
    heldUntil: null,
    probeAfter: null,
    monthLimit: null,
    monthRemaining: null,
    members: [],
  },
  ...changes,
});
const at = (time: string) => new Date(`2026-11-25T${time}+08:00`);
const calls = (hour: number, own: number, api = 'x:a:1') => ({ api, hour, calls: own });
const now = at('22:30');
const none = { basis: { kind: 'none' }, hours: [] } as const;
const wanting = (...hours: readonly ReturnType<typeof calls>[]) => ({ ...none, hours });

test('the hour of a day is that of Shanghai, with its part', () => {
  expect([hourOfDay(at('00:00')), hourOfDay(at('08:00')), hourOfDay(now)]).toEqual([0, 8, 22.5]);
});

test('a limit goes down by its own calls, by those of its group, or by all', () => {
  const hours = [calls(1, 1), calls(1, 2, 'b'), calls(1, 4, 'c')];
  const sum = (limit: DayLimit) => hoursOf(limit, hours).reduce((all, row) => all + row.calls, 0);
  expect([sum(day()), sum(day({ api: '*' })), sum(day({ api: '@g', members: ['b', 'c'] }))]).toEqual([
    1, 7, 6,
  ]);
});

test('a plan is taken hour by hour, and goes before what is usual', () => {
  const plan = { schedules: ['s'], activeRuns: 1, calls: [{ api: 'x:a:1', at: at('22:59'), calls: 7 }] };
  const known = { usual: [{ ...calls(23, 9), days: 3 }], today: [], now };
  expect(expectCalls({ ...known, plan })).toEqual({
    basis: { kind: 'plan', schedules: ['s'], activeRuns: 1 },
    hours: [calls(22, 7)],
  });
  expect(expectCalls({ ...known, plan: null, usual: [] })).toEqual(none);
});

test('of what is usual, this hour lacks what it has had, and hours before it nothing', () => {
  const usual = [calls(21, 1), calls(22, 5), calls(22, 5, 'b'), calls(22, 5, 'c'), calls(23, 6)].map(
    (row) => ({ ...row, days: 3 }),
  );
  const today = [calls(21, 4), calls(22, 2), calls(22, 9, 'b'), calls(20, 5, 'c')];
  expect(expectCalls({ plan: null, usual, today, now })).toEqual({
    basis: { kind: 'usual', days: 3 },
    hours: [calls(22, 3), calls(22, 0, 'b'), calls(22, 5, 'c'), calls(23, 6)],
  });
});

test('what is left falls by what each hour wants, and not below nothing', () => {
  expect(projectDay(day(), wanting(calls(21, 999), calls(22, 100), calls(23, 200)), now)).toMatchObject({
    ...{ left: 600, wanted: 1299, exhaustedAt: null },
    ahead: [
      { hour: 22.5, calls: 600 },
      { hour: 23, calls: 500 },
      { hour: 24, calls: 300 },
    ],
  });
  // Within the half hour that is left of this one, in proportion.
  const short = projectDay(day(), wanting(calls(22, 1200), calls(23, 5)), now);
  expect(short.exhaustedAt).toEqual(at('22:45'));
  expect(short.ahead).toEqual([
    { hour: 22.5, calls: 600 },
    { hour: 22.75, calls: 0 },
    { hour: 23, calls: 0 },
    { hour: 24, calls: 0 },
  ]);
  expect(projectDay(day(), wanting(calls(23, 600)), now).exhaustedAt).toBeNull();
  expect(projectDay(day(), wanting(calls(23, 601)), now).exhaustedAt).toEqual(
    new Date(at('23:00').getTime() + (600 / 601) * 3_600_000),
  );
});

test('what is used up is used up now, the month bounds the day, and a held API wants nothing', () => {
  expect(projectDay(day({ remaining: 0 }), none, now)).toMatchObject({ left: 0, exhaustedAt: now });
  expect(projectDay(day({ monthRemaining: 12 }), none, now).left).toBe(12);
  expect(projectDay(day({ monthRemaining: 999 }), none, now).left).toBe(600);
  expect(projectDay(day({ holdCode: 'X' }), wanting(calls(23, 9)), now)).toMatchObject({
    wanted: 0,
    left: 600,
  });
});

const plan = (schedules: readonly string[], activeRuns: number) => ({
  basis: { kind: 'plan', schedules, activeRuns } as const,
  hours: [calls(23, 1234)],
});
const drawn = (toCome: Parameters<typeof projectDay>[1], changes: Partial<DayLimit> = {}) =>
  burnDowns([projectDay(day({ callLimit: 10_000, remaining: 9600, ...changes }), toCome, now)], [], now);

test.each([
  [plan([], 2), 'Active runs still want 1,234 calls today: about 8,366 left at midnight.'],
  [plan(['a', 'b', 'c'], 0), 'Schedules (a, b, c) still want 1,234 calls today:'],
  [plan(['a', 'b', 'c', 'd'], 1), 'Active runs and schedules (a, b, c and others) still want'],
  [plan([], 0), 'No schedule has a slot left today:'],
  [
    { basis: { kind: 'usual', days: 1 } as const, hours: [calls(23, 1.6)] },
    'By the mean of these hours in the last day, 2 calls are to come: about 9,598 left',
  ],
  [{ basis: { kind: 'usual', days: 2 } as const, hours: [] }, 'in the last 2 days, 0 calls are to come'],
])('who wants calls is said: %j', (toCome, words) => {
  expect(readWords(drawn(toCome))).toContain(words);
});

test('a drawing says how much is left of what, and whether anybody confirmed it', () => {
  expect(readWords(drawn(none))).toContain(
    'a 9,600 of 10,000 left Calls left today: 9,600 of 10,000 0:00 12:00 24:00 400 used (4.0 %).',
  );
  expect(readWords(drawn(none))).not.toContain('assumed');
  expect(readWords(drawn(none, { isAssumed: true }))).toContain('9,600 of 10,000 left (limit assumed)');
  expect(readWords(drawn(none, { isAssumed: true, monthLimit: 50_000, monthRemaining: 1500 }))).toContain(
    '1,500 left of 50,000 this month, 9,600 of 10,000 today (limit assumed)',
  );
  const held = readWords(drawn(none, { holdCode: 'X', used: 1500 }));
  expect(held).toContain('Held by X until a person resumes it');
  expect(held).toContain('Calls of today: 1,500 of 10,000, and held by X');
  expect(held).toMatch(/1,500 used \(15 %\)\.$/);
});

test('the line of a limit begins with what it had, and each hour takes its own', () => {
  const hours = [calls(0, 100), calls(22, 300), calls(22, 999, 'b')];
  const shown = burnDowns([projectDay(day(), none, now)], hours, now);
  const [, line = ''] = readAttribute(shown, 'points');
  // 1,000 at midnight, 900 after the first hour, 600 now: 4 at all, 96 at nothing.
  const points = line.split(' ');
  expect([points[0], points[1], points[22], points[23]]).toEqual(['0,4', '10,13.2', '220,13.2', '225,40.8']);
  expect(points).toHaveLength(24);
});

test('without a call there is a row for each limit, and only those that were called or are held are drawn', () => {
  const idle = day({ used: 0, remaining: 1000 });
  const limits = [
    idle,
    day({ ...idle, api: 'x:b:1', isAssumed: true }),
    day({ ...idle, api: 'x:c:1', holdCode: 'X' }),
    day(),
  ];
  const shown = burnDowns(
    limits.map((limit) => projectDay(limit, wanting(calls(23, 1.6)), now)),
    [],
    now,
  );
  expect(readCells(shown.toString(), 'APIs without a call today').map((row) => Object.values(row))).toEqual([
    ['a', '1,000', 'confirmed', '2'],
    ['b', '1,000', 'assumed', '0'],
  ]);
  expect(readWords(shown)).toContain('2 APIs without a call today');
  expect(shown.toString().match(/class="card burn"/g)).toHaveLength(2);
  expect(readWords(shown)).not.toContain('No calls today yet');
  const called = burnDowns([projectDay(day(), none, now)], [], now).toString();
  expect(called).not.toContain('<details>');
  expect(readWords(burnDowns([projectDay(idle, none, now)], [], now))).toMatch(/^No calls today yet\./);
});
