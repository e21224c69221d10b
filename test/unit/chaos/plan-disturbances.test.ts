import { describe, expect, test } from 'vitest';
import { countMonthDays, nextBoundary } from '../../../bench/chaos/chaos-clock.ts';
import { planDisturbances } from '../../../bench/chaos/plan-disturbances.ts';

describe('planDisturbances', () => {
  const plan = { seconds: 60, seed: 7, backend: 'redis' } as const;

  test('gives the same plan for the same seed, and another for another', () => {
    expect(planDisturbances(plan)).toEqual(planDisturbances(plan));
    expect(planDisturbances({ ...plan, seed: 8 })).not.toEqual(planDisturbances(plan));
  });

  test.each([1, 2, 3])(
    'kills a worker every 2 to 5 s, and leaves Postgres 12 s between restarts (seed %s)',
    (seed) => {
      const planned = planDisturbances({ ...plan, seed });
      const gaps = (kinds: RegExp) => {
        const times = planned.filter(({ kind }) => kinds.test(kind)).map(({ atMs }) => atMs);
        return times.slice(1).map((at, i) => at - (times[i] ?? 0));
      };
      expect(gaps(/^kill-worker$/).every((gap) => gap >= 2000 && gap <= 5000)).toBe(true);
      expect(gaps(/postgres/).every((gap) => gap >= 12_000)).toBe(true);
    },
  );

  test('has every kind, those of Redis only where there is one', () => {
    const kindsOf = (backend: 'redis' | 'postgres') =>
      new Set(planDisturbances({ ...plan, backend }).map(({ kind }) => kind));
    expect([...kindsOf('redis')].filter((kind) => !kindsOf('postgres').has(kind)).toSorted()).toEqual([
      'cut-redis',
      'flush-redis',
      'restart-redis',
    ]);
    expect(kindsOf('postgres').size).toBe(8);
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
    expect(nextBoundary('utc-day', new Date('2026-11-25T04:00:00Z'))).toEqual(
      new Date('2026-11-27T00:00:00Z'),
    );
  });
});
