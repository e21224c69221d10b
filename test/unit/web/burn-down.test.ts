import { expect, it } from 'vitest';
import { burnDowns } from '../../../src/web/pages/burn-down.ts';
import { expectCalls, projectDay, type ProjectedDay } from '../../../src/web/pages/project-day.ts';
import type { PlannedDay } from '../../../src/model/overview.ts';
import type { DayLimit, UsualHour } from '../../../src/web/reads/overview-pages.ts';

const api = 'com.alibaba.product:alibaba.category.get:1';
const quota: DayLimit = {
  ...{ api, callLimit: 100, used: 30, remaining: 70, isAssumed: false },
  ...{
    resetAt: null,
    holdCode: null,
    heldUntil: null,
    probeAfter: null,
    monthLimit: null,
    monthRemaining: null,
    members: [],
  },
};
const callsAt = (hour: number, calls: number, of = api) => ({ api: of, hour, calls });

/** Half past ten in Shanghai. */
const now = new Date('2026-11-25T02:30:00Z');
const at = (time: string) => new Date(`2026-11-25T${time}+08:00`);

/** Six calls in one burst at night, then 9 from nine and 6 from ten. Nine of the 30 were made by others. */
const hours = [callsAt(2, 6), callsAt(9, 9), callsAt(10, 6), callsAt(10, 50, 'another')];

const planned = (calls: number, time = '22:00', of = api) => ({
  schedules: ['evening'],
  activeRuns: 0,
  calls: [{ api: of, at: at(time), calls }],
});
const usual = (hour: number, calls: number) => [{ ...callsAt(hour, calls), days: 7 }];
const expected = (plan: PlannedDay | null, usualHours: readonly UsualHour[] = []) =>
  expectCalls({ plan, usual: usualHours, today: hours, now });
const nothing = expected(null);

const show = (...days: readonly ProjectedDay[]) =>
  burnDowns(days, hours, now)
    .toString()
    .replaceAll(/<[^>]+>|\s+/g, ' ')
    .replaceAll(/ +/g, ' ');

it('a burst at night projects nothing: what schedules still want of the day is taken off, and named', () => {
  const day = projectDay(quota, expected(planned(18), usual(23, 60)), now);
  expect(day).toMatchObject({ left: 70, wanted: 18, exhaustedAt: null });
  expect(show(day)).toContain('Schedules (evening) still want 18 calls today: about 52 left at midnight.');
  // Flat until ten in the evening, then down to 52: y is 4 at 100 left and 96 at none.
  const svg = burnDowns([day], hours, now).toString();
  const points = /class="ahead" points="([^"]+)"/.exec(svg)?.[1]?.split(' ');
  expect([points?.[0], points?.at(-3), points?.at(-2), points?.at(-1)]).toEqual([
    '105,31.6',
    '220,31.6',
    '230,48.16',
    '240,48.16',
  ]);
});

it('more calls than are left end within the hour of their slot, in proportion', () => {
  const day = projectDay(quota, expected(planned(140)), now);
  expect(day.exhaustedAt).toEqual(at('22:30'));
  expect(show(day)).toContain('they are used up at 2026-11-25 22:30');
  expect(burnDowns([day], hours, now).toString()).toContain('class="ahead bad"');
});

it('with schedules, and no slot that is left today, nothing more is wanted', () => {
  const plan = { schedules: [], activeRuns: 0, calls: [] };
  const day = projectDay(quota, expected(plan), now);
  expect(show(day)).toContain('No schedule has a slot left today: about 70 left at midnight.');
});

it('without schedules, the mean of the coming hours in the last days is taken, and what the present one lacks of it', () => {
  const toCome = expected(null, [...usual(9, 40), ...usual(10, 8), ...usual(20, 6.5)]);
  const day = projectDay(quota, toCome, now);
  expect(day.wanted).toBe(8.5);
  expect(show(day)).toContain(
    'By the mean of these hours in the last 7 days, 9 calls are to come: about 62 left at midnight.',
  );
  expect(show(projectDay(quota, nothing, now))).toContain('Nothing is known of the coming hours yet');
});

it('a limit of the app goes down by the calls of all APIs, one of a group by those of its members', () => {
  const plan = { ...planned(18), calls: [...planned(18).calls, ...planned(5, '12:00', 'another').calls] };
  expect(projectDay({ ...quota, api: '*' }, expected(plan), now).wanted).toBe(23);
  expect(projectDay({ ...quota, api: '@both', members: [api] }, expected(plan), now).wanted).toBe(18);
  expect(projectDay(quota, expected(plan), now).wanted).toBe(18);
});

it('a held API says by what and until when, and not how much is left', () => {
  const held = { ...quota, used: 0, holdCode: 'GATEWAY_PACKAGE_USED_UP', heldUntil: at('23:59') };
  const text = show(projectDay(held, expected(planned(18)), now));
  expect(text).toContain('Held by GATEWAY_PACKAGE_USED_UP until 2026-11-25 23:59');
  expect(text).not.toContain('left');
  const waiting = { ...held, heldUntil: null, probeAfter: at('13:00') };
  expect(show(projectDay(waiting, nothing, now))).toContain('until an answer; next try 2026-11-25 13:00');
});

it('less is left than the day allows where the month is nearly used up', () => {
  const day = projectDay({ ...quota, monthLimit: 3000, monthRemaining: 12 }, expected(planned(18)), now);
  expect(day.left).toBe(12);
  expect(show(day)).toContain('12 left of 3,000 this month, 70 of 100 today');
  expect(day.exhaustedAt).toEqual(at('22:40'));
});

it('the line begins at midnight without the calls of others, and falls by the calls of each hour', () => {
  const svg = burnDowns([projectDay(quota, nothing, now)], hours, now).toString();
  const points = /<polyline class="line" points="([^"]+)"/.exec(svg)?.[1];
  // 91 left until 2 o'clock, 85 from 3, 76 from 10, 70 now; y is 4 at 100 left and 96 at none.
  const y = (left: number) => String(Math.round((4 + 0.92 * (100 - left)) * 100) / 100);
  const left = [91, 91, 91, 85, 85, 85, 85, 85, 85, 85, 76, 70];
  const x = [...Array.from({ length: 11 }, (_, hour) => hour * 10), 105];
  expect(points).toBe(left.map((calls, i) => `${String(x[i])},${y(calls)}`).join(' '));
});
