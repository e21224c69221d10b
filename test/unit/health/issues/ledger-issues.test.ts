import { describe, expect, it } from 'vitest';
import type { HealthFacts, LimitUse } from '../../../../src/health/issues/health-store.ts';
import { findHoldIssues, findLimitIssues } from '../../../../src/health/issues/ledger-issues.ts';
import { runErrors } from '../../../../src/runs/errors.ts';
import type { ApiPermission } from '../../../../src/model/permission.ts';
import { afterNoon, healthFacts, hourly, noon, remedyOf } from '../../../support/health-facts.ts';

const api = 'ns:offers.search:1';

describe('a hold', () => {
  const hold = {
    ...{ api, code: 'GATEWAY_DOWN', heldAt: noon },
    ...{ heldUntil: null, probeAfter: null, reason: null },
  };
  const issuesOf = (...holds: HealthFacts['holds']) => findHoldIssues(healthFacts({ holds }), remedyOf);

  it('that stays has its reason, and whose it is', () => {
    expect(issuesOf({ ...hold, reason: 'a sale' })).toEqual([
      {
        ...{ id: 'hold', key: `hold:${api}:GATEWAY_DOWN`, kind: 'state', severity: 'act', origin: 'network' },
        summary:
          'Calls of `offers.search` are held because of `GATEWAY_DOWN` (a sale), until a person resumes them.',
        remedy: 'Wait. To resume them: `catalog-sync quota resume offers.search`.',
        ...{ path: '/problems#holds', since: noon, healsItself: false, healsAt: null },
        ...{ runId: null, code: 'GATEWAY_DOWN' },
      },
    ]);
  });

  it('by a person names the command that resumes it, as it must be typed', () => {
    const { code, remedy } = runErrors.HELD_BY_HAND;
    // Without an API the command fails.
    expect(remedy).not.toMatch(/quota resume`/);
    const found = findHoldIssues(
      healthFacts({ holds: [{ ...hold, api: '*', code }] }),
      () => runErrors.HELD_BY_HAND,
    );
    expect(found[0]?.remedy).toBe(`${remedy} To resume them: \`catalog-sync quota resume '*'\`.`);
  });

  it('with an end is less', () => {
    const heldUntil = afterNoon(1, 'h');
    expect(issuesOf({ ...hold, heldUntil })).toMatchObject([
      { severity: 'warn', healsItself: true, healsAt: heldUntil, remedy: 'Wait.' },
    ]);
    expect(issuesOf({ ...hold, heldUntil })[0]?.summary).toMatch(
      / because of `GATEWAY_DOWN`, until 2026-11-25 13:00\.$/,
    );
  });

  it('that is tried ends by that, and says how to do it at once', () => {
    const [one, ...others] = issuesOf(
      { ...hold, heldUntil: afterNoon(2, 'h'), probeAfter: afterNoon(1, 'h') },
      { ...hold, api: '*', code: 'ODD', probeAfter: noon },
      { ...hold, api: 'odd', probeAfter: noon },
    );
    expect(one).toMatchObject({ severity: 'warn', healsItself: true, healsAt: afterNoon(1, 'h') });
    expect(one?.summary).toMatch(/, until a test call succeeds, the next from 2026-11-25 13:00\.$/);
    expect(one?.remedy).toBe('Wait. To resume them at once: `catalog-sync quota resume offers.search`.');
    expect(others).toMatchObject([
      {
        ...{ key: 'hold:*:ODD', origin: '1688', severity: 'act' },
        summary: expect.stringMatching(/^Calls of all APIs are held because of `ODD`, /) as string,
        remedy: "To resume them at once: `catalog-sync quota resume '*'`.",
      },
      {
        summary: expect.stringMatching(/^Calls of `odd` are held/) as string,
        remedy: expect.stringMatching(/ `catalog-sync quota resume odd`\.$/) as string,
      },
    ]);
  });

  it('that was declared is only noted', () => {
    const permissions: ApiPermission[] = [
      {
        ...{ api, declared: 'pending', declaredAt: noon, observed: 'denied', observedAt: noon },
        ...{ observedCallId: '1', approvedDaily: null, approvedMonthly: null },
      },
    ];
    const found = findHoldIssues(
      healthFacts({ holds: [hold, { ...hold, api: 'ns:other:1' }], permissions }),
      remedyOf,
    );
    expect(found.map(({ severity }) => severity)).toEqual(['note', 'act']);
  });
});

const month: LimitUse = {
  ...{ api, period: 'month', callLimit: 100, used: 91, unknown: 0, isAssumedSpent: false },
  endsAt: afterNoon(9, 'd'),
};
const day: LimitUse = { ...month, period: 'day', endsAt: afterNoon(8, 'h') };

const keysOf = (limit: LimitUse, given: Parameters<typeof healthFacts>[0] = {}) =>
  findLimitIssues(healthFacts({ ...given, limits: [limit] })).map(({ key }) => key);

describe('a limit of a month', () => {
  it('of which less than a tenth is left with more than eight days to come is low', () => {
    expect(findLimitIssues(healthFacts({ limits: [month] }))).toEqual([
      {
        ...{ id: 'quota-low', key: `quota-low:month:${api}`, kind: 'state', severity: 'warn' },
        ...{ origin: 'operator', since: null, healsItself: true, healsAt: month.endsAt, path: '/usage' },
        ...{ runId: null, code: null },
        summary: '9 of 100 calls of `offers.search` are left for this month, which ends at 2026-12-04 12:00.',
        remedy:
          'The Usage page shows what used the others. Apply for more calls, or let the feeds select fewer offers.',
      },
    ]);
    expect(keysOf({ ...month, used: 90 })).toEqual([]);
    expect(keysOf({ ...month, endsAt: afterNoon(8, 'd') })).toEqual([]);
    expect(keysOf({ ...month, endsAt: afterNoon(8, 'd', 1) })).toHaveLength(1);
    expect(keysOf({ ...month, endsAt: null })).toEqual([]);
  });

  it('that is used beyond its end has none left', () => {
    expect(findLimitIssues(healthFacts({ limits: [{ ...month, used: 103 }] }))[0]?.summary).toMatch(
      /^0 of 100 calls/,
    );
  });

  it('tells nothing of calls with an unknown outcome, which its days tell', () => {
    expect(keysOf({ ...month, used: 50, unknown: 40 })).toEqual([]);
  });
});

describe('a limit of a day', () => {
  it('is low where a slot comes more than six hours before its end', () => {
    const low = [`quota-low:day:${api}`];
    // The next slot is at noon.
    const schedules = [hourly];
    expect(keysOf(day)).toEqual([]);
    expect(keysOf(day, { schedules })).toEqual(low);
    expect(keysOf({ ...day, endsAt: afterNoon(6, 'h') }, { schedules })).toEqual([]);
    expect(keysOf({ ...day, endsAt: afterNoon(6, 'h', 1) }, { schedules })).toEqual(low);
    const later = [{ ...hourly, countsFrom: noon }];
    expect(keysOf({ ...day, endsAt: afterNoon(7, 'h') }, { schedules: later })).toEqual([]);
    expect(keysOf(day, { schedules: [...later, { ...hourly, pausedAt: noon }] })).toEqual(low);
    expect(keysOf(day, { schedules: [{ ...hourly, countsFrom: afterNoon(3, 'h') }, hourly] })).toEqual(low);
    expect(keysOf(day, { schedules: [{ ...hourly, pausedAt: noon }] })).toEqual([]);
  });

  it('counts a slot that is late from now on', () => {
    const schedules = [{ ...hourly, countsFrom: afterNoon(-5, 'h') }];
    expect(keysOf({ ...day, endsAt: afterNoon(6, 'h') }, { schedules })).toEqual([]);
  });

  it('has calls with an unknown outcome from 25 on, where they are more than a hundredth', () => {
    const many = { ...day, callLimit: 10_000, used: 2499, unknown: 25 };
    expect(findLimitIssues(healthFacts({ limits: [many] }))).toEqual([
      {
        ...{ id: 'calls-unknown', key: `calls-unknown:${api}:2026-11-25`, kind: 'event', severity: 'warn' },
        ...{ origin: 'network', since: null, healsItself: true, healsAt: day.endsAt, path: '/usage' },
        ...{ runId: null, code: null },
        summary:
          '25 calls of `offers.search` have an unknown outcome today: they may have reached 1688, so they count.',
        remedy: 'Check for killed processes, and check the network to 1688.',
      },
    ]);
    expect(keysOf({ ...many, used: 2500 })).toEqual([]);
    expect(keysOf({ ...many, unknown: 24, used: 100 })).toEqual([]);
  });
});

describe('limits of another database', () => {
  it('count as used up until the last of them ends', () => {
    const assumed = { ...month, isAssumedSpent: true };
    const limits = [assumed, { ...assumed, endsAt: null }, { ...assumed, endsAt: afterNoon(10, 'd') }, day];
    expect(findLimitIssues(healthFacts({ limits }))).toEqual([
      {
        ...{ id: 'quota-unknown', key: 'quota-unknown', kind: 'state', severity: 'act', origin: 'operator' },
        ...{ since: null, healsItself: true, healsAt: afterNoon(10, 'd'), path: '/usage', runId: null },
        ...{ code: null },
        summary:
          'The database was restored or replaced, so catalog-sync does not know which calls were made since: all limits of the current periods count as used up.',
        remedy:
          'Enter the numbers of the 1688 console with `catalog-sync quota reconcile`; `catalog-sync quota` shows what to type.',
      },
    ]);
    expect(findLimitIssues(healthFacts({ limits: [{ ...assumed, endsAt: null }] }))).toMatchObject([
      { id: 'quota-unknown', healsAt: null },
    ]);
  });
});
