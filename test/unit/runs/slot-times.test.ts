import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listSlotTimes, nextSlotTime, type SlotRule } from '../../../src/runs/slot-times.ts';

const at = (text: string) => new Date(text);
const all = Number.POSITIVE_INFINITY;
const dayMs = 86_400_000;

/** What a clock on the wall of the zone shows: `2026-10-25 02:30`. */
function wallOf(timezone: string): (time: Date) => string {
  const clock = new Intl.DateTimeFormat('sv', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  return (time) => clock.format(time);
}

/** The slots of one day by the clock on the wall. */
function slotsOf(cron: string, timezone: string, day: string): string[] {
  const [noon, wall] = [at(`${day}T12:00:00Z`).getTime(), wallOf(timezone)];
  return listSlotTimes({ cron, timezone }, new Date(noon - 2 * dayMs), new Date(noon + 2 * dayMs), all)
    .map(wall)
    .filter((text) => text.startsWith(day))
    .map((text) => text.slice(11));
}

const quarters = (hour: string) => ['00', '15', '30', '45'].map((minute) => `${hour}:${minute}`);

describe('the slots of a day', () => {
  it.each([
    ['Asia/Shanghai', '30 2 * * *', '2026-03-29', ['02:30']],
    ['Asia/Kolkata', '30 2 * * *', '2026-03-29', ['02:30']],
    ['Asia/Kathmandu', '*/15 2 * * *', '2026-03-29', quarters('02')],
    // Spring: 02:00 becomes 03:00.
    ['Europe/Berlin', '30 2 * * *', '2026-03-28', ['02:30']],
    ['Europe/Berlin', '30 2 * * *', '2026-03-29', ['03:30']],
    ['Europe/Berlin', '30 2 * * *', '2026-03-30', ['02:30']],
    ['Europe/Berlin', '*/15 2 * * *', '2026-03-29', quarters('03')],
    ['Europe/Berlin', '30 2,3 * * *', '2026-03-29', ['03:30']],
    ['Europe/Berlin', '45 2 * * 0', '2026-03-29', ['03:45']],
    // Autumn: 03:00 becomes 02:00.
    ['Europe/Berlin', '30 2 * * *', '2026-10-24', ['02:30']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-25', ['02:30']],
    ['Europe/Berlin', '30 2 * * *', '2026-10-26', ['02:30']],
    ['Europe/Berlin', '*/15 2 * * *', '2026-10-25', quarters('02')],
    ['Europe/Berlin', '30 1-3 * * *', '2026-10-25', ['01:30', '02:30', '03:30']],
    ['America/New_York', '30 2 * * *', '2026-03-08', ['03:30']],
    ['America/New_York', '30 1 * * *', '2026-11-01', ['01:30']],
    ['America/New_York', '0 0 * * *', '2026-11-01', ['00:00']],
    // Clocks that leap at midnight, and clocks that leap by half an hour.
    ['Asia/Beirut', '0 0 * * *', '2026-03-29', ['01:00']],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-04', ['02:45']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-05', ['01:45']],
    ['America/St_Johns', '30 2 * * *', '2026-03-08', ['03:30']],
  ])('in %s of %s on %s', (timezone, cron, day, expected) => {
    expect(slotsOf(cron, timezone, day)).toEqual(expected);
  });

  it.each([
    ['Asia/Shanghai', '2026-03-29', 24],
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Asia/Kolkata', '2026-10-25', 24],
  ])('every hour, in %s on %s, are %i', (timezone, day, count) => {
    expect(slotsOf('0 * * * *', timezone, day)).toHaveLength(count);
    expect(slotsOf('7,37 */1 * * *', timezone, day)).toHaveLength(2 * count);
  });

  it('are an hour apart when they come every hour, also while the clocks change', () => {
    for (const day of ['2026-03-29', '2026-10-25']) {
      const rule = { cron: '0 * * * *', timezone: 'Europe/Berlin' };
      const [from, until] = [at(`${day}T00:00:00Z`), at(`${day}T12:00:00Z`)];
      const times = listSlotTimes(rule, new Date(from.getTime() - 1), until, all);
      expect(times.map((time) => time.getTime())).toEqual(
        Array.from({ length: 13 }, (_, hour) => from.getTime() + hour * 3_600_000),
      );
    }
  });
});

describe('an observation that begins while clocks change', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29T01:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ])('in %s at %s forgets no slot, and has none twice', (timezone, change) => {
    const changeMs = at(change).getTime();
    for (const cron of ['*/15 1,2 * * *', '30 1-3 * * *', '*/20 * * * *']) {
      const [from, until] = [new Date(changeMs - dayMs), new Date(changeMs + dayMs)];
      const times = listSlotTimes({ cron, timezone }, from, until, all);
      for (let ms = changeMs - 2 * 3_600_000; ms < changeMs + 2 * 3_600_000; ms += 5 * 60_000) {
        const later = times.filter((time) => time.getTime() > ms);
        expect(listSlotTimes({ cron, timezone }, new Date(ms), until, all)).toEqual(later);
        expect(nextSlotTime({ cron, timezone }, new Date(ms))).toEqual(later[0]);
      }
    }
  });
});

const field = (max: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: 0, max: max }).map(String),
    fc.integer({ min: 1, max: max }).map((step) => `*/${String(step)}`),
    fc
      .uniqueArray(fc.integer({ min: 0, max: max }), { minLength: 1, maxLength: 4 })
      .map((list) => list.join()),
  );
const rules: fc.Arbitrary<SlotRule> = fc.record({
  cron: fc.tuple(field(59), field(23)).map(([minute, hour]) => `${minute} ${hour} * * *`),
  timezone: fc.constantFrom(
    ...['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Asia/Kolkata'],
    ...['Australia/Lord_Howe', 'Asia/Beirut', 'America/Santiago', 'Africa/Casablanca', 'UTC'],
  ),
});
const yearMs = Date.UTC(2026, 0, 1);
const inYear = (minute: number) => new Date(yearMs + minute * 60_000);
/** When clocks of these zones change. */
const changes = [
  '03-08T07:00Z',
  '03-29T01:00Z',
  '04-04T15:00Z',
  '10-03T15:30Z',
  '10-25T01:00Z',
  '11-01T06:00Z',
];
const minutes = fc.oneof(
  fc.integer({ min: 0, max: 525_600 }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -200, max: 200 }))
    .map(([change, offset]) => (at(`2026-${change}`).getTime() - yearMs) / 60_000 + offset),
);

describe('slots of any rule', () => {
  it('are the same wherever one read of them ends and the next one begins', () => {
    fc.assert(
      fc.property(
        rules,
        minutes,
        fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 4 }),
        (rule, start, parts) => {
          const from = inYear(start);
          let [minute, seen] = [start, [] as Date[]];
          for (const part of parts) {
            seen = [...seen, ...listSlotTimes(rule, inYear(minute), inYear(minute + part), all)];
            minute += part;
          }
          expect(seen).toEqual(listSlotTimes(rule, from, inYear(minute), all));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('come in order, each the next one after the last', () => {
    fc.assert(
      fc.property(rules, minutes, (rule, start) => {
        const times = listSlotTimes(rule, inYear(start), inYear(start + 1440), all);
        let last = inYear(start);
        for (const time of times.slice(0, 10)) {
          expect(nextSlotTime(rule, last)).toEqual(time);
          last = time;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('show what the cron expression names, unless the clocks leap', () => {
    fc.assert(
      fc.property(
        fc.record({ minute: fc.integer({ min: 0, max: 59 }), hour: fc.integer({ min: 0, max: 23 }) }),
        rules,
        ({ minute, hour }, { timezone }) => {
          const two = (value: number) => String(value).padStart(2, '0');
          const rule = { cron: `${String(minute)} ${String(hour)} * * *`, timezone };
          const times = listSlotTimes(rule, inYear(0), inYear(365 * 1440), all);
          const walls = times.map(wallOf(timezone));
          // A zone that changes for good has a day more or less than the year in UTC.
          expect(Math.abs(times.length - 365)).toBeLessThanOrEqual(1);
          const days = walls.map((text) => Date.parse(text.slice(0, 10)));
          expect(days).toEqual(days.map((_, n) => (days[0] ?? 0) + n * 86_400_000));
          const other = walls.filter((text) => !text.endsWith(`${two(hour)}:${two(minute)}`));
          expect(other.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 20 },
    );
  });
});
