import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/sandbox/gateway-answer.ts';
import { createQuota, noLimits, type QuotaLimits } from '../../../src/sandbox/quota.ts';

/** Counts calls at some instants and lets them through; `-` of those that are not. */
function run(limits: Partial<QuotaLimits>, calls: readonly (readonly [api: string, at: string])[]): string[] {
  const quota = createQuota(limits);
  return calls.map(([api, time]) => {
    const at = Date.parse(time);
    quota.count(api, at);
    try {
      quota.admit(api, at);
      return 'ok';
    } catch (error) {
      if (error instanceof Refusal) return error.code.replace('gw.', '');
      throw error;
    }
  });
}

const app = 'QosAppFrequencyLimit';
const api = 'QosAPIFrequencyLimit';
const noon = '2026-10-10T04:00:00.000Z';
const midnight = '2026-10-10T16:00:00.000Z';
const nextMonth = '2026-10-31T16:00:00.000Z';

describe('a limit', () => {
  test.each<[string, Partial<QuotaLimits>, [string, string][], string[]]>([
    [
      'of the app a day',
      { appPerDay: 2 },
      [
        ['a', noon],
        ['b', noon],
        ['a', noon],
        ['a', midnight],
      ],
      ['ok', 'ok', app, 'ok'],
    ],
    [
      'of the app a month',
      { appPerMonth: 1 },
      [
        ['a', noon],
        ['a', midnight],
        ['a', nextMonth],
      ],
      ['ok', app, 'ok'],
    ],
    [
      'of each API a day',
      { apiPerDay: 1 },
      [
        ['a', noon],
        ['b', noon],
        ['a', noon],
        ['a', midnight],
      ],
      ['ok', 'ok', api, 'ok'],
    ],
    [
      'of each API a month',
      { apiPerMonth: 1 },
      [
        ['a', noon],
        ['b', noon],
        ['a', midnight],
        ['a', nextMonth],
      ],
      ['ok', 'ok', api, 'ok'],
    ],
    [
      'of one API',
      { apiPerDay: 1, perApi: { a: { perDay: 2 } } },
      [
        ['a', noon],
        ['a', noon],
        ['a', noon],
        ['b', noon],
        ['b', noon],
      ],
      ['ok', 'ok', api, 'ok', api],
    ],
    [
      'of one API that has none',
      { apiPerDay: 0, perApi: { a: { perDay: null } } },
      [
        ['a', noon],
        ['b', noon],
      ],
      ['ok', api],
    ],
    [
      'of one API a month, or a second',
      { perApi: { a: { perMonth: 1 }, b: { perSecond: 1 } } },
      [
        ['a', noon],
        ['a', midnight],
        ['b', noon],
        ['b', noon],
      ],
      ['ok', api, 'ok', api],
    ],
    [
      'of another zone',
      { appPerDay: 1, timeZone: 'UTC' },
      [
        ['a', noon],
        ['a', midnight],
      ],
      ['ok', app],
    ],
  ])('%s', (_name, limits, calls, outcomes) => expect(run(limits, calls)).toEqual(outcomes));

  test.each([
    ['of the app', { appPerSecond: 2 }, app],
    ['of an API', { apiPerSecond: 2 }, api],
  ])('%s a second slides, and those that it refuses take no place', (_name, limits, code) => {
    const at = (ms: number): [string, string] => ['a', new Date(Date.parse(noon) + ms).toISOString()];
    const times = [0, 500, 999, 1000, 1499, 1500, 1501];
    expect(run(limits, times.map(at))).toEqual(['ok', 'ok', code, 'ok', code, 'ok', code]);
  });

  test('of the app comes before that of the API', () => {
    expect(run({ appPerDay: 0, apiPerDay: 0 }, [['a', noon]])).toEqual([app]);
    expect(
      run({}, [
        ['a', noon],
        ['a', noon],
      ]),
    ).toEqual(['ok', 'ok']);
  });
});

describe('a package', () => {
  test('is used up by what is let through, comes first, and does not come back', () => {
    const limits = { packages: { a: 1 }, appPerDay: 2 };
    const left = 'NoUsageLeftError';
    expect(
      run(limits, [
        ['a', noon],
        ['a', noon],
        ['b', noon],
        ['a', midnight],
        ['b', midnight],
      ]),
    ).toEqual(['ok', left, app, left, 'ok']);
    expect(
      run({ packages: { a: 2 }, apiPerDay: 1 }, [
        ['a', noon],
        ['a', noon],
        ['a', midnight],
        ['a', '2026-10-12T00:00:00Z'],
      ]),
    ).toEqual(['ok', api, 'ok', left]);
  });
});

test('limits change while what was counted stays counted', () => {
  const quota = createQuota({});
  expect(quota.limits()).toEqual(noLimits);
  const at = Date.parse(midnight);
  quota.count('a', at);
  quota.change({ appPerDay: 0 });
  expect(quota.limits()).toEqual({ ...noLimits, appPerDay: 0 });
  expect(() => quota.admit('a', at)).toThrow('App call exceeds limited frequency');
  // In UTC it is the day before, of which nothing has been counted.
  quota.change({ timeZone: 'UTC' });
  quota.admit('a', at);
  quota.change({ apiPerDay: -1 });
  expect(() => quota.admit('a', at)).toThrow('API call exceeds limited frequency');
  quota.change({ packages: { a: 0 } });
  expect(() => quota.admit('a', at)).toThrow('SLA bill has no usage left');
});
