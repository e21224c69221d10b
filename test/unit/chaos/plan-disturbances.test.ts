import { describe, expect, test } from 'vitest';
import { countMonthDays, nextBoundary } from '../../../bench/chaos/chaos-clock.ts';
import { kindsOf, planDisturbances } from '../../../bench/chaos/plan-disturbances.ts';

describe('planDisturbances', () => {
  const plan = { seconds: 60, seed: 7, backend: 'redis', hasDisk: true } as const;

  test('gives the same plan for the same seed, and another for another', () => {
    expect(planDisturbances(plan)).toEqual(planDisturbances(plan));
    expect(planDisturbances({ ...plan, seed: 8 })).not.toEqual(planDisturbances(plan));
  });

  test.each([1, 2, 3])(
    'kills a worker every 3 to 6 s, and leaves Postgres 12 s between restarts (seed %s)',
    (seed) => {
      const planned = planDisturbances({ ...plan, seed });
      const gaps = (kinds: RegExp) => {
        const times = planned.filter(({ kind }) => kinds.test(kind)).map(({ atMs }) => atMs);
        return times.slice(1).map((at, i) => at - (times[i] ?? 0));
      };
      expect(gaps(/^kill-worker$/).every((gap) => gap >= 3000 && gap <= 6000)).toBe(true);
      expect(gaps(/postgres/).every((gap) => gap >= 12_000)).toBe(true);
    },
  );

  const without = (some: readonly string[], others: readonly string[]) =>
    some.filter((kind) => !others.includes(kind)).toSorted();

  test('has the kinds that its run can have', () => {
    const short = kindsOf({ ...plan, backend: 'postgres' });
    expect(short).toHaveLength(14);
    expect(without(kindsOf(plan), short)).toEqual([
      'cut-redis',
      'flush-redis',
      'pause-redis',
      'restart-redis',
    ]);
    expect(without(kindsOf({ ...plan, seconds: 300 }), kindsOf(plan))).toEqual(['freeze-worker']);
    expect(without(kindsOf(plan), kindsOf({ ...plan, hasDisk: false }))).toEqual(['fill-disk']);
    expect(new Set(planDisturbances(plan).map(({ kind }) => kind))).toEqual(new Set(kindsOf(plan)));
  });

  test.each([1, 2, 3])('strikes with each kind five times and more in 450 s (seed %s)', (seed) => {
    const long = { ...plan, seconds: 450, seed };
    const planned = planDisturbances(long);
    const rare = kindsOf(long).filter((kind) => planned.filter((one) => one.kind === kind).length < 5);
    expect(rare).toEqual([]);
  });
});

test.each([
  ['2026-11-30T15:59:59.999Z', 30, 1],
  ['2026-11-30T16:00:00Z', 31, 31],
  ['2027-01-31T16:00:00Z', 28, 28],
  ['2026-11-27T00:00:00Z', 30, 4],
])('the month in China of %s has %s days, and %s are left', (text, all, left) => {
  expect(countMonthDays(new Date(text))).toEqual({ all, left });
});

describe('nextBoundary', () => {
  test('is the beginning of a month in China, more than a day ahead', () => {
    expect(nextBoundary('shanghai-month', new Date('2026-11-25T04:00:00Z'))).toEqual(
      new Date('2026-11-30T16:00:00Z'),
    );
    expect(nextBoundary('shanghai-month', new Date('2026-12-30T17:00:00Z'))).toEqual(
      new Date('2027-01-31T16:00:00Z'),
    );
  });

  test('is the beginning of a day in UTC, in the middle of one in China', () => {
    expect(nextBoundary('utc-day', new Date('2026-11-05T04:00:00Z'))).toEqual(
      new Date('2026-11-07T00:00:00Z'),
    );
  });

  test.each(['2026-11-20T04:00:00Z', '2026-11-25T04:00:00Z', '2026-11-29T04:00:00Z'])(
    'is not near the end of a month, nor its first day, at %s',
    (now) => {
      expect(nextBoundary('utc-day', new Date(now))).toEqual(new Date('2026-12-02T00:00:00Z'));
    },
  );
});
